"""Sales reports: shops, single sales and a revenue summary by region, stored in SQLite."""

import os
import sqlite3

from quart import Quart, jsonify, request

DATABASE = "sales.db"
REGIONS = ("north", "south", "east", "west")
SALES = 150_000

app = Quart(__name__)
connection = sqlite3.connect(DATABASE)
connection.row_factory = sqlite3.Row


def init_db():
    db = connection
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
    db.commit()


async def query(sql, parameters=()):
    return [dict(row) for row in connection.execute(sql, parameters).fetchall()]


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
        "SELECT shops.region, COUNT(*) AS sales, ROUND(SUM(sales.amount), 2) AS revenue"
        " FROM sales JOIN shops ON shops.id = sales.shop_id"
        " GROUP BY shops.region ORDER BY revenue DESC"
    )
    return jsonify(rows)


init_db()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))
