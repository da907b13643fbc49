"""What must never be: imports that run backwards, packages where they do not belong, big files."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "codeoptix_performance"
FILES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60

HOMES = {
    "codeoptix": ("host/",),
    "locust": ("load/",),
    "gevent": ("load/",),
    "geventhttpclient": ("load/",),
    "click": ("cli/",),
    "rich": ("cli/", "report/"),
    "psutil": ("target/process.py", "measurement/resources.py"),
}
"""Where an outside package may be imported, inside functions too."""

PROGRAMS = (
    *("cli/", "target/inside/", "target/warden/", "target/sandbox/broker.py"),
    *("target/sandbox/self_check.py", "target/sandbox/relay.py", "target/pattern_program.py"),
)
"""Files that are programs: the command, what runs where the app does, its watchmen, and what
tries its patterns. They alone may print, and end the process they are in."""


def relative(path):
    return path.relative_to(PACKAGE).as_posix()


def lives_in(path, homes):
    return any(relative(path).startswith(home) for home in homes)


def imported_packages(tree):
    """The first part of every imported name, imports inside functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


def endings_and_prints(tree):
    """Calls of print, exit and their kin, as they are written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in ("print", "exit", "quit", "sys.exit", "os._exit", "sys.stdout.write"):
                yield f"line {node.lineno}: {called}"


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_outside_packages_stay_in_their_rooms(path):
    """The package works without the host, and nobody but the load generator knows Locust."""
    imported = set(imported_packages(ast.parse(path.read_text())))

    assert set() == {name for name in imported & set(HOMES) if not lives_in(path, HOMES[name])}


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_only_programs_print_and_exit(path):
    """The library returns and raises."""
    found = list(endings_and_prints(ast.parse(path.read_text())))

    assert [] == ([] if lives_in(path, PROGRAMS) else found)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_files_and_functions_can_be_read_in_one_go(path):
    """No file is longer than 400 lines, no function than 60."""
    text = path.read_text()
    long_functions = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]

    assert len(text.splitlines()) <= MOST_LINES_OF_A_FILE
    assert [] == long_functions


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_no_file_is_a_drawer(path):
    """What has no home needs a room, not a drawer."""
    assert path.stem not in {"utils", "util", "helpers", "common", "manager", "base", "misc"}


def test_the_checks_above_see_what_they_look_for():
    """A stray import, print and exit are found, wherever they hide."""
    tree = ast.parse("def f():\n    import locust.env\n    print()\n    sys.exit(1)\n")

    assert ["locust"] == list(imported_packages(tree))
    assert ["line 3: print", "line 4: sys.exit"] == list(endings_and_prints(tree))


def test_imports_run_against_the_flow_of_data():
    """Every room knows only those before it; a new room must be given its place."""
    linter = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "1 kept, 0 broken" in found.stdout, found.stdout + found.stderr
    assert 0 == found.returncode


def test_importing_the_package_loads_neither_locust_nor_the_host():
    """They cost seconds, and Locust's import would patch the whole process."""
    asked = "codeoptix", "locust", "gevent", "click", "rich"
    program = (
        f"import sys, codeoptix_performance\nprint(sorted(set({asked!r}) & set(sys.modules)))\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert "[]\n" == loaded.stdout
