"""A server on loopback that does to each connection what a script says, byte by byte."""

import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ABORT = struct.pack("ii", 1, 0)


class Ending(Enum):
    """What the server does with a connection after its answer."""

    SERVE = "serves the next request"
    CLOSE = "closes"
    RESET = "resets"
    SILENCE = "says nothing more"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server read it; connections are counted from 0."""

    connection: int
    method: str
    path: str
    cookie: str


class Line:
    """One accepted connection. Its methods raise ``OSError`` once the client is gone."""

    def __init__(self, connection, number):
        self.number = number
        self.asked = 0
        self.port = connection.getsockname()[1]
        self._socket = connection
        self._buffer = b""
        self._body_left = 0

    def read(self):
        """The next request's head, or None at the end; ``drain`` reads its body."""
        while b"\r\n\r\n" not in self._buffer:
            block = self._socket.recv(65536)
            if not block:
                return None
            self._buffer += block
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        words = head.decode("latin-1")
        method, path, _ = words.split("\r\n")[0].split(" ")
        length = re.search(r"(?im)^content-length: *(\d+)", words)
        cookie = re.search(r"(?im)^cookie: *([^\r]*)", words)
        self._body_left = int(length[1]) if length else 0
        self.asked += 1
        return Asked(self.number, method, path, cookie[1] if cookie else "")

    def drain(self):
        """Reads what is left of the request's body."""
        while self._body_left > len(self._buffer):
            self._body_left -= len(self._buffer)
            self._buffer = self._socket.recv(65536)
            if not self._buffer:
                return
        self._buffer = self._buffer[self._body_left :]
        self._body_left = 0

    def send(self, block):
        """One block, whole."""
        self._socket.sendall(block)

    def send_slowly(self, pieces, pause):
        """One piece after the other, ``pause`` seconds apart."""
        for piece in pieces:
            self._socket.sendall(piece)
            time.sleep(pause)

    def end(self, ending):
        """Does what ``ending`` says; True while requests may follow."""
        match ending:
            case Ending.SERVE:
                self.drain()
                return True
            case Ending.RESET:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            case Ending.SILENCE:
                while self._socket.recv(65536):
                    pass
        return False


Script = Callable[[Line, Asked], Ending]


def serve_plainly(line, asked):  # noqa: ARG001 # a script
    """The answer to whatever no script is about: two bytes, kept alive."""
    line.send(PLAIN)
    return Ending.SERVE


class RawServer:
    """Answers by ``scripts`` (path → script), everything else plainly; a thread per connection.

    ``log`` holds every request in the order in which they were read; ``settled`` is set once
    everything about the first is done. ``listens`` false leaves the port bound and closed;
    ``reads_bodies`` false leaves a request's body unread until
    its script has ended.
    """

    def __init__(self, scripts, *, host="127.0.0.1", tls=None, listens=True, reads_bodies=True):
        self.log = []
        self.errors = []
        self.settled = threading.Event()
        self._scripts = scripts
        self._tls = tls
        self._reads_bodies = reads_bodies
        self._open = set()
        self._listens = listens
        self._listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._listener.bind((host, 0))
        port = self._listener.getsockname()[1]
        netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.url = f"{'https' if tls else 'http'}://{netloc}"
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self):
        if self._listens:
            self._listener.listen()
            self._threads[0].start()
        return self

    def __exit__(self, *_):
        if self._listens:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._threads[0].join(10)
        self._listener.close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # its own thread was faster
        for thread in self._threads[1:]:
            thread.join(10)
        if self.errors:
            raise self.errors[0]

    def _accept(self):
        number = 0
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(connection)
            thread = threading.Thread(target=self._attend, args=(connection, number))
            self._threads.append(thread)
            thread.start()
            number += 1

    def _attend(self, connection, number):
        used = connection
        try:
            if self._tls is not None:
                used = self._tls.wrap_socket(connection, server_side=True)
                self._open.add(used)
            self._converse(Line(used, number))
        except OSError:
            return  # the client is gone, or was never content with the certificate
        except Exception as error:  # noqa: BLE001 # a script's defect fails the test that runs it
            self.errors.append(error)
        finally:
            self._open -= {connection, used}
            used.close()
            connection.close()
            self.settled.set()

    def _converse(self, line):
        while (asked := line.read()) is not None:
            self.log.append(asked)
            if self._reads_bodies:
                line.drain()
            script = self._scripts.get(asked.path, serve_plainly)
            if not line.end(script(line, asked)):
                return
            self.settled.set()
