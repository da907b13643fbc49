"""How much of an app a verdict speaks of: endpoints that answered, of those that are known."""

from __future__ import annotations

from dataclasses import dataclass

from codeoptix_performance.examination.examination import Examination
from codeoptix_performance.measurement.measurement import Measurement
from codeoptix_performance.target.target import Target
from codeoptix_performance.units import format_ratio
from codeoptix_performance.verdict.verdict import Finding
from codeoptix_performance.verdict.wording import show_endpoint

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Coverage:
    """``answered`` of ``known`` endpoints answered 2xx or 3xx under load at least once.

    ``silent`` are the others with the reason, and those whose answers say nothing but that they
    failed. Neither counts the steps of a login, nor what was
    left out on purpose, such as a logout.
    """

    answered: int
    known: int
    silent: tuple[str, ...]

    @property
    def words(self) -> str:
        """``8 of 10 endpoints answered 2xx or 3xx (80 %)``."""
        share = f" ({format_ratio(self.answered / self.known)})" if self.known else ""
        return f"{self.answered} of {self.known} endpoints answered 2xx or 3xx{share}"


def coverage_of(
    target: Target, measurement: Measurement, examination: Examination | None = None
) -> Coverage:
    """What of ``target`` the run has exercised."""
    integrity = examination.integrity if examination else None
    failing = integrity.only_failing() if integrity else {}
    steps = target.login.endpoints if target.login else frozenset()
    loaded = [figures for figures in measurement.endpoints if figures.name not in steps]
    refused = [figures for figures in loaded if figures.requests == figures.failures]
    hollow = [it for it in loaded if it.name in failing and it not in refused]
    unable = [skip for skip in target.skipped if not skip.on_purpose]
    silent = [f"{show_endpoint(skip.name)} ({skip.reason})" for skip in unable]
    for figures in refused:
        why = figures.causes[0].text if figures.causes else "never asked"
        silent.append(f"{show_endpoint(figures.name)} ({why})")
    for figures in hollow:
        said = f"answered {failing[figures.name]} and said that it failed"
        silent.append(f"{show_endpoint(figures.name)} ({said})")
    answered = len(loaded) - len(refused) - len(hollow)
    return Coverage(answered, len(loaded) + len(unable), tuple(silent))


def barely_exercised(coverage: Coverage) -> tuple[Finding, ...]:
    """The finding that speaks against a pass where fewer than half of the endpoints answered."""
    if 2 * coverage.answered >= coverage.known:
        return ()
    named = ", ".join(coverage.silent[:_NAMED])
    more = f", and {len(coverage.silent) - _NAMED} more" if len(coverage.silent) > _NAMED else ""
    sentence = (
        f"Only {coverage.words}, too few to speak for the app; not exercised: {named}{more}. Name "
        "what to load, and what to send, under endpoints."
    )
    share = coverage.answered / coverage.known
    return (
        Finding("barely-exercised", "inconclusive", sentence, value=share, limit=0.5, unit="ratio"),
    )
