from fastapi import FastAPI

from .store import ITEMS
from blog import routes

app = FastAPI()
app.include_router(routes.router)
assert ITEMS
