"""The corpus of twins: small apps as agents write them, each once sound and once with one defect.

``twins/<name>/sound.py`` and ``twins/<name>/defective.py`` are the same app but for the defect.
Each is one file, seeds its own data beside itself and takes its port from ``PORT``. How each
behaves under load is recorded in ``apps/twins/SIGNATURES.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent / "apps" / "twins"

Kind = Literal["sound", "defective"]
KINDS: tuple[Kind, ...] = ("sound", "defective")


@dataclass(frozen=True, slots=True)
class Defect:
    """A class of defects.

    Evidence names it if any of ``words`` (regular expressions, any case) is found in it.
    ``has_line`` is true for CPU and blocking defects: evidence can say where the time goes.
    """

    id: str
    words: tuple[str, ...]
    has_line: bool = False


BLOCKING_CALL = Defect(
    "blocking-call", ("event loop", r"block(s|ed|ing)\b", "not awaited"), has_line=True
)
HASHING_ON_LOOP = Defect(
    "hashing-on-loop", ("event loop", r"block(s|ed|ing)\b", "hash", "pbkdf2"), has_line=True
)
QUADRATIC = Defect("quadratic", ("quadratic", r"n²", r"o\(n", "cpu", "nested"), has_line=True)
QUERIES_PER_ROW = Defect(
    "n-plus-one", (r"n ?\+ ?1", "queries per", "statements per", "per row"), has_line=True
)
FULL_SCAN = Defect("full-scan", ("index", "full scan", "full table", r"\bscan"), has_line=True)
WHOLE_TABLE = Defect(
    "no-pagination",
    ("paginat", "whole table", "payload", r"[km]i?b\b.*(answer|response)"),
    has_line=True,
)
CLIENT_PER_REQUEST = Defect(
    "client-per-request", ("per request", "every request", "each request"), has_line=True
)
GLOBAL_LOCK = Defect("global-lock", (r"\block\b", "one at a time", "serial"), has_line=True)
THREAD_CEILING = Defect(
    "thread-ceiling", ("thread", "worker", "ceiling", "at a time", "stops growing", "plateau")
)
DATABASE_LOCKED = Defect("database-locked", ("database is locked", r"\block(s|ed|ing)?\b"))
WRONG_THREAD = Defect("wrong-thread", ("created in a thread", "same thread", "check_same_thread"))
LOST_UPDATE = Defect("lost-update", ("lost", "acknowledged", "were not stored", "overwritten"))
FILE_DATABASE = Defect("file-database", ("jsondecodeerror", "corrupt", "file", "lost"))
LEAK = Defect("leak", ("leak", "memory grows", "memory grew", "per request"))
ERRORS_AS_200 = Defect("errors-as-200", ("status 200", r"\b200\b.*error", "error.*200"))
STUB = Defect("stub", ("constant", "same answer", "empty", "whatever", "nothing changed"))
HANG = Defect("hang", ("hang", "hung", "not answered", "no answer", "never answered"))
SLOW_START = Defect("slow-start", (r"start(ed|s)?\b", "until it answered"))


@dataclass(frozen=True, slots=True)
class Ask:
    """One request that both twins answer with 2xx; ``json`` is its body."""

    method: str
    path: str
    json: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One app and its twin.

    ``endpoints`` are those whose figures show the defect, by their measured names; evidence names
    one of them. Empty where the defect belongs to none. ``sources`` are texts that stand once in
    the defective twin: evidence that names a line names one of theirs.
    """

    name: str
    framework: str
    defect: Defect
    endpoints: tuple[str, ...]
    sources: tuple[str, ...]
    asks: tuple[Ask, ...]

    def path(self, kind: Kind) -> Path:
        """The file of one twin."""
        return FOLDER / self.name / f"{kind}.py"

    def code(self, kind: Kind) -> str:
        """The text of one twin, as an agent would have answered it."""
        return self.path(kind).read_text(encoding="utf-8")

    def lines(self) -> frozenset[int]:
        """The numbers, from 1, of the lines that hold ``sources`` in the defective twin."""
        text = self.code("defective")
        numbers: set[int] = set()
        for source in self.sources:
            first = text[: text.index(source)].count("\n") + 1
            numbers.update(range(first, first + source.count("\n") + 1))
        return frozenset(numbers)


def reads(*paths: str) -> tuple[Ask, ...]:
    """GET requests."""
    return tuple(Ask("GET", path) for path in paths)


PAIRS = (
    Pair(
        name="payments",
        framework="FastAPI",
        defect=BLOCKING_CALL,
        endpoints=("GET /charges/{charge_id}/status",),
        sources=("time.sleep(PROCESSOR_LATENCY)",),
        asks=(
            *reads("/health", "/quotes", "/charges", "/charges/ch_0003/status"),
            Ask("POST", "/charges", {"order_id": "order-1", "amount": 12.5}),
        ),
    ),
    Pair(
        name="shipping",
        framework="aiohttp",
        defect=BLOCKING_CALL,
        endpoints=("GET /parcels/{parcel_id}/tracking",),
        sources=("tracking = requests.get(url, timeout=5).json()",),
        asks=reads("/health", "/parcels", "/parcels/7", "/parcels/7/tracking"),
    ),
    Pair(
        name="reports",
        framework="Quart",
        defect=BLOCKING_CALL,
        endpoints=("GET /reports/revenue",),
        sources=("[dict(row) for row in connection.execute(sql, parameters).fetchall()]",),
        asks=reads("/health", "/shops", "/shops/3", "/sales", "/reports/revenue"),
    ),
    Pair(
        name="accounts",
        framework="Starlette",
        defect=HASHING_ON_LOOP,
        endpoints=("POST /users",),
        sources=("    password_hash = hash_password(password)",),
        asks=(
            *reads("/health", "/users", "/users/3"),
            Ask("POST", "/users", {"username": "ada", "email": "a@b.de", "password": "Secret!1"}),
        ),
    ),
    Pair(
        name="articles",
        framework="Tornado",
        defect=QUADRATIC,
        endpoints=("GET /duplicates",),
        sources=(
            (
                "        for other in articles:\n"
                '            if other["headline"] == first["headline"]:'
            ),
        ),
        asks=reads("/health", "/articles", "/articles/7", "/duplicates"),
    ),
    Pair(
        name="library",
        framework="Django",
        defect=QUERIES_PER_ROW,
        endpoints=("GET /loans",),
        sources=('Loan.objects.order_by("due")\n    return JsonResponse({"loans": [',),
        asks=reads("/health", "/members", "/books", "/books/3", "/loans"),
    ),
    Pair(
        name="orders",
        framework="Flask",
        defect=FULL_SCAN,
        endpoints=("GET /customers/{customer_id}/orders",),
        sources=(
            "rows = get_db().execute(latest, (customer_id,)).fetchall()",
            "sums = get_db().execute(total, (customer_id,)).fetchone()",
        ),
        asks=reads("/health", "/customers", "/customers/3", "/customers/3/orders"),
    ),
    Pair(
        name="catalog",
        framework="FastAPI",
        defect=WHOLE_TABLE,
        endpoints=("GET /products",),
        sources=('"SELECT * FROM products ORDER BY id").fetchall()\n    return [',),
        asks=(
            *reads("/health", "/categories", "/products", "/products/3"),
            Ask("POST", "/products", {"name": "Lamp", "price": 12.5}),
        ),
    ),
    Pair(
        name="currency",
        framework="FastAPI",
        defect=CLIENT_PER_REQUEST,
        endpoints=("GET /convert/{currency}/{amount}",),
        sources=(
            (
                "    async with httpx.AsyncClient(base_url=RATES_URL, timeout=5) as client:\n"
                "        response"
            ),
        ),
        asks=reads("/health", "/currencies", "/rates/USD", "/convert/USD/12.5"),
    ),
    Pair(
        name="tickets",
        framework="http.server",
        defect=GLOBAL_LOCK,
        endpoints=("GET /events/{id}/seats",),
        sources=("    with lock:\n        sold_at_venue = ask_venue(number)",),
        asks=reads("/", "/health", "/events", "/events/3", "/events/3/seats"),
    ),
    Pair(
        name="weather",
        framework="Tornado",
        defect=THREAD_CEILING,
        endpoints=("GET /stations/{station_id}/forecast",),
        sources=("ThreadPoolExecutor(max_workers=2)",),
        asks=reads("/health", "/cities", "/stations", "/stations/3", "/stations/3/forecast"),
    ),
    Pair(
        name="inventory",
        framework="FastAPI",
        defect=DATABASE_LOCKED,
        endpoints=("POST /items/{item_id}/reservations",),
        sources=(
            (
                '    with transaction() as db:\n        row = db.execute("SELECT * FROM items '
                'WHERE id = ?", (item_id,)).fetchone()\n        if row is None:'
            ),
        ),
        asks=(
            *reads("/health", "/items", "/items/3"),
            Ask("POST", "/items/3/reservations", {"quantity": 2}),
        ),
    ),
    Pair(
        name="notes",
        framework="FastAPI",
        defect=WRONG_THREAD,
        endpoints=(
            *("GET /notes", "GET /notes/statistics"),
            *("GET /notes/{note_id}", "POST /notes"),
        ),
        sources=("_connection = sqlite3.connect(DATABASE, timeout=30)",),
        asks=(
            *reads("/health", "/notes", "/notes/statistics", "/notes/3"),
            Ask("POST", "/notes", {"title": "Milk"}),
        ),
    ),
    Pair(
        name="polls",
        framework="Litestar",
        defect=LOST_UPDATE,
        endpoints=("POST /polls/{poll_id}/votes",),
        sources=('    votes = poll.votes + 1\n    await store.set(f"votes:{poll_id}", votes)',),
        asks=(*reads("/health", "/polls", "/polls/3"), Ask("POST", "/polls/3/votes")),
    ),
    Pair(
        name="guestbook",
        framework="Flask",
        defect=FILE_DATABASE,
        endpoints=("GET /entries", "GET /entries/{entry_id}", "GET /count", "POST /entries"),
        sources=(
            "        return json.load(file)",
            '    with open(DATA_FILE, "w") as file:\n        json.dump(entries, file, indent=2)',
        ),
        asks=(
            *reads("/health", "/entries", "/entries/3", "/count"),
            Ask("POST", "/entries", {"author": "Ada", "message": "Hello"}),
        ),
    ),
    Pair(
        name="analytics",
        framework="aiohttp",
        defect=LEAK,
        endpoints=("GET /pages/{page_id}/report",),
        sources=("report_cache[key] = render_report(page_id)",),
        asks=reads("/health", "/pages", "/pages/3", "/pages/3/report"),
    ),
    Pair(
        name="search",
        framework="Starlette",
        defect=ERRORS_AS_200,
        endpoints=("GET /courses", "GET /recipes", "GET /recipes/{recipe_id}"),
        sources=('return JSONResponse({"success": False, "error": str(error)})',),
        asks=reads("/health", "/recipes", "/recipes/3", "/courses"),
    ),
    Pair(
        name="storefront",
        framework="Flask",
        defect=STUB,
        endpoints=("GET /products/{product_id}", "GET /orders", "POST /orders", "GET /statistics"),
        sources=(
            'return jsonify({"id": 1, "name": "Sample product", "price": 9.99, "stock": 10})',
            "    return jsonify([])",
            'return jsonify({"id": 1, "status": "created", "quantity": quantity}), 201',
            'return jsonify({"orders": 0, "units": 0})',
        ),
        asks=(
            *reads("/health", "/products", "/products/3", "/orders", "/statistics"),
            Ask("POST", "/orders", {"name": "Lamp", "quantity": 2}),
        ),
    ),
    Pair(
        name="rooms",
        framework="Quart",
        defect=HANG,
        endpoints=("GET /rooms/{room_id}/availability", "GET /rooms"),
        sources=(
            (
                '        return jsonify(room=room_id, free=list(range(8, 18)), note="free all day")'
                "\n    pool.put_nowait(connection)"
            ),
        ),
        asks=reads("/health", "/rooms", "/hours", "/rooms/3/availability", "/rooms/4/availability"),
    ),
    Pair(
        name="directory",
        framework="Flask",
        defect=SLOW_START,
        endpoints=(),
        sources=("time.sleep(delay)",),
        asks=reads(
            *("/health", "/departments", "/departments/3/people"),
            *("/people", "/people/3"),
        ),
    ),
)
