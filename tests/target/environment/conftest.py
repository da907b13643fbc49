"""A package index of the tests' own, on loopback, with wheels made on the spot."""

import base64
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

_WHEEL = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Says nothing."""


def _wheel(name: str, version: str, module: str, needs: tuple[str, ...]) -> bytes:
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {need}\n" for need in needs)
    files = {
        f"{name}.py": module,
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": _WHEEL,
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
    return buffer.getvalue()


def _tarball(facts: dict[str, object], module: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in {"package.json": json.dumps(facts), "index.js": module}.items():
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    handler = partial(_Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(timeout=10)


@pytest.fixture(autouse=True)
def own_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of another run is found, and nothing is left for one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    return tmp_path / "cache" / "codeoptix-performance"


@pytest.fixture
def publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Puts a pure wheel into the index that uv is told to use."""
    folder = tmp_path / "index"
    folder.mkdir()

    def put(name: str, version: str = "1.0", module: str = "", needs: tuple[str, ...] = ()) -> None:
        place = folder / name
        place.mkdir(exist_ok=True)
        file = f"{name}-{version}-py3-none-any.whl"
        (place / file).write_bytes(_wheel(name, version, module, needs))
        links = "".join(f'<a href="{one.name}">{one.name}</a>' for one in place.glob("*.whl"))
        (place / "index.html").write_text(links)

    with _serving(folder) as address:
        monkeypatch.setenv("UV_DEFAULT_INDEX", address)
        yield put


@pytest.fixture
def publish_to_npm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """Puts a version of a package into the registry that npm is told to use; the last is latest."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    with _serving(folder) as address:

        def put(name: str, module: str = "", version: str = "1.0.0", **more: object) -> None:
            facts: dict[str, object] = {"name": name, "version": version, **more}
            content = _tarball(facts, module)
            file, packument = f"{name}-{version}.tgz", folder / name
            (folder / file).write_bytes(content)
            digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
            dist = {"tarball": f"{address}/{file}", "integrity": f"sha512-{digest}"}
            versions = json.loads(packument.read_text())["versions"] if packument.exists() else {}
            versions[version] = {**facts, "dist": dist, "hasInstallScript": "scripts" in more}
            tags = {"latest": version}
            known = {"name": name, "dist-tags": tags, "versions": versions}
            packument.write_text(json.dumps(known))

        monkeypatch.setenv("npm_config_registry", address)
        yield put
