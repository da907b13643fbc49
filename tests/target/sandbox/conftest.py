"""What every test of this room stands on."""

import socket
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from held_apps import Held


@pytest.fixture
def bwrap():
    """The best rung."""
    return Held("bwrap")


@pytest.fixture(params=["bwrap", "limits"])
def rung(request):
    """Each rung that holds an app at all."""
    return Held(request.param)


@pytest.fixture
def outside():
    """A listener that an app must not reach; nobody else knows its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.0)
        yield listener
