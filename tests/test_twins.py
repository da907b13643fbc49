"""The corpus of sound and defective twins: each starts, answers, and differs by its defect."""

import difflib
import json
import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.target.start import start_app
from tests.twin_table import KINDS, PAIRS

pairs = pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])


def status_of(base_url, ask):
    body = None if ask.json is None else json.dumps(ask.json).encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    request = urllib.request.Request(  # noqa: S310 - the address is our own app's
        base_url + ask.path, body, headers, method=ask.method
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
        assert answer.read()
        return answer.status


def asked_and_told(pair, kind):
    """The statuses of all the pair's requests, and the routes the framework tells of."""
    with start_app(Settings(code=pair.code(kind), sandbox="limits")) as app:
        statuses = {f"{ask.method} {ask.path}": status_of(app.base_url, ask) for ask in pair.asks}
        assert app.exit() is None
        return statuses, app.routes, app.description


def is_asked(route, pair):
    """Whether one of the pair's requests goes to ``route``, a method and a path template."""
    method, template = route
    path = re.sub(r"\\\{[^{}]+\\\}", "[^/]+", re.escape(template))
    return any(ask.method == method and re.fullmatch(path, ask.path) for ask in pair.asks)


@pytest.mark.slow
@pairs
def test_both_twins_start_and_answer_every_endpoint(pair):
    """One request at a time shows no defect: that is what makes load tests worth their while."""
    with ThreadPoolExecutor(max_workers=len(KINDS)) as both:
        results = list(both.map(lambda kind: asked_and_told(pair, kind), KINDS))

    for statuses, routes, description in results:
        assert {} == {name: status for name, status in statuses.items() if status // 100 != 2}
        assert f"{pair.framework} app in app.py" == description
        assert [] == [route for route in routes if not is_asked(route, pair)]
        if routes:
            assert set() == set(pair.endpoints) - {f"{method} {path}" for method, path in routes}


@pairs
def test_the_defective_lines_are_found_by_their_text(pair):
    """Each text stands exactly once in the defective twin, so its line is known."""
    code = pair.code("defective")
    wanted = [line.strip() for source in pair.sources for line in source.splitlines()]
    found = [code.splitlines()[number - 1] for number in sorted(pair.lines())]

    assert pair.sources
    assert dict.fromkeys(pair.sources, 1) == {source: code.count(source) for source in pair.sources}
    assert all(text in line for text, line in zip(wanted, found, strict=True))


@pairs
def test_twins_are_the_same_app(pair):
    """What differs is the defect and what mends it; the endpoints are the same."""
    sound, defective = (pair.code(kind).splitlines() for kind in KINDS)

    assert sound != defective
    assert difflib.SequenceMatcher(None, sound, defective, autojunk=False).ratio() > 0.5
    assert all(60 <= len(lines) <= 125 for lines in (sound, defective))


def test_the_corpus_is_wide_enough():
    """At least fourteen classes of defects over at least six frameworks; no name twice."""
    assert len({pair.defect.id for pair in PAIRS}) >= 14
    assert len({pair.framework for pair in PAIRS}) >= 6
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)
    assert len({pair.code(kind) for pair in PAIRS for kind in KINDS}) == 2 * len(PAIRS)
