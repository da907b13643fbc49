"""A to-do list with accounts: forms, a session cookie, and pages only for those who are in."""
import sqlite3

from flask import Flask, g, redirect, render_template_string, request, session, url_for
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)
app.secret_key = "dev"
DATABASE = "todo.db"

FORM = """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>
{% if error %}<p class="error">{{ error }}</p>{% endif %}
<form method="post">
  <input name="username" required><input name="password" type="password" required>
  {% if title == "Register" %}<input name="confirm" type="password" required>{% endif %}
  <button type="submit">{{ title }}</button>
</form>"""


def get_db():
    if "db" not in g:
        g.db = sqlite3.connect(DATABASE)
        g.db.row_factory = sqlite3.Row
    return g.db


@app.teardown_appcontext
def close_db(_error):
    db = g.pop("db", None)
    if db is not None:
        db.close()


def init_db():
    with sqlite3.connect(DATABASE) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, password TEXT)")
        db.execute("CREATE TABLE IF NOT EXISTS todos (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT, done INTEGER)")
        db.execute("CREATE INDEX IF NOT EXISTS by_user ON todos (user_id)")


init_db()


@app.before_request
def require_login():
    if request.endpoint not in ("login", "register", "static", "index") and "user_id" not in session:
        return redirect(url_for("login"))


@app.route("/")
def index():
    return "<h1>Todo</h1><a href='/login'>Log in</a>"


@app.route("/register", methods=["GET", "POST"])
def register():
    error = None
    if request.method == "POST":
        if request.form["password"] != request.form["confirm"]:
            error = "Passwords do not match"
        else:
            db = get_db()
            try:
                db.execute(
                    "INSERT INTO users (username, password) VALUES (?, ?)",
                    (request.form["username"], generate_password_hash(request.form["password"], "pbkdf2:sha256:1000")),
                )
                db.commit()
                return redirect(url_for("login"))
            except sqlite3.IntegrityError:
                error = "That name is taken"
    return render_template_string(FORM, title="Register", error=error)


@app.route("/login", methods=["GET", "POST"])
def login():
    error = None
    if request.method == "POST":
        user = get_db().execute("SELECT * FROM users WHERE username = ?", (request.form["username"],)).fetchone()
        if user is None or not check_password_hash(user["password"], request.form["password"]):
            error = "Wrong name or password"
        else:
            session.clear()
            session["user_id"] = user["id"]
            return redirect(url_for("todos"))
    return render_template_string(FORM, title="Log in", error=error)


@app.route("/logout")
def logout():
    session.clear()
    return redirect(url_for("index"))


@app.get("/todos")
def todos():
    rows = get_db().execute(
        "SELECT id, title, done FROM todos WHERE user_id = ? ORDER BY id DESC LIMIT 20", (session["user_id"],)
    ).fetchall()
    return {"todos": [dict(row) for row in rows]}


@app.post("/todos")
def add_todo():
    data = request.get_json(silent=True) or request.form
    db = get_db()
    cursor = db.execute(
        "INSERT INTO todos (user_id, title, done) VALUES (?, ?, 0)", (session["user_id"], data["title"])
    )
    db.commit()
    return {"todo": {"id": cursor.lastrowid, "title": data["title"], "done": False}}, 201


@app.get("/todos/<int:todo_id>")
def one_todo(todo_id):
    row = get_db().execute(
        "SELECT id, title, done FROM todos WHERE id = ? AND user_id = ?", (todo_id, session["user_id"])
    ).fetchone()
    return ({"todo": dict(row)}, 200) if row else ({"error": "not found"}, 404)


@app.delete("/todos/<int:todo_id>")
def delete_todo(todo_id):
    db = get_db()
    gone = db.execute("DELETE FROM todos WHERE id = ? AND user_id = ?", (todo_id, session["user_id"])).rowcount
    db.commit()
    return ("", 204) if gone else ({"error": "not found"}, 404)


if __name__ == "__main__":
    app.run(debug=True)
