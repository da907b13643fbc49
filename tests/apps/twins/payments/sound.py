"""Payments API: currency quotes, charges and their status for a small web shop."""

import asyncio
import os
import sqlite3
import uuid
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field

DATABASE = "payments.db"
PROCESSOR_LATENCY = 0.05
QUOTES = {"EUR": 1.0, "USD": 1.09, "GBP": 0.85, "CHF": 0.96, "SEK": 11.4}

app = FastAPI(title="Payments API", version="1.0.0")


class ChargeRequest(BaseModel):
    """What a shop sends to charge a card."""

    order_id: str = Field(min_length=1, max_length=64)
    amount: float = Field(gt=0, le=10_000)
    currency: str = "EUR"


@contextmanager
def database():
    connection = sqlite3.connect(DATABASE, timeout=30)
    connection.row_factory = sqlite3.Row
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def init_db():
    with database() as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("DROP TABLE IF EXISTS charges")
        db.execute(
            "CREATE TABLE charges (id TEXT PRIMARY KEY, order_id TEXT, amount REAL, currency TEXT)"
        )
        db.executemany(
            "INSERT INTO charges VALUES (?, ?, ?, ?)",
            [(f"ch_{n:04d}", f"order-{n}", 10 + n * 0.5, "EUR") for n in range(200)],
        )


async def ask_processor(charge_id: str) -> str:
    """Asks the card processor (simulated network round trip)."""
    await asyncio.sleep(PROCESSOR_LATENCY)
    return "settled" if charge_id.startswith("ch_") else "pending"


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/quotes")
async def quotes():
    return {"base": "EUR", "rates": QUOTES}


@app.get("/charges")
def list_charges(limit: int = Query(20, ge=1, le=100)):
    with database() as db:
        rows = db.execute("SELECT * FROM charges ORDER BY id LIMIT ?", (limit,)).fetchall()
    return [dict(row) for row in rows]


@app.post("/charges", status_code=201)
def create_charge(charge: ChargeRequest):
    charge_id = f"pay_{uuid.uuid4().hex[:12]}"
    with database() as db:
        db.execute(
            "INSERT INTO charges VALUES (?, ?, ?, ?)",
            (charge_id, charge.order_id, charge.amount, charge.currency),
        )
    return {"id": charge_id, **charge.model_dump()}


@app.get("/charges/{charge_id}/status")
async def charge_status(charge_id: str):
    if not charge_id.startswith(("ch_", "pay_")):
        raise HTTPException(status_code=404, detail="Charge not found")
    status = await ask_processor(charge_id)
    return {"id": charge_id, "status": status}


init_db()

if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", 8000)))
