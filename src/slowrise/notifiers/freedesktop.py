"""Notices through the desktop's own notification service (`org.freedesktop.Notifications`), with buttons.

One slot: a notice is replaced in place as long as the same process owns the service. We listen to the service only
while a notice of ours is up, so that other programs' notices wake us at no other time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from jeepney import HeaderFields, MatchRule, Message
from jeepney.bus_messages import message_bus

from slowrise.notifiers import service
from slowrise.notifiers.bus import Body, Bus, BusFailed, session_address
from slowrise.ports import Answer, Notice, NotifierFailed, Unavailable

PATIENCE = 4.0
"""Seconds for all a notice needs: connection, start of the service, and two calls to it. The port allows five."""

_FIX_BUS = "check that DBUS_SESSION_BUS_ADDRESS names the bus of this session"

_DISMISSED = 2
"""The reason a service gives with NotificationClosed when the user closed the notice."""


class _Slot(NamedTuple):
    """The notice that is up."""

    owner: str
    number: int
    keys: frozenset[str]
    answer: Answer


class FreedesktopNotifier:
    """Connects at the first notice, and again when the connection was lost."""

    name = "freedesktop"

    def __init__(self, *, environ: Mapping[str, str] = os.environ, sound: bool = False) -> None:
        self._environ = environ
        self._sound = sound
        self._turn = asyncio.Lock()
        self._bus: Bus | None = None
        self._slot: _Slot | None = None
        self._attempt: object = None
        self._listening: MatchRule | None = None
        self._able: tuple[str, frozenset[str]] = ("", frozenset())

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
            except BusFailed as error:
                raise Unavailable(str(error), _FIX_BUS) from error
            try:
                if unique := await service.owner(bus):
                    return await service.server(bus, unique)
                if await service.activatable(bus):
                    return None
            except BusFailed as error:
                raise Unavailable(str(error), service.FIX) from error
        raise Unavailable("no notification service is running, and the session bus knows none to start", service.FIX)

    async def show(self, notice: Notice, answer: Answer) -> None:
        """Show the notice in place of the last one; raises `NotifierFailed`, and then nothing of ours is up."""
        try:
            async with asyncio.timeout(PATIENCE), self._turn:
                try:
                    await self._show(notice, answer)
                except BaseException:
                    self._abandon()
                    raise
        except TimeoutError:
            raise NotifierFailed(f"the notification service took more than {PATIENCE:.0f} s") from None
        except (Unavailable, BusFailed) as error:
            raise NotifierFailed(str(error)) from error

    async def withdraw(self) -> None:
        """Take the notice away if it is still there."""
        async with self._turn:
            slot, self._slot = self._slot, None
            if slot and self._bus:
                with suppress(BusFailed):
                    await self._bus.call(service.close(slot.owner, slot.number))
                self._stop_listening()

    async def close(self) -> None:
        """Let go of the connection; a notice that is up stays, and its buttons answer nobody."""
        async with self._turn:
            await self._disconnect()

    async def _show(self, notice: Notice, answer: Answer) -> None:
        bus = await self._connected()
        owner = await service.running_owner(bus)
        if self._able[0] != owner:
            self._able = (owner, await service.capabilities(bus, owner))
        if self._slot and self._slot.owner != owner:
            self._abandon()
        if self._listening is None:
            self._listening = service.signals_of(owner)
            await bus.call(message_bus.AddMatch(self._listening))
        attempt = self._attempt = object()

        def landed(body: Body) -> None:
            number = service.number_in(body)
            if number and self._attempt is attempt:
                self._slot = _Slot(owner, number, frozenset(button.key for button in notice.buttons), answer)
            elif number:
                # Too late: the caller was told that it failed, and showed it elsewhere.
                bus.send(service.close(owner, number))

        replaces = self._slot.number if self._slot else 0
        message = service.notify(owner, notice, self._able[1], replaces=replaces, sound=self._sound)
        if service.number_in(await bus.call(message, landed)) is None:
            raise BusFailed("the notification service gave no number for the notice")

    async def _connected(self) -> Bus:
        if self._bus and self._bus.lost:
            await self._disconnect()
        if self._bus is None:
            self._bus = await Bus.connect(session_address(self._environ), self._heard)
        return self._bus

    async def _disconnect(self) -> None:
        bus, self._bus = self._bus, None
        self._slot = self._listening = self._attempt = None
        if bus:
            await bus.close()

    def _abandon(self) -> None:
        slot, self._slot, self._attempt = self._slot, None, None
        if slot:
            self._close(slot)
        self._stop_listening()

    def _close(self, slot: _Slot) -> None:
        # Also after an action: dunst leaves the notice up then. Closing one that is gone does no harm.
        if self._bus:
            self._bus.send(service.close(slot.owner, slot.number))

    def _stop_listening(self) -> None:
        rule, self._listening = self._listening, None
        if rule and self._bus:
            self._bus.send(message_bus.RemoveMatch(rule))

    def _heard(self, message: Message) -> None:
        fields, slot = message.header.fields, self._slot
        if slot is None or fields[HeaderFields.sender] != slot.owner or fields[HeaderFields.interface] != service.NAME:
            return
        match fields[HeaderFields.member], message.body:
            case "ActionInvoked", (slot.number, str(key)) if key in slot.keys:
                self._close(slot)
                self._end(slot, key)
            case "ActionInvoked", (slot.number, "default"):
                # We offer no default action; a service that makes one up means a click on the notice itself.
                self._close(slot)
                self._end(slot, "dismissed")
            case "NotificationClosed", (slot.number, reason):
                self._end(slot, "dismissed" if reason == _DISMISSED else None)

    def _end(self, slot: _Slot, answer: str | None) -> None:
        self._slot = None
        self._stop_listening()
        if answer is not None:
            asyncio.get_running_loop().call_soon(slot.answer, answer)
