"""A stand-in for the assessment, so that the command is tested without an app."""

from dataclasses import dataclass, field

import pytest

from codeoptix_performance.assessment import Assessment
from codeoptix_performance.cli import check
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.measurement.latencies import Latencies
from codeoptix_performance.measurement.measurement import EndpointMeasurement, Measurement
from codeoptix_performance.measurement.progress import Progress
from codeoptix_performance.target.target import Target
from codeoptix_performance.verdict.verdict import Verdict

URL = "http://127.0.0.1:8000"


@dataclass
class StandIn:
    """Takes the place of ``assess``: keeps the settings, answers with ``outcome`` or raises."""

    outcome: str = "pass"
    interrupted: bool = False
    error: BaseException | None = None
    asked: list = field(default_factory=list)

    def __call__(self, settings, *, on_progress):
        self.asked.append(settings)
        on_progress(Progress(1.0, settings.users, 10, 0, 1, 10.0, 0.01))
        if self.error is not None:
            raise self.error
        times = Latencies((0.01, 0.02), 0, ())
        figures = EndpointMeasurement("GET /", 2, 0, times, (), 9, 1.0, 0.0, times)
        return Assessment(
            settings=settings,
            verdict=Verdict(self.outcome, 1.0, (), ("Every limit held.",)),
            seconds=1.5,
            target=Target(URL, "an app that was running", ()),
            plan=LoadPlan(URL, (), steady_users(settings.users, 2.0, 1.0), (1.0, 1.0), 10.0, 0),
            measurement=Measurement(
                duration=1.0,
                steady_from=0.0,
                steady_to=1.0,
                users_planned=1,
                users_reached=1,
                total=figures,
                endpoints=(figures,),
                timeline=(),
                resources=None,
                app_exit=None,
                doubts=(),
                died_users=(),
                interrupted=self.interrupted,
            ),
        )


@pytest.fixture
def assess(monkeypatch):
    """The stand-in, in the place of the real assessment."""
    stand_in = StandIn()
    monkeypatch.setattr(check, "assess", stand_in)
    return stand_in


@pytest.fixture(autouse=True)
def no_locust_variables(monkeypatch):
    """Variables of the shell that runs the tests change nothing."""
    for name in ("LOCUST_HOST", "LOCUST_USERS", "LOCUST_SPAWN_RATE", "LOCUST_RUN_TIME"):
        monkeypatch.delenv(name, raising=False)
