from django.http import HttpResponseNotAllowed, JsonResponse
from django.urls import include, path, re_path

from shop.models import Item


def item(request, item_id):
    return JsonResponse({"id": item_id, "items": Item.objects.count()})


def create(request):
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    return JsonResponse({})


urlpatterns = [
    path("items/", include([path("<int:item_id>", item), path("new", create)])),
    re_path(r"^old/(?P<slug>[\w-]+)/$", item),
]
