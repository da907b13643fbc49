from sanic import Sanic, json

app = Sanic("items")


@app.get("/items/<item_id:int>")
async def item(request, item_id):
    return json({"id": item_id})


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8000, dev=True)
