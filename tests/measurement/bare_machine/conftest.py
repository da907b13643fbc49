"""A bare machine whose figures are fixed."""

import pytest

from codeoptix_performance.measurement.bare_machine.figures import BareMachine, ClosedLoad


@pytest.fixture
def machine():
    """Ten thousand requests a second at most; times of 0.1 to 10 ms."""
    closed = (
        ClosedLoad(1, 4000.0, 3e-5),
        ClosedLoad(8, 10000.0, 2e-5),
        ClosedLoad(32, 9000.0, 2e-5),
    )
    return BareMachine("bwrap", closed, tuple(n / 10_000 for n in range(1, 101)), 0.05)
