from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])


def item(request, item_id):
    return JsonResponse({"id": item_id})


urlpatterns = [path("items/<int:item_id>", item)]
application = get_wsgi_application()
