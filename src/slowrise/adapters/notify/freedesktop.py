"""Notices through the desktop's own notification service (`org.freedesktop.Notifications`), with buttons.

One slot: a notice is replaced in place as long as the same process owns the service. We listen to the service only
while a notice of ours is up, so that other programs' notices wake us at no other time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, NamedTuple

from jeepney.bus_messages import message_bus

from slowrise.adapters.notify import freedesktop_protocol as service
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.dbus import DEADLINE, Bus, CallFailed, DBusSignal, connect
from slowrise.ports.notifier import Notice, NotifierFailed, OnAnswer
from slowrise.ports.probe import Lost, Unavailable

PATIENCE = 4.0
"""Seconds for all a notice needs: connection, start of the service, and the calls to it. The port allows five."""

_LATE = 600.0
"""Seconds in which a service that hung may still show what it was told, and has it closed again."""

_DISMISSED = 2
"""The reason a service gives with NotificationClosed when the user closed the notice."""


class _Slot(NamedTuple):
    """The notice that is up. `since` is seconds on CLOCK_BOOTTIME, read when its number had come."""

    owner: str
    number: int
    since: float
    keys: frozenset[str]
    answer: OnAnswer


class FreedesktopNotifier:
    """Connects at the first notice, and again when the connection was lost."""

    name = "freedesktop"

    def __init__(self, *, sound: bool = False) -> None:
        self._sound = sound
        self._turn = asyncio.Lock()
        self._bus: Bus | None = None
        self._connection = AsyncExitStack()
        self._listener: asyncio.Task[None] | None = None
        self._chores: set[asyncio.Task[None]] = set()
        self._able: tuple[str, frozenset[str]] = ("", frozenset())
        self._slot: _Slot | None = None
        self._rule: str | None = None

    async def probe(self) -> str:
        """Who would show a notice, in words. Starts nothing; raises `Unavailable`."""
        server = await self.server()
        if server is None:
            return "the session bus starts a notification service when one is needed"
        return f"{server.name} {server.version}, {'takes' if server.buttons else 'without'} buttons"

    async def server(self) -> service.Server | None:
        """The service; None if it would only be started by the first notice. Raises `Unavailable`."""
        async with self._turn:
            try:
                bus = await self._connected()
                if unique := await service.owner(bus):
                    return await service.server(bus, unique)
                if await service.activatable(bus):
                    return None
            except Lost as error:
                raise Unavailable(str(error), service.FIX_BUS) from error
            except CallFailed as error:
                raise Unavailable(f"the notification service fails: {error}", service.FIX) from error
        raise Unavailable("no notification service is running, and the session bus knows none to start", service.FIX)

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        """Show the notice in place of the last one; raises `NotifierFailed`, and then nothing of ours stays up."""
        try:
            async with asyncio.timeout(PATIENCE), self._turn:
                try:
                    await self._show(notice, answer)
                except BaseException:
                    self._clear()
                    raise
        except TimeoutError:
            raise NotifierFailed(f"the notification service took more than {PATIENCE:.0f} s") from None
        except (CallFailed, Lost) as error:
            raise NotifierFailed(str(error)) from error

    async def withdraw(self) -> None:
        """Take the notice away if it is still there."""
        async with self._turn:
            if chores := self._clear():
                await asyncio.wait(chores)

    async def close(self) -> None:
        """Let go of the connection; a notice that is up stays, and its buttons answer nobody."""
        async with self._turn:
            await self._disconnect()

    async def _show(self, notice: Notice, answer: OnAnswer) -> None:
        bus = await self._connected()
        owner = await service.running_owner(bus)
        if self._able[0] != owner:
            self._able = (owner, await service.capabilities(bus, owner))
        if self._slot and self._slot.owner != owner:
            self._clear()
        if self._rule is None:
            self._rule = service.signals_of(owner)
            await bus.call(message_bus, "AddMatch", "s", self._rule)
        replaces = self._slot.number if self._slot else 0
        signature, arguments = service.notify(notice, self._able[1], replaces=replaces, sound=self._sound)
        call = asyncio.create_task(bus.call(service.at(owner), "Notify", signature, *arguments, deadline=_LATE))
        number = 0
        try:
            if not (await asyncio.wait([call], timeout=DEADLINE))[0]:
                raise CallFailed(f"the notification service gave no answer within {DEADLINE:.0f} s")
            number = service.number_in(call.result())
        finally:
            if not number:
                self._later(_close_late(bus, owner, call))
        self._slot = _Slot(owner, number, boot_seconds(), frozenset(button.key for button in notice.buttons), answer)

    async def _connected(self) -> Bus:
        if self._listener and self._listener.done():
            await self._disconnect()
        if self._bus is None:
            self._bus = await self._connection.enter_async_context(_session_bus())
            self._listener = asyncio.create_task(self._listen(self._bus))
        return self._bus

    async def _disconnect(self) -> None:
        await asyncio.sleep(0)  # What was just put off is sent now or never.
        self._bus = self._slot = self._rule = None
        await self._connection.aclose()
        listener, self._listener = self._listener, None
        if listener:
            listener.cancel()
            await asyncio.wait([listener, *self._chores])

    async def _listen(self, bus: Bus) -> None:
        with suppress(Lost):
            async for heard in bus:
                async with self._turn:
                    self._take(heard)

    def _take(self, heard: DBusSignal) -> None:
        slot = self._slot
        if slot is None or heard.interface != service.NAME:
            return
        match heard.member, heard.body:
            case "ActionInvoked", (slot.number, str(key)) if key in slot.keys:
                self._answer(slot, key)
            case "ActionInvoked", (slot.number, "default"):
                # We offer no default action; a service that makes one up means a click on the notice itself.
                self._answer(slot, "dismissed")
            case "NotificationClosed", (slot.number, reason) if heard.at > slot.since:
                # What was told before the number came is about the notice that this one replaced.
                if reason == _DISMISSED:
                    self._answer(slot, "dismissed")
                else:
                    self._clear(up=False)

    def _answer(self, slot: _Slot, word: str) -> None:
        # Closed from here, as dunst leaves a notice up after its action; closing one that is gone does no harm.
        self._clear()
        asyncio.get_running_loop().call_soon(slot.answer, word)

    def _clear(self, *, up: bool = True) -> list[asyncio.Task[None]]:
        """Forget the notice, close it if it is still up, and listen no longer."""
        slot, rule, chores = self._slot, self._rule, []
        self._slot = self._rule = None
        if self._bus and slot and up:
            chores.append(self._later(self._bus.call(service.at(slot.owner), "CloseNotification", "u", slot.number)))
        if self._bus and rule:
            chores.append(self._later(self._bus.call(message_bus, "RemoveMatch", "s", rule)))
        return chores

    def _later(self, call: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        """The call as a task whose failure is nobody's concern."""

        async def chore() -> None:
            with suppress(CallFailed, Lost):
                await call

        task = asyncio.create_task(chore())
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)
        return task


@asynccontextmanager
async def _session_bus() -> AsyncGenerator[Bus]:
    """A connection that hears the service's signals, from whoever owns its name at the time."""
    async with connect("session") as bus:
        await bus.follow(service.NAME)
        yield bus


async def _close_late(bus: Bus, owner: str, call: asyncio.Task[tuple[Any, ...]]) -> None:
    """Close what a service shows after its caller was told that it failed, and showed it elsewhere."""
    await bus.call(service.at(owner), "CloseNotification", "u", service.number_in(await call))
