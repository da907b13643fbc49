from fastapi import FastAPI, HTTPException

from . import store

app = FastAPI()


@app.get("/items")
def items():
    return store.everything()


@app.get("/items/{item_id}")
def item(item_id: int):
    found = store.one(item_id)
    if found is None:
        raise HTTPException(404)
    return found
