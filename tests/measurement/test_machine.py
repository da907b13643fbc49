"""How long tasks waited for a processor, as the kernel tells it."""

import pytest

from codeoptix_performance.measurement.machine import seconds_waited

PRESSURE = "some avg10=0.51 avg60=2.28 avg300=5.68 total=2500000\nfull avg10=0.00 total=0\n"
STAT = "cpu  899738 17363 88012 1623852 5630 0 4849 300 0 0\ncpu0 1 2 3\n"


@pytest.mark.parametrize(
    ("pressure", "stat", "least", "most"),
    [
        pytest.param(PRESSURE, None, 2.5, 2.5, id="pressure in microseconds"),
        pytest.param(None, STAT, 0.3, 3.0, id="stolen time in ticks of a machine's own length"),
        pytest.param(None, None, 0.0, 0.0, id="a kernel that tells neither"),
        pytest.param("nonsense", "cpu 1 2 3", 0.0, 0.0, id="figures that are not there"),
    ],
)
def test_waiting_is_read_from_the_kernels_figures(tmp_path, pressure, stat, least, most):
    """Both together; what is not told counts as nothing."""
    paths = tmp_path / "pressure", tmp_path / "stat"
    for path, text in zip(paths, (pressure, stat), strict=True):
        if text is not None:
            path.write_text(text)

    assert least <= seconds_waited(*paths) <= most


def test_waiting_never_goes_back():
    """It is counted since boot."""
    before = seconds_waited()

    assert before <= seconds_waited()
