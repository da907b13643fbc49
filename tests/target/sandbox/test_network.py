"""Where a held app's words can go: nowhere but to whoever asked it."""

import contextlib
import socket
import threading
from pathlib import Path

import pytest
from held_apps import Held, ending_of, last_words, nobody_came, wait_for

from codeoptix_performance.target.process import Listener

CONNECT = """
    import json, socket, sys
    def connects(*address):
        kind = socket.AF_INET if len(address) == 2 else socket.AF_UNIX
        with socket.socket(kind) as attempt:
            attempt.settimeout(2)
            try:
                attempt.connect(address if len(address) == 2 else address[0])
            except OSError as error:
                return type(error).__name__
            return True
"""


def test_no_port_of_this_machine_is_reached(bwrap, outside):
    """Its own loopback works, and is not ours."""
    code = f"""
{CONNECT}
    own = socket.create_server(("127.0.0.1", 0))
    print(json.dumps([connects("127.0.0.1", int(sys.argv[1])), connects(*own.getsockname())]))
    """

    assert ["ConnectionRefusedError", True] == bwrap.said(code, outside.getsockname()[1])
    assert nobody_came(outside)


def test_there_is_no_other_interface_and_no_route(bwrap):
    """Another host is not even tried; the address is one that is set aside for documentation."""
    code = f"""
{CONNECT}
    names = [name for _, name in socket.if_nameindex()]
    print(json.dumps([names, connects("192.0.2.1", 80)]))
    """

    names, connected = bwrap.said(code)

    assert ["lo"] == names
    assert "OSError" == connected


@pytest.fixture
def name_server():
    """Answers every question on a port of this machine; which, and what was asked so far."""
    asked = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def answer():
            while (question := server.recvfrom(512))[0] != b"end":
                asked.append(question[0])
                server.sendto(b"answer", question[1])

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1], asked
        server.sendto(b"end", server.getsockname())
        thread.join(10)


def test_names_are_not_looked_up(bwrap, name_server):
    """There is nobody to ask; where the network is open, the same question is answered."""
    code = """
        import json, os, socket, sys
        question = b"".join((
            b"\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00",
            b"\\x07example\\x07invalid\\x00\\x00\\x01\\x00\\x01",
        ))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(2)
            try:
                asking.sendto(question, ("127.0.0.1", int(sys.argv[1])))
                answered = asking.recv(512) == b"answer"
            except OSError:
                answered = False
        print(json.dumps([answered, os.path.exists("/etc/resolv.conf")]))
    """
    port, asked = name_server

    assert [False, False] == bwrap.said(code, port)
    assert [] == asked
    is_configured = Path("/etc/resolv.conf").exists()
    assert [True, is_configured] == Held("bwrap", allow_network=True).said(code, port)
    assert 1 == len(asked)


def test_sockets_without_a_file_are_the_apps_own(bwrap):
    """Such names belong to a network; ours is another."""
    with socket.socket(socket.AF_UNIX) as listener:
        name = f"codeoptix-test-{id(listener)}"
        listener.bind("\0" + name)
        listener.listen()
        code = f"{CONNECT}\n    print(json.dumps(connects(chr(0) + sys.argv[1])))"

        assert "ConnectionRefusedError" == bwrap.said(code, name)


def test_a_second_port_is_open_inside_only(bwrap):
    """The doorway leads to the port it was made for, and nobody here can dial either."""
    code = """
        import socket, time
        for answer in (b"1", b"2"):
            server = socket.create_server(("127.0.0.1", 0))
            print(server.getsockname()[1])
            globals()[f"server{answer}"] = server
        time.sleep(60)
    """
    with bwrap.running(code) as app:
        assert wait_for(lambda: len(app.listeners()) == 2)
        for listener in app.listeners():
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", listener.port), 2)
            with app.doorway(listener).connect(5) as connection:
                assert ("127.0.0.1", listener.port) == connection.getpeername()


ESCAPES = """
    import ctypes, json, socket, struct, sys

    OUTSIDE = ("127.0.0.1", int(sys.argv[1]))
    inside = socket.create_server(("127.0.0.1", 0))
    libc = ctypes.CDLL(None, use_errno=True)

    def forget(sock):
        libc.connect(sock.fileno(), struct.pack("H14x", socket.AF_UNSPEC), 16)

    def shut(sock):
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def by_connect(sock, address):
        sock.connect(address)

    def by_fast_open(sock, address):
        sock.sendto(b"secret", socket.MSG_FASTOPEN, address)

    def tried(sock, loosen, reach, address):
        sock.settimeout(2)
        try:
            for step in loosen:
                step(sock)
            reach(sock, address)
        except OSError as error:
            return type(error).__name__
        return "reached"

    server = socket.create_server(("127.0.0.1", 8000))
    accepted = [server.accept()[0] for _ in range(6)]
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in range(6)]
    ways = [(shut,), (forget,), (shut, forget)]
    answers = {}
    for kind, sockets in (("accepted", accepted), ("listening", listening)):
        for (loosen, reach), sock in zip(
            [(way, reach) for way in ways for reach in (by_connect, by_fast_open)], sockets
        ):
            name = " ".join([kind, *(step.__name__ for step in loosen), reach.__name__])
            answers[name] = tried(sock, loosen, reach, OUTSIDE)
    fresh = socket.socket()
    answers["control"] = tried(fresh, (), by_connect, inside.getsockname())
    print(json.dumps(answers), flush=True)
"""


def test_no_socket_that_the_app_has_is_a_way_out(bwrap, outside):
    """Neither one it accepted nor one it listens on, whatever is done to loosen it first."""
    port = outside.getsockname()[1]
    with bwrap.running(ESCAPES, port) as app:
        assert wait_for(lambda: Listener("127.0.0.1", 8000) in app.listeners())
        doorway = app.doorway(Listener("127.0.0.1", 8000))
        with contextlib.ExitStack() as stack:
            for _ in range(6):
                with contextlib.suppress(ConnectionError):  # the last may be broken off at once
                    stack.enter_context(doorway.connect(5))
            assert 0 == ending_of(app).code, app.log_tail()
        answers = last_words(app)

    assert "reached" == answers.pop("control")
    assert 12 == len(answers)
    assert "reached" not in answers.values(), answers
    assert nobody_came(outside)


BROKER = """
    import array, ctypes, json, os, socket, sys
    libc = ctypes.CDLL(None, use_errno=True)

    def tried(attempt):
        try:
            return attempt()
        except OSError as error:
            return type(error).__name__

    def taken_by_pidfd():
        pidfd = os.pidfd_open(1)
        got = [libc.syscall(438, pidfd, fd, 0) for fd in range(3, 12)]
        return "taken" if max(got) >= 0 else "PermissionError"

    def traced():
        return "taken" if libc.ptrace(16, 1, 0, 0) == 0 else "PermissionError"

    def memory():
        return "taken" if open("/proc/1/mem", "rb") else ""

    answers = {
        "own descriptors": sorted(os.listdir("/proc/self/fd")),
        "list": tried(lambda: "taken" if os.listdir("/proc/1/fd") else ""),
        "open": tried(lambda: "taken" if open("/proc/1/fd/4") else ""),
        "pidfd": tried(taken_by_pidfd),
        "trace": tried(traced),
        "memory": tried(memory),
        "environment": tried(lambda: "taken" if open("/proc/1/environ", "rb").read() else ""),
    }
    for number in range(1, 65):
        tried(lambda: os.kill(1, number))
    os.write(1, json.dumps(answers).encode() + b"\\n")
    server = socket.create_server(("127.0.0.1", 8000))
    while True:
        server.accept()[0].sendall(b"still here")
"""


def test_the_brokers_sockets_stay_the_brokers(bwrap):
    """It cannot be read, traced or killed from inside, and goes on with its work."""
    with bwrap.running(BROKER) as app:
        assert wait_for(app.listeners), app.log_tail()
        answers = last_words(app)
        with app.doorway(Listener("127.0.0.1", 8000)).connect(5) as connection:
            assert b"still here" == connection.recv(64)

    assert ["0", "1", "2", "3"] == answers.pop("own descriptors")
    assert {"PermissionError"} == set(answers.values()), answers


def test_the_network_is_open_where_that_was_asked_for(outside):
    """And then the app can be dialed like any other."""
    code = f"""
{CONNECT}
    print(json.dumps(connects("127.0.0.1", int(sys.argv[1]))))
    """
    held = Held("bwrap", allow_network=True)

    assert held.said(code, outside.getsockname()[1]) is True
    assert not nobody_came(outside)
    assert "network" not in held.hold().isolation.promises
    assert "open" in held.hold().isolation.sentence
