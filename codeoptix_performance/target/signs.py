"""What a Python file shows, before it is run, about being a web app's entry."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from codeoptix_performance.target.inside.find import FACTORIES
from codeoptix_performance.target.source import SourceFile
from codeoptix_performance.target.syntax import parsed

FRAMEWORKS = {
    "fastapi": "FastAPI",
    "litestar": "Litestar",
    "flask": "Flask",
    "quart": "Quart",
    "django": "Django",
    "sanic": "Sanic",
    "falcon": "Falcon",
    "bottle": "Bottle",
    "aiohttp": "aiohttp",
    "tornado": "Tornado",
    "starlette": "Starlette",
    "cherrypy": "CherryPy",
    "pyramid": "Pyramid",
    "robyn": "Robyn",
    "blacksheep": "BlackSheep",
    "flask_restful": "Flask",
    "flask_restx": "Flask",
    "web": "web.py",
    "socketio": "Socket.IO",
}
"""Top-level import names and what people call the framework; the more telling one first."""

SERVERS = frozenset(
    "uvicorn hypercorn granian waitress gunicorn gevent eventlet cheroot uvloop".split()
)
_PLAIN_SERVERS = frozenset(
    "http.server socketserver wsgiref xmlrpc asyncio socket subprocess".split()
)
_APP_CLASSES = frozenset(
    "FastAPI Flask Starlette Quart Sanic Litestar Bottle Application App API Robyn ASGIApp "
    "get_wsgi_application get_asgi_application default_app".split()
)
_STARTERS = frozenset(
    "run run_app run_simple serve serve_forever run_forever run_until_complete start main "
    "execute_from_command_line run_server start_server launch".split()
)
_ENDPOINT_PARAMETERS = (["environ", "start_response"], ["scope", "receive", "send"])
_MODULE_STRING = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Import:
    """A module that a file imports; ``level`` counts the leading dots."""

    module: str
    level: int


@dataclass(frozen=True, slots=True)
class Signs:
    """What one file shows. ``frameworks`` are labels in the order of ``FRAMEWORKS``."""

    path: str
    syntax_error: SyntaxError | None = None
    frameworks: tuple[str, ...] = ()
    imports: tuple[Import, ...] = ()
    imports_server: bool = False
    imports_plain_server: bool = False
    has_main_block: bool = False
    starts_at_top: bool = False
    makes_app: bool = False
    has_factory: bool = False
    is_bare_app: bool = False
    runs_django_commands: bool = False

    @property
    def is_web(self) -> bool:
        """Whether anything in it can become a server."""
        return bool(
            self.frameworks or self.imports_server or self.imports_plain_server or self.is_bare_app
        )


def read_signs(file: SourceFile) -> Signs:
    """The signs of one file; of a file that does not parse, those its lines still show."""
    try:
        tree = parsed(file.text)
    except SyntaxError as error:
        return _signs_of_broken(file, error)
    imports = tuple(_imports(tree))
    modules = {imported.module for imported in imports if not imported.level}
    frameworks = _frameworks(modules)
    top = list(_at_top(tree.body))
    calls = {_last_name(node.func) for node in top if isinstance(node, ast.Call)}
    functions = {
        f.name: f for f in tree.body if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return Signs(
        path=file.path,
        frameworks=frameworks,
        imports=imports,
        imports_server=bool({module.split(".", 1)[0] for module in modules} & SERVERS),
        imports_plain_server=any(_is_plain_server(module) for module in modules),
        has_main_block=any(_is_main_block(node) for node in tree.body),
        starts_at_top=bool(calls & _STARTERS),
        makes_app=bool(calls & _APP_CLASSES),
        has_factory=any(name in functions for name in FACTORIES),
        is_bare_app=any(_is_bare_app(function) for function in functions.values()),
        runs_django_commands=any(
            isinstance(node, ast.Name | ast.Attribute)
            and _last_name(node) in ("execute_from_command_line", "ManagementUtility")
            for node in ast.walk(tree)
        ),
    )


def _signs_of_broken(file: SourceFile, error: SyntaxError) -> Signs:
    modules = set(re.findall(r"^\s*(?:from|import)\s+([\w.]+)", file.text, re.MULTILINE))
    return Signs(
        path=file.path,
        syntax_error=error,
        frameworks=_frameworks(modules),
        imports_server=bool({module.split(".", 1)[0] for module in modules} & SERVERS),
        imports_plain_server=any(_is_plain_server(module) for module in modules),
        has_main_block="__main__" in file.text,
    )


def _frameworks(modules: set[str]) -> tuple[str, ...]:
    tops = {module.split(".", 1)[0] for module in modules}
    return tuple(dict.fromkeys(label for name, label in FRAMEWORKS.items() if name in tops))


def _is_plain_server(module: str) -> bool:
    return module in _PLAIN_SERVERS or module.split(".", 1)[0] in _PLAIN_SERVERS - {"http.server"}


def _imports(tree: ast.Module) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield Import(node.module or "", node.level)
            for alias in node.names:
                yield Import(
                    f"{node.module}.{alias.name}" if node.module else alias.name, node.level
                )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = _MODULE_STRING.fullmatch(node.value)
            if match:
                yield Import(match[1], 0)


def _at_top(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Every node that runs when the file is imported or run, the main block included."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        yield node
        waiting += ast.iter_child_nodes(node)


def _is_main_block(node: ast.stmt) -> bool:
    if not isinstance(node, ast.If):
        return False
    names = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
    constants = {n.value for n in ast.walk(node.test) if isinstance(n, ast.Constant)}
    return "__name__" in names and "__main__" in constants


def _is_bare_app(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    parameters = [arg.arg.lstrip("_") for arg in function.args.args]
    return parameters in _ENDPOINT_PARAMETERS


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
