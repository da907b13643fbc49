"""Outcomes, evidence of a pass, start failures, and what holds for every sentence."""

from __future__ import annotations

import pytest

from codeoptix_performance.errors import StartFailure
from codeoptix_performance.measurement.measurement import Doubt
from codeoptix_performance.target.endpoint import Skipped
from codeoptix_performance.target.target import AppExit
from codeoptix_performance.verdict.judge import judge_start_failure

TRACEBACK = 'Traceback (most recent call last):\n  File "app.py", line 3\nValueError: boom\n'
TRIGGERS = ("missing", "hardcoded", "no assertions")


def ids(verdict):
    return [finding.id for finding in verdict.findings]


def test_a_pass_says_what_held(settings, figures, judged):
    """Load, requests, the slowest endpoint and the limit that came closest."""
    verdict = judged(settings(), figures("GET /a", [0.19] * 90), figures("GET /b", [0.12] * 70))
    assert ("pass", True, 1.0, ()) == (
        verdict.outcome,
        verdict.passed,
        verdict.score,
        verdict.findings,
    )
    assert (
        "Passed: every limit held at 20 users, 16 requests/s: 160 requests in 10 s, none failed.",
        "Slowest endpoint: GET /a, P95 190 ms (limit 1000 ms) in 90 requests.",
        "Closest to its limit: GET /a, Avg 190 ms (limit 500 ms).",
    ) == verdict.evidence


def test_an_endpoint_that_was_never_asked_is_noted(settings, figures, judged):
    """As in the guide it breaks nothing."""
    verdict = judged(settings(), figures("GET /a", [0.1] * 200), figures("GET /b"))
    assert "pass" == verdict.outcome
    assert "Note: GET /b was never asked, so nothing is known." == verdict.evidence[-1]


def test_a_pass_says_what_it_leaves_out(settings, figures, judged):
    """Whoever reads only the evidence learns that a part of the app was not tested."""
    skipped = tuple(Skipped(f"GET /{name}", "asks for a login (401)") for name in "abcd")

    verdict = judged(settings(), figures("GET /", [0.01] * 160), skipped=skipped)

    assert (
        "Note: 4 of 5 endpoints were not put under load: GET /a (asks for a login (401)), "
        "GET /b (asks for a login (401)), GET /c (asks for a login (401)), and 1 more."
    ) == verdict.evidence[-1]


def test_without_limits_a_run_with_answers_passes_and_says_so(settings, figures, judged):
    """Everything was switched off on purpose."""
    asked = settings(max_avg_response_time=None, max_p95_response_time=None, max_failure_rate=None)
    verdict = judged(asked, figures("GET /a", [0.1] * 200))
    assert "pass" == verdict.outcome
    assert verdict.evidence[0].startswith("Passed: no limit was set at 20 users")


def test_evidence_is_bounded(settings, figures, judged):
    """Reflection shows ten lines; a hundred broken endpoints do not fill a page."""
    broken = [figures(f"GET /{number}", [2.0] * 9) for number in range(100)]
    verdict = judged(settings(), *broken, log=TRACEBACK)
    assert 200 == len(verdict.findings)
    assert "192 more findings are in the report." == verdict.evidence[8]
    assert len(verdict.evidence) <= 12


@pytest.mark.parametrize(
    ("outcome", "score", "kind"),
    [
        ("fail", 0.0, "no-code"),
        ("fail", 0.0, "no-app"),
        ("fail", 0.0, "did-not-start"),
        ("fail", 0.0, "never-answered"),
        ("fail", 0.0, "unreachable"),
        ("fail", 0.0, "out-of-memory"),
        ("inconclusive", 0.5, "nothing-to-load"),
    ],
)
def test_an_app_no_request_could_be_sent_to(outcome, score, kind, settings):
    """The failure's own sentence comes first, its log after it."""
    failure = StartFailure(kind, "The app did not come up.", 1, "line 1\nline 2\n")
    verdict = judge_start_failure(settings(), failure)
    assert (outcome, score, [kind]) == (verdict.outcome, verdict.score, ids(verdict))
    word = "Failed" if outcome == "fail" else "Inconclusive"
    assert (
        f"{word}: The app did not come up.",
        "Last lines of the app's log: line 1 | line 2",
    ) == verdict.evidence


def every_kind_of_verdict(settings, figures, judged):
    said = "TypeError: missing 1 argument; hardcoded key; no assertions"
    ended = AppExit(1, out_of_memory=False, log_tail=said)
    failing = figures("GET /missing", [0.1] * 90, failures=50, causes={said: 50})
    slow = figures("POST /hardcoded", [2.0] * 99, in_flight=[6.0] * 40)
    doubt = Doubt("x", said, said, spoils=True)
    named = settings(thresholds={"http_req_duration{name:/missing-one}": "avg<5"})
    yield judged(settings(), failing, slow, log=said)
    yield judged(settings(), failing, slow, app_exit=ended)
    yield judged(settings(), slow, doubts=(doubt,))
    yield judged(settings(), figures("GET /missing", failures=200, causes={said: 200}), log=said)
    yield judged(settings(), figures("GET /missing", [0.1] * 200), figures("GET /Missing"))
    yield judged(named, figures("GET /missing", [0.1] * 200), doubts=(doubt,))
    yield judge_start_failure(settings(), StartFailure("did-not-start", f"It said {said}", 1, said))


def test_no_sentence_carries_the_hosts_trigger_words(settings, figures, judged):
    """Whatever endpoints, causes, doubts and logs say; names of endpoints stay exact."""
    verdicts = list(every_kind_of_verdict(settings, figures, judged))
    assert {"pass", "fail", "inconclusive"} == {verdict.outcome for verdict in verdicts}
    for verdict in verdicts:
        sentences = [*verdict.evidence, *(finding.sentence for finding in verdict.findings)]
        assert not [line for line in sentences for word in TRIGGERS if word in line.lower()]
        assert not [line for line in sentences if "\n" in line or "inf ms" in line]
    assert "GET /missing" in [finding.endpoint for finding in verdicts[0].findings]
