"""Notices with buttons, through the desktop's own notification service (`org.freedesktop.Notifications`).

There is one slot: a new notice replaces the shown one in place, as long as the same process owns the service. This
notifier listens to the service only while its notice is shown, because other programs' notices would wake it too.
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
from slowrise.ports.notifier import GONE, AnswerKey, Notice, NotifierFailed, OnAnswer, Urgency
from slowrise.ports.probe import Lost, Unavailable

PATIENCE = 4.0
"""Seconds to connect, start the service and call it. The port allows five."""

_LATE = 600.0
"""Seconds in which a service that hung may still show a notice. This notifier then closes that notice."""

RESTARTING = 5.0
"""Seconds that a service may be away before its notice counts as gone. One that is started again is back by then."""

_DISMISSED = 2
"""The reason in NotificationClosed when the user closed the notice. Any other means that nobody acted on it."""


class _Slot(NamedTuple):
    """The notice that is shown. `since` is when its number arrived, in seconds on CLOCK_BOOTTIME."""

    owner: str
    number: int
    urgency: Urgency
    since: float
    keys: frozenset[str]
    answer: OnAnswer


class FreedesktopNotifier:
    """Connects at the first notice, and again after the connection was lost."""

    name = "freedesktop"
    reports_end = True

    def __init__(self, *, sound: bool = False) -> None:
        self._sound = sound
        self._lock = asyncio.Lock()
        self._bus: Bus | None = None
        self._connection = AsyncExitStack()
        self._listener: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: tuple[str, service.Server] = ("", service.Server())
        """The unique name of the service used last, and its description."""
        self._slot: _Slot | None = None
        self._rule: str | None = None
        self._token = ""

    async def probe(self) -> str:
        """Return which service shows notices. Starts nothing; raises `Unavailable`."""
        server = await self.server()
        if server is None:
            return "the session bus starts a notification service when one is needed"
        return f"{server.name} {server.version}, {'supports' if server.buttons else 'without'} buttons"

    async def server(self) -> service.Server | None:
        """Return the service, or None if the first notice would start it. Raises `Unavailable`."""
        async with self._lock:
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
        raise Unavailable("no notification service is running, and the session bus cannot start one", service.FIX)

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        """Show the notice in place of the last one. Raises `NotifierFailed`; then no notice stays shown."""
        try:
            async with asyncio.timeout(PATIENCE), self._lock:
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
        """Remove the notice if it is still shown."""
        async with self._lock:
            if tasks := self._clear():
                await asyncio.wait(tasks)

    async def close(self) -> None:
        """Close the connection. A notice that is shown stays, and its buttons do nothing."""
        async with self._lock:
            await self._disconnect()

    async def _show(self, notice: Notice, answer: OnAnswer) -> None:
        bus = await self._connected()
        owner = await service.running_owner(bus)
        if self._server[0] != owner:
            self._server = (owner, await service.server_or_unknown(bus, owner))
        server = self._server[1]
        urgency = server.urgency(notice)
        if self._slot and not (self._slot.owner == owner and server.can_replace(self._slot.urgency, urgency)):
            self._clear()
        if self._rule is None:
            self._rule = service.signals_of(owner)
            await bus.call(message_bus, "AddMatch", "s", self._rule)
        replaces = self._slot.number if self._slot else 0
        signature, arguments = service.notify(notice, server, replaces=replaces, sound=self._sound)
        call = asyncio.create_task(bus.call(service.at(owner), "Notify", signature, *arguments, deadline=_LATE))
        number = 0
        try:
            if not (await asyncio.wait([call], timeout=DEADLINE))[0]:
                raise CallFailed(f"the notification service gave no answer within {DEADLINE:.0f} s")
            number = service.number_in(call.result())
        finally:
            if not number:
                self._in_background(_close_late(bus, owner, call))
        clicked = (service.CLICKED,) if notice.click and server.clicks else ()
        keys = frozenset((*(button.key for button in notice.buttons), *clicked))
        self._slot = _Slot(owner, number, urgency, boot_seconds(), keys, answer)

    async def _connected(self) -> Bus:
        if self._listener and self._listener.done():
            await self._disconnect()
        if self._bus is None:
            self._bus = await self._connection.enter_async_context(_session_bus())
            self._listener = asyncio.create_task(self._listen(self._bus))
        return self._bus

    async def _disconnect(self) -> None:
        await asyncio.sleep(0)  # Background calls that were just created send their message now or never.
        self._bus = self._slot = self._rule = None
        await self._connection.aclose()
        listener, self._listener = self._listener, None
        if listener:
            listener.cancel()
            await asyncio.wait([listener, *self._tasks])

    async def _listen(self, bus: Bus) -> None:
        try:
            async for signal in bus:
                async with self._lock:
                    self._on_signal(signal)
        except Lost:
            if self._slot is not None:
                self._lose(self._slot)

    def _on_signal(self, signal: DBusSignal) -> None:
        slot = self._slot
        if slot is None:
            return
        match signal.member, signal.body:
            case "NameOwnerChanged", (service.NAME, slot.owner, ""):
                asyncio.get_running_loop().call_later(RESTARTING, self._lose, slot)
            case "NameOwnerChanged", (service.NAME, slot.owner, _):
                self._lose(slot)
            case "NameOwnerChanged", (service.NAME, "", _) if signal.at > slot.since:
                self._lose(slot)  # the new service knows nothing of it
            case "ActionInvoked", (slot.number, str(key)) if key in slot.keys:
                self._answer(slot, key)
            case "ActionInvoked", (slot.number, service.CLICKED):
                # This notice has no default action. A service that sends one means a click on the notice itself.
                self._answer(slot, "dismissed")
            case "ActivationToken", (slot.number, str(token)):
                self._token = token  # it comes just before the action that it belongs to
            case "NotificationClosed", (slot.number, int(reason)) if signal.at > slot.since:
                # A signal before the number arrived is about the notice that this one replaced.
                self._answer(slot, "dismissed" if reason == _DISMISSED else GONE, is_shown=False)

    def _lose(self, slot: _Slot) -> None:
        """Report that the notice is gone with its service."""
        if self._slot is slot:
            self._answer(slot, GONE, is_shown=False)

    def _answer(self, slot: _Slot, key: str, *, is_shown: bool = True) -> None:
        answer = AnswerKey(key, self._token)
        # dunst leaves a notice shown after its action, so close it. Closing one that is gone does no harm.
        self._clear(is_shown=is_shown)
        asyncio.get_running_loop().call_soon(slot.answer, answer)

    def _clear(self, *, is_shown: bool = True) -> list[asyncio.Task[None]]:
        """Forget the notice, close it if it is still shown, and stop listening. Return the calls under way."""
        slot, rule, calls = self._slot, self._rule, []
        self._slot = self._rule = None
        self._token = ""
        if self._bus and slot and is_shown:
            calls.append(
                self._in_background(self._bus.call(service.at(slot.owner), "CloseNotification", "u", slot.number))
            )
        if self._bus and rule:
            calls.append(self._in_background(self._bus.call(message_bus, "RemoveMatch", "s", rule)))
        return calls

    def _in_background(self, call: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        """Run the call as a task and ignore its failure."""

        async def run() -> None:
            with suppress(CallFailed, Lost):
                await call

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


@asynccontextmanager
async def _session_bus() -> AsyncGenerator[Bus]:
    """Connect, and receive the signals of the process that currently owns the service's name."""
    async with connect("session") as bus:
        await bus.follow(service.NAME)
        yield bus


async def _close_late(bus: Bus, owner: str, call: asyncio.Task[tuple[Any, ...]]) -> None:
    """Close a notice that the service shows too late: the caller has shown it elsewhere."""
    await bus.call(service.at(owner), "CloseNotification", "u", service.number_in(await call))
