"""The part of PulseAudio's native protocol that shows whether a program records. PipeWire supports it too.

libpulse through pulsectl would do the same, but costs 3.9 MB of memory (PSS, measured on Debian 12), a thread, and a
compiler run at each import to find the library. This module needs one socket on the loop. It skips the names of
programs, devices and streams.

A packet is a descriptor of five big-endian words (only length and channel matter here) and a payload of values, each
after a tag (pulsecore/tagstruct.h and native-common.h of PulseAudio).
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from slowrise.adapters.system.programs import home
from slowrise.ports.probe import Lost, Unavailable

DEADLINE = 3.0
"""Seconds for one answer. A sound server that takes longer hangs."""

NONE: Final = 0xFFFFFFFF
"""The protocol's value for "none", and the channel of a packet that is no sound."""

_VERSION = 19
"""The first version that reports whether a stream is corked. In later versions the server offers shared memory."""

_REPLY, _AUTH, _SET_CLIENT_NAME, _SOURCE, _RECORDINGS, _SUBSCRIBE, _EVENT = 2, 8, 9, 23, 32, 35, 66
_OF_RECORDINGS = 0x0008
_RECORDING_FIELDS = 13
_HEAD = 2
"""The number of values that every packet begins with: its command and its tag."""

_ODD = "the sound server sends an unexpected packet"
_DESCRIPTOR = struct.Struct(">5I")
LONGEST_PACKET = 1 << 20
"""Bytes in the longest accepted packet: five hundred streams. Parsed, it takes eight times the memory."""

_COOKIE = 256
"""Bytes in a cookie."""

_SIZES = {b"L": 4, b"B": 1, b"V": 4, b"R": 8, b"r": 8, b"U": 8, b"T": 8, b"a": 6, b"1": 0, b"0": 0, b"N": 0}


class Pulse:
    """A connection, for one task at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._tag = 0
        self._has_changed = False

    async def greet(self) -> None:
        """Log in and subscribe to changes of recordings."""
        if not await self._answer(0):
            raise Lost("the sound server refuses access")
        await self._ask(_SET_CLIENT_NAME, _property("application.name", "slowrise"))
        await self._ask(_SUBSCRIBE, _word(_OF_RECORDINGS))

    async def recorders(self) -> set[int]:
        """Return the streams through which programs record from a microphone now.

        Three kinds do not count: corked streams, streams of the server's own modules (echo cancelling keeps one open),
        and streams that record the output of a speaker, such as a level meter's.
        """
        self._has_changed = False
        values = await self._ask(_RECORDINGS)
        if len(values) % _RECORDING_FIELDS:
            raise Lost(_ODD)
        found = set()
        for at in range(0, len(values), _RECORDING_FIELDS):
            stream, _, _, client, source, *_, corked = values[at : at + _RECORDING_FIELDS]
            if client != NONE and not corked and not await self._is_monitor(source):
                found.add(stream)
        return found

    async def changed(self) -> None:
        """Wait until recordings have begun, ended or changed since the last call of `recorders`."""
        while not self._has_changed:
            await self._read()

    async def _is_monitor(self, source: int) -> bool:
        values = await self._ask(_SOURCE, _word(source) + b"N")
        return len(values) > 8 and values[8] != NONE  # noqa: PLR2004 (the ninth field is the monitored sink)

    async def _ask(self, command: int, payload: bytes = b"") -> list[int]:
        self._tag += 1
        self._writer.write(_packet(command, self._tag, payload))
        return await self._answer(self._tag)

    async def _answer(self, tag: int) -> list[int]:
        """Return the answer to the request with this tag; empty for an error, such as a stream that ended meanwhile."""
        try:
            async with asyncio.timeout(DEADLINE):
                while True:
                    command, answered, *values = await self._read()
                    if answered == tag and command != _EVENT:
                        return values if command == _REPLY else []
        except TimeoutError as error:
            raise Lost("the sound server does not answer") from error

    async def _read(self) -> list[int]:
        """Return the next packet that is no sound: command, tag and values."""
        try:
            while True:
                length, channel, *_ = _DESCRIPTOR.unpack(await self._reader.readexactly(_DESCRIPTOR.size))
                if length > LONGEST_PACKET:
                    raise Lost(_ODD)
                payload = await self._reader.readexactly(length)
                if channel == NONE:
                    break
            values = list(_values(payload))
        except (asyncio.IncompleteReadError, OSError) as error:
            raise Lost("the sound server went away") from error
        except (IndexError, struct.error, ValueError) as error:
            raise Lost(_ODD) from error
        if len(values) < _HEAD:
            raise Lost(_ODD)
        self._has_changed |= values[0] == _EVENT
        return values


@asynccontextmanager
async def connect() -> AsyncGenerator[Pulse]:
    """Connect, and close the connection at the end. Raises `Lost` if no server runs now; never starts one."""
    try:
        reader, writer = await _open()
    except (Unavailable, OSError) as error:
        raise Lost("the sound server cannot be reached") from error
    try:
        pulse = Pulse(reader, writer)
        await pulse.greet()
        yield pulse
    finally:
        writer.close()


async def probe() -> None:
    """Raise `Unavailable` unless a process listens on the sound server's socket."""
    path = _path()
    try:
        with socket.socket(socket.AF_UNIX) as attempt:
            await _connect(attempt, path)
    except OSError as error:
        fix = "start pipewire-pulse or pulseaudio; without it, calls are not seen"
        raise Unavailable(f"no sound server listens at {path}", fix) from error


def _path() -> str:
    if sys.platform == "win32":
        raise Unavailable("Windows has no PulseAudio or PipeWire", "")
    address = os.environ.get("PULSE_SERVER", "")
    if address:
        path = address.rpartition("}")[2].removeprefix("unix:")
        if not path.startswith("/"):
            raise Unavailable("PULSE_SERVER is no Unix socket", "unset it, or set it to the socket: unix:/path")
        return path
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    return f"{os.environ.get('PULSE_RUNTIME_PATH') or f'{runtime}/pulse'}/native"


async def _connect(unconnected: socket.socket, path: str) -> None:
    unconnected.setblocking(False)
    async with asyncio.timeout(DEADLINE):
        await asyncio.get_running_loop().sock_connect(unconnected, path)


async def _open() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    connected = socket.socket(socket.AF_UNIX)
    try:
        await _connect(connected, _path())
        # The server accepts its own user by these credentials, and other users by the cookie.
        credentials = struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
        hello = _packet(_AUTH, 0, _word(_VERSION) + _blob(_cookie()))
        connected.sendmsg([hello], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, credentials)])
        return await asyncio.open_unix_connection(sock=connected)
    except BaseException:
        connected.close()
        raise


def _cookie() -> bytes:
    """Return the secret that the users of one server share; zeros if there is none."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home() / ".config")
    for path in (os.environ.get("PULSE_COOKIE"), config / "pulse/cookie", home() / ".pulse-cookie"):
        if path and Path(path).is_file():
            with Path(path).open("rb") as file:
                return file.read(_COOKIE)
    return bytes(_COOKIE)


def _packet(command: int, tag: int, payload: bytes) -> bytes:
    content = _word(command) + _word(tag) + payload
    return _DESCRIPTOR.pack(len(content), NONE, 0, 0, 0) + content


def _word(value: int) -> bytes:
    return struct.pack(">cI", b"L", value)


def _blob(data: bytes) -> bytes:
    return struct.pack(">cI", b"x", len(data)) + data


def _property(key: str, value: str) -> bytes:
    """Encode a list of one property."""
    data = value.encode() + b"\0"
    return b"Pt" + key.encode() + b"\0" + _word(len(data)) + _blob(data) + b"N"


def _values(payload: bytes) -> Iterator[int]:
    """Yield the values in order: words and booleans as they are, and 0 for every other type."""
    at = 0
    while at < len(payload):
        tag, begin = payload[at : at + 1], at + 1
        at = _past_properties(payload, begin) if tag == b"P" else _past(payload, at)
        yield int.from_bytes(payload[begin:at]) if tag == b"L" else int(tag == b"1")


def _past(payload: bytes, at: int) -> int:
    """Return where the value that begins at `at` ends."""
    tag, rest = payload[at : at + 1], at + 1
    if tag == b"t":
        return payload.index(b"\0", rest) + 1
    if tag == b"x":
        return rest + 4 + int.from_bytes(payload[rest : rest + 4])
    if tag == b"m":
        return rest + 1 + payload[rest]
    if tag == b"v":
        return rest + 1 + 4 * payload[rest]
    if tag not in _SIZES:
        raise ValueError(tag)
    return rest + _SIZES[tag]


def _past_properties(payload: bytes, at: int) -> int:
    """Return where the list of key, length and bytes ends, after a null string."""
    while payload[at : at + 1] == b"t":
        for _ in range(3):
            at = _past(payload, at)
    return _past(payload, at)
