"""The change that docs/host.md proposes, made to a copy of the real host."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
PROPOSED = Path(__file__).parents[2] / "docs" / "host.md"
LIST = """        valid_behaviors = [
            "insecure-code",
            "vacuous-tests",
            "plan-drift",
        ]"""


@pytest.fixture
def future_host(tmp_path: Path) -> Path:
    """A folder with a host that loads entry points and asks its registry for names."""
    released = Path(find_spec("codeoptix").submodule_search_locations[0])
    changed = tmp_path / "codeoptix"
    shutil.copytree(released, changed, ignore=shutil.ignore_patterns("__pycache__"))
    registry = changed / "behaviors" / "__init__.py"
    registry.write_text(f"{registry.read_text()}\n\n{proposed_lookup()}")
    engine = changed / "evaluation" / "engine.py"
    text = engine.read_text()
    assert LIST in text
    text = text.replace(LIST, "        valid_behaviors = list(BEHAVIOR_REGISTRY)")
    text = text.replace("import BehaviorSpec,", "import BEHAVIOR_REGISTRY, BehaviorSpec,")
    engine.write_text(text)
    return tmp_path


def proposed_lookup() -> str:
    """The lines that docs/host.md proposes for the registry's module."""
    block = next(
        part for part in PROPOSED.read_text().split("```") if "import entry_points" in part
    )
    lines = block.removeprefix("python\n").splitlines()
    return "\n".join(line.removeprefix("   ") for line in lines)


def test_a_host_that_loads_entry_points_is_left_to_do_so(future_host: Path, python) -> None:
    """We step aside without a word, and our behavior is there all the same."""
    code = (
        "import codeoptix.behaviors as b, codeoptix.evaluation.engine;"
        "from codeoptix_performance.host.seams import statuses;"
        "print(b.__file__);"
        "print(type(b.create_behavior('performance')).__name__);"
        "print({s.seam.name: s.state for s in statuses()})"
    )
    done = python(code, future_host)
    place, name, states = done.stdout.splitlines()
    assert place.startswith(str(future_host))
    assert name == "PerformanceBehavior"
    assert "'registry': 'not needed: the host does it itself'" in states
    assert "'engine-names': 'not needed: the host does it itself'" in states
    assert done.stderr == ""
