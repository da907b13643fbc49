"""TLS against a certificate made for the test."""

import ssl
import subprocess

import pytest

from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.target.endpoint import Endpoint, Request


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem"
    )
    try:
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def tls_app(app, certificate):
    """The app behind a TLS listener."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    serve = app._serve

    def serve_tls(connection):
        try:
            secured = context.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            app.open.discard(connection)
            return
        app.open.discard(connection)
        app.open.add(secured)
        serve(secured)

    app._serve = serve_tls
    app.url = app.url.replace("http:", "https:")
    return app


def _load(url, paths, timeout=5.0, wanted=1):
    """What a load of 0.4 s sees, or a longer one where the first path has no ``wanted`` answers."""
    endpoints = tuple(Endpoint("GET", path, "settings", (Request("GET", path),)) for path in paths)
    plan = LoadPlan(url, endpoints, steady_users(2, 100.0, 20.0), (0.01, 0.01), timeout, 0)
    recorder = Recorder(plan)
    LocustEngine().run(plan, recorder, lambda at: at > 0.4 and len(recorder.samples[0]) >= wanted)
    return recorder


def test_a_trusted_certificate(tls_app, certificate, monkeypatch):
    """With a certificate the system trusts, requests go through TLS over kept connections."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    recorder = _load(tls_app.url, ["/ok", "/chunked"], wanted=4)

    assert len(recorder.samples[0]) >= 4
    assert {} == recorder.samples[0].causes + recorder.samples[1].causes
    assert tls_app.connections == 2


def test_a_certificate_nobody_vouches_for(tls_app):
    """A certificate that is not trusted is a failure that says so, never ignored."""
    recorder = _load(tls_app.url, ["/ok"])

    assert ["its TLS certificate is not accepted: self-signed certificate"] == list(
        recorder.samples[0].causes
    )


@pytest.mark.parametrize(
    ("expected", "timeout"),
    [
        pytest.param(["no answer within 100 ms"], 0.1, id="given up"),
        pytest.param([], 5.0, id="cut off by the end of the run"),
    ],
)
def test_a_handshake_that_never_ends(app, expected, timeout):
    """An app that takes the connection and says nothing is hung; no socket stays open."""
    recorder = _load(app.url.replace("http:", "https:"), ["/ok"], timeout, len(expected))

    assert expected == list(recorder.samples[0].causes)
