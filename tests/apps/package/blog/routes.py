from fastapi import APIRouter

from blog.store import ITEMS

router = APIRouter()


@router.get("/items/{item_id}")
def read_item(item_id: int):
    return ITEMS[item_id]
