"""The load generator that the settings ask for."""

from __future__ import annotations

from codeoptix_performance.load.engine import Engine
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.settings.settings import EngineName, Settings

ENGINES: dict[EngineName, type[LocustEngine]] = {"auto": LocustEngine, "locust": LocustEngine}


def choose_engine(settings: Settings) -> Engine:
    """The engine named by ``settings.engine``; importing or making one loads no generator yet."""
    return ENGINES[settings.engine]()
