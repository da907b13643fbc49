"""The app's own line in a sentence: where the time goes, and what is known to help there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from codeoptix_performance.examination.examination import Behind, Blindness, Focus, HotLine
from codeoptix_performance.units import format_ratio
from codeoptix_performance.verdict.wording import quote, show_endpoint

_BEHIND: dict[Behind, str] = {
    "lazy-load": "it loads related rows one by one, a query per row (N+1): load them together",
    "new-client": "it builds a new HTTP client for every request: keep one",
    "hashing": "it hashes, which takes its time on purpose: do it in a thread",
}
_UNSEEN: dict[Blindness, str] = {
    "not-linux": "py-spy is not installed, and comes with this package on Linux only",
    "no-sampler": "py-spy is not installed: pip install py-spy",
    "not-allowed": "py-spy may not look into the app's processes: allow ptrace "
    "(kernel.yama.ptrace_scope, in a container the capability SYS_PTRACE)",
    "not-python": "the app is no Python program",
    "failed": "py-spy failed",
}
_STATEMENT = re.compile(r"\.(execute|fetch\w*)\(")


def line_words(
    hot: HotLine | None, *, statement_advice: bool = True, row_advice: bool = True
) -> str:
    """``; 98 % of its time at app.py:54 (time.sleep(5)), called on the event loop``; or nothing.

    ``statement_advice`` is false where more is known than that an SQL statement takes long, and
    ``row_advice`` where it was said already that there is one for each row.
    """
    if hot is None:
        return ""
    source = f" ({quote(hot.source)})" if hot.source else ""
    above = f" from {show_endpoint(hot.called_from)}" if hot.called_from else ""
    loop = " on the event loop" if hot.on_loop else ""
    called = f", called{above}{loop}" if above or loop else ""
    where = f"{format_ratio(hot.share)} of its time at {show_endpoint(hot.place)}{source}{called}"
    told = hot.behind == "lazy-load" and not row_advice
    advice = "" if told else _advice(hot, statement_advice=statement_advice)
    return f"; {where}: {advice}" if advice else f"; {where}"


def unseen_note(focuses: Iterable[Focus]) -> str | None:
    """One sentence where lines would have been looked for and could not be."""
    unseen = next((focus.unseen for focus in focuses if focus.unseen), None)
    if unseen is None:
        return None
    said = f" ({quote(unseen.words)})" if unseen.words else ""
    return f"Note: lines of the app's own could not be looked for: {_UNSEEN[unseen.why]}{said}."


def _advice(hot: HotLine, *, statement_advice: bool) -> str:
    if hot.behind:
        return _BEHIND[hot.behind]
    if statement_advice and _STATEMENT.search(hot.source):
        return "the SQL statement itself; look whether it scans a table that an index would save"
    return ""
