"""One connection to the session bus. Every call has a deadline, in seconds; nothing here starts a bus.

jeepney brings the wire format. Its asyncio router is not used: it hands replies and signals on through separate
tasks, so that a button pressed at once could overtake the reply that says which notice it belongs to.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from jeepney import HeaderFields, Message, MessageFlag, MessageType, Parser
from jeepney.auth import BEGIN, AuthenticationError, Authenticator
from jeepney.bus import get_connectable_addresses
from jeepney.bus_messages import message_bus

from slowrise.ports import Unavailable

DEADLINE = 3.0
"""A hung service would otherwise be waited for without end. A living one answers in milliseconds."""

Body = tuple[Any, ...]


class BusFailed(Exception):
    """The call came to nothing: the connection is lost, or nobody answered in time."""


class Refused(BusFailed):
    """The answer is an error."""


class _Call(NamedTuple):
    answered: asyncio.Future[Body]
    landed: Callable[[Body], None]


def session_address(environ: Mapping[str, str]) -> str:
    """Where the session bus listens; raises `Unavailable` rather than name an address that would start one."""
    address = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    if address and not address.startswith("autolaunch:"):
        return address
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if runtime and Path(runtime, "bus").is_socket():
        return f"unix:path={quote(runtime)}/bus"
    raise Unavailable(
        "no session bus: DBUS_SESSION_BUS_ADDRESS is not set and XDG_RUNTIME_DIR holds no bus",
        "start slowrise from the desktop session, or as its user unit: slowrise service install",
    )


class Bus:
    """A connection that is open until `lost` says why not. Signals go to `heard`, in order with the replies."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: Callable[[Message], None]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._heard = heard
        self._serials = count(1)
        self._calls: dict[int, _Call] = {}
        self._receiver: asyncio.Task[None] | None = None
        self.lost = ""

    @classmethod
    async def connect(cls, address: str, heard: Callable[[Message], None]) -> Bus:
        """An open connection; raises `BusFailed`."""
        try:
            async with asyncio.timeout(DEADLINE):
                path = next(get_connectable_addresses(address))
                bus = cls(*await asyncio.open_unix_connection(path), heard)
                try:
                    await bus._introduce()
                except BaseException:
                    await bus.close()
                    raise
        except TimeoutError:
            raise BusFailed(f"the session bus at {address} did not answer within {DEADLINE:.0f} s") from None
        except (OSError, EOFError, ValueError, RuntimeError, AuthenticationError) as error:
            raise BusFailed(f"the session bus at {address} cannot be reached: {error}") from error
        return bus

    async def call(self, message: Message, landed: Callable[[Body], None] = lambda _: None) -> Body:
        """The body of the reply; raises `BusFailed`.

        `landed` sees it first, before any signal sent after it, and also when it comes too late.
        """
        answered: asyncio.Future[Body] = asyncio.get_running_loop().create_future()
        self._calls[self._write(message)] = _Call(answered, landed)
        try:
            async with asyncio.timeout(DEADLINE):
                return await answered
        except TimeoutError:
            member = message.header.fields[HeaderFields.member]
            raise BusFailed(f"{member} was not answered within {DEADLINE:.0f} s") from None

    def send(self, message: Message) -> None:
        """Send a call whose reply nobody waits for; does nothing on a lost connection."""
        message.header.flags |= MessageFlag.no_reply_expected
        with suppress(BusFailed):
            self._write(message)

    async def close(self) -> None:
        """Let go of the connection, whatever its other end does."""
        self._lose("closed")
        if self._receiver:
            self._receiver.cancel()
            await asyncio.wait([self._receiver])
        self._writer.transport.abort()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _introduce(self) -> None:
        authenticator = Authenticator()
        for line in authenticator:
            self._writer.write(line)
            reply = await self._reader.read(1024)
            if not reply:
                raise EOFError("closed before we were let in")
            authenticator.feed(reply)
        self._writer.write(BEGIN)
        self._receiver = asyncio.create_task(self._receive())
        await self.call(message_bus.Hello())

    def _write(self, message: Message) -> int:
        if self.lost:
            raise BusFailed(self.lost)
        serial = next(self._serials)
        self._writer.write(message.serialise(serial))
        return serial

    async def _receive(self) -> None:
        parser = Parser()
        try:
            while data := await self._reader.read(4096):
                parser.add_data(data)
                while message := parser.get_next_message():
                    self._take(message)
            self._lose("the session bus closed the connection")
        except (OSError, ValueError, LookupError, struct.error) as error:
            self._lose(f"the connection to the session bus broke: {error!r}")

    def _take(self, message: Message) -> None:
        kind, fields = message.header.message_type, message.header.fields
        if kind is MessageType.signal:
            self._heard(message)
        elif call := self._calls.pop(fields.get(HeaderFields.reply_serial, 0), None):
            if kind is MessageType.method_return:
                call.landed(message.body)
                if not call.answered.done():
                    call.answered.set_result(message.body)
            elif not call.answered.done():
                call.answered.set_exception(Refused(_complaint(message)))

    def _lose(self, reason: str) -> None:
        self.lost = self.lost or reason
        calls, self._calls = self._calls, {}
        for call in calls.values():
            if not call.answered.done():
                call.answered.set_exception(BusFailed(self.lost))


def _complaint(error: Message) -> str:
    match error.body:
        case (str(words), *_) if words:
            return words
        case _:
            return str(error.header.fields.get(HeaderFields.error_name, "an error without a name"))
