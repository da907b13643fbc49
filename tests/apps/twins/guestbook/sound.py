"""Guest book: visitors leave a message, the latest are shown. Flask."""

import os
import sqlite3
import time

from flask import Flask, g, jsonify, request

DATABASE = "guestbook.db"
LATEST = 20

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


def init_data():
    db = sqlite3.connect(DATABASE)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("DROP TABLE IF EXISTS entries")
    db.execute(
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, author TEXT, message TEXT, written REAL)"
    )
    db.executemany(
        "INSERT INTO entries VALUES (?, ?, 'What a lovely place!', ?)",
        [(n, f"Visitor {n}", n) for n in range(1, 201)],
    )
    db.commit()
    db.close()


@app.get("/health")
def health():
    return jsonify(status="ok")


@app.get("/entries")
def list_entries():
    rows = get_db().execute("SELECT * FROM entries ORDER BY id DESC LIMIT ?", (LATEST,))
    return jsonify([dict(row) for row in rows])


@app.get("/entries/<int:entry_id>")
def get_entry(entry_id):
    row = get_db().execute("SELECT * FROM entries WHERE id = ?", (entry_id,)).fetchone()
    if row is None:
        return jsonify(error="entry not found"), 404
    return jsonify(dict(row))


@app.get("/count")
def count_entries():
    return jsonify(entries=get_db().execute("SELECT COUNT(*) FROM entries").fetchone()[0])


@app.post("/entries")
def add_entry():
    data = request.get_json(force=True)
    if not data.get("message"):
        return jsonify(error="message is required"), 422
    author, message = data.get("author", "anonymous"), data["message"]
    db = get_db()
    with db:
        cursor = db.execute(
            "INSERT INTO entries (author, message, written) VALUES (?, ?, ?)",
            (author, message, time.time()),
        )
    return jsonify(id=cursor.lastrowid, author=author, message=message), 201


init_data()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))
