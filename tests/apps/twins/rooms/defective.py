"""Meeting rooms: which there are, what is booked, and whether one is free. Quart."""

import asyncio
import os
import sqlite3

from quart import Quart, jsonify, request

DATABASE = "rooms.db"
POOL_SIZE = 12

app = Quart(__name__)
pool: asyncio.Queue = asyncio.Queue()


def init_db():
    db = sqlite3.connect(DATABASE)
    db.executescript(
        """
        DROP TABLE IF EXISTS rooms;
        DROP TABLE IF EXISTS bookings;
        CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT, seats INTEGER);
        CREATE TABLE bookings (id INTEGER PRIMARY KEY, room_id INTEGER, hour INTEGER);
        CREATE INDEX bookings_by_room ON bookings (room_id);
        """
    )
    db.executemany(
        "INSERT INTO rooms VALUES (?, ?, ?)", [(n, f"Room {n}", 4 + n % 9) for n in range(1, 41)]
    )
    db.executemany(
        "INSERT INTO bookings (room_id, hour) VALUES (?, ?)",
        [(room, 8 + hour) for room in range(2, 41, 2) for hour in range(room % 9)],
    )
    db.commit()
    db.close()


@app.before_serving
async def open_pool():
    for _ in range(POOL_SIZE):
        connection = sqlite3.connect(DATABASE, timeout=30)
        connection.row_factory = sqlite3.Row
        pool.put_nowait(connection)


@app.get("/health")
async def health():
    return jsonify(status="ok")


@app.get("/rooms")
async def list_rooms():
    offset = request.args.get("offset", 0, type=int)
    connection = await pool.get()
    rows = connection.execute("SELECT * FROM rooms ORDER BY id LIMIT 25 OFFSET ?", (offset,))
    rooms = [dict(row) for row in rows]
    pool.put_nowait(connection)
    return jsonify(rooms)


@app.get("/hours")
async def opening_hours():
    return jsonify(opens=8, closes=18)


@app.get("/rooms/<int:room_id>/availability")
async def availability(room_id):
    """The free hours of one room."""
    sql = "SELECT hour FROM bookings WHERE room_id = ?"
    connection = await pool.get()
    booked = [row["hour"] for row in connection.execute(sql, (room_id,))]
    if not booked:
        return jsonify(room=room_id, free=list(range(8, 18)), note="free all day")
    pool.put_nowait(connection)
    return jsonify(room=room_id, free=[hour for hour in range(8, 18) if hour not in booked])


init_db()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))
