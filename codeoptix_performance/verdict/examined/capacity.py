"""What one endpoint costs all others: blocked loops, queues of one, and requests dear in CPU.

A figure is held against the endpoint's own time for a single user and against the canary's, never
against a speed of the machine alone, so a slow or busy machine does not make a sound app look ill.
"""

from __future__ import annotations

from dataclasses import replace

from codeoptix_performance.examination.examination import Focus, HotLine, StatementsSent
from codeoptix_performance.settings.settings import Settings
from codeoptix_performance.units import format_bytes, format_milliseconds, format_rate
from codeoptix_performance.verdict.examined.grades import grade_rate
from codeoptix_performance.verdict.examined.lines import line_words
from codeoptix_performance.verdict.examined.statements import statement_words
from codeoptix_performance.verdict.verdict import Finding, Grade
from codeoptix_performance.verdict.wording import show_endpoint

CAPACITY_IDS = ("blocked", "serial", "dear")
SERIAL = 3.0
"""Requests worked on at a time, of eight: sound apps of the corpus reach 5 to 7.5, ceilings and
locks 0.8 to 2.1."""
SHORTEST_WAIT = 0.015
"""Seconds a request takes alone below which its turn in a queue is no finding."""
CANARY_SHARE = 1.0
CANARY_TIMES = 5.0
"""The canary is held up when it takes as long as the endpoint alone, and 5 times its own."""
DEAR_TIMES = 20.0
"""A request is dear in CPU when it also takes so many times as long as the quickest, each at its
best: a slow machine slows both."""
LARGE_ANSWER = 200 * 1024


def find_capacity(
    settings: Settings, focus: Focus, sent: StatementsSent | None = None
) -> Finding | None:
    """The one finding that explains an endpoint; None for one that is merely slow.

    Its sentence names the statements ``sent`` where they are one a row.
    """
    if focus.is_refused:
        return None
    found = _waiting(settings, focus) if focus.waits else _computing(settings, focus)
    if found is None:
        return None
    statements = statement_words(sent)
    line = line_words(
        focus.hot_line,
        statement_advice=not statements and not _payload_words(focus),
        row_advice=not statements,
    )
    found = replace(found, sentence=f"{found.sentence}{statements}{line}.")
    return _doubted(found) if focus.waits and focus.stretch.disturbed else found


def _doubted(found: Finding) -> Finding:
    """A low rate proves nothing where load or machine stood still; CPU time would."""
    doubt = "the load or the machine stood still meanwhile, so run it again"
    return replace(found, outcome="inconclusive", sentence=f"{found.sentence[:-1]}; {doubt}.")


def _waiting(settings: Settings, focus: Focus) -> Finding | None:
    """Eight users and an idle processor: a sound app would serve all of them at once."""
    if focus.alone < SHORTEST_WAIT or focus.served_at_once > SERIAL or not focus.rate:
        return None
    if holds_up_canary(focus):
        return _finding(
            settings,
            focus,
            "blocked",
            rate=focus.rate,
            sentence=_blocked_sentence(focus),
            grade="poor",
        )
    if not focus.endpoint.startswith("GET "):
        return None  # a store that writes one after the other, each to a slow disk, is sound
    return _finding(
        settings, focus, "serial", rate=focus.rate, sentence=_serial_sentence(focus), grade="poor"
    )


def _computing(settings: Settings, focus: Focus) -> Finding | None:
    """Judged by CPU time, which other work on the machine does not lengthen."""
    cpu = focus.cpu_each
    if not cpu or not focus.computes or focus.times_dearer < DEAR_TIMES:
        return None
    grade = grade_rate(settings, 1 / cpu)
    if grade == "target":
        return None
    if _is_needless(focus.hot_line):
        grade = "poor"
    if holds_up_canary(focus) and focus.alone >= SHORTEST_WAIT:
        return _finding(
            settings,
            focus,
            "blocked",
            rate=1 / cpu,
            sentence=_hogging_sentence(focus, cpu),
            grade=grade,
        )
    if not focus.endpoint.startswith("GET "):
        return None  # hashing a password is dear on purpose, and nobody waits for it here
    return _finding(
        settings, focus, "dear", rate=1 / cpu, sentence=_dear_sentence(focus, cpu), grade=grade
    )


def _is_needless(line: HotLine | None) -> bool:
    """Work that no answer needs, or none needs there: wrong however fast the machine does it."""
    if line is None:
        return False
    return line.behind in ("lazy-load", "new-client") or (line.behind == "hashing" and line.on_loop)


def holds_up_canary(focus: Focus) -> bool:
    """Whether requests that have nothing to do with the endpoint wait as long as its own."""
    least = max(CANARY_SHARE * focus.alone, CANARY_TIMES * focus.canary_alone)
    return focus.canary_loaded >= least


def _blocked_sentence(focus: Focus) -> str:
    return (
        f"{show_endpoint(focus.endpoint)} blocks all other requests while it waits "
        f"{format_milliseconds(focus.alone)}: {_loaded_words(focus)}, {_canary_words(focus)}; "
        "wait with await, or in a thread of its own"
    )


def _serial_sentence(focus: Focus) -> str:
    at_once = max(1, round(focus.served_at_once))
    queue = (
        "one at a time, as behind a lock"
        if at_once == 1
        else f"{at_once} at a time, as by {at_once} worker threads"
    )
    return (
        f"{show_endpoint(focus.endpoint)} serves its requests {queue}: {_loaded_words(focus)} "
        f"while the processor idles and {_canary_words(focus)}, so its rate stops growing; a "
        f"request takes {format_milliseconds(focus.alone)} alone; hold no lock or worker while "
        "waiting"
    )


def _hogging_sentence(focus: Focus, cpu: float) -> str:
    return (
        f"{show_endpoint(focus.endpoint)} costs {format_milliseconds(cpu)} of CPU per request "
        f"({format_rate(1 / cpu)} at most) and blocks all other requests meanwhile: "
        f"{_canary_words(focus)}{_payload_words(focus)}"
    )


def _dear_sentence(focus: Focus, cpu: float) -> str:
    return (
        f"{show_endpoint(focus.endpoint)} costs {format_milliseconds(cpu)} of CPU per request, so "
        f"one core serves {format_rate(1 / cpu)} at most{_payload_words(focus)}"
    )


def _loaded_words(focus: Focus) -> str:
    return f"{focus.stretch.users} users get {format_rate(focus.rate)}"


def _canary_words(focus: Focus) -> str:
    loaded, alone = (
        format_milliseconds(focus.canary_loaded),
        format_milliseconds(focus.canary_alone),
    )
    took = f"{loaded} instead of {alone}" if holds_up_canary(focus) else f"only {loaded}"
    return f"{show_endpoint(focus.canary)} takes {took}"


def _payload_words(focus: Focus) -> str:
    part = focus.stretch.part(focus.endpoint)
    if part is None or part.bytes_each < LARGE_ANSWER:
        return ""
    return f"; its payload is {format_bytes(part.bytes_each)} per answer, so paginate it"


def _finding(
    settings: Settings, focus: Focus, finding_id: str, *, rate: float, sentence: str, grade: Grade
) -> Finding:
    return Finding(
        id=finding_id,
        outcome="fail",
        sentence=sentence,
        endpoint=focus.endpoint,
        statistic="rate",
        value=rate,
        limit=settings.acceptable_rps,
        unit="1/s",
        dimension="capacity",
        grade=grade,
        line=focus.hot_line.place if focus.hot_line else None,
    )
