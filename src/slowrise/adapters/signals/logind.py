"""Lock, suspend and switch of user, as logind (or elogind) tells them on the system bus.

What is told twice is counted once. `LockedHint` is the fact, where the desktop keeps it; the signals `Lock` and
`Unlock` only ask the desktop for it; and some desktops lock by switching to a greeter. A switch to anything but a
greeter makes this person unobserved: told `paused`, and `unpaused` on the way back.
"""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Any

from jeepney import DBusAddress
from jeepney.fds import FileDescriptor

from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.dbus import Bus, CallFailed, DBusSignal, connect, names_on
from slowrise.ports.input import Emit
from slowrise.ports.probe import Lost, Unavailable

_NAME = "org.freedesktop.login1"
_MANAGER = DBusAddress("/org/freedesktop/login1", _NAME, "org.freedesktop.login1.Manager")

_UNCONFIRMED = 10.0
"""Seconds in which a desktop that keeps `LockedHint` has answered a `Lock` (GNOME and KDE: under 2).

Others (sway with swayidle, i3) never tell that the person has unlocked, so their lock may not stay on for ever.
"""

_TO_DISK = 0.3
"""Seconds that sleep is held back once it was told: the loop writes it to disk meanwhile. logind allows 5."""

log = logging.getLogger(__name__)


class Logind:
    """The signals of logind. Without a session of this user's it tells of suspend only."""

    name = "logind"

    def __init__(self) -> None:
        if _NAME not in names_on("system"):
            raise Unavailable("no logind on the system bus", "use a system with systemd, or install elogind")

    async def watch(self, emit: Emit) -> None:
        """Tell lock, suspend and switch of user until cancelled; raise `Lost` with the bus, logind or the session."""
        async with connect("system") as bus:
            watching = _Watching(bus, emit)
            try:
                await watching.run()
            except Lost:
                watching.tell_off()
                raise
            finally:
                watching.close()


class _Watching:
    """One connection's worth of it."""

    def __init__(self, bus: Bus, emit: Emit) -> None:
        self._bus = bus
        self._lock = Toggle("locked", "unlocked", emit)
        self._sleep = Toggle("suspended", "resumed", emit)
        self._elsewhere = Toggle("paused", "unpaused", emit)
        self._session: DBusAddress | None = None
        self._delay: FileDescriptor | None = None
        self._forget: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        if not await self._bus.follow(_NAME):
            raise Lost("logind went away")
        for member in ("PrepareForSleep", "SessionNew", "SessionRemoved"):
            await self._bus.listen(_MANAGER, member)
        await self._hold_sleep()
        await self._join()
        async for heard in self._bus:
            await self._take(heard)

    def tell_off(self) -> None:
        """Tell off whatever is on."""
        for edge in (self._lock, self._sleep, self._elsewhere):
            edge.only(set(), boot_seconds())

    def close(self) -> None:
        self._let_sleep()
        if self._forget:
            self._forget.cancel()

    async def _take(self, heard: DBusSignal) -> None:
        match heard:
            case DBusSignal(member="NameOwnerChanged"):
                raise Lost("logind went away")
            case DBusSignal(member="PrepareForSleep", body=(bool(begins),)):
                await self._slept(begins, heard.at)
            case DBusSignal(member="SessionRemoved", body=(str(), str(path))) if self._is_ours(path):
                raise Lost("the session ended")
            case DBusSignal(member="SessionNew") if not self._session:
                await self._join()
            case DBusSignal(member="Lock", path=path) if self._is_ours(path):
                self._asked(True, heard.at)
            case DBusSignal(member="Unlock", path=path) if self._is_ours(path):
                self._asked(False, heard.at)
            case DBusSignal(member="PropertiesChanged"):
                await self._changed(heard)
            case _:
                pass

    async def _slept(self, begins: bool, at: float) -> None:
        self._sleep.hold("machine", begins, at)
        if begins:
            await asyncio.sleep(_TO_DISK)
            self._let_sleep()
        else:
            await self._hold_sleep()

    async def _hold_sleep(self) -> None:
        """Have logind wait for us before the next sleep."""
        self._let_sleep()
        asked = ("sleep", "slowrise", "Writes down that the machine goes to sleep", "delay")
        try:
            match await self._bus.call(_MANAGER, "Inhibit", "ssss", *asked):
                case (FileDescriptor() as held,):
                    self._delay = held
        except CallFailed as error:
            log.warning("sleep cannot be held back, so that its beginning may be lost: %s", error)

    def _let_sleep(self) -> None:
        if self._delay:
            self._delay.close()
            self._delay = None

    async def _join(self) -> None:
        """Find the session of this person and hear of it from now on."""
        self._session = await _session_of_ours(self._bus)
        if not self._session:
            return
        for member in ("Lock", "Unlock"):
            await self._bus.listen(self._session, member)
        await self._bus.listen_changes(self._session)
        seat = await self._seat()
        if seat:
            await self._bus.listen_changes(seat)
        await self._look(boot_seconds())

    def _is_ours(self, path: str) -> bool:
        return self._session is not None and path == self._session.object_path

    async def _changed(self, heard: DBusSignal) -> None:
        values = heard.changed()
        if self._is_ours(heard.path) and isinstance(locked := values.get("LockedHint"), bool):
            self._lock.hold("hint", locked, heard.at)
            self._asked(False, heard.at)
        if "Active" in values or "ActiveSession" in values:
            await self._look(heard.at)

    def _asked(self, to_lock: bool, at: float) -> None:
        """Take the desktop's word for a lock that it was asked for, but for a short time only."""
        if self._forget:
            self._forget.cancel()
            self._forget = None
        self._lock.hold("asked", to_lock, at)
        if to_lock:
            loop = asyncio.get_running_loop()
            self._forget = loop.call_later(_UNCONFIRMED, lambda: self._asked(False, boot_seconds()))

    async def _look(self, at: float) -> None:
        """Read whether the session is locked, and who has the screen."""
        if not self._session:
            return
        values = await _properties(self._bus, self._session)
        self._lock.hold("hint", values.get("LockedHint") is True, at)
        switched = values.get("Active") is False
        greeted = switched and await self._is_greeted()
        self._lock.hold("greeter", greeted, at)
        self._elsewhere.hold("screen", switched and not greeted, at)

    async def _seat(self) -> DBusAddress | None:
        match (await _properties(self._bus, self._session)).get("Seat") if self._session else None:
            case (str(name), str(path)) if name and _is_path(path):
                return DBusAddress(path, _NAME, "org.freedesktop.login1.Seat")
            case _:
                return None

    async def _is_greeted(self) -> bool:
        """Whether the seat shows a greeter: some desktops lock like that, and nobody else is at work yet."""
        seat = await self._seat()
        match (await _properties(self._bus, seat)).get("ActiveSession") if seat else None:
            case (str(name), str(path)) if name and _is_path(path):
                return (await _properties(self._bus, _session(path))).get("Class") in ("greeter", "lock-screen")
            case _:
                return False


async def _session_of_ours(bus: Bus) -> DBusAddress | None:
    """The session this process serves: the one it is in, or else the one in which its user sees the screen.

    A user service is in none. XDG_SESSION_ID may be left from an earlier login, hence the look at whose it is.
    """
    for path in await _candidates(bus):
        values = await _properties(bus, _session(path))
        match values.get("User"), values.get("Class"):
            case (int(user), str()), str(kind) if user == os.getuid() and kind.startswith("user"):
                return _session(path)
            case _:
                pass
    return None


async def _candidates(bus: Bus) -> list[str]:
    asks: list[tuple[str, str, str | int]] = [("GetSessionByPID", "u", os.getpid())]
    if named := os.environ.get("XDG_SESSION_ID"):
        asks.insert(0, ("GetSession", "s", named))
    found = [await _path(bus, *ask) for ask in asks]
    if user := await _path(bus, "GetUser", "u", os.getuid()):
        match (await _properties(bus, DBusAddress(user, _NAME, "org.freedesktop.login1.User"))).get("Display"):
            case (str(name), str(shown)) if name and _is_path(shown):
                found.append(shown)
            case _:
                pass
    return [path for path in found if path]


async def _path(bus: Bus, method: str, signature: str, whom: str | int) -> str | None:
    try:
        match await bus.call(_MANAGER, method, signature, whom):
            case (str(path),) if _is_path(path):
                return path
            case _:
                return None
    except CallFailed:
        return None


def _is_path(told: str) -> bool:
    """Whether it leads to an object: in a reply of another type than it should have, any text may stand there."""
    return told.startswith("/")


def _session(path: str) -> DBusAddress:
    return DBusAddress(path, _NAME, "org.freedesktop.login1.Session")


async def _properties(bus: Bus, of: DBusAddress) -> dict[str, Any]:
    """The properties, or none of them: a session or seat may end between hearing of it and asking."""
    try:
        return await bus.properties(of)
    except CallFailed:
        return {}
