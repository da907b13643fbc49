"""Evaluators: an agent's code and the host's context in, a verdict with its figures out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codeoptix_performance.assessment import Assessment, assess
from codeoptix_performance.report.as_json import assessment_to_dict
from codeoptix_performance.settings.settings import Profile, Settings
from codeoptix_performance.settings.sources import settings_from

Json = dict[str, Any]

_PLACES_OF_AN_APP = ("url", "command", "workspace")


class PerformanceEvaluator:
    """Loads a web site as the guide's website users do; ``config`` is overruled by a context."""

    profile: Profile = "website"

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self._config = dict(config or {})

    def evaluate(self, code: str, context: Mapping[str, Any] | None = None) -> Json:
        """The verdict as plain JSON: ``passed``, ``score``, ``evidence``, ``stats``, and the rest.

        ``code`` is what is tested unless the context or the config names a ``url``, ``command`` or
        ``workspace``. Raises ``SettingsError`` for words that cannot be used, before anything is
        started, and ``KeyboardInterrupt`` if the run was interrupted.
        """
        assessment = assess(self._settings(code, context or {}))
        if assessment.interrupted:
            raise KeyboardInterrupt
        return _answer(assessment)

    def check_context(self, context: Mapping[str, Any]) -> None:
        """Raises ``SettingsError`` for words that ``evaluate`` would refuse."""
        self._settings("", context)

    def _settings(self, code: str, context: Mapping[str, Any]) -> Settings:
        named = any(
            words.get(place) is not None
            for words in (context, self._config)
            for place in _PLACES_OF_AN_APP
        )
        words = dict(context) if named else {**context, "code": code}
        return settings_from(words, profile=self.profile, origin="context", base=self._config)


class APIPerformanceEvaluator(PerformanceEvaluator):
    """Loads an API as the guide's API users do; ``config`` is overruled by a context."""

    profile: Profile = "api"


def _answer(assessment: Assessment) -> Json:
    facts = assessment_to_dict(assessment)
    total = facts["total"] or {"requests": 0, "failures": 0}
    stats = {
        "total_requests": total["requests"],
        "total_failures": total["failures"],
        "endpoints": facts["endpoints"],
    }
    return {**facts, "stats": stats}
