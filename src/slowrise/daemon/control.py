"""Asking the daemon: one request a connection on a Unix socket, JSON a line each way.

    {"do": "hold", "with": {"for": "45m"}}   ->   {"ok": true, "result": {...}}
                                             or   {"ok": false, "error": "what is wrong", "code": 2}

`follow` is answered like `status`, and again whenever something changes, until the one who asked leaves. Here are the
words, the limits and the asking side, which commands load and which therefore does without asyncio; the answering side
is `control_server`.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

LONGEST_REQUEST = 64 * 1024
"""Bytes of a request line; the longest of ours is some hundred."""

LONGEST_REPLY = 16 * 1024 * 1024
"""Bytes of a reply line; a month's summary with its spans has about one million."""

CLIENTS = 32
"""At one time, followers included; a status bar on every screen is five."""

FOLLOWERS = 24
"""Of those: a status bar that is started again and again leaves room for a command."""

REQUEST_WITHIN = 5.0
"""Seconds a client may take to send its request, and again to read its reply."""

ANSWER_WITHIN = 10.0
"""Seconds the daemon may take to answer."""

UNREAD = 256 * 1024
"""Bytes a follower may leave unread before it is dropped."""

ASK_WITHIN = ANSWER_WITHIN + 2.0
"""Seconds a command waits: longer than the daemon, whose own word on it then arrives first."""

RETRY = 0.02
"""Seconds until a socket with a full queue is tried again."""


class Request(msgspec.Struct, frozen=True, rename={"with_": "with"}):
    """What is asked for, and the particulars."""

    do: str
    with_: dict[str, Any] = {}


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """A result, or what is wrong with the exit code a command makes of it."""

    ok: bool
    result: dict[str, Any] | None = None
    error: str = ""
    code: int = 0


class Refused(Exception):
    """The daemon will not do it: the message says why, `code` is the exit code (1 ours, 2 wrong use)."""

    def __init__(self, reason: str, code: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class NotRunning(Exception):
    """Nobody answers at the socket; the message says what was found there."""


class Silent(NotRunning):
    """The daemon is there and takes too long."""


def ask(path: Path, do: str, with_: Mapping[str, Any] | None = None, *, timeout: float = ASK_WITHIN) -> dict[str, Any]:
    """The daemon's answer within so many seconds. Raises `NotRunning` or `Refused`."""
    with _connection(path, timeout) as connection:
        _send(connection, do, with_)
        for line in _lines(connection, until=time.monotonic() + timeout):
            return _result(line)
    raise NotRunning("slowrise ended before it answered")


def follow(path: Path) -> Iterator[dict[str, Any]]:
    """The status now and after every change, until the daemon ends. Raises `NotRunning` or `Refused`."""
    with _connection(path, ASK_WITHIN) as connection:
        _send(connection, "follow", None)
        lines = _lines(connection)
        yield from map(_result, islice(lines, 1))
        connection.settimeout(None)
        yield from map(_result, lines)


def peer_uid(connection: socket.socket) -> int:
    """The user at the other end. Where the kernel does not tell, the directory's 0700 has to do: our own."""
    if sys.platform != "linux":
        return os.geteuid()
    _, uid, _ = struct.unpack("iII", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(uid)


@contextmanager
def _connection(path: Path, timeout: float) -> Iterator[socket.socket]:
    if sys.platform == "win32":
        raise NotRunning("On Windows the daemon cannot run yet")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        try:
            _connect(connection, path, until=time.monotonic() + timeout)
            if (uid := peer_uid(connection)) != os.geteuid():
                raise NotRunning(f"{path} belongs to user {uid}; not asked")
            yield connection
        except (FileNotFoundError, ConnectionRefusedError):
            raise NotRunning("The daemon is not running") from None
        except TimeoutError:
            raise Silent(f"The daemon runs and does not answer within {timeout:g} s") from None
        except OSError as error:
            raise NotRunning(f"The daemon cannot be asked: {path}: {error.strerror or error}") from error


def _connect(connection: socket.socket, path: Path, *, until: float) -> None:
    """Connect; a socket whose queue is full says so at once, so it is asked again for a while."""
    while True:
        try:
            return connection.connect(os.fspath(path))
        except BlockingIOError:
            if time.monotonic() > until:
                raise TimeoutError from None
            time.sleep(RETRY)


def _send(connection: socket.socket, do: str, with_: Mapping[str, Any] | None) -> None:
    with suppress(BrokenPipeError):  # sent away unheard, and told why: that is still there to be read
        connection.sendall(msgspec.json.encode(Request(do, dict(with_ or {}))) + b"\n")


def _lines(connection: socket.socket, *, until: float | None = None) -> Iterator[bytes]:
    """Every whole line that comes, until the other end closes or, with `until`, that instant has passed."""
    pending = bytearray()
    while True:
        if until is not None:
            connection.settimeout(max(until - time.monotonic(), RETRY))
        received = connection.recv(64 * 1024)
        if not received:
            return
        pending += received
        while (end := pending.find(b"\n")) >= 0:
            yield bytes(pending[:end])
            del pending[: end + 1]
        if len(pending) > LONGEST_REPLY:
            raise NotRunning("what answers is not slowrise: its line has no end")


def _result(line: bytes) -> dict[str, Any]:
    try:
        reply = msgspec.json.decode(line, type=Reply)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise NotRunning("what answers is not slowrise: its line is not understood") from None
    if not reply.ok:
        raise Refused(reply.error, reply.code)
    return reply.result or {}
