"""The frozen settings, complete and checked; every other room reads them, none changes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from codeoptix_performance.settings.grade_table import FailOn, GradedFigure, graded_figures
from codeoptix_performance.settings.limits import Limit
from codeoptix_performance.settings.load_shapes import NAMED_SHAPES
from codeoptix_performance.settings.stages import Stage

Profile = Literal["website", "api"]
SandboxName = Literal["auto", "bwrap", "limits", "none"]
EngineName = Literal["auto", "locust"]
ArrivalPattern = Literal["constant", "poisson"]
EnvironmentName = Literal["auto", "current", "uv"]


class EndpointSetting(BaseModel):
    """An endpoint a user named: method, path (may hold a query), and what to send."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str = "GET"
    path: str
    weight: int = 1
    headers: dict[str, str] = {}
    json_body: Any = None
    body: str | None = None


class Settings(BaseModel):
    """What to test, how hard, and what must hold. Seconds, bytes and ratios (0..1) throughout.

    Exactly one of ``url``, ``command``, ``workspace`` and ``code`` decides where the app comes
    from, in this order. ``app`` is ``module:attribute`` of the object that is served. ``limits``
    come from ``max_*``, ``min_*`` and ``thresholds``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    url: str | None = None
    command: str | None = None
    workspace: Path | None = None
    code: str | None = None
    app: str | None = None
    environment: EnvironmentName = "auto"
    env: dict[str, str] = {}
    setup: tuple[str, ...] = ()
    ready_path: str | None = None
    openapi: str | None = None
    endpoints: tuple[EndpointSetting, ...] = ()
    startup_timeout: float = 30.0
    memory_limit: int = 2**30
    sandbox: SandboxName = "auto"
    allow_network: bool = False
    allow_remote: bool = False
    verify_tls: bool = True

    profile: Profile = "api"
    engine: EngineName = "auto"
    users: int = 20
    spawn_rate: float = 2.0
    spawn_rate_given: bool = False
    run_time: float = 30.0
    run_time_given: bool = False
    stages: tuple[Stage, ...] = ()
    """As they were written; empty where ``shape`` says how the load goes."""
    shape: str = "steady"
    arrival_rate: float | None = None
    """Requests due per second; None where users wait for their answers."""
    arrival_pattern: ArrivalPattern = "constant"
    users_given: bool = False
    wait_time: tuple[float, float] = (0.5, 2.0)
    wait_time_given: bool = False
    request_timeout: float = 10.0
    seed: int = 0
    early_stop: bool | None = None
    """None where nobody said: see ``ends_when_decided``."""

    examine: bool = True
    """Whether the app is examined after the load for what light load does not show."""
    fail_on: FailOn = "poor"
    target_rps: float = 100.0
    """Requests per second one instance should serve of each endpoint."""
    acceptable_rps: float = 50.0
    graded_figures: tuple[GradedFigure, ...] = graded_figures({})
    """What the load's own figures are graded by."""

    min_requests: int = 100
    limits: tuple[Limit, ...] = ()
    guide_limits_only: bool = True
    """True while the limits are the guide's (their values may differ): its score formula holds."""

    @property
    def own_shape(self) -> str | None:
        """The place of a ``LoadTestShape``; None where the shape is one of ours."""
        return None if self.shape in NAMED_SHAPES else self.shape

    @property
    def ends_when_decided(self) -> bool:
        """The run may end before its time: nobody said how long, nor how the load changes."""
        if self.early_stop is not None:
            return self.early_stop
        return not self.run_time_given and not self.stages and self.shape == "steady"
