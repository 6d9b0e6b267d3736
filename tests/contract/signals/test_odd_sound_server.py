"""A misbehaving sound server: each of its packets is understood or is a loss, and never an exception."""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slowrise.adapters.signals import pulseaudio
from slowrise.ports.probe import Lost
from support.desktop_programs import PATIENCE

REQUESTS = {"greeting": pulseaudio._AUTH, "recordings": pulseaudio._RECORDINGS, "source": pulseaudio._SOURCE}

values = st.lists(
    st.integers(0, 0xFFFFFFFF).map(pulseaudio._word)
    | st.sampled_from([b"N", b"1", b"0", b"tname\0", b"P", b"x\0\0\0\1", b"m\xff", b"z", b"", b"Ptkey\0", b"t", b"x"])
)
answers = values.map(b"".join) | st.binary(max_size=60)


RECORDING = pulseaudio._word(5) + b"N" + b"".join(map(pulseaudio._word, (0, 1, 0, *[0] * 7))) + b"0"


class Server:
    """Follows the protocol except for one request, and goes away soon after it."""

    def __init__(self, spoils: int, odd: bytes) -> None:
        self._spoils = spoils
        self._odd = odd
        self.left = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = 0
        with suppress(asyncio.IncompleteReadError, OSError):
            while (
                command not in {pulseaudio._SOURCE, pulseaudio._RECORDINGS}
                or self._spoils == pulseaudio._SOURCE != command
            ):
                length, *_ = struct.unpack(">5I", await reader.readexactly(20))
                command, tag = struct.unpack(">xIxI", (await reader.readexactly(length))[:10])
                if command == self._spoils:
                    writer.write(pulseaudio._packet(pulseaudio._REPLY, tag, self._odd))
                    # And a packet in which even the command is wrong.
                    writer.write(struct.pack(">5I", len(self._odd), pulseaudio.NONE, 0, 0, 0) + self._odd)
                else:
                    answer = RECORDING if command == pulseaudio._RECORDINGS else pulseaudio._word(0)
                    writer.write(pulseaudio._packet(pulseaudio._REPLY, tag, answer))
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        self.left.set()


async def listen() -> None:
    async with pulseaudio.connect() as server:
        while True:
            await server.recorders()
            await server.changed()


@pytest.mark.parametrize("request_", REQUESTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd=answers)
def test_an_odd_answer_is_a_loss_at_worst(private_home: Path, request_: str, odd: bytes) -> None:
    path = private_home / "run/pulse/native"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.unlink(missing_ok=True)

    async def monitor() -> None:
        server = Server(REQUESTS[request_], odd)
        async with await asyncio.start_unix_server(server.serve, path):
            with pytest.raises(Lost):
                await asyncio.wait_for(listen(), PATIENCE)
            await asyncio.wait_for(server.left.wait(), PATIENCE)

    asyncio.run(monitor())


def test_a_packet_beyond_the_limit_is_a_loss_before_it_is_read(private_home: Path) -> None:
    async def boast(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(struct.pack(">5I", pulseaudio.LONGEST_PACKET + 1, pulseaudio.NONE, 0, 0, 0))
        await writer.drain()
        writer.close()

    async def monitor() -> None:
        path = private_home / "run/pulse/native"
        path.parent.mkdir(mode=0o700)
        async with await asyncio.start_unix_server(boast, path):
            with pytest.raises(Lost, match="unexpected packet"):
                await asyncio.wait_for(listen(), PATIENCE)

    asyncio.run(monitor())
