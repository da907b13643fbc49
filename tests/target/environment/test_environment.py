"""Which environment an app gets."""

import sys
from pathlib import Path

import pytest

from codeoptix_performance.errors import PreparationError
from codeoptix_performance.target.command_line import command_of_setting
from codeoptix_performance.target.environment.environment import environment_for
from codeoptix_performance.target.recipe import find_recipe
from codeoptix_performance.target.source import SourceFile

HERE = "import flask\napp = flask.Flask('x')\n"
ELSEWHERE = f"import shapes\n{HERE}"


def environment(wanted="auto", command=None, **texts):
    files = tuple(SourceFile(path, text) for path, text in texts.items())
    start = command_of_setting(command) if command else find_recipe(files)
    return environment_for(start, files, wanted=wanted)


def test_an_app_whose_imports_are_here_runs_here():
    """Whatever versions it asks for."""
    found = environment(**{"app.py": HERE, "requirements.txt": "flask==0.1"})

    assert Path(sys.executable) == found.python
    assert ("", None) == (found.origin, found.node_modules)


@pytest.mark.parametrize("wanted", ["auto", "uv"])
def test_an_app_with_an_import_that_is_not_here_gets_an_environment(publish, wanted):
    """With exactly what its files ask for; a sandbox must let it read that."""
    publish("shapes")

    found = environment(wanted, **{"app.py": ELSEWHERE, "requirements.txt": "shapes"})

    assert "requirements.txt" == found.origin
    assert found.python.parent == found.programs[0]
    assert found.python.parents[1] in found.readable


def test_imports_tell_what_no_file_does(publish):
    """The distribution of each."""
    publish("shapes")
    publish("flask")

    found = environment(**{"app.py": ELSEWHERE})

    listed = (found.python.parents[1] / "requirements.txt").read_text().split()
    assert ("its imports", ["flask", "shapes"]) == (found.origin, listed)


def test_a_file_that_the_app_does_not_import_has_no_say():
    """An agent's leftovers may need what they like."""
    assert "" == environment(**{"app.py": HERE, "other.py": "import shapes"}).origin


def test_an_app_of_an_asgi_framework_gets_a_server_with_it(publish):
    """Its requirements name none, since people install one beside it."""
    for name in ("fastapi", "uvicorn", "shapes"):
        publish(name)
    text = "import shapes\nfrom fastapi import FastAPI\napp = FastAPI()\n"

    found = environment(**{"app.py": text, "requirements.txt": "fastapi\nshapes"})

    listed = (found.python.parents[1] / "requirements.txt").read_text().split()
    assert ["fastapi", "shapes", "uvicorn"] == listed


def test_nothing_is_installed_where_the_current_python_was_asked_for():
    """The app will say itself what it does not find."""
    assert "" == environment("current", **{"app.py": ELSEWHERE}).origin


COMMANDS = {
    "a file": "python app.py --fast",
    "an object": "uvicorn app:app --port {port}",
    "a module": "python -m app",
    "in a shell": "sh -c 'exec flask --app app run'",
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_needs_what_the_file_imports_that_it_names(command):
    """And not what other files do."""
    files = {"app.py": HERE, "other.py": "import shapes"}

    assert "" == environment(command=command, **files).origin


@pytest.mark.parametrize(
    "command", ["granian app:app", "python -m granian app:app", "sh -c 'granian app:app'"]
)
def test_a_commands_own_program_is_needed_too(publish, command):
    """As of a server that starts the app."""
    publish("shapes")
    publish("flask")
    publish("granian")

    found = environment(command=command, **{"app.py": HERE})

    listed = (found.python.parents[1] / "requirements.txt").read_text().split()
    assert ["flask", "granian"] == listed


def test_a_command_of_node_is_given_node_modules(publish_to_npm):
    """Unless the workspace has its own."""
    publish_to_npm("shapes")
    package = SourceFile("package.json", '{"dependencies": {"shapes": "*"}}')
    start = command_of_setting("node server.js")

    found = environment_for(start, (package,), wanted="auto")
    own = environment_for(start, (package,), wanted="auto", has_node_modules=True)

    assert (found.node_modules / "shapes").is_dir()
    assert ("package.json", found.node_modules.parent) == (found.origin, found.readable[-1])
    assert own.node_modules is None


def test_packages_that_lie_elsewhere_are_shown_to_a_sandbox(monkeypatch, tmp_path):
    """As those of another environment that a ``.pth`` file leads to."""
    elsewhere = tmp_path / "lib" / "site-packages"
    monkeypatch.setattr(sys, "path", [*sys.path, str(elsewhere)])

    assert elsewhere in environment(**{"app.py": HERE}).readable


def test_what_may_not_work_is_known_beforehand(publish_to_npm):
    """A start that fails is then not held against the app."""
    publish_to_npm("shapes", scripts={"install": "node-gyp rebuild"})
    package = SourceFile("package.json", '{"dependencies": {"shapes": "*"}}')

    found = environment_for(command_of_setting("node server.js"), (package,), wanted="auto")

    assert "Install scripts are not run here: those of shapes." == found.caveat


def test_why_an_environment_is_needed_is_said_where_none_can_be_made(monkeypatch, tmp_path):
    """With the names of what is not here."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    with pytest.raises(PreparationError, match="it needs shapes, which this Python does not have"):
        environment(**{"app.py": ELSEWHERE})
