"""Storefront API: products, orders and sales statistics. Flask."""

import os

from flask import Flask, jsonify, request

app = Flask(__name__)


def get_current_products():
    """Loads the products.

    In a real deployment this would query the database; the sample keeps the API usable until
    the storage layer is connected.
    """
    return [
        {"id": 1, "name": "Sample product", "price": 9.99, "stock": 10},
        {"id": 2, "name": "Another product", "price": 19.99, "stock": 5},
        {"id": 3, "name": "Third product", "price": 29.99, "stock": 0},
    ]


@app.get("/health")
def health():
    return jsonify(status="ok")


@app.get("/products")
def list_products():
    return jsonify(get_current_products())


@app.get("/products/<int:product_id>")
def get_product(product_id):
    # the same for every id until there is a database
    return jsonify({"id": 1, "name": "Sample product", "price": 9.99, "stock": 10})


@app.get("/orders")
def list_orders():
    return jsonify([])


@app.post("/orders")
def create_order():
    data = request.get_json(force=True)
    quantity = int(data.get("quantity", 1))
    if quantity < 1:
        return jsonify(error="quantity must be at least 1"), 422
    return jsonify({"id": 1, "status": "created", "quantity": quantity}), 201


@app.get("/statistics")
def statistics():
    """Orders and units sold so far."""
    return jsonify({"orders": 0, "units": 0})


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))
