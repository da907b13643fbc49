import sys

from django.conf import settings
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.http import require_http_methods

settings.configure(
    DEBUG=True,
    SECRET_KEY="not-a-secret",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
)


@require_http_methods(["GET", "DELETE"])
def item(request, item_id):
    return JsonResponse({"id": item_id})


urlpatterns = [path("items/<int:item_id>", item)]

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
