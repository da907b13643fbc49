"""Inventory service: stock levels and reservations that are checked with the supplier."""

import os
import sqlite3
import time
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

DATABASE = "inventory.db"
SUPPLIER_LATENCY = 0.01

app = FastAPI(title="Inventory")


class Reservation(BaseModel):
    quantity: int = Field(ge=1, le=10)


@contextmanager
def transaction(begin="BEGIN"):
    """Everything in the block happens, or nothing does."""
    db = sqlite3.connect(DATABASE, timeout=30, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA synchronous=NORMAL")
    try:
        db.execute(begin)
        yield db
        db.execute("COMMIT")
    finally:
        db.close()


def init_db():
    db = sqlite3.connect(DATABASE)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("DROP TABLE IF EXISTS items")
    db.execute(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, stock INTEGER, reserved INTEGER)"
    )
    db.executemany(
        "INSERT INTO items (name, stock, reserved) VALUES (?, 10000000, 0)",
        [(f"Item {n}",) for n in range(1, 51)],
    )
    db.commit()
    db.close()


def supplier_confirms(item_id: int, quantity: int) -> bool:
    """Asks the supplier whether the goods can follow (simulated round trip)."""
    time.sleep(SUPPLIER_LATENCY)
    return quantity <= 10


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/items")
def list_items():
    with transaction() as db:
        return [dict(row) for row in db.execute("SELECT * FROM items ORDER BY id LIMIT 25")]


@app.get("/items/{item_id}")
def get_item(item_id: int):
    with transaction() as db:
        row = db.execute("SELECT * FROM items WHERE id = ?", (item_id,)).fetchone()
    if row is None:
        raise HTTPException(status_code=404, detail="Item not found")
    return dict(row)


@app.post("/items/{item_id}/reservations", status_code=201)
def reserve(item_id: int, reservation: Reservation):
    with transaction() as db:
        row = db.execute("SELECT * FROM items WHERE id = ?", (item_id,)).fetchone()
        if row is None:
            raise HTTPException(status_code=404, detail="Item not found")
        if row["stock"] - row["reserved"] < reservation.quantity:
            raise HTTPException(status_code=409, detail="Not enough stock")
        if not supplier_confirms(item_id, reservation.quantity):
            raise HTTPException(status_code=409, detail="Supplier refused")
        db.execute(
            "UPDATE items SET reserved = reserved + ? WHERE id = ?",
            (reservation.quantity, item_id),
        )
    return {"item_id": item_id, "reserved": reservation.quantity}


init_db()

if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", 8000)))
