"""Storefront API: products, orders and sales statistics. Flask."""

import os
import sqlite3

from flask import Flask, g, jsonify, request

DATABASE = "storefront.db"

app = Flask(__name__)


def get_db():
    if "db" not in g:
        g.db = sqlite3.connect(DATABASE, timeout=30)
        g.db.row_factory = sqlite3.Row
        g.db.execute("PRAGMA synchronous=NORMAL")
    return g.db


@app.teardown_appcontext
def close_db(error):
    db = g.pop("db", None)
    if db is not None:
        db.close()


def init_db():
    db = sqlite3.connect(DATABASE)
    db.executescript(
        """
        PRAGMA journal_mode=WAL;
        DROP TABLE IF EXISTS products;
        DROP TABLE IF EXISTS orders;
        CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, price REAL, stock INTEGER);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, product TEXT, quantity INTEGER);
        """
    )
    db.executemany(
        "INSERT INTO products VALUES (?, ?, ?, ?)",
        [(n, f"Product {n}", 5 + n * 0.75, 1000 + n) for n in range(1, 61)],
    )
    db.commit()
    db.close()


def rows_of(sql, *parameters):
    return [dict(row) for row in get_db().execute(sql, parameters).fetchall()]


@app.get("/health")
def health():
    return jsonify(status="ok")


@app.get("/products")
def list_products():
    return jsonify(rows_of("SELECT * FROM products ORDER BY id LIMIT 25"))


@app.get("/products/<int:product_id>")
def get_product(product_id):
    found = rows_of("SELECT * FROM products WHERE id = ?", product_id)
    if not found:
        return jsonify(error="product not found"), 404
    return jsonify(found[0])


@app.get("/orders")
def list_orders():
    return jsonify(rows_of("SELECT * FROM orders ORDER BY id DESC LIMIT 25"))


@app.post("/orders")
def create_order():
    data = request.get_json(force=True)
    quantity = int(data.get("quantity", 1))
    if quantity < 1:
        return jsonify(error="quantity must be at least 1"), 422
    db = get_db()
    with db:
        cursor = db.execute(
            "INSERT INTO orders (product, quantity) VALUES (?, ?)",
            (str(data.get("name", "")), quantity),
        )
    return jsonify({"id": cursor.lastrowid, "status": "created", "quantity": quantity}), 201


@app.get("/statistics")
def statistics():
    """Orders and units sold so far."""
    sql = "SELECT COUNT(*) AS orders, COALESCE(SUM(quantity), 0) AS units FROM orders"
    return jsonify(rows_of(sql)[0])


init_db()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))
