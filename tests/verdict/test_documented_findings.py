"""docs/verdict.md: every finding this room or a start failure can have."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

from codeoptix_performance.errors import FailureKind
from codeoptix_performance.verdict.breaches import _IDS
from codeoptix_performance.verdict.examined.capacity import CAPACITY_IDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "verdict.md").read_text(encoding="utf-8")


def ids_in_source():
    """First arguments, or ``id=``, of every ``Finding(...)`` written with a literal."""
    for file in (ROOT / "codeoptix_performance" / "verdict").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                named = [keyword.value for keyword in node.keywords if keyword.arg == "id"]
                for value in (*node.args[:1], *named):
                    if isinstance(value, ast.Constant):
                        yield value.value


def test_every_finding_is_documented_and_no_other():
    """Programs rely on the ids, so the page lists exactly those there are."""
    listed = set(re.findall(r"^\| `([a-z-]+)` \| (?:fail|inconclusive) \|", PAGE, re.MULTILINE))
    assert {*ids_in_source(), *_IDS.values(), *CAPACITY_IDS, *get_args(FailureKind)} == listed
