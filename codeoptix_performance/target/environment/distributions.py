"""Which distribution brings a module, where their names differ, and what a module needs besides."""

from __future__ import annotations

import re

from codeoptix_performance.target.source import SourceFile

_DISTRIBUTIONS = {
    "attr": "attrs",
    "authlib": "Authlib",
    "bs4": "beautifulsoup4",
    "Crypto": "pycryptodome",
    "corsheaders": "django-cors-headers",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "decouple": "python-decouple",
    "django_filters": "django-filter",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "environ": "django-environ",
    "fitz": "PyMuPDF",
    "flask_cors": "Flask-Cors",
    "flask_jwt_extended": "Flask-JWT-Extended",
    "flask_login": "Flask-Login",
    "flask_migrate": "Flask-Migrate",
    "flask_restful": "Flask-RESTful",
    "flask_sqlalchemy": "Flask-SQLAlchemy",
    "git": "GitPython",
    "google.cloud.firestore": "google-cloud-firestore",
    "google.cloud.storage": "google-cloud-storage",
    "google.protobuf": "protobuf",
    "grpc": "grpcio",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "magic": "python-magic",
    "markdown": "Markdown",
    "MySQLdb": "mysqlclient",
    "multipart": "python-multipart",
    "nacl": "PyNaCl",
    "ninja": "django-ninja",
    "OpenSSL": "pyOpenSSL",
    "PIL": "pillow",
    "pkg_resources": "setuptools",
    "psycopg2": "psycopg2-binary",
    "pymysql": "PyMySQL",
    "pythonjsonlogger": "python-json-logger",
    "redis_om": "redis-om",
    "rest_framework": "djangorestframework",
    "rest_framework_simplejwt": "djangorestframework-simplejwt",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socketio": "python-socketio",
    "engineio": "python-engineio",
    "sse_starlette": "sse-starlette",
    "telegram": "python-telegram-bot",
    "tortoise": "tortoise-orm",
    "ulid": "python-ulid",
    "usb": "pyusb",
    "web": "web.py",
    "websocket": "websocket-client",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
"""By import name; the longest dotted name wins."""

_BESIDES = {
    "fastapi.File": "python-multipart",
    "fastapi.Form": "python-multipart",
    "fastapi.UploadFile": "python-multipart",
    "fastapi.security.OAuth2PasswordRequestForm": "python-multipart",
    "fastapi.templating": "jinja2",
    "pydantic.EmailStr": "email-validator",
    "starlette.middleware.sessions": "itsdangerous",
    "starlette.templating": "jinja2",
    "sqlalchemy.ext.asyncio": "greenlet",
}
"""What a name does not import by itself, and cannot work without."""

_DATABASE_DRIVERS = {
    "aiomysql": "aiomysql",
    "aiosqlite": "aiosqlite",
    "asyncpg": "asyncpg",
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "pymysql": "PyMySQL",
}
_DRIVER_IN_ADDRESS = re.compile(r"\w+\+(\w+)://")
_SERVED_BY_OTHERS = frozenset({"fastapi", "starlette", "litestar", "falcon.asgi", "blacksheep"})
_SERVERS = frozenset({"uvicorn", "hypercorn", "granian", "daphne"})


def distributions_of(
    modules: frozenset[str], files: tuple[SourceFile, ...] = ()
) -> tuple[str, ...]:
    """What to install so that ``modules`` (dotted names) can be imported and used, sorted."""
    wanted = {_distribution_of(module) for module in modules}
    wanted |= {_BESIDES[module] for module in modules if module in _BESIDES}
    named = {name for file in files for name in _DRIVER_IN_ADDRESS.findall(file.text)}
    wanted |= {_DATABASE_DRIVERS[name] for name in named if name in _DATABASE_DRIVERS}
    return tuple(sorted(wanted | set(server_for(modules)), key=str.lower))


def server_for(names: frozenset[str]) -> tuple[str, ...]:
    """The server of an app that brings none: ASGI frameworks leave it to another package."""
    return ("uvicorn",) if names & _SERVED_BY_OTHERS and not names & _SERVERS else ()


def _distribution_of(module: str) -> str:
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if name in _DISTRIBUTIONS:
            return _DISTRIBUTIONS[name]
    return parts[0].replace("_", "-")
