from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route


async def read_item(request):
    return JSONResponse({"id": request.path_params["item_id"]})


app = Starlette(routes=[Mount("/items", routes=[Route("/{item_id:int}", read_item)])])
