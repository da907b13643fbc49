"""Product catalogue: browse, look up and add products. SQLite, FastAPI."""

import os
import sqlite3
from contextlib import closing

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

DATABASE = "catalog.db"
CATEGORIES = ("books", "games", "garden", "kitchen", "office", "sport")
PRODUCTS = 8000

app = FastAPI(title="Product Catalogue")


class NewProduct(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    category: str = "office"
    price: float = Field(gt=0, lt=100_000)
    description: str = ""


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(DATABASE, timeout=30)
    connection.row_factory = sqlite3.Row
    return connection


def init_db() -> None:
    with closing(connect()) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("DROP TABLE IF EXISTS products")
        db.execute(
            "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
            " category TEXT NOT NULL, price REAL NOT NULL, description TEXT)"
        )
        db.executemany(
            "INSERT INTO products (name, category, price, description) VALUES (?, ?, ?, ?)",
            (
                (f"Product {n}", CATEGORIES[n % 6], 5 + n % 90, f"The {n}th thing in our range.")
                for n in range(PRODUCTS)
            ),
        )
        db.commit()


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/categories")
async def list_categories():
    return [{"name": name} for name in CATEGORIES]


@app.get("/products")
def list_products():
    """All products."""
    with closing(connect()) as db:
        rows = db.execute("SELECT * FROM products ORDER BY id").fetchall()
    return [dict(row) for row in rows]


@app.get("/products/{product_id}")
def get_product(product_id: int):
    with closing(connect()) as db:
        row = db.execute("SELECT * FROM products WHERE id = ?", (product_id,)).fetchone()
    if row is None:
        raise HTTPException(status_code=404, detail="Product not found")
    return dict(row)


@app.post("/products", status_code=201)
def create_product(product: NewProduct):
    with closing(connect()) as db:
        cursor = db.execute(
            "INSERT INTO products (name, category, price, description) VALUES (?, ?, ?, ?)",
            (product.name, product.category, product.price, product.description),
        )
        db.commit()
    return {"id": cursor.lastrowid, **product.model_dump()}


init_db()

if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", 8000)))
