"""Order history service: customers and everything they ever ordered. Flask and SQLite."""

import os
import sqlite3

from flask import Flask, g, jsonify

DATABASE = "orders.db"
CUSTOMERS = 40_000
ORDERS = 400_000

app = Flask(__name__)


def get_db():
    if "db" not in g:
        g.db = sqlite3.connect(DATABASE, timeout=30)
        g.db.row_factory = sqlite3.Row
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
        PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF;
        DROP TABLE IF EXISTS customers;
        DROP TABLE IF EXISTS orders;
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
        CREATE TABLE orders (
            id INTEGER PRIMARY KEY,
            customer_id INTEGER NOT NULL REFERENCES customers (id),
            total REAL NOT NULL,
            status TEXT NOT NULL
        );
        """
    )
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
    db.execute(
        numbers + "INSERT INTO customers SELECT i, 'Customer ' || i, 'City ' || (i % 50) FROM n",
        (CUSTOMERS,),
    )
    db.execute(
        numbers + "INSERT INTO orders SELECT i, i % ? + 1, (i * 13) % 900 + 0.99, 'paid' FROM n",
        (ORDERS, CUSTOMERS),
    )
    db.commit()
    db.close()


@app.get("/health")
def health():
    return jsonify(status="ok")


@app.get("/customers")
def list_customers():
    rows = get_db().execute("SELECT * FROM customers ORDER BY id LIMIT 25").fetchall()
    return jsonify([dict(row) for row in rows])


@app.get("/customers/<int:customer_id>")
def get_customer(customer_id):
    row = get_db().execute("SELECT * FROM customers WHERE id = ?", (customer_id,)).fetchone()
    if row is None:
        return jsonify(error="customer not found"), 404
    return jsonify(dict(row))


@app.get("/customers/<int:customer_id>/orders")
def customer_orders(customer_id):
    """The latest orders of one customer, and what they all came to."""
    latest = "SELECT id, total, status FROM orders WHERE customer_id = ? ORDER BY id DESC LIMIT 20"
    rows = get_db().execute(latest, (customer_id,)).fetchall()
    total = "SELECT COUNT(*) AS orders, SUM(total) AS spent FROM orders WHERE customer_id = ?"
    sums = get_db().execute(total, (customer_id,)).fetchone()
    return jsonify(latest=[dict(row) for row in rows], **dict(sums))


init_db()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))
