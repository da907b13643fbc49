from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codeoptix_performance.host import autoload
from codeoptix_performance.host.seams import SEAMS

STARTUP = Path(__file__).parents[2] / "startup"
HEAVY = ("codeoptix", "locust", "gevent", "pydantic", "importlib.metadata", "typing", "asyncio")


def test_the_finder_waits_for_exactly_the_modules_that_have_seams() -> None:
    """No seam is forgotten by the finder, which cannot afford to import their table."""
    assert {seam.module for seam in SEAMS} == autoload.HOST_MODULES


def test_start_up_loads_nothing_heavy(python) -> None:
    """Every interpreter of the environment runs the start-up file, so it must cost nothing."""
    done = python("import sys; print(*sys.modules)")
    loaded = set(done.stdout.split())
    assert "codeoptix_performance.host.autoload" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_one_finder_however_often_it_is_installed(python) -> None:
    """A start-up file runs twice in a virtual environment."""
    code = (
        "import sys; from codeoptix_performance.host.autoload import install, HostFinder;"
        "install(); install();"
        "print(sum(type(finder).__name__ == 'HostFinder' for finder in sys.meta_path))"
    )
    assert python(code).stdout == "1\n"


def test_the_switch_leaves_the_host_untouched(python) -> None:
    """With CODEOPTIX_PERFORMANCE_AUTOLOAD=0 no finder is installed and the host stays as it is."""
    code = (
        "import codeoptix.behaviors as b, sys; print(sorted(b.BEHAVIOR_REGISTRY), *sys.meta_path)"
    )
    done = python(code, CODEOPTIX_PERFORMANCE_AUTOLOAD="0")
    assert done.stdout.startswith("['insecure-code', 'plan-drift', 'vacuous-tests']")
    assert "HostFinder" not in done.stdout


def test_other_imports_are_left_to_the_other_finders() -> None:
    """The finder answers for the host's modules only."""
    assert autoload.HostFinder().find_spec("json") is None


@pytest.fixture(scope="module")
def imported(in_turn):
    """What is seen of the host's modules after their import, and after another one."""
    kept = (
        "import inspect, codeoptix.behaviors as b;"
        "print(type(b.__loader__).__name__, 'BEHAVIOR_REGISTRY' in inspect.getsource(b))"
    )
    reloaded = (
        "import importlib, codeoptix.behaviors as b;"
        "importlib.reload(b); print('performance' in b.BEHAVIOR_REGISTRY)"
    )
    return in_turn({"kept": kept, "reloaded": reloaded})


def test_host_modules_keep_their_loader_and_source(imported) -> None:
    """Tools that read source or resources through the loader see what they always saw."""
    assert imported["kept"].stdout == "SourceFileLoader True\n"


def test_a_reloaded_host_module_is_touched_again(imported) -> None:
    """importlib.reload runs the module anew, so its seams are applied anew."""
    assert imported["reloaded"].stdout == "True\n"


@pytest.mark.parametrize("line", [(STARTUP / "codeoptix_performance_autoload.pth").read_text()])
def test_the_start_up_line_survives_an_uninstalled_package(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that lingers without the package must not print a traceback at every start."""
    monkeypatch.setitem(sys.modules, "codeoptix_performance.host.autoload", None)
    exec(line)  # noqa: S102 - as Python's own site module runs it


def test_the_start_up_line_is_one_line_that_python_runs() -> None:
    """Only lines that begin with ``import`` are run; a second line would be taken for a path."""
    text = (STARTUP / "codeoptix_performance_autoload.pth").read_text()
    assert text.startswith("import ")
    assert text.count("\n") == 1


def test_both_start_up_files_call_the_same_function() -> None:
    """Python 3.15 reads the .start file, older ones the .pth."""
    module, _, function = (
        (STARTUP / "codeoptix_performance_autoload.start").read_text().strip().partition(":")
    )
    assert (module, function) == (autoload.__name__, autoload.install.__name__)
    line = (STARTUP / "codeoptix_performance_autoload.pth").read_text()
    assert module in line
    assert f"{function}()" in line


def test_the_start_up_file_sorts_after_an_editable_install() -> None:
    """Start-up files run in order; the one that makes the package importable must come first."""
    assert STARTUP.joinpath("codeoptix_performance_autoload.pth").name > "_editable_impl_"
