"""Environments that uv makes, from an index of the test's own."""

import subprocess
import sys
import threading

import pytest

from codeoptix_performance.errors import PreparationError, TargetError
from codeoptix_performance.target.environment.requirements import Requirements
from codeoptix_performance.target.environment.uv import sentence_of, uv_environment

REASON = "it needs x, which this Python does not have"


def made(*lines, constraints=()):
    return uv_environment(Requirements("requirements.txt", lines, constraints), REASON)


def said_by(folder, program):
    """What a program prints that the environment's own interpreter runs."""
    command = [folder / "bin" / "python", "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_an_environment_has_what_was_asked_for_and_what_that_needs(publish):
    """And runs on this Python."""
    publish("shapes", module="import colours\nNAME = colours.NAME\n", needs=("colours>=1",))
    publish("colours", module="NAME = 'red'\n")

    folder = made("shapes==1.0")

    assert "red" == said_by(folder, "import shapes; print(shapes.NAME)")
    assert sys.version.split()[0] == said_by(folder, "import sys; print(sys.version.split()[0])")


def test_it_is_made_once_even_by_two_at_once(publish, own_caches):
    """The same requirements in another order are the same requirements."""
    publish("shapes")
    publish("colours")
    folders = []
    orders = [("shapes", "colours"), ("colours", "shapes")]
    threads = [threading.Thread(target=lambda o=o: folders.append(made(*o))) for o in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert folders[0] == folders[1]
    assert [folders[0]] == [p for p in (own_caches / "python").iterdir() if p.is_dir()]


def test_other_requirements_are_another_environment(publish):
    """A constraint is one of them."""
    publish("shapes", "1.0")
    publish("shapes", "2.0")

    newest, older = made("shapes"), made("shapes", constraints=("shapes<2",))

    program = "import importlib.metadata; print(importlib.metadata.version('shapes'))"
    assert ("2.0", "1.0") == (said_by(newest, program), said_by(older, program))


def test_nothing_of_a_package_runs_while_it_is_installed(publish, tmp_path):
    """Its modules are compiled, under the names they will have, and not imported."""
    mark = tmp_path / "mark"
    publish("shapes", module=f"open({str(mark)!r}, 'w')\ndef f():\n    pass\n")

    folder = made("shapes")

    assert not mark.exists()
    compiled = list(folder.rglob("shapes.*.pyc"))
    assert 1 == len(compiled)
    assert str(folder).encode() in compiled[0].read_bytes()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("nowhere==3",), "Because nowhere was not found in the package registry"),
        (("shapes==9",), "Because there is no version of shapes==9"),
        (("shapes", "colours>=2"), "depend on colours<2"),
    ],
    ids=["no such package", "no such version", "no such combination"],
)
def test_what_nobody_could_install_is_the_apps_fault(publish, lines, words, own_caches):
    """With uv's own sentence, and nothing is left behind."""
    publish("shapes", needs=("colours<2",))
    publish("colours", "1.0")
    publish("colours", "2.0")

    with pytest.raises(TargetError) as caught:
        made(*lines)

    assert "requirements" == caught.value.failure.kind
    assert str(caught.value).startswith(
        "The app's requirements (requirements.txt) cannot be installed: Because "
    )
    assert words in str(caught.value)
    assert [] == [path for path in (own_caches / "python").iterdir() if path.is_dir()]


def test_an_index_that_does_not_answer_is_not_the_apps_fault(monkeypatch):
    """The app was not tested."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")

    with pytest.raises(PreparationError) as caught:
        made("shapes")

    assert "not-prepared" == caught.value.failure.kind
    assert "Failed to fetch" in str(caught.value)


def test_without_uv_the_sentence_says_what_to_install(monkeypatch, tmp_path):
    """And why it is needed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    with pytest.raises(PreparationError, match=r"it needs x, which .*performance\[environments\]"):
        made("shapes")


SAID = {
    "one cause a line": (
        "error: No solution found\n  cause: Because a was not found\n   and so on.\n\nhint: x\n",
        "Because a was not found and so on",
    ),
    "a drawing": (
        "  × No solution found:\n  ╰─▶ Because a was not found\n      and so on.\n",
        "Because a was not found and so on",
    ),
    "another error": (
        "warning: slow\nUsing Python 3.13\nerror: Failed to fetch: http://x/\n  cause: dns error\n",
        "Failed to fetch: http://x/: dns error",
    ),
    "nothing": ("", "uv gave no reason"),
}


@pytest.mark.parametrize(("said", "sentence"), SAID.values(), ids=SAID)
def test_the_sentence_in_what_uv_wrote(said, sentence):
    """Without its decoration, of older and newer versions."""
    assert sentence == sentence_of(said)


def test_a_package_without_a_wheel_is_named_and_not_the_apps_fault(publish, tmp_path):
    """It would have to be built, which runs its code."""
    publish("shapes")
    place = tmp_path / "index" / "shapes"
    (place / "index.html").write_text('<a href="shapes-1.0.tar.gz">shapes-1.0.tar.gz</a>')

    with pytest.raises(PreparationError, match=r"shapes.*no (usable )?wheels"):
        made("shapes==1.0")
