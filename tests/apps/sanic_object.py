from sanic import Sanic, json

app = Sanic("items")


@app.get("/items/<item_id:int>")
async def item(request, item_id):
    return json({"id": item_id})
