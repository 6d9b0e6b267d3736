"""A connection to a D-Bus message bus: calls with a deadline, signals in the order they arrived, and answers to calls.

jeepney encodes and decodes the messages. This module has its own socket code, because jeepney's for asyncio accepts no
file descriptors and does not notify its listeners when the bus is gone. Two rules hold for all users of this module:
no call starts a service, and signals count only from the process that owns the followed name. (Any user may send
signals to any connection of the system bus.)
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal, NamedTuple, Self

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageFlag, MessageType, new_method_call
from jeepney.auth import BEGIN, Authenticator
from jeepney.bus import get_connectable_addresses
from jeepney.bus_messages import message_bus
from jeepney.fds import FileDescriptor, fds_buf_size

from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.dbus_messages import Garbled, Messages
from slowrise.core.model.safe_text import shown
from slowrise.ports.probe import Lost, Unavailable

Which = Literal["session", "system"]

DEADLINE = 3.0
"""Seconds for one call, or for all of `names_on`. A peer that takes longer hangs; asyncio itself has no limit."""

MAX_UNREAD_SIGNALS = 1000
"""Signals that may wait in the queue. More of them while the reader makes one call are a flood."""

MAX_UNSENT = 1000
"""Answers and signals that may wait to be sent: more than the calls in one read from the socket. With more than that,
the bus takes nothing any more."""

_CHUNK = 65536
_BUS = "org.freedesktop.DBus"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_FIX = {
    "session": "run slowrise in a desktop session (its user unit does), or set DBUS_SESSION_BUS_ADDRESS",
    "system": "install the Debian package dbus and start its service",
}


class CallFailed(Exception):
    """The peer answered with an error or not in time. The message is the error's name."""


class DBusSignal(NamedTuple):
    """A signal. `at` is its arrival, in seconds on CLOCK_BOOTTIME."""

    at: float
    path: str
    interface: str
    member: str
    body: tuple[Any, ...]

    def changed(self) -> dict[str, Any]:
        """Return the new values of a `PropertiesChanged`; empty for any other signal."""
        match self:
            case DBusSignal(interface="org.freedesktop.DBus.Properties", body=(str(), dict(values), list())):
                return _without_variants(values)
        return {}


class Bus:
    """A connection. Iterating over it yields each `DBusSignal`, and raises `Lost` when the bus goes away."""

    def __init__(self, which: Which, connected: socket.socket) -> None:
        self.name = ""
        """Our unique name on the bus, once it has greeted us."""
        self._which = which
        self._socket = connected
        self._loop = asyncio.get_running_loop()
        self._messages = Messages()
        self._serials = itertools.count(1)
        self._sending = asyncio.Lock()
        self._replies: dict[int, asyncio.Future[Message]] = {}
        self._owners: dict[str, str] = {}
        self._signals: asyncio.Queue[DBusSignal | None] = asyncio.Queue()
        self.answer: Callable[[Message], Message | None] = lambda _: None
        """Returns the answer to a method call from another program, or None for no answer. It must not raise."""
        self._unsent: set[asyncio.Task[None]] = set()
        self._why = f"the {which} bus went away"
        self._loop.add_reader(connected, self._read)

    async def call(
        self, to: DBusAddress, method: str, signature: str | None = None, *args: Any, deadline: float = DEADLINE
    ) -> tuple[Any, ...]:
        """Call a method and return the answer. Raises `CallFailed`, or `Lost` when the bus is gone."""
        message = new_method_call(to, method, signature, args)
        message.header.flags |= MessageFlag.no_auto_start
        serial = next(self._serials)
        self._replies[serial] = answer = self._loop.create_future()
        try:
            async with asyncio.timeout(deadline):
                async with self._sending:
                    await self._loop.sock_sendall(self._socket, message.serialise(serial))
                reply = await answer
        except TimeoutError as error:
            raise CallFailed(f"no answer within {deadline:g} s") from error
        except OSError as error:
            raise self._lost() from error
        finally:
            del self._replies[serial]
        if reply.header.message_type is MessageType.error:
            raise CallFailed(shown(str(reply.header.fields[HeaderFields.error_name])))
        return tuple(reply.body)

    def post(self, message: Message) -> None:
        """Send an answer or a signal, without waiting and in the order of these calls. Lost with the connection."""
        if len(self._unsent) >= MAX_UNSENT:
            self._give_up("does not take what is sent")
            return
        task = asyncio.ensure_future(self._post(message.serialise(next(self._serials))))
        self._unsent.add(task)
        task.add_done_callback(self._unsent.discard)

    async def _post(self, data: bytes) -> None:
        async with self._sending:
            with suppress(OSError):  # reading from the socket reports that the bus is gone
                await self._loop.sock_sendall(self._socket, data)

    async def greet(self) -> None:
        """Register with the bus, before any other call. Raises `Lost`."""
        try:
            self.name = str(*await self.call(message_bus, "Hello"))
        except CallFailed as error:
            raise self._lost() from error

    async def names(self) -> frozenset[str]:
        """Return every name that is owned on the bus. Raises as `call` does."""
        match await self.call(message_bus, "ListNames"):
            case (list(names),):
                return frozenset(names)
        raise CallFailed("names of a wrong type")

    async def properties(self, of: DBusAddress) -> dict[str, Any]:
        """Return every property of the object's interface. Raises as `call` does."""
        match await self.call(of.with_interface(_PROPERTIES), "GetAll", "s", of.interface):
            case (dict(values),):
                return _without_variants(values)
        raise CallFailed("properties of a wrong type")

    async def follow(self, name: str) -> bool:
        """Receive the owner's signals, and `NameOwnerChanged` (name, old, new). Return whether there is an owner."""
        self._owners.setdefault(name, "")
        rule = MatchRule(type="signal", sender=_BUS, interface=_BUS, member="NameOwnerChanged")
        rule.add_arg_condition(0, name)
        await self._add_match(rule)
        try:
            (self._owners[name],) = await self.call(message_bus, "GetNameOwner", "s", name)
        except CallFailed:
            return False
        return True

    async def listen(self, to: DBusAddress, member: str, *, about: str | None = None) -> None:
        """Receive this signal of this object, whose name must be followed. `about` filters by the first argument."""
        rule = MatchRule(type="signal", sender=to.bus_name, interface=to.interface, member=member, path=to.object_path)
        if about is not None:
            rule.add_arg_condition(0, about)
        await self._add_match(rule)

    async def listen_changes(self, of: DBusAddress) -> None:
        """Receive `PropertiesChanged` of this object's interface, whose name must be followed."""
        await self.listen(of.with_interface(_PROPERTIES), "PropertiesChanged", about=of.interface)

    async def _add_match(self, rule: MatchRule) -> None:
        """Ask the bus for signals. A bus that does not even do that is lost."""
        try:
            await self.call(message_bus, "AddMatch", "s", rule.serialise())
        except CallFailed as error:
            raise self._lost() from error

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> DBusSignal:
        signal = await self._signals.get()
        if signal is None:
            raise self._lost()
        return signal

    def close(self) -> None:
        """Close the socket. Pending calls and the iteration raise `Lost`."""
        if self._socket.fileno() < 0:
            return
        self._loop.remove_reader(self._socket)
        for unsent in self._unsent:
            unsent.cancel()
        self._socket.close()
        self._signals.put_nowait(None)
        for answer in self._replies.values():
            if not answer.done():
                answer.set_exception(self._lost())

    def _lost(self) -> Lost:
        return Lost(self._why)

    def _give_up(self, why: str) -> None:
        self._why = f"the {self._which} bus {why}"
        self.close()

    def _read(self) -> None:
        try:
            data, ancillary, _, _ = self._socket.recvmsg(_CHUNK, fds_buf_size())
        except BlockingIOError:
            return
        except OSError:
            data, ancillary = b"", []
        if not data:
            self.close()
            return
        try:
            for message in self._messages.take(data, FileDescriptor.from_ancdata(ancillary)):
                self._on_message(message)
        except Garbled:
            self._give_up("sends bytes that are no messages")
        if self._signals.qsize() > MAX_UNREAD_SIGNALS:
            self._give_up("sends more signals than can be read")

    def _on_message(self, message: Message) -> None:
        if message.header.message_type is MessageType.signal:
            self._on_signal(message)
            return
        if message.header.message_type is MessageType.method_call:
            answer_to_caller = self.answer(message)
            _close_descriptors(message)
            if answer_to_caller is not None and not message.header.flags & MessageFlag.no_reply_expected:
                self.post(answer_to_caller)
            return
        answer = self._replies.get(message.header.fields.get(HeaderFields.reply_serial, 0))
        if answer and not answer.done():
            answer.set_result(message)
        else:
            _close_descriptors(message)

    def _on_signal(self, message: Message) -> None:
        fields, body = message.header.fields, tuple(message.body)
        sender = fields[HeaderFields.sender]
        if sender == _BUS:
            if fields[HeaderFields.member] != "NameOwnerChanged":
                return
            self._owners[body[0]] = body[2]
        elif sender not in self._owners.values():
            return
        path, interface, member = (
            fields[key] for key in (HeaderFields.path, HeaderFields.interface, HeaderFields.member)
        )
        self._signals.put_nowait(DBusSignal(boot_seconds(), path, interface, member, body))


@asynccontextmanager
async def connect(which: Which) -> AsyncGenerator[Bus]:
    """Connect, and close the connection at the end. Raises `Lost` if the bus cannot be reached now."""
    try:
        bus = Bus(which, await _authenticated(_path_of(which)))
    except (Unavailable, OSError, ValueError) as error:
        raise Lost(f"the {which} bus cannot be reached") from error
    try:
        await bus.greet()
        yield bus
    finally:
        bus.close()


async def names_on(which: Which) -> frozenset[str]:
    """Return every name that is owned on the bus now. Raises `Unavailable`, also for a bus that hangs."""
    path = _path_of(which)
    try:
        async with asyncio.timeout(DEADLINE), connect(which) as bus:
            return await bus.names()
    except (Lost, CallFailed, TimeoutError) as error:
        raise Unavailable(f"the {which} bus does not answer at {path}", _FIX[which]) from error


def _path_of(which: Which) -> str:
    """Return the bus's socket. Without an address, that is a systemd session's; this function never starts a bus."""
    if sys.platform == "win32":
        raise Unavailable("Windows has no message bus", "")
    if which == "system":
        address = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or "unix:path=/run/dbus/system_bus_socket"
    else:
        runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
        address = os.environ.get("DBUS_SESSION_BUS_ADDRESS") or f"unix:path={runtime}/bus"
    try:
        return str(next(get_connectable_addresses(address)))
    except (RuntimeError, ValueError, KeyError, StopIteration) as error:
        raise Unavailable(f"the address of the {which} bus is no Unix socket", _FIX[which]) from error


async def _authenticated(path: str) -> socket.socket:
    loop = asyncio.get_running_loop()
    connected = socket.socket(socket.AF_UNIX)
    try:
        connected.setblocking(False)
        async with asyncio.timeout(DEADLINE):
            await loop.sock_connect(connected, path)
            authenticator = Authenticator(enable_fds=True)
            for line in authenticator:
                await loop.sock_sendall(connected, line)
                authenticator.feed(_not_empty(await loop.sock_recv(connected, _CHUNK)))
            await loop.sock_sendall(connected, BEGIN)
    except BaseException:
        connected.close()
        raise
    return connected


def _not_empty(data: bytes) -> bytes:
    if not data:
        raise ConnectionResetError
    return data


def _without_variants(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values out of their variants. A value that is no variant has a wrong type and is left out."""
    return {name: value[1] for name, value in values.items() if isinstance(value, tuple) and len(value) == 2}  # noqa: PLR2004


def _close_descriptors(message: Message) -> None:
    """Close the descriptors in a message that nobody wants: open, they would keep their resource in use."""
    for part in message.body:
        if isinstance(part, FileDescriptor):
            part.close()
