from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from codeoptix_performance.assessment import Assessment
from codeoptix_performance.errors import SettingsError
from codeoptix_performance.host import evaluators
from codeoptix_performance.host.behaviors import APIPerformanceBehavior, PerformanceBehavior
from codeoptix_performance.host.evaluators import APIPerformanceEvaluator, PerformanceEvaluator
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.verdict.verdict import Finding, Outcome, Verdict


class Assessor:
    """Stands in for ``assess``: keeps the settings, answers the verdict it was given."""

    def __init__(self) -> None:
        self.asked: list[Settings] = []
        self.finding = Finding("latency", "fail", "GET /: P95 1240 ms (limit 1000 ms).")
        self.outcome: Outcome = "fail"

    def __call__(self, settings: Settings) -> Assessment:
        self.asked.append(settings)
        verdict = Verdict(self.outcome, 0.85, (self.finding,), (self.finding.sentence,))
        return Assessment(settings, verdict, seconds=1.5)


@pytest.fixture
def assessor(monkeypatch: pytest.MonkeyPatch) -> Assessor:
    made = Assessor()
    monkeypatch.setattr(evaluators, "assess", made)
    return made


def output(code: str = "app = 1", **metadata: Any) -> SimpleNamespace:
    return SimpleNamespace(code=code, tests=None, traces=None, metadata=metadata)


def test_the_answer_is_plain_json_with_the_guides_keys(assessor: Assessor) -> None:
    """passed, score, evidence and stats as in the guide; outcome and findings for programs."""
    answer = PerformanceEvaluator().evaluate("app = 1", {})
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert (answer["passed"], answer["score"]) == (False, 0.85)
    assert answer["evidence"] == [assessor.finding.sentence]
    assert answer["stats"] == {"total_requests": 0, "total_failures": 0, "endpoints": []}
    assert answer["outcome"] == "fail"
    assert answer["findings"][0]["id"] == "latency"


@pytest.mark.parametrize(
    ("evaluator", "profile", "users"),
    [(PerformanceEvaluator, "website", 10), (APIPerformanceEvaluator, "api", 20)],
)
def test_each_evaluator_has_the_guides_load(
    evaluator: type[PerformanceEvaluator], profile: str, users: int, assessor: Assessor
) -> None:
    """A site is visited by 10 users, an API asked by 20, unless the words say otherwise."""
    evaluator().evaluate("app = 1", None)
    assert (assessor.asked[0].profile, assessor.asked[0].users) == (profile, users)


@pytest.mark.parametrize(
    ("context", "config", "code"),
    [
        ({}, {}, "app = 1"),
        ({"url": "http://127.0.0.1:1"}, {}, None),
        ({"command": "python app.py"}, {}, None),
        ({}, {"url": "http://127.0.0.1:1"}, None),
        ({"url": None}, {}, "app = 1"),
    ],
    ids=["nothing", "url", "command", "url in config", "url that says nothing"],
)
def test_the_code_is_tested_unless_an_app_is_named(
    context: dict[str, Any], config: dict[str, Any], code: str | None, assessor: Assessor
) -> None:
    """url, command and workspace come before what the agent wrote."""
    PerformanceEvaluator(config).evaluate("app = 1", context)
    assert assessor.asked[0].code == code


def test_the_context_wins_over_the_configuration(assessor: Assessor) -> None:
    """What the configuration alone says holds."""
    PerformanceEvaluator({"users": 3, "run_time": "5s"}).evaluate("app = 1", {"users": 4})
    assert (assessor.asked[0].users, assessor.asked[0].run_time) == (4, 5.0)


def test_bad_words_are_refused_before_anything_starts(assessor: Assessor) -> None:
    """The host then prints the one sentence and ends with exit code 1."""
    with pytest.raises(SettingsError, match="users"):
        PerformanceEvaluator().evaluate("app = 1", {"users": 0})
    assert assessor.asked == []


def test_an_interrupted_run_interrupts_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the whole evaluation, not just this verdict."""
    interrupted = SimpleNamespace(interrupted=True)
    monkeypatch.setattr(evaluators, "assess", lambda _settings: interrupted)
    with pytest.raises(KeyboardInterrupt):
        PerformanceEvaluator().evaluate("app = 1", {})


@pytest.mark.parametrize(
    ("behavior", "name", "words"),
    [
        (PerformanceBehavior, "performance", "Validates application performance under load"),
        (APIPerformanceBehavior, "api-performance", "Validates API performance under load"),
    ],
)
def test_names_and_descriptions_are_the_guides(
    behavior: type[PerformanceBehavior], name: str, words: str
) -> None:
    """The description goes on to say what an agent should write, since it becomes a prompt."""
    assert behavior().get_name() == name
    assert behavior().get_description().startswith(words)
    assert "runnable" in behavior().get_description()


@pytest.mark.parametrize("outcome", ["pass", "fail", "inconclusive"])
def test_a_behavior_translates_its_evaluators_answer(outcome: Outcome, assessor: Assessor) -> None:
    """Passed is true for pass only; everything else the evaluator said is metadata."""
    assessor.outcome = outcome
    result = APIPerformanceBehavior({"severity": "high"}).evaluate(output(), {})
    assert result.passed is (outcome == "pass")
    assert (result.score, result.evidence) == (0.85, [assessor.finding.sentence])
    assert result.severity.value == "high"
    assert result.behavior_name == "api-performance"
    assert result.metadata["outcome"] == outcome
    assert set(result.metadata) >= {"findings", "endpoints", "stats", "target", "versions"}


def test_a_behavior_hands_its_settings_to_the_evaluator(assessor: Assessor) -> None:
    """Severity and enabled are the host's words, all others are ours."""
    config = {"severity": "low", "enabled": True, "users": 7}
    PerformanceBehavior(config).evaluate(output(), None)
    assert assessor.asked[0].users == 7


def test_the_agents_whole_answer_is_tested(assessor: Assessor) -> None:
    """Where the host cut it up badly but kept it whole."""
    APIPerformanceBehavior().evaluate(output("cut", full_response="whole answer"), {})
    assert assessor.asked[0].code == "whole answer"


def test_an_agents_error_comes_first_in_the_evidence(assessor: Assessor) -> None:
    """Without code, the reason is what the agent's own tool said."""
    assessor.finding = Finding("no-code", "fail", "There is no code.")
    result = APIPerformanceBehavior().evaluate(output("", error="no credits left"), {})
    assert result.evidence == ["The agent answered no code: no credits left.", "There is no code."]


def test_an_agents_error_is_no_matter_where_another_app_is_tested(assessor: Assessor) -> None:
    """With a url the agent's answer plays no part in the verdict."""
    context = {"url": "http://127.0.0.1:1"}
    result = APIPerformanceBehavior().evaluate(output("", error="no credits left"), context)
    assert result.evidence == [assessor.finding.sentence]
