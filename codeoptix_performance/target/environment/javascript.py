"""Which packages JavaScript files import, where no ``package.json`` says so."""

from __future__ import annotations

import re

from codeoptix_performance.target.source import SourceFile

_IMPORT = re.compile(
    r"""\brequire\(\s*['"]([^'"]+)['"]\s*\)|^\s*(?:import|export)\b[^'"\n;]*['"]([^'"]+)['"]"""
    r"""|\bimport\(\s*['"]([^'"]+)['"]\s*\)""",
    re.MULTILINE,
)
_PACKAGE = re.compile(r"(?:@[\w.-]+/)?[A-Za-z][\w.-]*")
_OWN_OF_NODE = frozenset(
    "assert async_hooks buffer child_process cluster console constants crypto dgram dns domain "
    "events fs http http2 https inspector module net os path perf_hooks process punycode "
    "querystring readline repl stream string_decoder sys timers tls trace_events tty url util v8 "
    "vm wasi worker_threads zlib".split()
)


def imported_packages(files: tuple[SourceFile, ...]) -> tuple[str, ...]:
    """The packages' names, sorted; files of the app and what node brings itself left out."""
    found = set()
    for file in files:
        if file.path.endswith((".js", ".mjs", ".cjs")):
            for groups in _IMPORT.findall(file.text):
                match = _PACKAGE.match("".join(groups))
                if match and not "".join(groups).startswith("node:"):
                    found.add(match[0])
    return tuple(sorted(found - _OWN_OF_NODE))
