"""GNOME: mutter's IdleMonitor on the session bus, because mutter offers Wayland clients no idle protocol.

What mutter does that one would not guess: a watch for input fires once and is then gone. While an idle inhibitor is
held no watch for a pause fires, though the idle time goes on counting, so it is read now and then for as long. When
the inhibitor is let go the idle time starts at zero without any input: a small idle time is no sign of a person, only
the watch for input is.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from jeepney import DBusAddress

from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.dbus import Bus, CallFailed, DBusSignal, connect, names_on
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost, Unavailable

_NAME = "org.gnome.Mutter.IdleMonitor"
_MONITOR = DBusAddress("/org/gnome/Mutter/IdleMonitor/Core", _NAME, _NAME)

_SESSION_NAME = "org.gnome.SessionManager"
_SESSION = DBusAddress("/org/gnome/SessionManager", _SESSION_NAME, _SESSION_NAME)
_INHIBITED = "InhibitedActions"
_IDLE_BIT = 8
"""Of `InhibitedActions`: the session may not be marked idle."""

_LOOK_AGAIN = 60.0
"""Seconds between two readings of the idle time, while an inhibitor is held and somebody is there. It says itself
when the last input was, so this delays what is told and falsifies nothing."""


class Mutter:
    """Any input mutter counts."""

    name = "mutter"

    def __init__(self, *, resolution: float = 15.0, lull: float = 5.0, look_again: float = _LOOK_AGAIN) -> None:
        if _NAME not in names_on("session"):
            raise Unavailable("no mutter on the session bus", "this source is for GNOME; elsewhere use another")
        self.resolution = resolution
        self._lull = lull
        self._look_again = look_again
        self._lull_wanted = False
        self._watching: _Watching | None = None

    def want_lull(self, wanted: bool) -> None:
        """Tell (or stop telling) lulls; a pause that has begun counts."""
        self._lull_wanted = wanted
        if self._watching:
            self._watching.want_lull(self._lull if wanted else None)

    async def watch(self, emit: Emit) -> None:
        """Tell active, idle and lulls until cancelled; raise `Lost` when mutter or the bus goes away."""
        async with connect("session") as bus:
            self._watching = _Watching(bus, emit, self.resolution, self._look_again)
            try:
                self.want_lull(self._lull_wanted)
                await self._watching.run()
            except CallFailed as failure:
                raise Lost(f"mutter does not do as asked ({failure})") from failure
            finally:
                self._watching.close()
                self._watching = None


class _Watching:
    """One connection's worth of it."""

    def __init__(self, bus: Bus, emit: Emit, resolution: float, look_again: float) -> None:
        self._bus = bus
        self._tell = emit
        self._resolution = resolution
        self._look_again = look_again
        self._active = False
        self._inhibited = False
        self._input: int | None = None
        self._pause: int | None = None
        self._lull: int | None = None
        self._lull_seconds = 0.0
        self._wishes: set[asyncio.Task[None]] = set()
        self._asking = asyncio.Lock()

    async def run(self) -> None:
        """Tell until the bus or mutter goes away."""
        if not await self._bus.follow(_NAME):
            raise Lost("mutter went away")
        await self._bus.listen(_MONITOR, "WatchFired")
        await self._bus.listen_changes(_SESSION)
        if await self._bus.follow(_SESSION_NAME):
            await self._learn_inhibited()
        self._pause = await self._add_pause(self._resolution)
        self._input = await self._number("AddUserActiveWatch")
        while True:
            await self._take(await self._next())

    def want_lull(self, seconds: float | None) -> None:
        """Be told of pauses of so many seconds, or no more."""
        wish = asyncio.create_task(self._change_lull(seconds))
        self._wishes.add(wish)
        wish.add_done_callback(self._wishes.discard)

    def close(self) -> None:
        """Ask for nothing more; the watches go with the connection."""
        for wish in self._wishes:
            wish.cancel()

    async def _next(self) -> DBusSignal | None:
        """What is heard next; None when it is time to read the idle time."""
        blind = self._active and self._inhibited
        with suppress(TimeoutError):
            async with asyncio.timeout(self._look_again if blind else None):
                return await anext(self._bus)
        return None

    async def _take(self, heard: DBusSignal | None) -> None:
        match heard:
            case None:
                await self._look()
            case DBusSignal(at, member="WatchFired", body=(int(watch),)):
                await self._fired(watch, at)
            case DBusSignal(member="NameOwnerChanged", body=(str(name), _, owner)):
                if name == _NAME:
                    raise Lost("mutter went away")
                # mutter itself holds on to what the last one said.
                if owner:
                    await self._learn_inhibited()
            case DBusSignal() if _INHIBITED in (changed := heard.changed()):
                self._inhibited = _is_idle_among(changed[_INHIBITED])

    async def _fired(self, watch: int, at: float) -> None:
        if watch == self._input and not self._active:
            self._active = True
            self._tell(Sighting("active", at))
        elif watch == self._pause and self._active:
            await self._idle(at, at - self._resolution)
        elif watch == self._lull and self._active:
            self._tell(Sighting("lull", at, at - self._lull_seconds))

    async def _look(self) -> None:
        """Read how long there has been no input, which no watch tells while an inhibitor is held."""
        milliseconds = await self._number("GetIdletime")
        if milliseconds >= self._resolution * 1000:
            now = boot_seconds()
            await self._idle(now, now - milliseconds / 1000)

    async def _idle(self, at: float, since: float) -> None:
        self._active = False
        self._tell(Sighting("idle", at, since))
        self._input = await self._number("AddUserActiveWatch")

    async def _learn_inhibited(self) -> None:
        # A session manager without this property, or none yet, inhibits nothing.
        with suppress(CallFailed):
            self._inhibited = _is_idle_among((await self._bus.properties(_SESSION)).get(_INHIBITED))

    async def _change_lull(self, seconds: float | None) -> None:
        # If mutter or the bus has gone, `run` finds out.
        with suppress(CallFailed, Lost):
            async with self._asking:
                if self._lull is not None:
                    old, self._lull = self._lull, None
                    await self._bus.call(_MONITOR, "RemoveWatch", "u", old)
                if seconds is not None:
                    self._lull_seconds = seconds
                    self._lull = await self._add_pause(seconds)

    async def _add_pause(self, seconds: float) -> int:
        return await self._number("AddIdleWatch", "t", round(seconds * 1000))

    async def _number(self, method: str, signature: str | None = None, *args: int) -> int:
        match await self._bus.call(_MONITOR, method, signature, *args):
            case (int(number),):
                return number
            case _:
                raise CallFailed(f"no number for {method}")


def _is_idle_among(inhibited: object) -> bool:
    """Whether idleness is among what is inhibited, which is told in bits."""
    return isinstance(inhibited, int) and bool(inhibited & _IDLE_BIT)
