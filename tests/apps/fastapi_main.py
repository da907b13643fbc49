import uvicorn
from fastapi import APIRouter, FastAPI

app = FastAPI(title="Items")
router = APIRouter(prefix="/items")


@router.get("/{item_id}")
async def read_item(item_id: int):
    return {"id": item_id}


@router.post("")
async def create_item(item: dict):
    return item


@app.get("/")
async def root():
    return {"ok": True}


app.include_router(router)

if __name__ == "__main__":
    uvicorn.run("app:app", host="0.0.0.0", port=8000, reload=True)
