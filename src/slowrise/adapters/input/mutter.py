"""GNOME: mutter's IdleMonitor on the session bus, because mutter offers Wayland clients no idle protocol.

Three surprises in mutter:

- A watch for input fires once and is then gone.
- While a program holds an idle inhibitor, no watch for a pause fires, but the idle time goes on counting. So meanwhile
  this source reads the idle time now and then, and watches for input after each reading.
- When the program releases the inhibitor, the idle time restarts at zero without any input. So a short idle time does
  not prove input; only the watch for input does. While that has not fired, the last reading is true.
"""

from __future__ import annotations

import asyncio
from contextlib import closing, suppress

from jeepney import DBusAddress

from slowrise.adapters.input.lull import LullSwitch
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
"""The bit of `InhibitedActions` for "the session may not be marked idle"."""

_POLL = 60.0
"""Seconds between two readings of the idle time at most, while an inhibitor is held and the user is active."""
_FIRST_POLL = 1.0
"""Seconds between two readings at first. If the inhibitor is released between two, the last input is not known better,
so the readings grow apart with the age of the inhibitor: a short film is dated to the second, a long one is cheap."""
_POLL_SHARE = 1 / 60
"""Seconds between two readings by the age of the inhibitor."""


class Mutter(LullSwitch):
    """Any input that mutter counts."""

    name = "mutter"

    def __init__(self, *, resolution: float = 15.0, lull: float = 5.0, poll: float = _POLL) -> None:
        super().__init__(resolution=resolution, lull=lull)
        self._poll = poll

    async def probe(self) -> str:
        """Check that mutter is on the session bus."""
        if _NAME not in await names_on("session"):
            raise Unavailable("mutter is not on the session bus", "this source is for GNOME; elsewhere use another")
        return ""

    async def watch(self, emit: Emit) -> None:
        """Emit active, idle and lulls until cancelled. Raises `Lost` when mutter or the bus goes away."""
        async with connect("session") as bus:
            monitor = _IdleMonitor(bus, emit, self.resolution, self._poll)
            try:
                with closing(monitor), self.lulls_switched_by(monitor.set_lull):
                    await monitor.run()
            except CallFailed as failure:
                raise Lost(f"mutter refuses a call ({failure})") from failure


class _IdleMonitor:
    """The watches of one connection to mutter."""

    def __init__(self, bus: Bus, emit: Emit, resolution: float, poll: float) -> None:
        self._bus = bus
        self._emit = emit
        self._resolution = resolution
        self._poll = poll
        self._active = False
        self._inhibited = False
        self._inhibited_at = 0.0
        self._last: float | None = None
        """The last input, if the idle time was read and there was no input since; None if that is unknown."""
        self._read_at = 0.0
        """When to read the idle time, if an inhibitor is held and the last input is unknown."""
        self._input: int | None = None
        self._pause: int | None = None
        self._lull: int | None = None
        """The numbers of mutter's watches for input, for a pause of the resolution, and for a lull."""
        self._lull_seconds = 0.0
        self._lull_changes: set[asyncio.Task[None]] = set()
        self._changing_lull = asyncio.Lock()

    async def run(self) -> None:
        """Emit until the bus or mutter goes away."""
        if not await self._bus.follow(_NAME):
            raise Lost("mutter went away")
        await self._bus.listen(_MONITOR, "WatchFired")
        await self._bus.listen_changes(_SESSION)
        if await self._bus.follow(_SESSION_NAME):
            await self._read_inhibited()
        self._pause = await self._add_pause_watch(self._resolution)
        await self._watch_for_input()
        while True:
            await self._on_signal(await self._next_signal())

    def set_lull(self, seconds: float | None) -> None:
        """Watch for pauses of this many seconds, or for none. A pause that has begun counts."""
        change = asyncio.create_task(self._change_lull(seconds))
        self._lull_changes.add(change)
        change.add_done_callback(self._lull_changes.discard)

    def close(self) -> None:
        """Cancel pending calls. mutter drops the watches with the connection."""
        for change in self._lull_changes:
            change.cancel()

    async def _next_signal(self) -> DBusSignal | None:
        """Return the next signal, or None when the user is idle, or it is time to read for how long."""
        wait = None
        if self._active and self._inhibited:
            due = self._read_at if self._last is None else self._last + self._resolution
            wait = max(due - boot_seconds(), 0.0)
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                return await anext(self._bus)
        return None

    async def _on_signal(self, signal: DBusSignal | None) -> None:
        match signal:
            case None if self._last is not None:
                await self._on_idle(boot_seconds(), self._last)
            case None:
                await self._read_idle_time()
            case DBusSignal(at, member="WatchFired", body=(int(watch),)):
                await self._on_watch_fired(watch, at)
            case DBusSignal(member="NameOwnerChanged", body=(str(name), _, owner)):
                if name == _NAME:
                    raise Lost("mutter went away")
                # When the session manager leaves, mutter keeps its last inhibitors, so nothing changes then.
                if owner:
                    await self._read_inhibited()
            case DBusSignal(at) if _INHIBITED in (changed := signal.changed()):
                self._set_inhibited(_inhibits_idle(changed[_INHIBITED]), at)

    async def _on_watch_fired(self, watch: int, at: float) -> None:
        if watch == self._input:
            self._input = self._last = None
            self._read_at = at + min(max(_FIRST_POLL, (at - self._inhibited_at) * _POLL_SHARE), self._poll)
            if not self._active:
                self._active = True
                self._emit(Sighting("active", at))
        elif watch == self._pause and self._active:
            since = at - self._resolution
            await self._on_idle(at, since if self._last is None else min(self._last, since))
        elif watch == self._lull and self._active:
            self._emit(Sighting("lull", at, at - self._lull_seconds))

    async def _read_idle_time(self) -> None:
        await self._watch_for_input()  # first, so that no input is missed between the two
        milliseconds = await self._number("GetIdletime")
        self._last = boot_seconds() - milliseconds / 1000

    async def _on_idle(self, at: float, since: float) -> None:
        self._active = False
        self._last = None
        self._emit(Sighting("idle", at, since))
        await self._watch_for_input()

    async def _watch_for_input(self) -> None:
        if self._input is None:
            self._input = await self._number("AddUserActiveWatch")

    async def _read_inhibited(self) -> None:
        # Without a session manager, or with one that lacks this property, nothing is inhibited.
        with suppress(CallFailed):
            properties = await self._bus.properties(_SESSION)
            self._set_inhibited(_inhibits_idle(properties.get(_INHIBITED)), boot_seconds())

    def _set_inhibited(self, inhibited: bool, at: float) -> None:
        if inhibited and not self._inhibited:
            self._inhibited_at = self._read_at = at
        self._inhibited = inhibited

    async def _change_lull(self, seconds: float | None) -> None:
        # If mutter or the bus has gone, `run` raises.
        with suppress(CallFailed, Lost):
            async with self._changing_lull:
                if self._lull is not None:
                    old, self._lull = self._lull, None
                    await self._bus.call(_MONITOR, "RemoveWatch", "u", old)
                if seconds is not None:
                    self._lull_seconds = seconds
                    self._lull = await self._add_pause_watch(seconds)

    async def _add_pause_watch(self, seconds: float) -> int:
        return await self._number("AddIdleWatch", "t", round(seconds * 1000))

    async def _number(self, method: str, signature: str | None = None, *args: int) -> int:
        match await self._bus.call(_MONITOR, method, signature, *args):
            case (int(number),):
                return number
        raise CallFailed(f"no number for {method}")


def _inhibits_idle(actions: object) -> bool:
    return isinstance(actions, int) and bool(actions & _IDLE_BIT)
