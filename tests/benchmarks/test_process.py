"""Programs of a bench: their processor time, their ends, and their errors."""

import sys

import pytest

from benchmarks.process import BenchError, find_program, run_to_end

BURN = "import time\nwhile time.process_time() < 0.3: pass\n"
BURN_IN_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}])"


@pytest.mark.parametrize("program", [BURN, BURN_IN_CHILD], ids=["own", "of a child"])
def test_processor_time_is_charged_to_the_program(tmp_path, program):
    """Its own, and that of the children it waited for."""
    finished = run_to_end([sys.executable, "-c", program], tmp_path, within=60)

    assert finished.cpu_seconds >= 0.3


def test_an_exit_code_that_was_not_expected_is_refused_with_the_last_line(tmp_path):
    """So that a tool's failure is not read as its figures."""
    program = "import sys; print('first', file=sys.stderr); sys.exit('no such option')"

    with pytest.raises(BenchError, match="exit code 1: no such option"):
        run_to_end([sys.executable, "-c", program], tmp_path, within=60)


def test_an_exit_code_that_was_expected_is_handed_on(tmp_path):
    """A verdict's exit code is no failure."""
    program = "import sys; print('words'); sys.exit(3)"

    finished = run_to_end([sys.executable, "-c", program], tmp_path, within=60, accept=(0, 3))

    assert (3, "words\n") == (finished.exit_code, finished.output)


def test_a_program_that_does_not_end_is_killed(tmp_path):
    """A bench never hangs for good."""
    program = "import time; time.sleep(600)"

    with pytest.raises(BenchError, match="exit code -9"):
        run_to_end([sys.executable, "-c", program], tmp_path, within=0.5)


def test_programs_beside_this_python_are_found_first():
    """Those of the virtual environment, also where it is not activated."""
    found = find_program("codeoptix-performance")

    assert found is not None
    assert found.startswith(sys.prefix)


def test_a_program_that_is_not_there_is_not_found():
    """It is then named and left out."""
    assert find_program("no-such-load-generator") is None
