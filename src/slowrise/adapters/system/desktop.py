"""The displays of this user, and when they come and go.

A service may start before its desktop, outlive it, and meet the next one. Then the variables of its environment name no
display, or one that is gone. `follow_desktop` puts the variables of the desktop that is there now into the environment,
where every adapter and every program that the daemon starts finds them. `DesktopChanges` reports when that may matter.

Displays are found by their sockets. Nothing connects to an X server for that: a compositor starts its own X server at
the first connection.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import stat
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from jeepney import DBusAddress

from slowrise.adapters.system.dbus import CallFailed, Which, connect
from slowrise.adapters.system.inotify import Inotify, Mask
from slowrise.adapters.system.processes import name_of, pids, user_of
from slowrise.ports.probe import Lost, Unavailable

X_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where X servers listen
X_LOCK = "/tmp/.X{}-lock"  # noqa: S108 - where they write their process, by the number of the display

_VARIABLES = (
    *("WAYLAND_DISPLAY", "DISPLAY", "XAUTHORITY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP"),
    "DBUS_SESSION_BUS_ADDRESS",
)
"""The variables that belong to one desktop."""

_MANAGER = DBusAddress("/org/freedesktop/systemd1", "org.freedesktop.systemd1", "org.freedesktop.systemd1.Manager")
_PROPERTIES = "org.freedesktop.DBus.Properties"
_IDLE_MONITOR = "org.gnome.Mutter.IdleMonitor"
_NOTIFICATIONS = "org.freedesktop.Notifications"
_COME_WITH_DESKTOP = (_NOTIFICATIONS, "org.kde.StatusNotifierWatcher")
"""Names on the session bus that a desktop owns. Some notification services come and go with each notice."""
_LOGIND = DBusAddress("/org/freedesktop/login1", "org.freedesktop.login1", "org.freedesktop.login1.Manager")

_COMPOSITOR = r"wayland-[\w-]+"
_TELLING = re.compile(rf"{_COMPOSITOR}|X\d+|bus|slowrise")
"""Names in the watched directories that matter: sockets of displays and the bus, and the directory of our own."""


class Display(NamedTuple):
    """A place where this user may have a keyboard."""

    kind: Literal["wayland", "x11"]
    name: str
    """As the variable names it: `wayland-1` or `:1`."""

    @property
    def variables(self) -> dict[str, str]:
        """Return the variables for a program on this display."""
        variable = "WAYLAND_DISPLAY" if self.kind == "wayland" else "DISPLAY"
        return {variable: self.name, "XDG_SESSION_TYPE": self.kind}


class LoginSession(NamedTuple):
    """A graphical session of this user. `display` is empty where logind does not know it, as with Wayland."""

    name: str
    kind: Literal["wayland", "x11"]
    display: str


def runtime_directory() -> Path:
    """Return the directory with this user's sockets. It may be missing, and come back with the next login."""
    return Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}")


def displays() -> list[Display]:
    """Return every display of this user that accepts connections, without the X servers inside compositors."""
    return [*_compositors(), *_x_servers()]


def own_display() -> Display | None:
    """Return the display that the environment names; None without one."""
    return _named_by(os.environ)


def is_same(one: Display, other: Display) -> bool:
    """Return whether two names mean the same display: a path and its last part, or `:1` and its screen `:1.0`."""
    if one.kind == "wayland":
        return one.kind == other.kind and runtime_directory() / one.name == runtime_directory() / other.name
    return one.kind == other.kind and one.name.partition(".")[0] == other.name.partition(".")[0]


def is_there(display: Display) -> bool:
    """Return whether anything accepts connections at this display. One of another machine counts as there."""
    if display.kind == "wayland":
        return _accepts(runtime_directory() / display.name)
    # python-xlib does not close the sockets of refused attempts, so ask before it does.
    if not (local := re.match(r"(?:unix)?:(\d+)", display.name)):
        return True
    path = X_SOCKETS / f"X{local[1]}"
    return _accepts(path) or _accepts(f"\0{path}")


async def follow_desktop(only: Collection[str] = ()) -> bool:
    """Take over the variables of a desktop that is there, if those of this process lead nowhere.

    `only`: the names of its displays, if it must be a certain one.
    Returns whether the environment has changed. The variables in the user's systemd come first: they name everything
    about a desktop. A socket names only the display.
    """
    own = own_display()
    if own is not None and is_there(own):
        return False
    for variables in (await _of_user_manager(), *(each.variables for each in displays())):
        found = _named_by(variables)
        if found is not None and (not only or found.name in only) and is_there(found):
            _take_over(variables)
            return True
    return False


def _take_over(variables: Mapping[str, str]) -> None:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime_directory()))
    for name in ("WAYLAND_DISPLAY", "DISPLAY", "XDG_SESSION_TYPE"):  # the old ones would name a display that is gone
        os.environ.pop(name, None)
    for name in ("XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"):
        if not Path(os.environ.get(name, "").removeprefix("unix:path=").partition(",")[0]).exists():
            os.environ.pop(name, None)
    os.environ.update({name: value for name, value in variables.items() if name in _VARIABLES})


async def sessions() -> list[LoginSession]:
    """Return this user's graphical sessions, as logind has them; none without logind."""
    found = []
    with suppress(Lost, CallFailed, TimeoutError):
        async with connect("system") as bus:
            match await bus.call(_LOGIND, "ListSessions"):
                case (list(listed),):
                    ours = [path for _, uid, _, _, path in listed if uid == os.geteuid()]
                case _:
                    ours = []
            for path in ours:
                session = DBusAddress(path, _LOGIND.bus_name, "org.freedesktop.login1.Session")
                match await bus.properties(session):
                    case {"Id": str(name), "Type": "x11" | "wayland" as kind, "State": "active" | "online", **rest}:
                        found.append(LoginSession(name, kind, str(rest.get("Display", ""))))
    return found


def missing(sessions: Sequence[LoginSession], found: Sequence[Display], *, has_gnome: bool) -> list[str]:
    """Return the names of the sessions that have none of the displays found.

    logind does not name the display of a Wayland session, so those are counted. `has_gnome`: GNOME is watched over the
    bus, which names no display either.
    """
    wayland = [each for each in sessions if each.kind == "wayland"]
    known = sum(display.kind == "wayland" for display in found)
    names = [f"session {each.name}" for each in wayland[max(known, int(has_gnome)) :]]
    for each in sessions:
        if each.kind == "x11" and each.display:
            display = Display("x11", each.display)
            names += [] if any(is_same(display, other) for other in found) else [each.display]
    return names


async def _of_user_manager() -> dict[str, str]:
    """Return the environment of the user's systemd, into which desktops import theirs; empty without one."""
    with suppress(Lost, CallFailed, TimeoutError):
        async with connect("session") as bus:
            ask = _MANAGER.with_interface(_PROPERTIES)
            match await bus.call(ask, "Get", "ss", _MANAGER.interface, "Environment"):
                case ((_, list(pairs)),):
                    return dict(pair.split("=", 1) for pair in pairs if isinstance(pair, str) and "=" in pair)
    return {}


def _named_by(variables: Mapping[str, str]) -> Display | None:
    if name := variables.get("WAYLAND_DISPLAY"):
        return Display("wayland", name)
    if name := variables.get("DISPLAY"):
        return Display("x11", name)
    return None


def _compositors() -> Iterator[Display]:
    with suppress(OSError):
        for path in sorted(runtime_directory().iterdir()):
            if re.fullmatch(_COMPOSITOR, path.name) and _accepts(path):
                yield Display("wayland", path.name)


def _x_servers() -> Iterator[Display]:
    """Return the displays of this user's X servers: Xorg, Xvnc, Xephyr, but not those inside compositors."""
    with suppress(OSError):
        sockets = [path for path in X_SOCKETS.iterdir() if _is_our_socket(path)]
        for path in sorted(_listening(sockets)):
            number = path.name.removeprefix("X")
            if _has_server_of_its_own(number):
                yield Display("x11", f":{number}")


def _is_our_socket(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    is_display = path.name.removeprefix("X").isdecimal()
    return is_display and stat.S_ISSOCK(status.st_mode) and status.st_uid == os.geteuid()


def _listening(sockets: Sequence[Path]) -> list[Path]:
    """Return those of the sockets that somebody listens at."""
    if not sockets:
        return []
    rows = (line.split() for line in Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace").splitlines())
    accepts = "00010000"  # __SO_ACCEPTCON
    found = {row[7] for row in rows if len(row) == 8 and row[3] == accepts}  # noqa: PLR2004
    return [path for path in sockets if str(path) in found]


def _has_server_of_its_own(number: str) -> bool:
    """Return whether the display belongs to an X server, and not to a compositor that starts one when it is needed.

    The lock file names the process: a compositor writes its own. A server that chose the number itself (-displayfd)
    writes no file. What a process has open cannot be read in the sandbox of the unit.
    """
    with suppress(OSError):
        lock = Path(X_LOCK.format(number)).read_text(encoding="ascii", errors="replace")
        found = re.search(r"\d+", lock)  # wlroots writes a zero byte after it
        if found and (holder := name_of(int(found[0]))):
            return _is_x_server(holder)
    return any(_is_x_server(name_of(pid)) and user_of(pid) == os.geteuid() for pid in pids())


def _is_x_server(program: str) -> bool:
    return program.startswith("X") and program != "Xwayland"


def _accepts(path: Path | str) -> bool:
    with socket.socket(socket.AF_UNIX) as attempt, suppress(OSError):
        attempt.settimeout(0)
        attempt.connect(os.fspath(path))
        return True
    return False


class DesktopChanges:
    """Calls `changed` when a display came or went, and `joined` when a desktop may have begun, until `close`.

    `served` is called when a notification service has begun.
    Costs nothing while nothing changes: the kernel and the buses report. Use it within the loop, and call `look` after
    each change.
    """

    def __init__(
        self, changed: Callable[[], None], joined: Callable[[], None], served: Callable[[], None] = lambda: None
    ) -> None:
        self._changed = changed
        self._joined = joined
        self._served = served
        self._loop = asyncio.get_running_loop()
        self._following: dict[Which, asyncio.Task[None]] = {}
        self._awaited = ""
        """The name of the runtime directory while it is missing."""
        try:
            self._inotify: Inotify | None = Inotify()
        except Unavailable:
            self._inotify = None
        else:
            self._loop.add_reader(self._inotify, self._read)
        self.look()

    def close(self) -> None:
        """Stop."""
        if self._inotify is not None:
            self._loop.remove_reader(self._inotify)
            self._inotify.close()
        for task in self._following.values():
            task.cancel()

    def _read(self) -> None:
        assert self._inotify  # noqa: S101 - for the type checker: only an instance is read
        events = self._inotify.read()
        if any(each.mask & Mask.IGNORED or self._tells(each.name) for each in events):
            self._changed()

    def _tells(self, name: str) -> bool:
        return name == self._awaited or _TELLING.fullmatch(name) is not None

    def look(self) -> None:
        """Watch what exists now. While the user has no runtime directory, watch for it to come."""
        runtime = runtime_directory()
        self._awaited = "" if runtime.is_dir() else runtime.name
        if self._inotify is not None:
            for path in (runtime.parent if self._awaited else runtime, X_SOCKETS):
                self._inotify.add(str(path), Mask.CREATE | Mask.DELETE)
        self._follow("session", self._follow_desktop)
        self._follow("system", self._follow_logins)

    def _follow(self, which: Which, follow: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if which not in self._following or self._following[which].done():
            self._following[which] = self._loop.create_task(follow())

    async def _follow_desktop(self) -> None:
        """Report what a desktop has on the session bus: GNOME's socket alone does not mean that it sees input."""
        with suppress(Lost, CallFailed, TimeoutError):
            async with connect("session") as bus:
                for name in (_IDLE_MONITOR, *_COME_WITH_DESKTOP):
                    if await bus.follow(name) and name == _NOTIFICATIONS:
                        self._served()  # it may have begun since the first notice
                try:
                    async for signal in bus:
                        match signal.member, signal.body:
                            case "NameOwnerChanged", (name, _, owner):
                                (self._changed if name == _IDLE_MONITOR else self._joined)()
                                if name == _NOTIFICATIONS and owner:
                                    self._served()
                except Lost:
                    self._changed()

    async def _follow_logins(self) -> None:
        """Report logins: the X server that a display manager starts is there long before the user."""
        with suppress(Lost, CallFailed, TimeoutError):
            async with connect("system") as bus:
                await bus.follow(_LOGIND.bus_name)
                await bus.listen(_LOGIND, "SessionNew")
                async for signal in bus:
                    if signal.member == "SessionNew":
                        self._joined()
