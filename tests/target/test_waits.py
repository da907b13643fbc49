"""How long threads waited for a processor."""

import pytest

from codeoptix_performance.target.waits import longest_wait


def a_process(proc, pid, *tasks):
    """Each task as the seconds it waited and its children."""
    for number, (waited, children) in enumerate(tasks):
        task = proc / str(pid) / "task" / str(pid + number)
        task.mkdir(parents=True)
        (task / "schedstat").write_text(f"9 {int(waited * 1e9)} 3\n")
        (task / "children").write_text(children)


@pytest.mark.parametrize(
    ("processes", "seconds"),
    [
        pytest.param({10: [(0.5, ""), (2.0, ""), (1.0, "")]}, 2.0, id="threads side by side"),
        pytest.param({10: [(0.5, "20 ")], 20: [(2.0, "")]}, 2.5, id="a child after its parent"),
        pytest.param(
            {10: [(0.25, "20 30 ")], 20: [(2.0, "")], 30: [(1.0, "")]},
            2.25,
            id="children side by side",
        ),
        pytest.param({10: [(0.5, "20 ")]}, 0.5, id="a child that is gone"),
        pytest.param({}, 0.0, id="nobody"),
    ],
)
def test_waiting_delays_by_what_the_slowest_line_of_threads_waited(tmp_path, processes, seconds):
    """Not by the sum: what waits side by side is delayed once."""
    for pid, tasks in processes.items():
        a_process(tmp_path, pid, *tasks)

    assert seconds == longest_wait(10, tmp_path)
