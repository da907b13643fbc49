"""Staff directory: people and departments of a company, loaded into SQLite at start. Flask."""

import os
import sqlite3

from flask import Flask, g, jsonify

DATABASE = "directory.db"
DEPARTMENTS = ("Finance", "Logistics", "Research", "Sales", "Support")

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
        DROP TABLE IF EXISTS departments;
        DROP TABLE IF EXISTS people;
        CREATE TABLE departments (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, department_id INTEGER);
        CREATE INDEX people_by_department ON people (department_id);
        """
    )
    db.executemany("INSERT INTO departments (name) VALUES (?)", [(name,) for name in DEPARTMENTS])
    db.executemany(
        "INSERT INTO people (name, department_id) VALUES (?, ?)",
        [(f"Person {n}", n % len(DEPARTMENTS) + 1) for n in range(1, 501)],
    )
    db.commit()
    db.close()


def rows_of(sql, *parameters):
    return [dict(row) for row in get_db().execute(sql, parameters).fetchall()]


@app.get("/health")
def health():
    return jsonify(status="ok")


@app.get("/departments")
def list_departments():
    return jsonify(rows_of("SELECT * FROM departments ORDER BY id"))


@app.get("/departments/<int:department_id>/people")
def people_of_department(department_id):
    sql = "SELECT * FROM people WHERE department_id = ? ORDER BY id LIMIT 25"
    return jsonify(rows_of(sql, department_id))


@app.get("/people")
def list_people():
    return jsonify(rows_of("SELECT * FROM people ORDER BY id LIMIT 25"))


@app.get("/people/<int:person_id>")
def get_person(person_id):
    found = rows_of("SELECT * FROM people WHERE id = ?", person_id)
    if not found:
        return jsonify(error="person not found"), 404
    return jsonify(found[0])


init_db()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))
