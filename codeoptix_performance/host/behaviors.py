"""The host's behaviors: thin translations of what their evaluators answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from codeoptix.behaviors.base import BehaviorResult, BehaviorSpec

from codeoptix_performance.host.agent_code import code_to_test, error_of_agent
from codeoptix_performance.host.evaluators import APIPerformanceEvaluator, PerformanceEvaluator
from codeoptix_performance.verdict.wording import plain, quote

_NOT_OURS = frozenset({"severity", "enabled"})
_SAID_ELSEWHERE = frozenset({"passed", "score", "evidence"})


class PerformanceBehavior(BehaviorSpec):  # type: ignore[misc]  # the host is not typed
    """A web site answers the guide's website users quickly and without failures."""

    evaluator_class: ClassVar[type[PerformanceEvaluator]] = PerformanceEvaluator

    def get_name(self) -> str:
        """``performance``."""
        return "performance"

    def get_description(self) -> str:
        """What is judged; the host also puts it into the prompts that make scenarios."""
        return (
            "Validates application performance under load: a small, complete web application in"
            " one Python file (for example FastAPI or Flask, data in memory or SQLite, no external"
            " services, runnable as it is) must answer many concurrent visitors of its pages and"
            " its JSON endpoints quickly and without failures"
        )

    def create_evaluator(self) -> PerformanceEvaluator:
        """The evaluator, with this behavior's configuration as its settings."""
        words = {key: value for key, value in self.config.items() if key not in _NOT_OURS}
        return self.evaluator_class(words)

    def check_context(self, context: Mapping[str, Any]) -> None:
        """Raises ``SettingsError`` for a context that cannot be used, before an agent works."""
        self.create_evaluator().check_context(context)

    def evaluate(self, agent_output: Any, context: dict[str, Any] | None = None) -> BehaviorResult:
        """The verdict on the agent's app, or on the app that the context names."""
        code = code_to_test(agent_output)
        answer = self.create_evaluator().evaluate(code, context)
        return BehaviorResult(
            behavior_name=self.get_name(),
            passed=answer["passed"],
            score=answer["score"],
            evidence=[*_why_no_code(agent_output, answer), *answer["evidence"]],
            severity=self.get_severity(),
            metadata={key: answer[key] for key in answer if key not in _SAID_ELSEWHERE},
        )


class APIPerformanceBehavior(PerformanceBehavior):
    """An API answers the guide's API users quickly and without failures."""

    evaluator_class = APIPerformanceEvaluator

    def get_name(self) -> str:
        """``api-performance``."""
        return "api-performance"

    def get_description(self) -> str:
        """What is judged; the host also puts it into the prompts that make scenarios."""
        return (
            "Validates API performance under load: a small, complete JSON API in one Python file"
            " (for example FastAPI or Flask, data in memory or SQLite, no external services,"
            " runnable as it is) with endpoints that list, read and create items must answer many"
            " concurrent clients quickly and without failures"
        )


def _why_no_code(agent_output: Any, answer: Mapping[str, Any]) -> list[str]:
    """What the agent's own tool said, where the verdict rests on there being no code."""
    error = error_of_agent(agent_output)
    if not error or all(finding["id"] != "no-code" for finding in answer["findings"]):
        return []
    return [f"The agent answered no code: {plain(quote(error))}."]
