from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path

from shop.models import Item


def index(request):
    return JsonResponse({"items": list(Item.objects.values("id", "name"))})


def item(request, item_id):
    return JsonResponse({"id": get_object_or_404(Item, id=item_id).id})


urlpatterns = [path("items/", index), path("items/<int:item_id>", item)]
