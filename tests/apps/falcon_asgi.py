import falcon.asgi


class Item:
    async def on_get(self, req, resp, item_id):
        resp.media = {"id": item_id}


app = falcon.asgi.App()
app.add_route("/items/{item_id:int}", Item())
