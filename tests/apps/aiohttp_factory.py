from aiohttp import web


async def item(request):
    return web.json_response({"id": int(request.match_info["item_id"])})


async def init_app():
    app = web.Application()
    app.router.add_get("/items/{item_id}", item)
    return app
