"""Seams of ``codeoptix.behaviors`` and the evaluation engine: plugins are known, results whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from types import ModuleType
from typing import Any

from codeoptix_performance.errors import PluginError
from codeoptix_performance.host.literals import code_of, lengthen_list, list_of_names
from codeoptix_performance.host.plugins import (
    built_in_names,
    host_loads_entry_points,
    installed_plugins,
)
from codeoptix_performance.host.seam import Need, Seam

JSON = dict[str, Any]


class LazyBehavior:
    """Stands in the host's registry for a plugin's class, which is loaded when it is called."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, config: JSON | None = None) -> Any:
        """The behavior; raises ``PluginError`` if its entry point is broken."""
        return installed_plugins().behavior_class(self.name)(config=config)

    def __repr__(self) -> str:
        return f"LazyBehavior({self.name!r})"


class _Kept:
    """A behavior that keeps what it answered, so that nothing of it is lost on the way."""

    def __init__(self, behavior: Any) -> None:
        self._behavior = behavior
        self.answers: list[Any] = []

    def evaluate(self, agent_output: Any, context: JSON | None = None) -> Any:
        answer = self._behavior.evaluate(agent_output, context=context)
        self.answers.append(answer)
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behavior, name)


def _check_registry(behaviors: ModuleType) -> Need:
    if not isinstance(getattr(behaviors, "BEHAVIOR_REGISTRY", None), dict):
        return "not found"
    return "host does it itself" if host_loads_entry_points(behaviors) else "needed"


def _add_to_registry(behaviors: ModuleType) -> None:
    for name in installed_plugins().names:
        behaviors.BEHAVIOR_REGISTRY[name] = LazyBehavior(name)


def _check_engine_names(engine: ModuleType) -> Need:
    code = code_of(engine.EvaluationEngine.evaluate_behaviors)
    if code is None:
        return "not found"
    if list_of_names(code, built_in_names()):
        return "needed"
    return "host does it itself" if "BEHAVIOR_REGISTRY" in code.co_names else "not found"


def _add_engine_names(engine: ModuleType) -> None:
    function = engine.EvaluationEngine.evaluate_behaviors
    lengthen_list(function, built_in_names(), installed_plugins().names)


def _check_results(engine: ModuleType) -> Need:
    method = getattr(engine.EvaluationEngine, "_evaluate_behavior", None)
    if method is None or {"behavior", "scenarios", "context"} - set(signature(method).parameters):
        return "not found"
    return "needed"


def _complete_results(engine: ModuleType) -> None:
    original = engine.EvaluationEngine._evaluate_behavior  # noqa: SLF001 - the host's only seam
    engine.EvaluationEngine._evaluate_behavior = _with_verdict(original)  # noqa: SLF001 - as above


def _check_asking(engine: ModuleType) -> Need:
    method = getattr(engine.EvaluationEngine, "evaluate_behaviors", None)
    if method is None or {"behavior_names", "scenarios", "context"} - set(
        signature(method).parameters
    ):
        return "not found"
    return "needed"


def _check_contexts_first(engine: ModuleType) -> None:
    original = engine.EvaluationEngine.evaluate_behaviors

    @wraps(original)
    def evaluate_behaviors(
        self: Any, behavior_names: Any, scenarios: Any = None, context: Any = None
    ) -> JSON:
        for name in behavior_names:
            if name in installed_plugins().names:
                config = self.config.get("behaviors", {}).get(name, {})
                _check_context(name, config, context or {})
        result: JSON = original(self, behavior_names, scenarios, context)
        return result

    engine.EvaluationEngine.evaluate_behaviors = evaluate_behaviors


def _check_context(name: str, config: JSON, context: JSON) -> None:
    """Asks the behavior, if it can say; one that cannot be made is told by the host itself."""
    try:
        behavior = installed_plugins().behavior_class(name)(config=config)
    except (PluginError, ValueError):
        return
    check = getattr(behavior, "check_context", None)
    if check is not None and behavior.is_enabled():
        check(context)


def _with_verdict(original: Callable[..., JSON]) -> Callable[..., JSON]:
    """The same evaluation; a plugin's result also says ``passed`` and keeps its metadata.

    What a host says by itself stands. Results of the host's own behaviors are not touched.
    """

    @wraps(original)
    def evaluate_behavior(self: Any, behavior: Any, scenarios: Any, context: Any) -> JSON:
        plugins = installed_plugins()
        plugins.check_all()
        if behavior.get_name() not in plugins.names:
            return original(self, behavior=behavior, scenarios=scenarios, context=context)
        kept = _Kept(behavior)
        result = original(self, behavior=kept, scenarios=scenarios, context=context)
        _add_verdict(result, kept.answers)
        return result

    return evaluate_behavior


def _add_verdict(result: JSON, answers: list[Any]) -> None:
    for scenario, answer in zip(result["scenario_results"], answers, strict=True):
        scenario["behavior_result"].setdefault("metadata", answer.metadata)
    result.setdefault("passed", bool(answers) and all(answer.passed for answer in answers))
    outcomes = [_outcome(answer) for answer in answers]
    result["metadata"].setdefault("outcomes", outcomes)


def _outcome(answer: Any) -> str:
    """What the behavior itself calls its outcome; else by whether it passed."""
    return str(answer.metadata.get("outcome", "pass" if answer.passed else "fail"))


BEHAVIOR_SEAMS = (
    Seam(
        name="registry",
        does="behaviors of installed plugins stand beside the host's own",
        module="codeoptix.behaviors",
        check=_check_registry,
        apply=_add_to_registry,
    ),
    Seam(
        name="engine-names",
        does="the evaluation engine accepts their names",
        module="codeoptix.evaluation.engine",
        check=_check_engine_names,
        apply=_add_engine_names,
    ),
    Seam(
        name="engine-results",
        does="their results say whether they passed and keep their metadata,"
        " so --fail-on-failure and ci can fail",
        module="codeoptix.evaluation.engine",
        check=_check_results,
        apply=_complete_results,
        repair=True,
    ),
    Seam(
        name="context-first",
        does="a context they cannot use is refused before a scenario is made or an agent works",
        module="codeoptix.evaluation.engine",
        check=_check_asking,
        apply=_check_contexts_first,
    ),
)
