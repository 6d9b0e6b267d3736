"""Screen lock, suspend and switch of user, from logind (or elogind) on the system bus.

There are three signs of a lock, and together they count once:

- `LockedHint` is the fact, on desktops that maintain it.
- The signals `Lock` and `Unlock` only ask the desktop to lock.
- Some desktops lock by switching to a greeter.

A switch to anything but a greeter makes the user unobserved: `paused`, and `unpaused` on the way back.
"""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import closing
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
"""Seconds in which a desktop that maintains `LockedHint` reacts to `Lock` (GNOME and KDE: under 2).

Other desktops (sway with swayidle, i3) never report the unlock, so a lock known only from `Lock` must expire.
"""

_TO_DISK = 0.3
"""Seconds by which this signal delays sleep, so that the daemon can write it to disk. logind allows 5."""

log = logging.getLogger(__name__)


class Logind:
    """The signals of logind. Without a session of this user it reports suspend only."""

    name = "logind"

    async def probe(self) -> str:
        """Check that logind runs."""
        if _NAME not in await names_on("system"):
            raise Unavailable("no logind on the system bus", "use a system with systemd, or install elogind")
        return "but sees a lock only if your desktop or screen locker reports it"

    async def watch(self, emit: Emit) -> None:
        """Emit lock, suspend and switch of user until cancelled. Raises `Lost` with the bus, logind or the session."""
        async with connect("system") as bus:
            with closing(_SessionWatch(bus, emit)) as session:
                try:
                    await session.run()
                except Lost:
                    session.emit_all_off()
                    raise


class _SessionWatch:
    """Watches logind and the user's session over one connection."""

    def __init__(self, bus: Bus, emit: Emit) -> None:
        self._bus = bus
        self._lock = Toggle("locked", "unlocked", emit)
        self._sleep = Toggle("suspended", "resumed", emit)
        self._other_user = Toggle("paused", "unpaused", emit)
        self._session: DBusAddress | None = None
        self._delay: FileDescriptor | None = None
        """Open while logind must wait for this process before the machine sleeps."""
        self._expiry: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        if not await self._bus.follow(_NAME):
            raise Lost("logind went away")
        for member in ("PrepareForSleep", "SessionNew", "SessionRemoved"):
            await self._bus.listen(_MANAGER, member)
        await self._delay_sleep()
        await self._join_session()
        async for signal in self._bus:
            await self._on_signal(signal)

    def emit_all_off(self) -> None:
        for toggle in (self._lock, self._sleep, self._other_user):
            toggle.clear(boot_seconds())

    def close(self) -> None:
        self._allow_sleep()
        if self._expiry:
            self._expiry.cancel()

    async def _on_signal(self, signal: DBusSignal) -> None:
        match signal:
            case DBusSignal(member="NameOwnerChanged"):
                raise Lost("logind went away")
            case DBusSignal(member="PrepareForSleep", body=(bool(begins),)):
                await self._on_sleep(begins, signal.at)
            case DBusSignal(member="SessionRemoved", body=(str(), str(path))) if self._is_ours(path):
                raise Lost("the session ended")
            case DBusSignal(member="SessionNew") if not self._session:
                await self._join_session()
            case DBusSignal(member="Lock" | "Unlock" as member, path=path) if self._is_ours(path):
                self._on_lock_request(member == "Lock", signal.at)
            case DBusSignal(member="PropertiesChanged"):
                await self._on_properties(signal)

    async def _on_sleep(self, begins: bool, at: float) -> None:
        self._sleep.set("machine", begins, at)
        if begins:
            await asyncio.sleep(_TO_DISK)
            self._allow_sleep()
        else:
            await self._delay_sleep()

    async def _delay_sleep(self) -> None:
        """Make logind wait for this process before the next sleep."""
        self._allow_sleep()
        inhibitor = ("sleep", "slowrise", "Writes down that the machine goes to sleep", "delay")
        try:
            match await self._bus.call(_MANAGER, "Inhibit", "ssss", *inhibitor):
                case (FileDescriptor() as held,):
                    self._delay = held
        except CallFailed as error:
            log.warning("cannot delay sleep, so the record may miss when the machine goes to sleep: %s", error)

    def _allow_sleep(self) -> None:
        if self._delay:
            self._delay.close()
            self._delay = None

    async def _join_session(self) -> None:
        """Find the user's session and listen to it from now on."""
        self._session = await _session_of_ours(self._bus)
        if not self._session:
            return
        for member in ("Lock", "Unlock"):
            await self._bus.listen(self._session, member)
        await self._bus.listen_changes(self._session)
        seat = await self._seat()
        if seat:
            await self._bus.listen_changes(seat)
        await self._read_state(boot_seconds())

    def _is_ours(self, path: str) -> bool:
        return self._session is not None and path == self._session.object_path

    async def _on_properties(self, signal: DBusSignal) -> None:
        values = signal.changed()
        if self._is_ours(signal.path) and isinstance(locked := values.get("LockedHint"), bool):
            self._lock.set("hint", locked, signal.at)
            self._on_lock_request(False, signal.at)
        if "Active" in values or "ActiveSession" in values:
            await self._read_state(signal.at)

    def _on_lock_request(self, to_lock: bool, at: float) -> None:
        """Assume that the desktop locks as asked. Forget it after `_UNCONFIRMED`, unless `LockedHint` confirms it."""
        if self._expiry:
            self._expiry.cancel()
            self._expiry = None
        self._lock.set("request", to_lock, at)
        if to_lock:
            loop = asyncio.get_running_loop()
            self._expiry = loop.call_later(_UNCONFIRMED, lambda: self._on_lock_request(False, boot_seconds()))

    async def _read_state(self, at: float) -> None:
        """Read whether the session is locked, and whether another user has the screen."""
        if not self._session:
            return
        values = await _properties(self._bus, self._session)
        self._lock.set("hint", values.get("LockedHint") is True, at)
        switched = values.get("Active") is False
        greeter = switched and await self._is_greeter_shown()
        self._lock.set("greeter", greeter, at)
        self._other_user.set("screen", switched and not greeter, at)

    async def _seat(self) -> DBusAddress | None:
        if self._session and (path := await _named_object(self._bus, self._session, "Seat")):
            return DBusAddress(path, _NAME, "org.freedesktop.login1.Seat")
        return None

    async def _is_greeter_shown(self) -> bool:
        """Whether the seat shows a greeter: some desktops lock that way, and no other user has logged in yet."""
        if (seat := await self._seat()) and (path := await _named_object(self._bus, seat, "ActiveSession")):
            return (await _properties(self._bus, _session(path))).get("Class") in ("greeter", "lock-screen")
        return False


async def _session_of_ours(bus: Bus) -> DBusAddress | None:
    """Return the session this process belongs to, or else its user's session with a display.

    A user service belongs to none. XDG_SESSION_ID may be from an earlier login, so the owner is checked.
    """
    for path in await _candidates(bus):
        values = await _properties(bus, _session(path))
        match values.get("User"), values.get("Class"):
            case (int(user), str()), str(kind) if user == os.getuid() and kind.startswith("user"):
                return _session(path)
    return None


async def _candidates(bus: Bus) -> list[str]:
    calls: list[tuple[str, str, str | int]] = [("GetSessionByPID", "u", os.getpid())]
    if session_id := os.environ.get("XDG_SESSION_ID"):
        calls.insert(0, ("GetSession", "s", session_id))
    found = [await _path(bus, *call) for call in calls]
    if user := await _path(bus, "GetUser", "u", os.getuid()):
        found.append(await _named_object(bus, DBusAddress(user, _NAME, "org.freedesktop.login1.User"), "Display"))
    return [path for path in found if path]


async def _path(bus: Bus, method: str, signature: str, argument: str | int) -> str | None:
    try:
        match await bus.call(_MANAGER, method, signature, argument):
            case (str(path),) if path.startswith("/"):
                return path
    except CallFailed:
        pass
    return None


async def _named_object(bus: Bus, of: DBusAddress, name: str) -> str | None:
    """Return the path in a property that is an id and a path; None without one, or for a value of a wrong type."""
    match (await _properties(bus, of)).get(name):
        case (str(identifier), str(path)) if identifier and path.startswith("/"):
            return path
    return None


def _session(path: str) -> DBusAddress:
    return DBusAddress(path, _NAME, "org.freedesktop.login1.Session")


async def _properties(bus: Bus, of: DBusAddress) -> dict[str, Any]:
    """Return the properties; none if the session or seat ended meanwhile."""
    try:
        return await bus.properties(of)
    except CallFailed:
        return {}
