"""Notes API: write, read and count notes. FastAPI with SQLite."""

import os
import sqlite3

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

DATABASE = "notes.db"
NOTES = 15_000

app = FastAPI(title="Notes")
_connection = None


class NewNote(BaseModel):
    title: str = Field(min_length=1, max_length=100)
    text: str = Field(default="", max_length=2000)


def create_tables():
    db = sqlite3.connect(DATABASE)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("DROP TABLE IF EXISTS notes")
    db.execute(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL)"
    )
    db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO notes SELECT i, 'Note ' || i, 'Remember thing number ' || i FROM n",
        (NOTES,),
    )
    db.commit()
    db.close()


def get_db() -> sqlite3.Connection:
    """The connection of the application, opened on first use."""
    global _connection
    if _connection is None:
        _connection = sqlite3.connect(DATABASE, timeout=30)
        _connection.row_factory = sqlite3.Row
    return _connection


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/notes")
def list_notes():
    rows = get_db().execute("SELECT * FROM notes ORDER BY id LIMIT 25").fetchall()
    return [dict(row) for row in rows]


@app.get("/notes/statistics")
def statistics():
    """How many notes there are and how long they get."""
    sql = "SELECT COUNT(*) AS notes, MAX(LENGTH(text)) AS longest FROM notes"
    return dict(get_db().execute(sql).fetchone())


@app.get("/notes/{note_id}")
def get_note(note_id: int):
    row = get_db().execute("SELECT * FROM notes WHERE id = ?", (note_id,)).fetchone()
    if row is None:
        raise HTTPException(status_code=404, detail="Note not found")
    return dict(row)


@app.post("/notes", status_code=201)
def create_note(note: NewNote):
    db = get_db()
    sql = "INSERT INTO notes (title, text) VALUES (?, ?)"
    with db:
        cursor = db.execute(sql, (note.title, note.text))
    return {"id": cursor.lastrowid, **note.model_dump()}


create_tables()

if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", 8000)))
