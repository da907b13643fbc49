"""A Locust ``LoadTestShape`` that a user wrote, and what it may look at while the load runs.

Imports Locust: to be imported after ``import_locust`` only.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from locust import LoadTestShape

from codeoptix_performance.errors import SettingsError
from codeoptix_performance.load.engine import Sink
from codeoptix_performance.load.plan import LoadPlan


def load_shape(words: str) -> LoadTestShape:
    """The shape behind ``file.py:Class`` or ``module:Class``.

    Raises ``SettingsError``, one sentence, where there is none.
    """
    place, _, name = words.rpartition(":")
    try:
        module = _module(place)
    except Exception as error:
        raise _refused(
            words, f"importing {place} failed: {type(error).__name__}: {error}"
        ) from error
    found = getattr(module, name, None)
    if not inspect.isclass(found) or not issubclass(found, LoadTestShape):
        raise _refused(words, f"{place} has no LoadTestShape of that name")
    if inspect.isabstract(found):
        raise _refused(words, f"{name} has no tick()")
    return found()


def _module(place: str) -> ModuleType:
    if not place.endswith(".py"):
        return importlib.import_module(place)
    name = Path(place).stem
    spec = importlib.util.spec_from_file_location(name, place)
    if spec is None or spec.loader is None:
        raise ImportError(f"{place} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


def _refused(words: str, reason: str) -> SettingsError:
    return SettingsError("shape", f'shape is "{words}"; {reason}.')


class PublishingSink:
    """Tells Locust's ``request`` event, and so its statistics, what the sink is told.

    A shape may steer by ``self.runner.stats``; without one nobody pays for them.
    """

    def __init__(self, sink: Sink, plan: LoadPlan, events: Any) -> None:
        self._sink = sink
        self._endpoints = plan.endpoints
        self._fire = events.request.fire
        self._begun: dict[int, tuple[int, float]] = {}

    def plan_begins(self, at: float) -> None:
        """See ``Sink``."""
        self._sink.plan_begins(at)

    def begin(self, endpoint: int, due: float, at: float) -> int:
        """See ``Sink``."""
        token = self._sink.begin(endpoint, due, at)
        self._begun[token] = (endpoint, due)
        return token

    def end(self, token: int, at: float, status: int, size: int, cause: str | None) -> None:
        """See ``Sink``."""
        number, due = self._begun.pop(token)
        endpoint = self._endpoints[number]
        self._fire(
            request_type=endpoint.method,
            name=endpoint.path,
            response_time=(at - due) * 1000,
            response_length=size,
            exception=None if cause is None else RuntimeError(cause),
            context={},
        )
        self._sink.end(token, at, status, size, cause)

    def users(self, count: int, at: float) -> None:
        """See ``Sink``."""
        self._sink.users(count, at)
