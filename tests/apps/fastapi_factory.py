from fastapi import FastAPI


def create_app() -> FastAPI:
    service = FastAPI()

    @service.get("/items/{item_id}")
    def read_item(item_id: int):
        return {"id": item_id}

    return service
