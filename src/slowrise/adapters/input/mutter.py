"""GNOME: mutter's IdleMonitor on the session bus, because mutter offers Wayland clients no idle protocol.

Three surprises in mutter:

- A watch for input fires once and is then gone.
- While a program holds an idle inhibitor, no watch for a pause fires, but the idle time goes on counting. So this
  source polls the idle time meanwhile.
- When the program releases the inhibitor, the idle time restarts at zero without any input. So a short idle time does
  not prove input; only the watch for input does.
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
"""Seconds between two readings of the idle time, while an inhibitor is held and the user is active. The reading
contains the last input, so polling delays a sighting but does not falsify it."""


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
        self._input = await self._number("AddUserActiveWatch")
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
        """Return the next signal, or None when it is time to read the idle time."""
        polling = self._active and self._inhibited
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll if polling else None):
                return await anext(self._bus)
        return None

    async def _on_signal(self, signal: DBusSignal | None) -> None:
        match signal:
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
            case DBusSignal() if _INHIBITED in (changed := signal.changed()):
                self._inhibited = _inhibits_idle(changed[_INHIBITED])

    async def _on_watch_fired(self, watch: int, at: float) -> None:
        if watch == self._input and not self._active:
            self._active = True
            self._emit(Sighting("active", at))
        elif watch == self._pause and self._active:
            await self._on_idle(at, at - self._resolution)
        elif watch == self._lull and self._active:
            self._emit(Sighting("lull", at, at - self._lull_seconds))

    async def _read_idle_time(self) -> None:
        milliseconds = await self._number("GetIdletime")
        if milliseconds >= self._resolution * 1000:
            now = boot_seconds()
            await self._on_idle(now, now - milliseconds / 1000)

    async def _on_idle(self, at: float, since: float) -> None:
        self._active = False
        self._emit(Sighting("idle", at, since))
        self._input = await self._number("AddUserActiveWatch")

    async def _read_inhibited(self) -> None:
        # Without a session manager, or with one that lacks this property, nothing is inhibited.
        with suppress(CallFailed):
            self._inhibited = _inhibits_idle((await self._bus.properties(_SESSION)).get(_INHIBITED))

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
