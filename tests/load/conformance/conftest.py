import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from conformance.clients import Client

CERTIFICATES = ("trusted", "self-signed")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Two certificates for 127.0.0.1 and their keys, each signed by itself."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in CERTIFICATES:
        command = (
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
            "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 "
            f"-keyout {name}.key -out {name}.pem"
        )
        try:
            subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
        except FileNotFoundError:
            pytest.skip("openssl is not installed")
    return folder


@pytest.fixture(scope="module")
def start_client(certificates):
    """Starts a client by its name, in a process that trusts one of the two certificates."""
    tls = {}
    for name in CERTIFICATES:
        tls[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls[name].load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    environment = {**os.environ, "SSL_CERT_FILE": str(certificates / "trusted.pem")}
    clients = []

    def start(name):
        clients.append(Client(name, tls, environment))
        return clients[-1]

    yield start
    for client in clients:
        client.close()
