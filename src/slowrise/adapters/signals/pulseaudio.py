"""The little of PulseAudio's native protocol that tells whether somebody records; PipeWire speaks it too.

libpulse through pulsectl would do the same for 3.9 MB of memory (PSS, measured on Debian 12), a thread, and a compiler
started at each import to look for the library. Here it is one socket on the loop. Names of programs, devices and
streams are stepped over and never kept.

A packet is a descriptor of five big-endian words, of which length and channel matter here, and a payload of values
each with a tag in front (pulsecore/tagstruct.h and native-common.h of PulseAudio).
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

from slowrise.ports.probe import Lost, Unavailable

DEADLINE = 3.0
"""Seconds for one answer; a sound server that takes longer hangs."""

NONE: Final = 0xFFFFFFFF
"""What the protocol has for "no such thing"; also the channel of a packet that is no sound."""

_VERSION = 19
"""The first to say whether a stream is corked. With a later one the server would offer memory to share."""

_REPLY, _AUTH, _SET_CLIENT_NAME, _SOURCE, _RECORDINGS, _SUBSCRIBE, _EVENT = 2, 8, 9, 23, 32, 35, 66
_OF_RECORDINGS = 0x0008
_RECORDING_FIELDS = 13
_HEAD = 2
"""Values that every packet begins with: its command and its tag."""

_ODD = "the sound server says what it should not"
_DESCRIPTOR = struct.Struct(">5I")
LONGEST_PACKET = 1 << 20
"""Bytes in a packet that is believed: five hundred streams. What is read of it takes eight times as many."""

_COOKIE = 256
"""Bytes in a cookie."""

_SIZES = {b"L": 4, b"B": 1, b"V": 4, b"R": 8, b"r": 8, b"U": 8, b"T": 8, b"a": 6, b"1": 0, b"0": 0, b"N": 0}


class Pulse:
    """A connection. For one task at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._tag = 0
        self._stirred = False

    async def greet(self) -> None:
        """Say who we are and that we want to hear of recordings."""
        if not await self._answer(0):
            raise Lost("the sound server does not let us in")
        await self._ask(_SET_CLIENT_NAME, _property("application.name", "slowrise"))
        await self._ask(_SUBSCRIBE, _word(_OF_RECORDINGS))

    async def recorders(self) -> set[int]:
        """The streams by which programs record from a microphone now.

        Not those that are corked, nor those of the server's own modules (echo cancelling keeps one open), nor those
        that listen to what a speaker plays, as a level meter does.
        """
        self._stirred = False
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
        """Wait until recordings have begun, ended or changed since they were last asked for."""
        while not self._stirred:
            await self._read()

    async def _is_monitor(self, source: int) -> bool:
        values = await self._ask(_SOURCE, _word(source) + b"N")
        return len(values) > 8 and values[8] != NONE  # noqa: PLR2004 (the ninth field is the sink that is monitored)

    async def _ask(self, command: int, payload: bytes = b"") -> list[int]:
        self._tag += 1
        self._writer.write(_packet(command, self._tag, payload))
        return await self._answer(self._tag)

    async def _answer(self, tag: int) -> list[int]:
        """The answer to the request of that tag; empty if it is an error, as when a stream has ended meanwhile."""
        try:
            async with asyncio.timeout(DEADLINE):
                while True:
                    command, answered, *values = await self._read()
                    if answered == tag and command != _EVENT:
                        return values if command == _REPLY else []
        except TimeoutError as error:
            raise Lost("the sound server does not answer") from error

    async def _read(self) -> list[int]:
        """The next packet that is no sound: its command, its tag, its values."""
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
        self._stirred |= values[0] == _EVENT
        return values


@asynccontextmanager
async def connect() -> AsyncGenerator[Pulse]:
    """A connection that is closed at the end. Raises `Lost` if there is no server now; never starts one."""
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


def probe() -> None:
    """Raise `Unavailable` unless something listens where the sound server should."""
    path = _path()
    try:
        with socket.socket(socket.AF_UNIX) as tried:
            tried.settimeout(DEADLINE)
            tried.connect(path)
    except OSError as error:
        fix = "start pipewire-pulse or pulseaudio; calls are not seen without"
        raise Unavailable(f"no sound server listens at {path}", fix) from error


def _path() -> str:
    if sys.platform == "win32":
        raise Unavailable("Windows has no such sound server", "")
    told = os.environ.get("PULSE_SERVER", "")
    if told:
        path = told.rpartition("}")[2].removeprefix("unix:")
        if not path.startswith("/"):
            raise Unavailable("PULSE_SERVER names no Unix socket", "unset it, or name the socket: unix:/path")
        return path
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    return f"{os.environ.get('PULSE_RUNTIME_PATH') or f'{runtime}/pulse'}/native"


async def _open() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    connected = socket.socket(socket.AF_UNIX)
    try:
        connected.setblocking(False)
        await asyncio.wait_for(asyncio.get_running_loop().sock_connect(connected, _path()), DEADLINE)
        # The server lets its own user in by these credentials, and others by the cookie.
        who = struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
        hello = _packet(_AUTH, 0, _word(_VERSION) + _blob(_cookie()))
        connected.sendmsg([hello], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, who)])
        return await asyncio.open_unix_connection(sock=connected)
    except BaseException:
        connected.close()
        raise


def _cookie() -> bytes:
    """The secret that users of one server share; zeros where there is none."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    for path in (os.environ.get("PULSE_COOKIE"), config / "pulse/cookie", Path.home() / ".pulse-cookie"):
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
    """A list of one property."""
    data = value.encode() + b"\0"
    return b"Pt" + key.encode() + b"\0" + _word(len(data)) + _blob(data) + b"N"


def _values(payload: bytes) -> Iterator[int]:
    """The values in order: words and booleans as they are, and 0 in the place of anything else."""
    at = 0
    while at < len(payload):
        tag, begin = payload[at : at + 1], at + 1
        at = _past_properties(payload, begin) if tag == b"P" else _past(payload, at)
        yield int.from_bytes(payload[begin:at]) if tag == b"L" else int(tag == b"1")


def _past(payload: bytes, at: int) -> int:
    """Where the value ends that begins at `at`."""
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
    """Where the list of key, length and bytes ends, behind a null string."""
    while payload[at : at + 1] == b"t":
        for _ in range(3):
            at = _past(payload, at)
    return _past(payload, at)
