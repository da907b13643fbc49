from litestar import Litestar, get


@get("/items/{item_id:int}")
async def item(item_id: int) -> dict[str, int]:
    return {"id": item_id}


app = Litestar([item])
