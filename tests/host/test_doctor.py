from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow

REPORT = (
    "import json; from codeoptix_performance import doctor_report;"
    "print(json.dumps([[l.section, l.name, l.state, l.detail, l.ok] for l in doctor_report()]))"
)


@pytest.fixture(scope="module")
def troubled(distribution, python) -> list[list]:
    """The report where a plugin is broken and a repair was left off."""
    folder = distribution("shaky", "raise RuntimeError('half built')", broken="shaky_module:X")
    return json.loads(python(REPORT, folder, CODEOPTIX_PERFORMANCE_REPAIRS="ci-run-id").stdout)


def test_a_sound_installation_is_told_in_full(python) -> None:
    """Versions, the autoload, both behaviors and every seam; nothing needs a person."""
    lines = json.loads(python(REPORT).stdout)
    assert {"versions", "autoload", "plugins", "seams"} == {line[0] for line in lines}
    states = {(section, name): state for section, name, state, *_ in lines}
    assert states["autoload", "start-up file"] == "on"
    assert states["plugins", "api-performance"] == "loaded"
    assert states["plugins", "performance"] == "loaded"
    assert {state for (section, _), state in states.items() if section == "seams"} == {"applied"}
    assert all(line[4] for line in lines)


def test_a_switched_off_autoload_is_told_with_its_reason(python) -> None:
    """The host is then untouched, and that is what was asked for."""
    lines = json.loads(python(REPORT, CODEOPTIX_PERFORMANCE_AUTOLOAD="0").stdout)
    assert ["autoload", "start-up file", "off", "CODEOPTIX_PERFORMANCE_AUTOLOAD=0", True] in lines
    assert {line[2] for line in lines if line[0] == "seams"} == {"waiting for the host"}


def test_a_broken_plugin_is_told_with_its_distribution(troubled) -> None:
    """Doctor asks for every plugin, so that nobody has to meet the error in a run."""
    (line,) = (line for line in troubled if line[1] == "broken")
    assert line[2] == "broken"
    assert "shaky 1.5" in line[3]
    assert line[4] is False


def test_a_repair_that_is_left_off_is_told(troubled) -> None:
    """The switch shows, so that nobody searches for the cause."""
    states = {line[1]: line[2] for line in troubled if line[0] == "seams"}
    assert states["ci-run-id"] == "switched off"
    assert states["llm-model"] == "applied"
