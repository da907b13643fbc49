from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import codeoptix_performance

NAMES = [
    "APIPerformanceBehavior",
    "APIPerformanceEvaluator",
    "Assessment",
    "EngineError",
    "PerformanceBehavior",
    "PerformanceError",
    "PerformanceEvaluator",
    "PluginError",
    "Settings",
    "SettingsError",
    "StartFailure",
    "TargetError",
    "UsageError",
    "Verdict",
    "assess",
    "doctor_report",
    "settings_from",
]


def test_the_face_is_exactly_this() -> None:
    """A name that comes or goes is a decision, not an accident."""
    assert sorted(codeoptix_performance.__all__) == NAMES


def test_type_checkers_see_the_same_names() -> None:
    """The stub, which no program reads, must not be forgotten."""
    stub = Path(codeoptix_performance.__file__).with_suffix(".pyi").read_text(encoding="utf-8")

    listed = stub.partition("__all__ = [")[2]
    assert [line.strip(' ",') for line in listed.splitlines() if '"' in line] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_the_face_loads(name: str) -> None:
    """The lazy table names a place that exists."""
    assert getattr(codeoptix_performance, name).__name__ == name


def test_another_name_is_an_attribute_error() -> None:
    """As for any module."""
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        codeoptix_performance.nonsense  # noqa: B018 - the access is the test


def test_importing_the_package_loads_nothing_heavy() -> None:
    """Neither the host nor the load generator is paid for before it is used."""
    code = "import sys, codeoptix_performance; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "codeoptix_performance" in loaded
    assert loaded.isdisjoint({"locust", "gevent", "codeoptix", "pydantic"})
