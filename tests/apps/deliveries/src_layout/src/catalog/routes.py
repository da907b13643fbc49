from flask import Blueprint

routes = Blueprint("routes", __name__)


@routes.get("/items/<int:item_id>")
def item(item_id):
    return {"id": item_id}
