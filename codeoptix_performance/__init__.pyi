from codeoptix_performance.assessment import Assessment, assess
from codeoptix_performance.errors import (
    EngineError,
    PerformanceError,
    PluginError,
    SettingsError,
    StartFailure,
    TargetError,
    UsageError,
)
from codeoptix_performance.host.behaviors import APIPerformanceBehavior, PerformanceBehavior
from codeoptix_performance.host.doctor import doctor_report
from codeoptix_performance.host.evaluators import APIPerformanceEvaluator, PerformanceEvaluator
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.verdict.verdict import Verdict

__all__ = [
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
