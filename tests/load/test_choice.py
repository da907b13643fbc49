import subprocess
import sys

import pytest

from codeoptix_performance.load.choice import choose_engine
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.settings.settings import Settings


@pytest.mark.parametrize("name", ["auto", "locust"])
def test_the_engine_by_its_name(name):
    """Both names stand for the in-process Locust."""
    assert isinstance(choose_engine(Settings(engine=name)), LocustEngine)


def test_choosing_imports_no_generator():
    """Neither Locust nor gevent is imported before a run begins."""
    program = (
        "import sys\n"
        "from codeoptix_performance.load.choice import choose_engine\n"
        "from codeoptix_performance.settings.settings import Settings\n"
        "choose_engine(Settings())\n"
        "print([name for name in ('locust', 'gevent') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.strip() == b"[]"
