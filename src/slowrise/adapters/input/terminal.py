"""The terminals of this user: the bare console, ssh, tmux.

A program that reads a key from a terminal touches the terminal's file, and the kernel tells that it was read: never
what, and nothing of output. Its time of access would tell too, but to within eight seconds only and unasked. A
program that reads whole lines is seen at the end of the line; the answers that a terminal gives by itself, when a
program asks for its size or colours, look like keys.
"""

from __future__ import annotations

import asyncio
import os
import pwd
from pathlib import Path

import psutil

from slowrise.adapters.input.inbox import Inbox, LullTimer
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.inotify import Inotify, Mask
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost, Unavailable

_DEAF_PARTS = 15
"""After an input the next is left in the kernel for this part of the resolution, which is one second of the usual 15:
a wake-up a second, however fast the typing."""

_DEVICES = Path("/dev")
_PSEUDO = Path("/dev/pts")


class Terminal:
    """Whatever reads a key from a terminal of this user."""

    name = "terminal"

    def __init__(self, *, resolution: float = 15.0, lull: float = 5.0) -> None:
        if not own_terminals():
            raise Unavailable("no terminal belongs to you", "log in on a console or by ssh, or start tmux")
        Inotify().close()
        self.resolution = resolution
        self._pauses = LullTimer(resolution, lull)
        self._inbox: Inbox[float] = Inbox()

    def want_lull(self, wanted: bool) -> None:
        """Tell (or stop telling) lulls; they are judged at once."""
        self._pauses.lull_wanted = wanted
        self._inbox.stir()

    async def watch(self, emit: Emit) -> None:
        """Tell active, idle and lulls until cancelled; raise `Lost` when the last terminal is closed."""
        self._inbox = inbox = Inbox[float]()
        try:
            reads = _Reads(inbox, self.resolution / _DEAF_PARTS)
        except Unavailable as error:
            raise Lost(error.reason) from error
        try:
            while True:
                while (heard := await inbox.take()) is None:
                    pass
                emit(Sighting("active", heard))
                last = heard
                while next_heard := await self._pauses.next_input(inbox, emit, since=last, quiet=last):
                    last = next_heard
                emit(Sighting("idle", boot_seconds(), last))
        finally:
            reads.close()


class _Reads:
    """Puts the time of a read of any of this user's terminals into the inbox, at most once in `deaf` seconds."""

    def __init__(self, inbox: Inbox[float], deaf: float) -> None:
        self._inbox = inbox
        self._deaf = deaf
        self._loop = asyncio.get_running_loop()
        self._inotify = Inotify()
        # A new terminal is created, and some are given to their user only then (sshd, login).
        self._places = {self._inotify.add(str(place), Mask.CREATE | Mask.ATTRIB) for place in (_DEVICES, _PSEUDO)}
        self._terminals: set[int] = set()
        self._again: asyncio.TimerHandle | None = None
        self._look_round()
        self._listen()

    def close(self) -> None:
        if self._again:
            self._again.cancel()
        self._loop.remove_reader(self._inotify)
        self._inotify.close()

    def _listen(self) -> None:
        self._loop.add_reader(self._inotify, self._read)

    def _read(self) -> None:
        told = self._inotify.read()
        closed = {each.watch for each in told if each.mask & Mask.IGNORED}
        self._terminals -= closed
        if closed or any(each.watch in self._places for each in told):
            self._look_round()
        if any(each.mask & Mask.ACCESS for each in told):
            self._inbox.put(boot_seconds())
            self._loop.remove_reader(self._inotify)
            self._again = self._loop.call_later(self._deaf, self._listen)

    def _look_round(self) -> None:
        watches = (self._inotify.add(path, Mask.ACCESS) for path in own_terminals())
        self._terminals.update(watch for watch in watches if watch is not None)
        if not self._terminals:
            self._inbox.lose("your last terminal was closed")


def own_terminals() -> frozenset[str]:
    """The terminals of this user that somebody can type into."""
    uid = os.getuid()
    own = {str(path) for path in _PSEUDO.glob("[0-9]*") if _owner(path) == uid}
    own.update(path for path in _logged_in(uid) or _of_processes(uid) if _owner(Path(path)) == uid)
    return frozenset(own)


def _logged_in(uid: int) -> set[str]:
    """Where this user is logged in. Empty where nobody keeps that list (Debian from 13 on)."""
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        return set()
    return {str(_DEVICES / user.terminal) for user in psutil.users() if user.name == name and user.terminal}


def _of_processes(uid: int) -> set[str]:
    """The terminals that this user's processes run in. root owns every unused console, so owning is not enough."""
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
