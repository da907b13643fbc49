from aiohttp import web

routes = web.RouteTableDef()


@routes.get(r"/items/{item_id:\d+}")
async def item(request):
    return web.json_response({"id": int(request.match_info["item_id"])})


app = web.Application()
app.add_routes(routes)

if __name__ == "__main__":
    web.run_app(app)
