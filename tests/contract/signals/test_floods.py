"""A peer on the bus that sends too much: long messages are skipped, and too many signals end the connection."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jeepney import DBusAddress, Message, new_signal
from jeepney.fds import FileDescriptor

from slowrise.adapters.system.dbus import MAX_UNREAD_SIGNALS, Bus, connect, names_on
from slowrise.adapters.system.dbus_messages import LONGEST_MESSAGE, Garbled, Messages
from slowrise.ports.probe import Lost
from support.desktop_programs import PATIENCE
from support.mock_bus import MockBus

NAME, PATH = "org.example.Loud", "/org/example/Loud"
LOUD = DBusAddress(PATH, NAME, NAME)
MIB = 1 << 20

PEER = f"""
import sys
from jeepney import DBusAddress, HeaderFields, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
connection = open_dbus_connection("SESSION")
connection.send_and_get_reply(message_bus.RequestName("{NAME}", 0))
print("there", flush=True)
for line in sys.stdin:
    times, size, to = line.split()
    signal = new_signal(DBusAddress("{PATH}", None, "{NAME}"), "Rang", "ay", (bytes(int(size)),))
    if to != "all":
        signal.header.fields[HeaderFields.destination] = to
    for _ in range(int(times)):
        connection.send(signal)
"""


class Loud:
    """A peer on the session bus that sends as many signals as a test wants."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def begin(cls) -> Loud:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PEER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout
        assert await asyncio.wait_for(process.stdout.readline(), PATIENCE) == b"there\n"
        return cls(process)

    def send(self, times: int, size: int, to: str = "all") -> None:
        """Send this many signals with this many bytes in each."""
        assert self._process.stdin
        self._process.stdin.write(f"{times} {size} {to}\n".encode())

    async def end(self) -> None:
        self._process.kill()
        await self._process.wait()


async def heard_length(bus: Bus) -> int:
    heard = await asyncio.wait_for(anext(bus), PATIENCE)
    return len(heard.body[0])


@pytest.mark.real("dbus-daemon")
@pytest.mark.parametrize("straight", [False, True], ids=["to all", "straight to us"])
def test_a_message_too_long_is_skipped_and_never_stored(session: MockBus, straight: bool) -> None:
    del session

    async def monitor() -> None:
        before = await names_on("session")
        async with connect("session") as bus:
            (us,) = (await names_on("session") - before) & await names_on("session")
            loud = await Loud.begin()
            await bus.follow(NAME)
            await bus.listen(LOUD, "Rang")
            tracemalloc.start()
            loud.send(3, 24 * MIB, us if straight else "all")
            loud.send(1, 7)
            assert await heard_length(bus) == 7
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            await loud.end()
        assert most < 4 * MIB

    asyncio.run(monitor())


@pytest.mark.real("dbus-daemon")
def test_more_signals_than_can_be_read_are_a_loss(session: MockBus) -> None:
    """As when the reader calls, after each signal, a service that does not answer."""
    del session

    async def monitor() -> int:
        async with connect("session") as bus:
            loud = await Loud.begin()
            await bus.follow(NAME)
            await bus.listen(LOUD, "Rang")
            loud.send(20 * MAX_UNREAD_SIGNALS, 10)
            with pytest.raises(Lost, match="more signals than can be read"):
                await bus.call(LOUD, "Doze", deadline=PATIENCE)
            heard = 0
            with suppress(Lost):
                async for _ in bus:
                    heard += 1
            await loud.end()
            return heard

    assert MAX_UNREAD_SIGNALS < asyncio.run(monitor()) < 3 * MAX_UNREAD_SIGNALS


def message(size: int, serial: int) -> bytes:
    whole: bytes = new_signal(LOUD, "Rang", "ay", (bytes(size),)).serialise(serial)
    return whole


def serials(messages: Iterator[Message]) -> list[int]:
    return [each.header.serial for each in messages]


sizes = st.lists(st.sampled_from([0, 1, 100, LONGEST_MESSAGE, LONGEST_MESSAGE + 3]), max_size=5)


@given(sizes, st.lists(st.integers(1, 2 * LONGEST_MESSAGE), max_size=6))
def test_messages_come_out_whole_wherever_the_stream_is_cut(sizes: list[int], cuts: list[int]) -> None:
    stream = b"".join(message(size, number) for number, size in enumerate(sizes, 1))
    messages, found, begin = Messages(), [], 0
    for cut in [*sorted(cuts), len(stream)]:
        found += serials(messages.take(stream[begin:cut]))
        begin = max(begin, min(cut, len(stream)))
    assert found == [number for number, size in enumerate(sizes, 1) if size < LONGEST_MESSAGE]


@given(st.lists(st.binary(max_size=300) | st.sampled_from([message(9, 1), message(0, 2)]), max_size=5), st.data())
def test_any_bytes_are_messages_or_garbled(parts: list[bytes], data: st.DataObject) -> None:
    stream = bytearray(b"".join(parts))
    for _ in range(data.draw(st.integers(0, 4)) if stream else 0):
        stream[data.draw(st.integers(0, len(stream) - 1))] = data.draw(st.integers(0, 255))
    messages = Messages()
    try:
        for begin in range(0, len(stream), 64):
            list(messages.take(bytes(stream[begin : begin + 64])))
    except Garbled:
        pass


def test_an_unreadable_message_costs_neither_the_next_one_nor_an_open_descriptor() -> None:
    one, other = socket.socketpair()
    unknown = bytearray(message(0, 1))
    unknown[1] = 99  # no known type of message
    messages = Messages()
    with one, other:
        descriptor = os.dup(other.fileno())
        assert serials(messages.take(bytes(unknown) + message(3, 2), [FileDescriptor(descriptor)])) == [2]
        other.close()
        assert one.recv(1) == b"", "the other end is closed"


def test_a_message_of_excessive_length_is_skipped_without_being_stored() -> None:
    messages = Messages()
    begin = b"l\x04\0\x01" + struct.pack("<III", 0xFFFFFFF0, 1, 0)
    assert serials(messages.take(begin)) == []
    for _ in range(50):
        assert serials(messages.take(bytes(LONGEST_MESSAGE))) == []
