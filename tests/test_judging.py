"""What the verdict benchmark takes for a right verdict, and for a defect that is named."""

import pytest

from benchmarks.judging import App, Judged, Naming, chosen_apps, naming_of
from tests.twin_table import KINDS, PAIRS

NO_CAUSE = (
    "Failed: GET /x: P95 1240 ms (limit 1000 ms) at 20 users, 16.2 requests/s; "
    "8 of 100 requests were slower than 1000 ms."
)
BY_NAME = {pair.name: pair for pair in PAIRS}


def judged(name, sentence, kind="defective", outcome="fail"):
    return Judged(App(BY_NAME[name], kind), outcome, 0.5, 1.0, (sentence,) if sentence else ())


def line_of(name):
    return min(BY_NAME[name].lines())


@pytest.mark.parametrize(
    ("kind", "outcome", "right"),
    [
        ("sound", "pass", True),
        ("sound", "fail", False),
        ("sound", "inconclusive", False),
        ("defective", "fail", True),
        ("defective", "pass", False),
        ("defective", "inconclusive", False),
        ("defective", "error", False),
    ],
)
def test_only_a_sound_pass_and_a_defective_fail_are_right(kind, outcome, right):
    """No verdict is as wrong as the wrong one."""
    assert right is judged("payments", "", kind, outcome).is_right


@pytest.mark.parametrize("name", BY_NAME)
def test_a_limit_that_was_broken_names_no_defect(name):
    """A figure above its limit is a symptom: no class of defects may be read into it."""
    assert not naming_of(judged(name, NO_CAUSE)).defect


def test_a_sentence_that_says_all_names_defect_endpoint_and_line():
    """The sentence that evidence should begin with."""
    text = (
        "Failed: GET /charges/{charge_id}/status: P95 1240 ms (limit 1000 ms); 91 % of busy time "
        f"in app.py:{line_of('payments')} time.sleep, called on the event loop."
    )

    assert Naming(defect=True, endpoint=True, line=True) == naming_of(judged("payments", text))


def test_no_evidence_names_nothing():
    """An empty first line is not an error of the benchmark."""
    assert Naming(defect=False, endpoint=False, line=False) == naming_of(judged("payments", ""))


def test_the_line_beside_the_defect_is_not_its_line():
    """Neither is a number that only begins alike."""
    line = line_of("payments")

    for wrong in (line + 1, line - 1, f"{line}0"):
        assert naming_of(judged("payments", f"in app.py:{wrong} time.sleep")).line is False


def test_a_longer_path_does_not_name_the_endpoint_it_begins_with():
    """``GET /products/{product_id}`` is another endpoint than ``GET /products``."""
    assert naming_of(judged("catalog", "GET /products: 900 KB")).endpoint is True
    assert naming_of(judged("catalog", "GET /products/{product_id}: 1 KB")).endpoint is False


def test_what_a_defect_does_not_have_is_not_asked_of_its_evidence():
    """A slow start belongs to no endpoint, lost votes show in no profile."""
    assert naming_of(judged("directory", "It started after 5 s.")).endpoint is None
    assert naming_of(judged("polls", "567 of 640 votes were lost.")).line is None


def test_apps_are_chosen_by_name_or_with_their_twin():
    """No name means all; a name that is none is refused."""
    assert 2 * len(PAIRS) == len(chosen_apps([]))
    assert [f"payments/{kind}" for kind in KINDS] == [app.name for app in chosen_apps(["payments"])]
    assert ["polls/sound"] == [app.name for app in chosen_apps(["polls/sound"])]
    with pytest.raises(ValueError, match="There is no app 'none'"):
        chosen_apps(["none"])
