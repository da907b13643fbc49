"""User accounts: registration with hashed passwords, profiles and a directory. Starlette."""

import hashlib
import os
import secrets
import sqlite3
import threading

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

DATABASE = "accounts.db"
ITERATIONS = 100_000
local = threading.local()


def connect():
    if not hasattr(local, "connection"):
        local.connection = sqlite3.connect(DATABASE, timeout=30, isolation_level=None)
        local.connection.row_factory = sqlite3.Row
    return local.connection


def init_db():
    db = connect()
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("DROP TABLE IF EXISTS users")
    db.execute(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, email TEXT, password TEXT)"
    )
    db.executemany(
        "INSERT INTO users (username, email, password) VALUES (?, ?, '')",
        [(f"user{n}", f"user{n}@example.com") for n in range(1, 101)],
    )


def hash_password(password: str) -> str:
    """PBKDF2-SHA256 with a random salt, as ``salt$hash``."""
    salt = secrets.token_bytes(16)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    return f"{salt.hex()}${digest.hex()}"


async def health(request):
    return JSONResponse({"status": "ok"})


async def list_users(request):
    rows = connect().execute("SELECT id, username, email FROM users ORDER BY id LIMIT 25")
    return JSONResponse({"users": [dict(row) for row in rows]})


async def get_user(request):
    user_id = request.path_params["user_id"]
    row = (
        connect()
        .execute("SELECT id, username, email FROM users WHERE id = ?", (user_id,))
        .fetchone()
    )
    if row is None:
        return JSONResponse({"error": "user not found"}, status_code=404)
    return JSONResponse(dict(row))


async def register(request):
    data = await request.json()
    username, password = data.get("username"), data.get("password")
    if not username or not password:
        return JSONResponse({"error": "username and password are required"}, status_code=422)
    password_hash = hash_password(password)
    cursor = connect().execute(
        "INSERT INTO users (username, email, password) VALUES (?, ?, ?)",
        (username, data.get("email", ""), password_hash),
    )
    return JSONResponse({"id": cursor.lastrowid, "username": username}, status_code=201)


init_db()

app = Starlette(
    routes=[
        Route("/health", health),
        Route("/users", list_users, methods=["GET"]),
        Route("/users", register, methods=["POST"]),
        Route("/users/{user_id:int}", get_user),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("PORT", 8000)))
