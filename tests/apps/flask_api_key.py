"""Inventory service. Every request needs the header X-API-Key."""
import functools
import os

from flask import Flask, jsonify, request

app = Flask(__name__)
API_KEY = os.environ.get("API_KEY", "dev-inventory-key-123")
items = {1: {"id": 1, "name": "bolt", "quantity": 100}}


def require_api_key(view):
    @functools.wraps(view)
    def wrapped(*args, **kwargs):
        if request.headers.get("X-API-Key") != API_KEY:
            return jsonify(error="invalid or missing API key"), 401
        return view(*args, **kwargs)

    return wrapped


@app.get("/items")
@require_api_key
def list_items():
    return jsonify(items=list(items.values())[:20])


@app.post("/items")
@require_api_key
def add_item():
    data = request.get_json()
    if not data or "name" not in data:
        return jsonify(error="name is required"), 400
    item = {"id": max(items, default=0) + 1, "name": data["name"], "quantity": data.get("quantity", 0)}
    items[item["id"]] = item
    return jsonify(item), 201


@app.get("/items/<int:item_id>")
@require_api_key
def one_item(item_id):
    return jsonify(items[item_id]) if item_id in items else (jsonify(error="not found"), 404)


@app.delete("/items/<int:item_id>")
@require_api_key
def delete_item(item_id):
    return ("", 204) if items.pop(item_id, None) else (jsonify(error="not found"), 404)


@app.get("/health")
def health():
    return jsonify(status="ok")


if __name__ == "__main__":
    app.run()
