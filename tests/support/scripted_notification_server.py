"""A notification service on a real bus that gives the answers a test chooses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

NAME = "org.freedesktop.Notifications"
HERE = DBusAddress("/org/freedesktop/Notifications", NAME, NAME)

Answer = tuple[str, tuple[Any, ...]] | None
"""Signature and body of an answer; None is an error."""

SANE: dict[str, Answer] = {
    "GetServerInformation": ("ssss", ("odd", "us", "1", "1.2")),
    "GetCapabilities": ("as", (["actions", "body"],)),
    "Notify": ("u", (7,)),
    "CloseNotification": ("", ()),
}


class ScriptedService:
    """The service.

    `calls` are the calls it received. `before` and `after` are signals it sends around its answer to Notify. It does
    not answer the methods in `silent`.
    """

    def __init__(self, connection: DBusConnection, answers: dict[str, Answer]) -> None:
        self._connection = connection
        self.answers = SANE | answers
        self.silent: set[str] = set()
        self.before: list[tuple[str, str, tuple[Any, ...]]] = []
        self.after: list[tuple[str, str, tuple[Any, ...]]] = []
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.unanswered: list[Message] = []
        self.caller = ""

    async def serve(self) -> None:
        while True:
            message = await self._connection.receive()
            if message.header.message_type is MessageType.method_call:
                await self._handle(message)

    async def emit(self, member: str, signature: str, *body: Any) -> None:
        await self._connection.send(new_signal(HERE, member, signature, body))

    async def answer(self, message: Message) -> None:
        member = message.header.fields[HeaderFields.member]
        answer = self.answers.get(member)
        if answer is None:
            await self._connection.send(new_error(message, "org.example.No", "s", (f"{member}: no",)))
        else:
            await self._connection.send(new_method_return(message, *answer))

    def got(self, member: str) -> list[tuple[Any, ...]]:
        return [body for called, body in self.calls if called == member]

    async def _handle(self, message: Message) -> None:
        member = message.header.fields[HeaderFields.member]
        self.calls.append((member, message.body))
        self.caller = message.header.fields.get(HeaderFields.sender, "")
        if member in self.silent:
            self.unanswered.append(message)
            return
        around = ((), ()) if member != "Notify" else (self.before, self.after)
        for name, signature, body in around[0]:
            await self.emit(name, signature, *body)
        await self.answer(message)
        for name, signature, body in around[1]:
            await self.emit(name, signature, *body)


@asynccontextmanager
async def scripted_service(address: str, **answers: Answer) -> AsyncIterator[ScriptedService]:
    """Start the service and yield it once it owns its name."""
    connection = await open_dbus_connection(address)
    await connection.send(message_bus.RequestName(NAME))
    service = ScriptedService(connection, answers)
    serving = asyncio.create_task(service.serve())
    try:
        yield service
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError, EOFError, OSError):  # The test may have killed the bus.
            await serving
        with suppress(OSError):
            await connection.close()
