from __future__ import annotations

import logging
from types import ModuleType, SimpleNamespace

import pytest

from codeoptix_performance.host import seams
from codeoptix_performance.host.literals import list_of_names
from codeoptix_performance.host.seam import Need, Seam
from codeoptix_performance.host.seams_behaviors import BEHAVIOR_SEAMS
from codeoptix_performance.host.seams_cli import CLI_SEAMS
from codeoptix_performance.host.seams_llm import LLM_SEAMS

BY_NAME = {seam.name: seam for seam in (*BEHAVIOR_SEAMS, *CLI_SEAMS, *LLM_SEAMS)}


def module(**contents: object) -> ModuleType:
    made = ModuleType("future_host")
    vars(made).update(contents)
    return made


def seam(
    name: str = "some-seam", need: Need = "needed", *, repair: bool = False, fails: bool = False
) -> Seam:
    def apply(target: ModuleType) -> None:
        if fails:
            raise KeyError("another shape")
        target.applied = [*getattr(target, "applied", []), name]

    return Seam(name, "does something", "future_host", lambda _: need, apply, repair)


@pytest.fixture(autouse=True)
def _no_statuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seams, "_statuses", {})


@pytest.mark.parametrize(
    ("need", "state", "applied"),
    [
        ("needed", "applied", True),
        ("host does it itself", "not needed: the host does it itself", False),
        ("not found", "not found: the host was left alone", False),
    ],
)
def test_a_seam_is_applied_only_where_it_is_needed(
    need: Need, state: str, *, applied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check on the real object decides; the status tells."""
    monkeypatch.setattr(seams, "SEAMS", (seam(need=need),))
    host = module()
    seams.touch(host)
    assert [each.state for each in seams.statuses()] == [state]
    assert hasattr(host, "applied") is applied


def test_a_changed_host_costs_one_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """However many seams are gone, and also when looking at them fails; the others are applied."""
    table = (seam("a", "not found"), seam("b", fails=True), seam("c"))
    monkeypatch.setattr(seams, "SEAMS", table)
    host = module()
    with caplog.at_level(logging.WARNING):
        seams.touch(host)
    assert len(caplog.records) == 1
    assert host.applied == ["c"]
    assert seams.statuses()[1].detail == "KeyError: 'another shape'"


@pytest.mark.parametrize(
    ("switch", "applied"),
    [
        ("", ["plain", "r1", "r2"]),
        ("0", ["plain"]),
        ("r1", ["plain", "r2"]),
        ("x, r2", ["plain", "r1"]),
    ],
    ids=["unset", "all off", "one off", "unknown and one off"],
)
def test_repairs_can_be_left_off_by_name(
    switch: str, applied: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What makes behaviors known is no repair and stays on."""
    monkeypatch.setenv(seams.REPAIRS_SWITCH, switch)
    table = (seam("plain"), seam("r1", repair=True), seam("r2", repair=True))
    monkeypatch.setattr(seams, "SEAMS", table)
    host = module()
    seams.touch(host)
    assert host.applied == applied


def test_a_host_that_was_not_imported_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The status says so instead of guessing."""
    monkeypatch.setattr(seams, "SEAMS", (seam(),))
    assert [each.state for each in seams.register()] == ["waiting for the host"]


class KnownEngine:
    """An engine that asks the registry instead of holding names."""

    @staticmethod
    def evaluate_behaviors(names: list[str]) -> bool:
        return set(names) <= set(BEHAVIOR_REGISTRY)  # noqa: F821 - only its name is read


class StrangeEngine:
    """An engine of a shape nobody knows."""

    @staticmethod
    def evaluate_behaviors(names: list[str]) -> bool:
        return bool(names)


class ModelClient:
    """A client that takes its model, as a repaired host's would."""

    def __init__(self, api_key: str | None = None, model: str | None = None) -> None:
        self.asked = (api_key, model)


def command(name: str, option: object) -> SimpleNamespace:
    return SimpleNamespace(params=[SimpleNamespace(name=name, type=option)])


@pytest.mark.parametrize(
    ("name", "host", "need"),
    [
        ("registry", module(), "not found"),
        ("engine-names", module(EvaluationEngine=KnownEngine), "host does it itself"),
        ("engine-names", module(EvaluationEngine=StrangeEngine), "not found"),
        ("engine-results", module(EvaluationEngine=StrangeEngine), "not found"),
        ("inline-context", module(eval=command("context", str)), "host does it itself"),
        ("inline-context", module(eval=command("other", str)), "not found"),
        ("llm-model", module(OpenAIClient=ModelClient), "host does it itself"),
        ("llm-model", module(), "not found"),
        ("anthropic-request", module(), "not found"),
    ],
)
def test_a_future_host_is_recognised(name: str, host: ModuleType, need: Need) -> None:
    """Where the host does it itself we step aside; where it is another one we leave it alone."""
    assert BY_NAME[name].check(host) == need


def test_the_released_host_needs_every_seam(python) -> None:
    """On the host of today each seam finds its place and is applied."""
    code = (
        "import codeoptix.cli; from codeoptix_performance.host.seams import statuses;"
        "print(*(f'{s.seam.name}={s.state}' for s in statuses()))"
    )
    done = python(code)
    assert done.stdout.split() == [f"{name.name}=applied" for name in seams.SEAMS]
    assert done.stderr == ""


def test_a_list_of_other_names_is_not_ours() -> None:
    """The list must hold all of the host's own names."""
    code = compile("x in ['a', 'b', 'c']", "<host>", "eval")
    assert list_of_names(code, ("a", "b", "d")) is None
