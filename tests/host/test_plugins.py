from __future__ import annotations

import logging
from importlib.metadata import EntryPoint

import pytest

from codeoptix_performance.errors import PluginError
from codeoptix_performance.host.plugins import GROUP, discover


class Distribution:
    """As much of an installed distribution as a message shows."""

    def __init__(self, name: str) -> None:
        self.name, self.version = name, "2.0"


def claim(name: str, value: str, distribution: str = "some-package") -> EntryPoint:
    entry_point = EntryPoint(name, value, GROUP)
    vars(entry_point)["dist"] = Distribution(distribution)
    return entry_point


OURS = "codeoptix_performance.host.behaviors:"


def test_names_are_sorted_whatever_the_order_on_disk() -> None:
    """Two machines with the same packages list the same behaviors in the same order."""
    found = discover([claim("b", "x:X"), claim("a", "y:Y")], built_in=(), switch=None)
    assert found.names == ("a", "b")


@pytest.mark.parametrize(
    ("switch", "names"),
    [
        ("0", ()),
        ("", ()),
        ("a", ("a",)),
        (" a , c ", ("a", "c")),
        ("b,unknown", ("b",)),
    ],
    ids=["zero", "empty", "one", "two, with spaces", "one that is not installed"],
)
def test_the_switch_names_the_plugins_to_load(switch: str, names: tuple[str, ...]) -> None:
    """CODEOPTIX_PLUGINS is 0 or empty for none, else a comma list."""
    claims = [claim(name, "x:X") for name in "abc"]
    assert discover(claims, built_in=(), switch=switch).names == names


def test_unset_switch_means_every_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without CODEOPTIX_PLUGINS every installed plugin is known."""
    monkeypatch.delenv("CODEOPTIX_PLUGINS", raising=False)
    assert discover([claim("a", "x:X")], built_in=()).names == ("a",)


def test_a_sound_plugin_loads_its_class() -> None:
    """The value module:Class is imported and handed on."""
    plugins = discover([claim("performance", OURS + "PerformanceBehavior")], built_in=())
    assert plugins.behavior_class("performance").__name__ == "PerformanceBehavior"
    assert plugins.problem("performance") is None


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("x", "no_such_module:X", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("x", "json:Nothing", "AttributeError"),
        ("x", "json:JSONDecoder", "TypeError"),
        ("x", "json:dumps", "TypeError"),
        ("other", OURS + "PerformanceBehavior", "ValueError: its get_name() answers 'performance'"),
    ],
    ids=["no module", "no such name", "another class", "no class", "another behavior id"],
)
def test_a_broken_plugin_costs_one_warning_and_says_why(
    name: str, value: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The warning names distribution, version, entry point and exception; asking raises it."""
    plugins = discover([claim(name, value)], built_in=())
    with caplog.at_level(logging.WARNING):
        plugins.check_all()
        plugins.check_all()
    assert len(caplog.records) == 1
    for part in (f"'{name}'", "some-package 2.0", value, reason):
        assert part in caplog.text
    with pytest.raises(PluginError, match=r"some-package 2\.0"):
        plugins.behavior_class(name)


def test_a_broken_plugin_leaves_the_others_alone(caplog: pytest.LogCaptureFixture) -> None:
    """A plugin that cannot be imported does not hide one that can."""
    claims = [
        claim("a", "no_such_module:X"),
        claim("performance", OURS + "PerformanceBehavior"),
    ]
    plugins = discover(claims, built_in=())
    plugins.check_all()
    assert "no_such_module" in caplog.text
    assert plugins.problem("performance") is None


def test_the_host_keeps_its_own_names(caplog: pytest.LogCaptureFixture) -> None:
    """A plugin cannot replace a behavior of the host; a warning says whose it was."""
    plugins = discover([claim("insecure-code", "x:X")], built_in=("insecure-code",))
    assert plugins.names == ()
    assert [each.name for each in plugins.overruled] == ["insecure-code"]
    assert "some-package 2.0" in caplog.text


def test_two_claims_on_one_name_are_an_error_naming_both() -> None:
    """Neither wins by chance; the error says which two distributions claim it."""
    plugins = discover([claim("a", "x:X", "zeta"), claim("a", "y:Y", "alpha")], built_in=())
    with pytest.raises(PluginError, match=r"alpha 2\.0 and zeta 2\.0"):
        plugins.behavior_class("a")


def test_a_plugin_that_exits_while_it_is_imported_is_broken(distribution, python) -> None:
    """sys.exit at import does not end the host."""
    folder = distribution("exiting", "raise SystemExit(7)", bad="exiting_module:X")
    code = "from codeoptix_performance.host.plugins import *; installed_plugins().check_all()"
    done = python(code, folder)
    assert done.returncode == 0
    assert "exiting 1.5" in done.stderr
    assert "SystemExit: 7" in done.stderr
