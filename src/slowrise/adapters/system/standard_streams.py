"""Standard input, output and error: always open, and for the daemon a standard error that never blocks.

A full pipe, or a terminal stopped with Ctrl-S, blocks the process that writes to it. The daemon would then record
nothing, answer nothing, and not end.
"""

from __future__ import annotations

import io
import os
import select
import signal
import stat
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

HELD = 64 * 1024
"""Bytes of text that wait at most for a slow reader; more is dropped."""
LAST_WAIT = 1.0
"""Seconds that the end of the program waits for the reader."""


def open_missing_streams() -> None:
    """Open those of the three that the parent closed, so that no other file gets their numbers.

    Input then has no line, output cannot be written, and messages on standard error go nowhere.
    """
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # the lowest free number, which is this one
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open as long as the process
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def discard_output() -> None:
    """Send to nowhere what is still buffered for standard output, which can no longer be written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def ends_with_terminal() -> bool:
    """Return whether this process belongs to a terminal, and ends when that is closed. `nohup` prevents it."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return False
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


class NeverBlocking(io.TextIOBase):
    """A text stream that holds a limited amount of text while its reader is slow, and notes how many lines it dropped.

    Threads may share it.
    """

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, number: int) -> None:
        self._number = number
        self._output = _reopened(number)
        self._held: deque[bytes] = deque()
        self._size = 0
        self._dropped = 0
        """Lines dropped since the reader became slow."""
        self._loop: AbstractEventLoop | None = None
        self._is_waiting = False
        """The loop waits for the reader."""
        self._lock = RLock()

    def fileno(self) -> int:
        """Return the descriptor of the stream."""
        return self._number

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return os.isatty(self._number)

    def writable(self) -> bool:
        """Return that it takes text."""
        return True

    def write(self, text: str) -> int:
        """Write now what the reader takes, and hold or drop the rest."""
        with self._lock:
            content = text.encode(self.encoding, self.errors)
            if self._size + len(content) > HELD:
                self._dropped += content.count(b"\n")
            else:
                self._held.append(content)
                self._size += len(content)
            self.flush()
            if self._held and self._loop is not None and not self._is_waiting:
                self._is_waiting = True
                self._loop.call_soon_threadsafe(self._wait, self._loop)
        return len(text)

    def flush(self) -> None:
        """Write what the reader takes now."""
        with self._lock:
            while self._held and self._is_ready(0.0) and self._write_some():
                pass

    def drain(self) -> None:
        """Write everything, but wait no longer than `LAST_WAIT` for the reader."""
        until = time.monotonic() + LAST_WAIT
        with self._lock:
            while self._held and self._is_ready(max(until - time.monotonic(), 0.0)) and self._write_some():
                pass

    @contextmanager
    def written_in(self, loop: AbstractEventLoop) -> Iterator[None]:
        """Write what is held as soon as the reader takes it, in this loop, while the block runs."""
        self._loop = loop
        try:
            yield
        finally:
            self._loop = None
            if self._is_waiting:
                loop.remove_writer(self._output)

    def _wait(self, loop: AbstractEventLoop) -> None:
        with suppress(OSError):  # the system has no events for this kind of file; the next line tries again
            loop.add_writer(self._output, self._on_ready, loop)

    def _on_ready(self, loop: AbstractEventLoop) -> None:
        with self._lock:
            self.flush()
            if not self._held:
                loop.remove_writer(self._output)
                self._is_waiting = False

    def _is_ready(self, seconds: float) -> bool:
        waiting = select.poll()
        waiting.register(self._output, select.POLLOUT)
        return bool(waiting.poll(seconds * 1000))

    def _write_some(self) -> bool:
        """Write one piece, and return whether there may be room for another."""
        # The kernel takes so many bytes at once if it takes any, also where the descriptor could block.
        content = self._held[0][: select.PIPE_BUF]
        try:
            written = os.write(self._output, content)
        except BlockingIOError:
            return False
        except OSError:  # the reader has gone, or the disk is full
            self._held.clear()
            self._size = 0
            return False
        self._size -= written
        if rest := self._held.popleft()[written:]:
            self._held.appendleft(rest)
        elif not self._held and self._dropped:
            note = f"WARNING {self._dropped} lines of this log are missing: they were not read in time\n".encode()
            self._dropped = 0
            self._held.append(note)
            self._size = len(note)
        return True


def _reopened(number: int) -> int:
    """Return a descriptor of the same pipe or terminal that does not block. Others who share the old one are spared."""
    kind = os.fstat(number).st_mode
    if stat.S_ISFIFO(kind) or stat.S_ISCHR(kind):
        with suppress(OSError):
            return os.open(f"/proc/self/fd/{number}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    return os.dup(number)
