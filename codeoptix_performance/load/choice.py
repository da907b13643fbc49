"""The load generator that the settings ask for."""

from __future__ import annotations

from codeoptix_performance.load.engine import Engine
from codeoptix_performance.load.locust_engine import LocustEngine, check_shape
from codeoptix_performance.settings.settings import EngineName, Settings

ENGINES: dict[EngineName, type[LocustEngine]] = {"auto": LocustEngine, "locust": LocustEngine}


def choose_engine(settings: Settings) -> Engine:
    """The engine named by ``settings.engine``; making one loads no generator yet.

    Except for a shape of the user's own: it is imported, and Locust with it, so that what is wrong
    with it is said before anything is started. Raises ``SettingsError`` then.
    """
    if settings.own_shape is not None:
        check_shape(settings.own_shape)
    return ENGINES[settings.engine]()
