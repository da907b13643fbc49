"""TLS against a certificate made for the test."""

import ssl
import subprocess

import pytest

from codeoptix_performance.errors import TargetError
from codeoptix_performance.examination.stretch import Prober
from codeoptix_performance.load.locust_engine import LocustEngine
from codeoptix_performance.load.plan import LoadPlan, steady_users
from codeoptix_performance.load.planning import plan_load
from codeoptix_performance.measurement.recorder import Recorder
from codeoptix_performance.settings.sources import settings_from
from codeoptix_performance.target.endpoint import Endpoint, Request
from codeoptix_performance.target.open import open_target


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


def asked_of(tls_app, **words):
    """What is asked before the load, in it, and in an examination: requests, and why they fail."""
    asked = {"url": tls_app.url, "endpoints": ["GET /ok"], "run_time": "20s", "wait_time": 0}
    settings = settings_from(asked | words, profile="api")
    with open_target(settings) as target:
        plan = plan_load(settings, target)
        recorder = Recorder(plan)
        LocustEngine().run(plan, recorder, lambda _: len(recorder.samples[0]) > 3)
        prober = Prober(settings, target, LocustEngine())
        stretch = prober.run(target.endpoints, 1, 5.0, enough=lambda counts: sum(counts) > 3)
        with prober.asker(5.0) as asker:
            answer = asker.get("/ok")
    causes = {*recorder.samples[0].causes, *(part.cause for part in stretch.parts), answer.cause}
    return len(recorder.samples[0]), stretch.requests, causes - {None}


@pytest.mark.parametrize("how", ["nobody looks", "the system trusts it"])
def test_a_certificate_is_taken_everywhere_or_nowhere(tls_app, certificate, monkeypatch, how):
    """Single questions before and after the load trust what the load trusts."""
    if how == "the system trusts it":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    loaded, examined, causes = asked_of(tls_app, verify_tls=how == "the system trusts it")

    assert (True, True, set()) == (loaded > 3, examined > 3, causes)


def test_a_certificate_nobody_vouches_for_is_told_before_the_load(tls_app):
    """An app that cannot be trusted is not asked anything."""
    with pytest.raises(TargetError, match="certificate verify failed"):
        asked_of(tls_app)

    assert [] == tls_app.requests
