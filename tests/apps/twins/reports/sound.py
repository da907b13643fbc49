"""Sales reports: shops, single sales and a revenue summary by region, stored in SQLite."""

import asyncio
import os
import sqlite3
import threading

from quart import Quart, jsonify, request

DATABASE = "sales.db"
REGIONS = ("north", "south", "east", "west")
SALES = 150_000

app = Quart(__name__)
local = threading.local()


def connect():
    """One connection per worker thread."""
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(DATABASE, timeout=30)
        local.connection.row_factory = sqlite3.Row
    return local.connection


def init_db():
    db = connect()
    db.executescript(
        """
        DROP TABLE IF EXISTS shops;
        DROP TABLE IF EXISTS sales;
        CREATE TABLE shops (id INTEGER PRIMARY KEY, name TEXT, region TEXT);
        CREATE TABLE sales (id INTEGER PRIMARY KEY, shop_id INTEGER, day INTEGER, amount REAL);
        """
    )
    db.executemany(
        "INSERT INTO shops VALUES (?, ?, ?)",
        [(n, f"Shop {n}", REGIONS[n % 4]) for n in range(1, 41)],
    )
    db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO sales SELECT i, i % 40 + 1, i % 365, (i * 37) % 500 + 0.5 FROM n",
        (SALES,),
    )
    db.executescript(
        """
        DROP TABLE IF EXISTS revenue;
        CREATE TABLE revenue AS
            SELECT shop_id, COUNT(*) AS sales, SUM(amount) AS amount FROM sales GROUP BY shop_id;
        """
    )
    db.commit()


def run(sql, parameters):
    return [dict(row) for row in connect().execute(sql, parameters).fetchall()]


async def query(sql, parameters=()):
    """Runs the statement in a worker thread: SQLite would block the event loop."""
    return await asyncio.to_thread(run, sql, parameters)


@app.get("/health")
async def health():
    return jsonify(status="ok")


@app.get("/shops")
async def list_shops():
    return jsonify(await query("SELECT * FROM shops ORDER BY id"))


@app.get("/shops/<int:shop_id>")
async def get_shop(shop_id):
    rows = await query("SELECT * FROM shops WHERE id = ?", (shop_id,))
    if not rows:
        return jsonify(error="shop not found"), 404
    return jsonify(rows[0])


@app.get("/sales")
async def list_sales():
    offset = request.args.get("offset", 0, type=int)
    sql = "SELECT * FROM sales ORDER BY id LIMIT 25 OFFSET ?"
    return jsonify(await query(sql, (offset,)))


@app.get("/reports/revenue")
async def revenue():
    """Revenue by region, highest first."""
    rows = await query(
        "SELECT shops.region, SUM(sales) AS sales, ROUND(SUM(amount), 2) AS revenue"
        " FROM revenue JOIN shops ON shops.id = revenue.shop_id"
        " GROUP BY shops.region ORDER BY revenue DESC"
    )
    return jsonify(rows)


init_db()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))
