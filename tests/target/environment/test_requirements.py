"""What an app's files say it needs."""

import pytest

from codeoptix_performance.errors import PreparationError, TargetError
from codeoptix_performance.target.environment.requirements import declared_requirements
from codeoptix_performance.target.source import SourceFile

HEADER = """\
#!/usr/bin/env python
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "flask>=3",
#   "rich",
# ]
# ///
import flask
"""
POETRY = """\
[tool.poetry.dependencies]
python = "^3.11"
fastapi = "^0.110.2"
uvicorn = {version = "~1.2", extras = ["standard"]}
httpx = "*"
redis = {version = "^5", optional = true}
pinned = "1.4"
ranged = ">=1, <3"
"""


def declared(entry="app.py", **texts):
    """Origin and lines for files by path, with ``__`` for a slash and ``_`` for the last dot."""
    found = declared_requirements(
        tuple(SourceFile(path, text) for path, text in texts.items()), entry
    )
    return found and (found.origin, *found.lines)


def test_an_app_that_says_nothing_declares_nothing():
    """Its imports have to tell."""
    assert declared(**{"app.py": "import flask"}) is None


def test_a_scripts_own_header_comes_first():
    """PEP 723."""
    files = {"app.py": HEADER, "requirements.txt": "django"}

    assert ("app.py", "flask>=3", "rich") == declared(**files)


def test_a_requirements_file_is_read_with_what_it_names():
    """Comments, lines that go on, markers, hashes, options and other files."""
    base = "# base\nuvicorn[standard]>=0.20  # server\n\n-r sub/more.txt\n"
    text = (
        "--index-url http://somewhere/simple\n-r base.txt\nflask==3.0.0 \\\n"
        "    --hash=sha256:aa \\\n    --hash=sha256:bb\nrich; python_version > '3.8'\n"
    )
    files = {"requirements.txt": text, "base.txt": base, "sub/more.txt": "PyYAML\n"}

    expected = ("uvicorn[standard]>=0.20", "PyYAML", "flask==3.0.0", "rich; python_version > '3.8'")
    assert ("requirements.txt", *expected) == declared(**files)


def test_constraints_are_kept_apart():
    """They install nothing."""
    files = (
        SourceFile("requirements.txt", "-c limits.txt\nflask\n"),
        SourceFile("limits.txt", "x<2"),
    )

    found = declared_requirements(files, "app.py")

    assert (("flask",), ("x<2",)) == (found.lines, found.constraints)


def test_the_file_nearest_to_the_entry_counts():
    """A repository may hold several apps."""
    files = {"requirements.txt": "django", "api/requirements.txt": "flask"}

    assert ("api/requirements.txt", "flask") == declared("api/src/app.py", **files)
    assert ("requirements.txt", "django") == declared("web/app.py", **files)


@pytest.mark.parametrize("line", [".", "-e .", "-e .[dev]"])
def test_the_project_itself_stands_for_its_dependencies(line):
    """Its code is there already."""
    files = {
        "requirements.txt": f"{line}\nrich\n",
        "pyproject.toml": '[project]\nname = "x"\ndependencies = ["flask>=2"]\n',
    }

    assert ("requirements.txt", "flask>=2", "rich") == declared(**files)


def test_a_projects_dependencies_are_read():
    """As the standard has them; a file without them says nothing."""
    text = '[project]\nname = "x"\ndependencies = ["flask>=2"]\n'

    assert ("pyproject.toml", "flask>=2") == declared(**{"pyproject.toml": text})
    assert declared(**{"pyproject.toml": "[tool.ruff]\n"}) is None


def test_poetrys_table_is_understood():
    """Its signs for ranges are its own."""
    expected = (
        "fastapi>=0.110.2,<0.111",
        "uvicorn[standard]>=1.2,<1.3",
        "httpx",
        "pinned==1.4",
        "ranged>=1,<3",
    )

    assert ("pyproject.toml", *expected) == declared(**{"pyproject.toml": POETRY})


UNREADABLE = {
    "nonsense": ({"requirements.txt": "flask\nrich >> 3\n"}, "requirements.txt line 2"),
    "a file that is not there": ({"requirements.txt": "-r no.txt"}, "names no.txt, which is not"),
    "broken TOML": ({"pyproject.toml": "[project\n"}, "pyproject.toml is no TOML"),
    "a tool that is no table": ({"pyproject.toml": "tool = 1\n"}, "pyproject.toml, tool is no"),
    "a project that is no table": ({"pyproject.toml": "project = 1\n"}, "project is no table"),
    "dependencies that are no list": (
        {"pyproject.toml": "[project]\ndependencies = 5\n"},
        "in pyproject.toml, dependencies is no list of texts",
    ),
    "a dependency that is no text": (
        {"pyproject.toml": "[project]\ndependencies = [5]\n"},
        "in pyproject.toml, dependencies is no list of texts",
    ),
    "extras that are no list": (
        {"pyproject.toml": "[tool.poetry.dependencies]\nflask = {extras = 5}\n"},
        "in pyproject.toml, extras is no list of texts",
    ),
    "Poetry's table as a list": (
        {"pyproject.toml": "[tool.poetry]\ndependencies = []\n"},
        "in pyproject.toml, dependencies is no table",
    ),
    "a script's dependencies that are no list": (
        {"app.py": "# /// script\n# dependencies = 5\n# ///\n"},
        "in app.py, dependencies is no list of texts",
    ),
    "deeply nested TOML": (
        {"pyproject.toml": "x = " + "[\n" * 3000 + "]\n" * 3000},
        "pyproject.toml is no TOML (it is nested too deeply)",
    ),
    "a number of too many digits": (
        {"pyproject.toml": "\n".join(["x = " + "9" * 3900] * 2)},
        "pyproject.toml is no TOML",
    ),
    "a key of too many parts": (
        {"pyproject.toml": "a." * 30_000 + "a = 1"},
        "pyproject.toml is too long, or a line of it",
    ),
    "a long line": ({"requirements.txt": "flask" + ",>1" * 5000}, "has a line of 15005"),
    "many files that name each other": (
        {f"{name}.txt": f"-r {name + 1}.txt\n" * 9 for name in range(1, 5)}
        | {"requirements.txt": "-r 1.txt\n" * 9, "5.txt": ""},
        "is read after 50 others",
    ),
    "a circle": ({"requirements.txt": "-r requirements.txt"}, "requirements.txt line 1"),
}


@pytest.mark.parametrize(("files", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_the_apps_fault(files, words):
    """With file and line."""
    with pytest.raises(TargetError) as caught:
        declared(**files)

    assert "requirements" == caught.value.failure.kind
    assert words in str(caught.value)


@pytest.mark.timeout(20)
def test_many_headers_that_do_not_end_are_read_once():
    """A script of nothing but beginnings is read in one go."""
    assert declared(**{"app.py": "# /// script\n" * 50_000}) is None


FOREIGN = [
    "git+https://example.org/x.git",
    "-e git+https://example.org/x.git#egg=x",
    "-e ../neighbour",
    "./wheels/x-1.0-py3-none-any.whl",
    "x @ file:///etc",
    "https://example.org/x-1.0-py3-none-any.whl",
]


@pytest.mark.parametrize("line", FOREIGN)
def test_what_comes_from_elsewhere_is_not_fetched(line):
    """No path of this machine and no address of the app's choice; that is no fault of the app."""
    with pytest.raises(PreparationError) as caught:
        declared(**{"requirements.txt": f"{line}\n"})

    assert "not-prepared" == caught.value.failure.kind
    assert "only packages of the index" in str(caught.value)
