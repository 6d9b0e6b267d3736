"""Screen lock, from the processes of lockers that report it to nobody: swaylock, hyprlock, i3lock and others.

While a locker of this user runs, the screen is locked, from the time at which its process started. The names are a
fixed list, and none leaves this module: the event is a lock, nothing more. There is no polling. The signal looks for
processes

- when the kernel reports that a known locker's program is executed,
- when input stops, and before the first input after it is recorded (see `look`): the program may be in another place.

The kernel also reports when the process ends. Programs that only start a locker (swayidle, xss-lock) are not in the
list, nor are those that run all the time: xscreensaver is asked whether it has locked, once it has blanked the screen.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system import processes
from slowrise.adapters.system.child import Child
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.inotify import Inotify, Mask
from slowrise.ports.input import Emit
from slowrise.ports.probe import Unavailable

WAYLAND_LOCKERS = ("swaylock", "hyprlock", "gtklock", "waylock", "swaylock-plugin", "schlock")
X11_LOCKERS = (
    "i3lock",
    "xsecurelock",
    "slock",
    "xlock",
    "xtrlock",
    "pyxtrlock",
    "sxlock",
    "alock",
    "slimlock",
    "xnlock",
)
CONSOLE_LOCKERS = ("physlock", "vlock", "vlock-main")
"""They count only where there is no desktop: people lock the console from which they started X, and go on in X."""
XSCREENSAVER = "xscreensaver"
_BLANKS = "xscreensaver-gfx"
"""The part of xscreensaver (from version 6 on) that runs only while the screen is blank, locked or not."""
_CHANGES_USER = "slock"
"""It gives up its own user once it has checked the rights, so its parent shows whose it is."""

_FIX = (
    "nothing to do if your desktop locks the screen; with another locker, let swayidle or hypridle run this before it, "
    "and the same with `false` after it: `busctl call org.freedesktop.login1 /org/freedesktop/login1/session/auto "
    "org.freedesktop.login1.Session SetLockedHint b true`"
)

_COMM = 15
"""Letters to which the kernel cuts a name."""
_MORE_PLACES = ("/usr/local/bin", "/run/current-system/sw/bin", "~/.local/bin", "~/.nix-profile/bin", "~/.cargo/bin")
"""Where lockers may be although the PATH of a user's systemd does not say so."""

BEGINS = 0.5
"""Seconds from the execution of a locker until it is looked for. `swaylock --help` has ended by then."""
ANSWERS = 5.0
"""Seconds for xscreensaver's command to answer. On an idle machine it takes a hundredth."""


class Locker:
    """Whether a known screen locker of this user runs."""

    name = "locker"

    def __init__(self, user: int | None = None) -> None:
        """`user`: whose lockers count; by default those of the user who runs this program."""
        self._user = user
        self._search: _Search | None = None
        """Exists while the signal is watched."""

    async def probe(self) -> str:
        """Check that a known locker is installed. Returns which, and never which one runs."""
        if sys.platform != "linux" or not processes.name_of(os.getpid()):
            raise Unavailable("this system does not list its processes in /proc", "nothing to do outside Linux")
        installed = sorted({Path(program).name for program in _programs()} - {_BLANKS})
        if not installed:
            raise Unavailable("no screen locker that it knows is installed", _FIX)
        return f"sees when one of these locks the screen: {', '.join(installed)}"

    async def watch(self, emit: Emit) -> None:
        """Emit the lock until cancelled."""
        user = os.getuid() if self._user is None else self._user
        with closing(Inotify()) as inotify, closing(_Search(user, emit)) as self._search:
            for program in _programs():
                inotify.add(program, Mask.OPEN)
            self._search.look()
            while True:
                await inotify.readable()
                await asyncio.sleep(BEGINS)
                inotify.read()
                self._search.look(again=True)

    def look(self) -> None:
        """Emit a lock that was not noticed yet, with the time when it began."""
        if self._search is not None:
            self._search.look()


class _Search:
    """The lockers that run now, found among the processes."""

    def __init__(self, user: int, emit: Emit) -> None:
        self._user = user
        self._lock = Toggle("locked", "unlocked", emit)
        self._names = _names()
        self._own_session = processes.session_of(os.getpid()) or _named_session()
        self._checked: set[int] = set()
        """The processes seen at the last look."""
        self._looked_at = 0.0
        self._running: dict[int, int] = {}
        """Lockers that run, and their process descriptors, which become readable when the process ends."""
        self._locked: set[int] = set()
        """Those that have locked the screen."""
        self._blank: set[int] = set()
        """xscreensaver's part that blanks the screen, whether locked or not."""
        self._question: asyncio.Task[None] | None = None

    def close(self) -> None:
        if self._question:
            self._question.cancel()
        while self._running:
            self._release(next(iter(self._running)))

    def look(self, *, again: bool = False) -> None:
        """Look at the processes that are new. `again`: at all, because an old one may have become a locker."""
        now, pids = boot_seconds(), processes.pids()
        for pid in pids if again else pids - self._checked:
            name = processes.name_of(pid).removeprefix(".").partition("-wrap")[0]  # NixOS: `.swaylock-wrapped`
            if name in self._names and pid not in self._running:
                self._on_found(pid, name, now)
        self._checked, self._looked_at = pids, now
        if self._blank - self._locked and (self._question is None or self._question.done()):
            self._question = asyncio.ensure_future(self._ask_xscreensaver())

    def _on_found(self, pid: int, name: str, now: float) -> None:
        process = processes.process_of(pid)
        if process is None or not self._is_ours(process, name):
            return
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:  # it has ended, or the kernel is older than 5.3
            return
        self._running[pid] = descriptor
        asyncio.get_running_loop().add_reader(descriptor, self._on_end, pid)
        if name == _BLANKS[:_COMM]:
            self._blank.add(pid)
        else:
            # If it was seen before under another name, it became a locker only since then.
            since = max(process.started, self._looked_at) if pid in self._checked else process.started
            self._locked.add(pid)
            self._lock.set_all(self._locked, now, since)

    def _is_ours(self, process: processes.Process, name: str) -> bool:
        """Whether this user started it, in this session."""
        starter = process.parent if name == _CHANGES_USER else process.pid
        if processes.user_of(starter) != self._user:
            return False
        session = processes.session_of(process.pid)
        return session is None or self._own_session in (None, session)

    async def _ask_xscreensaver(self) -> None:
        since = await _locked_since()
        if since is not None and self._blank:
            self._locked |= self._blank
            self._lock.set_all(self._locked, boot_seconds(), since)

    def _on_end(self, pid: int) -> None:
        """Look whether the locker has handed over to another process, as `swaylock -f` does, before it is an unlock."""
        self._release(pid)
        self.look()
        self._locked.discard(pid)
        self._lock.set_all(self._locked, boot_seconds())

    def _release(self, pid: int) -> None:
        self._blank.discard(pid)
        descriptor = self._running.pop(pid)
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)


def _names() -> frozenset[str]:
    """Return the names that count here, cut as the kernel cuts them."""
    is_desktop = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    names = (*WAYLAND_LOCKERS, *X11_LOCKERS, _BLANKS, *(() if is_desktop else CONSOLE_LOCKERS))
    return frozenset(name[:_COMM] for name in names)


def _programs() -> list[str]:
    """Return the known lockers that are installed."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *map(os.path.expanduser, _MORE_PLACES)))
    names = (*WAYLAND_LOCKERS, *X11_LOCKERS, *CONSOLE_LOCKERS, XSCREENSAVER)
    found = [program for name in names if (program := shutil.which(name, path=path))]
    blanks = Path("/usr/libexec/xscreensaver") / _BLANKS
    return [*found, *([str(blanks)] if blanks.exists() else [])]


def _named_session() -> str | None:
    """Return the session that the desktop has named to the user's systemd; None if that was an earlier login."""
    name = os.environ.get("XDG_SESSION_ID")
    return name if name and Path("/run/systemd/sessions", name).exists() else None


async def _locked_since() -> float | None:
    """Return when xscreensaver locked the screen, on CLOCK_BOOTTIME; None if it has not, or does not answer."""
    try:
        child = await Child.start(["xscreensaver-command", "-time"], reads=True)
    except OSError:
        return None
    printed = b""
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWERS):
                async for piece in child.output():
                    printed += piece
    finally:
        await child.end()
    found = re.search(rb"screen locked since \w+ (\w+ +\d+ [\d:]+ \d+)", printed)
    if found is None:
        return None
    now, local = boot_seconds(), datetime.now()  # noqa: DTZ005 - it prints local time
    try:
        since = datetime.strptime(found[1].decode(), "%b %d %H:%M:%S %Y")  # noqa: DTZ007
    except ValueError:
        return now
    return now - max((local - since).total_seconds(), 0.0)
