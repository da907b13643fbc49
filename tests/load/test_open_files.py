import subprocess
import sys

import pytest

CODE = """
import resource, sys
from codeoptix_performance.load.open_files import make_room_for
soft, hard, users = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
make_room_for(users)
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("expected", "soft", "hard", "users"),
    [
        pytest.param("300 900", 300, 900, 20, id="enough as it is"),
        pytest.param("756 900", 300, 900, 500, id="raised as far as needed"),
        pytest.param("900 900", 300, 900, 5000, id="never above the hard limit"),
    ],
)
def test_room_for_connections(expected, soft, hard, users):
    """The soft limit of open files is raised where users would not fit, and stays so."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(soft), str(hard), str(users)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert expected == done.stdout.strip()
