"""Guest book: visitors leave a message, the latest are shown. Flask."""

import json
import os
import time

from flask import Flask, jsonify, request

DATA_FILE = "entries.json"
LATEST = 20

app = Flask(__name__)


def load_entries():
    with open(DATA_FILE) as file:
        return json.load(file)


def save_entries(entries):
    with open(DATA_FILE, "w") as file:
        json.dump(entries, file, indent=2)


def init_data():
    entries = [
        {"id": n, "author": f"Visitor {n}", "message": "What a lovely place!", "written": n}
        for n in range(1, 201)
    ]
    save_entries(entries)


@app.get("/health")
def health():
    return jsonify(status="ok")


@app.get("/entries")
def list_entries():
    entries = load_entries()
    return jsonify(entries[-LATEST:])


@app.get("/entries/<int:entry_id>")
def get_entry(entry_id):
    for entry in load_entries():
        if entry["id"] == entry_id:
            return jsonify(entry)
    return jsonify(error="entry not found"), 404


@app.get("/count")
def count_entries():
    return jsonify(entries=len(load_entries()))


@app.post("/entries")
def add_entry():
    data = request.get_json(force=True)
    if not data.get("message"):
        return jsonify(error="message is required"), 422
    entries = load_entries()
    entry = {
        "id": len(entries) + 1,
        "author": data.get("author", "anonymous"),
        "message": data["message"],
        "written": time.time(),
    }
    entries.append(entry)
    save_entries(entries)
    return jsonify(entry), 201


init_data()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))
