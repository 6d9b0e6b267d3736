"""Asks the daemon: one request per connection to a Unix socket, one line of JSON each way.

    {"do": "hold", "with": {"seconds": 2700}} ->   {"ok": true, "result": {...}}
                                              or   {"ok": false, "error": "what is wrong", "code": 2}

`follow` is answered like `status`, and again after each change, until the client disconnects. This module has the
messages, the limits and the client. Commands load it, so it does without asyncio. The server is `control_server`.
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

from slowrise.daemon.exit_codes import ExitCode

LONGEST_REQUEST = 64 * 1024
"""Bytes of a request line; our longest has a few hundred."""

LONGEST_REPLY = 16 * 1024 * 1024
"""Bytes of a reply line; a month's summary with its spans has about one million."""

CLIENTS = 32
"""Clients at one time, followers included. Judgement: a status bar on every screen makes five."""

FOLLOWERS = 24
"""Followers at one time: fewer, so that status bars that never disconnect leave room for a command."""

REQUEST_WITHIN = 5.0
"""Seconds for a client to send its request, and as many to read the reply."""

ANSWER_WITHIN = 10.0
"""Seconds for the daemon to answer."""

UNREAD = 256 * 1024
"""Bytes that a follower may leave unread; with more the server drops it."""

ASK_WITHIN = ANSWER_WITHIN + 2.0
"""Seconds that a command waits: longer than the daemon does, so that its own error arrives first."""

RETRY = 0.02
"""Seconds between two attempts to connect to a socket whose queue is full."""


class Request(msgspec.Struct, frozen=True, rename={"with_": "with"}):
    """A command and its arguments."""

    do: str
    with_: dict[str, Any] = {}


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """A result, or an error with the exit code for the command."""

    ok: bool
    result: dict[str, Any] | None = None
    error: str = ""
    code: int = 0


class Refused(Exception):
    """The daemon refuses a request: the message is the reason, `code` the exit code for the command."""

    def __init__(self, reason: str, code: int = ExitCode.ERROR) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class NotRunning(Exception):
    """No daemon answers at the socket; the message describes what is there."""


class Absent(NotRunning):
    """No daemon runs."""

    def __init__(self) -> None:
        super().__init__("slowrise is not running")


class Silent(NotRunning):
    """The daemon runs and does not answer in time."""


def ask(path: Path, do: str, with_: Mapping[str, Any] | None = None, *, timeout: float = ASK_WITHIN) -> dict[str, Any]:
    """Return the daemon's answer. Raises `NotRunning` or `Refused`. `timeout`: seconds."""
    with _connection(path, timeout) as connection:
        _send(connection, do, with_)
        for line in _lines(connection, until=time.monotonic() + timeout):
            return _result(line)
    raise NotRunning("slowrise ended before it answered")


def follow(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the status now and after each change, until the daemon ends. Raises `NotRunning` or `Refused`."""
    with _connection(path, ASK_WITHIN) as connection:
        _send(connection, "follow", None)
        lines = _lines(connection)
        yield from map(_result, islice(lines, 1))
        connection.settimeout(None)
        yield from map(_result, lines)


def peer_uid(connection: socket.socket) -> int:
    """Return the user at the other end. Only Linux reports it; elsewhere the directory's mode 0700 must do."""
    if sys.platform != "linux":
        return os.geteuid()
    _, uid, _ = struct.unpack("iII", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(uid)


@contextmanager
def _connection(path: Path, timeout: float) -> Iterator[socket.socket]:
    if sys.platform == "win32":
        raise NotRunning("On Windows slowrise cannot run yet")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        try:
            _connect(connection, path, until=time.monotonic() + timeout)
            if (uid := peer_uid(connection)) != os.geteuid():
                raise NotRunning(f"{path} belongs to user {uid}; not asked")
            yield connection
        except (FileNotFoundError, ConnectionRefusedError):
            raise Absent from None
        except TimeoutError:
            raise Silent(f"slowrise runs and does not answer within {timeout:g} s") from None
        except OSError as error:
            raise NotRunning(f"slowrise cannot be asked: {path}: {error.strerror or error}") from error


def _connect(connection: socket.socket, path: Path, *, until: float) -> None:
    """Connect. A socket whose queue is full refuses at once, so try again for a while."""
    while True:
        try:
            return connection.connect(os.fspath(path))
        except BlockingIOError:
            if time.monotonic() > until:
                raise TimeoutError from None
            time.sleep(RETRY)


def _send(connection: socket.socket, do: str, with_: Mapping[str, Any] | None) -> None:
    with suppress(BrokenPipeError):  # the server refused us before it read the request; its reason can still be read
        connection.sendall(msgspec.json.encode(Request(do, dict(with_ or {}))) + b"\n")


def _lines(connection: socket.socket, *, until: float | None = None) -> Iterator[bytes]:
    """Yield every whole line, until the other end closes or, with `until`, that time has passed."""
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
            raise NotRunning("What answers is not slowrise: its line has no end")


def _result(line: bytes) -> dict[str, Any]:
    try:
        reply = msgspec.json.decode(line, type=Reply)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise NotRunning("What answers is not slowrise: its line is not understood") from None
    if not reply.ok:
        raise Refused(reply.error, reply.code)
    return reply.result or {}
