"""The terminals of this user: the bare console, ssh, tmux.

A program that reads a key from a terminal reads the terminal's file, and the kernel reports that read: never the key,
and no output. (The file's access time would show it too, but only to within eight seconds, and only to a poller.) A
program that reads whole lines is seen at the end of the line. When a program asks a terminal for its size or colours,
the terminal's answer looks like keys.
"""

from __future__ import annotations

import asyncio
import os
import pwd
from contextlib import closing
from pathlib import Path

import psutil

from slowrise.adapters.input.event_queue import EventQueue
from slowrise.adapters.input.lull import LullSwitch, LullTimer
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.inotify import Inotify, Mask
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Unavailable

_REST_PARTS = 15
"""After an input this source reads nothing for this fraction of the resolution: one second of the usual 15. So fast
typing wakes the daemon once a second at most."""

_DEVICES = Path("/dev")
_PSEUDO = Path("/dev/pts")
_KEY_DOWN = 0.05
"""Seconds. The least time that a key is down. A read shows no release, and input of no length counts as a machine's."""


class Terminal(LullSwitch):
    """Any program that reads a key from a terminal of this user."""

    name = "terminal"

    async def probe(self) -> str:
        """Check that the user has a terminal and the system has inotify."""
        if not own_terminals():
            raise Unavailable("no terminal belongs to you", "log in on a console or by ssh, or start tmux")
        Inotify().close()
        return ""

    async def watch(self, emit: Emit) -> None:
        """Emit active, idle and lulls until cancelled. Raises `Lost` when the last terminal is closed."""
        queue = EventQueue[float]()
        timer = LullTimer(queue, emit, self.resolution)
        with closing(_Reads(queue, self.resolution / _REST_PARTS)), self.lulls_switched_by(timer.set_lull):
            while True:
                while (last := await queue.get()) is None:
                    pass
                first = last
                emit(Sighting("active", first))
                while next_input := await timer.next_input(since=last, quiet=last):
                    last = next_input
                emit(Sighting("idle", boot_seconds(), max(last, first + _KEY_DOWN)))


class _Reads:
    """Puts the time of each read of the user's terminals into the queue, at most once in `rest` seconds."""

    def __init__(self, queue: EventQueue[float], rest: float) -> None:
        self._queue = queue
        self._rest = rest
        self._loop = asyncio.get_running_loop()
        self._inotify = Inotify()
        # sshd and login create a terminal first, and change its owner to the user later.
        self._directories = {self._inotify.add(str(place), Mask.CREATE | Mask.ATTRIB) for place in (_DEVICES, _PSEUDO)}
        self._terminals: set[int] = set()
        self._resume: asyncio.TimerHandle | None = None
        self._find_terminals()
        self._listen()

    def close(self) -> None:
        if self._resume:
            self._resume.cancel()
        self._loop.remove_reader(self._inotify)
        self._inotify.close()

    def _listen(self) -> None:
        self._loop.add_reader(self._inotify, self._read)

    def _read(self) -> None:
        events = self._inotify.read()
        closed = {each.watch for each in events if each.mask & Mask.IGNORED}
        self._terminals -= closed
        if closed or any(each.watch in self._directories for each in events):
            self._find_terminals()
        if any(each.mask & Mask.ACCESS for each in events):
            self._queue.put(boot_seconds())
            self._loop.remove_reader(self._inotify)
            self._resume = self._loop.call_later(self._rest, self._listen)

    def _find_terminals(self) -> None:
        watches = (self._inotify.add(path, Mask.ACCESS) for path in own_terminals())
        self._terminals.update(watch for watch in watches if watch is not None)
        if not self._terminals:
            self._queue.fail("your last terminal was closed")


def own_terminals() -> frozenset[str]:
    """Return the terminals of this user that receive keys."""
    uid = os.getuid()
    own = {str(path) for path in _PSEUDO.glob("[0-9]*") if _owner(path) == uid}
    own.update(path for path in _logged_in(uid) or _of_processes(uid) if _owner(Path(path)) == uid)
    return frozenset(own)


def _logged_in(uid: int) -> set[str]:
    """Return where this user is logged in. Empty where the system keeps no such list (Debian from 13 on)."""
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        return set()
    return {str(_DEVICES / user.terminal) for user in psutil.users() if user.name == name and user.terminal}


def _of_processes(uid: int) -> set[str]:
    """Return the terminals of this user's processes. root owns every unused console, so ownership is not enough."""
    found = set()
    for process in psutil.process_iter():
        try:
            if process.uids().real == uid and (terminal := process.terminal()):
                found.add(terminal)
        except psutil.Error:
            continue
    return found


def _owner(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except OSError:
        return None
