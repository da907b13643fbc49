from bottle import get


@get("/items/<item_id:int>")
def item(item_id):
    return {"id": item_id}
