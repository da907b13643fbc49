"""Performance behaviors for CodeOptiX: whether an agent's web app holds under load, and why.

The names below are loaded when they are first used: importing the package costs nothing.
"""

_HOMES = {
    "APIPerformanceBehavior": "host.behaviors",
    "APIPerformanceEvaluator": "host.evaluators",
    "Assessment": "assessment",
    "EngineError": "errors",
    "PerformanceBehavior": "host.behaviors",
    "PerformanceError": "errors",
    "PerformanceEvaluator": "host.evaluators",
    "PluginError": "errors",
    "Settings": "settings.settings",
    "SettingsError": "errors",
    "StartFailure": "errors",
    "TargetError": "errors",
    "UsageError": "errors",
    "Verdict": "verdict.verdict",
    "assess": "assessment",
    "doctor_report": "host.doctor",
    "settings_from": "settings.sources",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - at start-up this file costs nothing

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
