"""One nginx worker that answers a short text from its configuration: the lightest honest server."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.process import BenchError, end, find_program, start

BODY = "hello, world; about as long as a small JSON answer usually is...."
START_SECONDS = 10.0

_CONFIGURATION = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        default_type text/plain;
        location / {{ return 200 "{body}"; }}
    }}
}}
"""


@contextmanager
def nginx() -> Iterator[str]:
    """The base URL of an nginx with one worker, keep-alive without end, and no log."""
    program = find_program("nginx") or find_program("/usr/sbin/nginx")
    if program is None:
        raise BenchError("nginx is not installed: apt install nginx-light.")
    with TemporaryDirectory(prefix="bench-nginx-") as name:
        folder, port = Path(name), _free_port()
        configuration = folder / "nginx.conf"
        configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, body=BODY))
        argv = [program, "-p", name, "-c", str(configuration)]
        with start(argv, folder, stdout=subprocess.DEVNULL) as process:
            try:
                _wait_until_it_listens(process, port)
                yield f"http://127.0.0.1:{port}"
            finally:
                end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_listens(process: subprocess.Popen[str], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise BenchError(f"nginx ended with exit code {process.returncode}; see above.")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise BenchError(f"nginx did not listen on port {port} within {START_SECONDS:.0f} s.")
