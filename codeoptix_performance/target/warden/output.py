"""What an app writes to its standard output and error, kept in part; for the warden."""

from __future__ import annotations

import os

_HEAD_BYTES = 16 * 1024
_TAIL_BYTES = 64 * 1024
_PIPE_BYTES = 1024 * 1024


class Output:
    """The first and the last bytes an app wrote, and how many there were."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.head, self.tail, self.count = b"", b"", 0
        try:
            import fcntl  # noqa: PLC0415 - only here, and absent on some systems

            fcntl.fcntl(self.writer, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        except (ImportError, AttributeError, OSError):
            pass  # a smaller pipe only means more turns

    def drain(self, turns: int = 16) -> bool:
        """Takes what is there, at most ``turns`` times 64 KiB; whether the pipe is still open."""
        for _ in range(turns):
            try:
                chunk = os.read(self.reader, _TAIL_BYTES)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            self.count += len(chunk)
            self._keep(chunk)
        return True

    def add(self, words: str) -> None:
        """A line of ours after the app's own."""
        self._keep(b"\n" * (self.tail[-1:] not in (b"", b"\n")) + words.encode() + b"\n")

    def _keep(self, chunk: bytes) -> None:
        self.head += chunk[: _HEAD_BYTES - len(self.head)]
        self.tail = (self.tail + chunk)[-_TAIL_BYTES:]
