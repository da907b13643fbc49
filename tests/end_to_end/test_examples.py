"""Everything in examples/, as it is shipped; only address and length of the run are replaced."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from host_command import DEMO, Host
from plain_app import Blog

pytestmark = pytest.mark.slow
EXAMPLES = DEMO.parent


@pytest.fixture
def app() -> Iterator[str]:
    """The address of an app that already runs."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Blog) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def adapted(example: str, app: str, folder: Path, run_time: str = "30s") -> Path:
    """The example with the guide's address and 30 s replaced, in a folder of its own."""
    text = (EXAMPLES / example).read_text()
    changed = text.replace("http://localhost:8000", app).replace('"30s"', f'"{run_time}"')
    assert text.count("http://localhost:8000") == changed.count(app) > 0
    path = folder / example
    path.write_text(changed)
    return path


def run(host: Host, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=host.folder,
        env=host.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.alone
def test_the_command_of_the_guide(host: Host, app: str) -> None:
    """``codeoptix eval`` with inline JSON and a url, word for word, judges the running app."""
    done = run(host, "sh", adapted("cli.sh", app, host.folder, "6s"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert host.metadata()["target"]["base_url"] == app
    assert host.metadata()["load"]["users"] == 20
    assert host.behavior()["passed"] is True, host.behavior()["evidence"]


@pytest.mark.alone
def test_the_python_example_of_the_guide(host: Host, app: str) -> None:
    """The guide's own lines print a score; two users a second are all there after ten seconds."""
    done = run(host, sys.executable, adapted("python_api.py", app, host.folder, "12s"))
    assert done.stdout == "Performance Score: 100.00%\n", done.stderr


def test_the_standalone_locustfile(host: Host, app: str) -> None:
    """Locust itself runs it, without CodeOptiX."""
    path = adapted("locustfile.py", app, host.folder)
    done = run(
        host,
        *(sys.executable, "-m", "locust", "-f", path, "--headless"),
        *("-u", "10", "-r", "10", "-t", "2s", "--json"),
    )
    assert done.returncode == 0, done.stderr
    entries = {each["name"]: each for each in json.loads(done.stdout)}
    assert entries["/api/data"]["num_requests"] > 0
    assert entries["/api/data"]["num_failures"] == 0


@pytest.mark.alone
@pytest.mark.parametrize(("name", "code"), [("sound", 0), ("blocking", 1)])
def test_own_thresholds(name: str, code: int, host: Host) -> None:
    """One's own limits decide, and the exit code says which way."""
    done = run(host, sys.executable, EXAMPLES / "own_thresholds.py", DEMO / f"{name}.py")
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout.startswith("pass" if code == 0 else "fail")


@pytest.mark.alone
def test_the_demo(host: Host) -> None:
    """One pass, one fail with the line that says why, and where results.json lies."""
    done = run(host, sys.executable, DEMO / "run_demo.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "In short: sound app: pass, blocking app: fail" in done.stdout
    assert done.stdout.count("Why:") == 2
    for line in done.stdout.splitlines():
        if line.startswith("Results:"):
            assert json.loads(Path(line.removeprefix("Results:").strip()).read_text())
