"""Recipe search over a small pool of SQLite connections. Starlette."""

import functools
import os
import queue
import sqlite3
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

DATABASE = "recipes.db"
RECIPES = 60_000
POOL_SIZE = 2
WAIT_SECONDS = 0.001
COURSES = ("starter", "soup", "main", "dessert")
pool = queue.Queue()


def init_db():
    db = sqlite3.connect(DATABASE)
    db.execute("DROP TABLE IF EXISTS recipes")
    db.execute("CREATE TABLE recipes (id INTEGER PRIMARY KEY, title TEXT, course INTEGER)")
    db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO recipes SELECT i, 'Recipe number ' || i, i % 4 FROM n",
        (RECIPES,),
    )
    db.execute("CREATE INDEX recipes_by_course ON recipes (course)")
    db.commit()
    db.close()
    for _ in range(POOL_SIZE):
        connection = sqlite3.connect(DATABASE, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        pool.put(connection)


@contextmanager
def pooled():
    """A connection of the pool, for as long as the block lasts."""
    try:
        connection = pool.get(timeout=WAIT_SECONDS)
    except queue.Empty:
        raise RuntimeError("connection pool exhausted") from None
    try:
        yield connection
    finally:
        pool.put(connection)


def guarded(handler):
    """No handler lets an exception out: clients always get JSON."""

    @functools.wraps(handler)
    def answer(request):
        try:
            return handler(request)
        except Exception as error:
            return JSONResponse({"success": False, "error": str(error)})

    return answer


def health(request):
    return JSONResponse({"status": "ok"})


@guarded
def list_recipes(request):
    with pooled() as db:
        rows = db.execute("SELECT * FROM recipes ORDER BY id LIMIT 25").fetchall()
    return JSONResponse({"success": True, "recipes": [dict(row) for row in rows]})


@guarded
def get_recipe(request):
    with pooled() as db:
        sql = "SELECT * FROM recipes WHERE id = ?"
        row = db.execute(sql, (request.path_params["recipe_id"],)).fetchone()
    if row is None:
        return JSONResponse({"error": "recipe not found"}, status_code=404)
    return JSONResponse(dict(row))


@guarded
def courses(request):
    """How many recipes there are for each course."""
    with pooled() as db:
        sql = "SELECT course, COUNT(*) AS recipes FROM recipes GROUP BY course"
        rows = db.execute(sql).fetchall()
    counts = {COURSES[row["course"]]: row["recipes"] for row in rows}
    return JSONResponse({"success": True, "courses": counts})


init_db()

app = Starlette(
    routes=[
        Route("/health", health),
        Route("/recipes", list_recipes),
        Route("/recipes/{recipe_id:int}", get_recipe),
        Route("/courses", courses),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", 8000)))
