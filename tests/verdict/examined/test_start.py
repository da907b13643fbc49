"""Apps that take long until they first answer."""

from __future__ import annotations

import pytest

from codeoptix_performance.target.target import Target
from codeoptix_performance.verdict.judge import judge


@pytest.fixture
def judged_after(settings, figures, run):
    """The verdict on a quick app whose start took so long."""

    def build(start, **words):
        target = Target("http://127.0.0.1:8000", "an app", (), start_seconds=start)
        return judge(settings(**words), target, run(figures("GET /", [0.01] * 160)))

    return build


@pytest.mark.parametrize(
    ("start", "words", "outcome", "grade"),
    [
        pytest.param(None, {}, "pass", None, id="an app that is not ours"),
        pytest.param(1.5, {"fail_on": "target"}, "pass", None, id="quick"),
        pytest.param(2.99, {"fail_on": "target"}, "pass", None, id="just quick"),
        pytest.param(3.0, {"fail_on": "target"}, "fail", "acceptable", id="slower than it should"),
        pytest.param(4.99, {}, "pass", None, id="slow, and by default a note"),
        pytest.param(5.0, {}, "fail", "poor", id="slow"),
        pytest.param(9.0, {"fail_on": "limits"}, "pass", None, id="only limits count"),
        pytest.param(9.0, {"examine": False}, "pass", None, id="not examined"),
    ],
)
def test_a_slow_start_is_graded_like_a_finding_of_the_examination(
    start, words, outcome, grade, judged_after
):
    """Though no load was needed to see it."""
    verdict = judged_after(start, **{"examine": True, **words})

    assert outcome == verdict.outcome
    starts = [finding for finding in verdict.findings if finding.id == "slow-start"]
    assert grade == (starts[0].grade if starts else None)


def test_the_sentence_says_how_long_and_what_to_do(judged_after):
    """Also as a note."""
    evidence = judged_after(5.31, examine=False).evidence

    note = next(line for line in evidence if "started slowly" in line)
    assert note.startswith("Note: The app started slowly: 5.3 s went by until it answered")
    assert "load it when it is needed" in note
