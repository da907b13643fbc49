import time

import pytest

from codeoptix_performance.load.strain import Strain


def test_the_busiest_second_is_found():
    """A run that works in one of its seconds only is told by that one, and by no part of one."""
    strain = Strain(100.0)
    strain.look(101.0, late=0.0)
    idle = strain.busiest_second
    began_at = time.thread_time()
    while (used := time.thread_time() - began_at) < 0.05:
        pass
    strain.look(101.5, late=0.0)
    within = strain.busiest_second
    strain.look(102.0, late=0.0)
    strain.look(103.0, late=0.0)

    assert idle == within < 0.02
    assert used == pytest.approx(strain.busiest_second, abs=0.02)


def test_the_worst_lag_is_kept():
    """Whenever it was."""
    strain = Strain(100.0)
    for late in (0.1, 0.3, 0.2):
        strain.look(100.1, late=late)

    assert 0.3 == strain.worst_lag
