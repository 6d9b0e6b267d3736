"""X11: the server's own idle time tells idle and lulls, and pynput looks at what ends a long absence.

The idle time costs nothing at any rate of events, but more than a person sets it back: a key that is held or stuck, a
drifting mouse, any program that resets the screen saver (`xset s reset`, the heartbeat of some video players) or
warps the pointer, even to the same place. So two things are left to pynput, where it can hear at all: what ends an
absence of `_SHORT` or more (it hears no reset, and a warp as a twitch), and whether it is a person who has not paused
once for `_UNBROKEN`.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from Xlib import error

from slowrise.adapters.input.inbox import Inbox
from slowrise.adapters.input.jitter import BRIEF
from slowrise.adapters.input.pynput_listeners import Input, PynputListeners
from slowrise.adapters.input.x11_display import check_record, open_display
from slowrise.adapters.input.x11_sync import Alarm, Sync, Test
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost, Unavailable

_SHORT = 120.0
"""Seconds. A silence shorter than the least break (2 min) is none, whatever ended it. Most silences are that short,
and to listen to the end of each would cost ten times as much."""

_UNBROKEN = 1800.0
"""Seconds of input without a pause of `resolution`. People pause every few minutes, machines need not."""

_TO_SHOW = 60.0
"""Seconds in which a person who makes no pause presses a key or moves the pointer."""

_FIRST_PAUSE = 0.05
"""Seconds. Input that was under way when the watching began is seen after its first pause of this length."""

log = logging.getLogger(__name__)


class X11Idle:
    """Keyboard and mouse by the X server's idle time."""

    name = "x11_idle"

    def __init__(
        self, *, resolution: float = 15.0, lull: float = 5.0, short: float = _SHORT, unbroken: float = _UNBROKEN
    ) -> None:
        _check_idle_time()
        self.resolution = resolution
        self._lull = lull
        self._short = short
        self._unbroken = unbroken
        self._hears = _can_hear()
        self._lull_wanted = False
        self._alarms: _Alarms | None = None

    def want_lull(self, wanted: bool) -> None:
        """Tell (or stop telling) lulls; a pause that has begun counts."""
        self._lull_wanted = wanted
        if self._alarms:
            self._alarms.want_lull(self._lull if wanted else None)

    async def watch(self, emit: Emit) -> None:
        """Tell active, idle and lulls until cancelled; raise `Lost` when the X server goes away."""
        inbox: Inbox[Any] = Inbox()
        try:
            alarms = _Alarms(inbox, self.resolution)
        except Unavailable as error:
            raise Lost(error.reason) from error
        watching = _Watching(inbox, emit, PynputListeners(inbox) if self._hears else None)
        self._alarms = alarms
        self.want_lull(self._lull_wanted)
        try:
            await watching.run(short=self._short, unbroken=self._unbroken)
        finally:
            self._alarms = None
            alarms.close()
            await watching.close()


class _Watching:
    """One connection's worth of it."""

    def __init__(self, inbox: Inbox[Any], emit: Emit, ears: PynputListeners | None) -> None:
        self._inbox = inbox
        self._tell = emit
        self._ears = ears
        self._blamed = False
        """It was said that something other than a person keeps the server from being idle: it may do so all day."""

    async def run(self, *, short: float, unbroken: float) -> None:
        active = await self._rang("first")
        self._tell(Sighting("active", active))
        left = active
        while True:
            since = await self._last_input(unbroken)
            self._tell(Sighting("idle", boot_seconds(), since))
            # What lasted less may have been no input: the absence goes on.
            left = since if since - active >= BRIEF else left
            active = await self._returned(left + short)

    async def close(self) -> None:
        if self._ears:
            await self._ears.close()

    async def _last_input(self, unbroken: float) -> float:
        """Stay with a seated person until they pause."""
        due = boot_seconds() + unbroken
        listening: float | None = None
        while True:
            match await self._inbox.take(due if self._ears else None):
                case _Rang("idle", _, since):
                    return since
                case _Rang("lull", at, since):
                    self._tell(Sighting("lull", at, since))
                case Input():
                    listening, due = None, boot_seconds() + unbroken
                case None if self._ears and boot_seconds() >= due:
                    if listening is not None:
                        self._blame()
                        return listening
                    listening, due = boot_seconds(), boot_seconds() + _TO_SHOW
                    self._ears.listen()

    def _blame(self) -> None:
        if not self._blamed:
            self._blamed = True
            log.info("the X server was kept from being idle by no person")

    async def _returned(self, long: float) -> float:
        """Tell the return, and from `long` on the twitches before it."""
        if self._ears is None:
            back = await self._rang("back")
        elif (back_soon := await self._rang_by("back", long)) is None:
            return await self._ears.returned(self._tell)
        else:
            back = back_soon
        self._tell(Sighting("active", back))
        return back

    async def _rang(self, kind: _Kind) -> float:
        """When that alarm next went off."""
        while True:
            match await self._inbox.take():
                case _Rang(rang, at, _) if rang == kind:
                    return at

    async def _rang_by(self, kind: _Kind, due: float) -> float | None:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, due - boot_seconds())):
                return await self._rang(kind)
        return None


_Kind = Literal["first", "back", "idle", "lull"]


class _Rang(NamedTuple):
    """An alarm went off at `at`; `since` was the last input before it."""

    kind: _Kind
    at: float
    since: float


class _Alarms:
    """The alarms of one connection, put into the inbox as they go off."""

    def __init__(self, inbox: Inbox[Any], resolution: float) -> None:
        self._inbox = inbox
        self._display = open_display()
        try:
            self._sync = Sync(self._display)
        except Unavailable:
            self._display.close()
            raise
        self._kinds: dict[int, _Kind] = {}
        self._lull_since = 0.0
        self._closed = False
        self._loop = asyncio.get_running_loop()
        # A dead connection does not tell its own number any more.
        self._fd = self._display.fileno()
        self._loop.add_reader(self._fd, self._read)
        self._set("idle", Test.RISES_ABOVE, resolution)
        self._set("back", Test.FALLS_BELOW, resolution)
        self._set("first", Test.FALLS_BELOW, _FIRST_PAUSE)

    def want_lull(self, seconds: float | None) -> None:
        """Ring at pauses of so many seconds, at once if one has lasted as long already; or no more."""
        # If the connection is dead the reader finds out; whoever asks need not know.
        with suppress(error.ConnectionClosedError):
            self._drop("lull")
            if seconds is not None:
                self._set("lull", Test.RISES_ABOVE, seconds)
                self._set("lull", Test.IS_ABOVE, seconds)

    def close(self) -> None:
        """Let go of the connection, with which the alarms go."""
        self._loop.remove_reader(self._fd)
        self._closed = True
        with suppress(error.ConnectionClosedError):
            self._display.close()

    def _set(self, kind: _Kind, test: Test, seconds: float) -> None:
        self._kinds[self._sync.set_alarm(test, round(seconds * 1000))] = kind
        # To send is to receive in python-xlib, and what it has received no longer wakes the reader.
        self._loop.call_soon(self._read)

    def _drop(self, kind: _Kind) -> None:
        for alarm in [alarm for alarm, each in self._kinds.items() if each == kind]:
            del self._kinds[alarm]
            self._sync.drop_alarm(alarm)
        self._loop.call_soon(self._read)

    def _read(self) -> None:
        if self._closed:
            return
        try:
            for _ in range(self._display.pending_events()):
                self._take(self._display.next_event())
        except error.ConnectionClosedError:
            self._loop.remove_reader(self._fd)
            self._inbox.lose("the X server went away")

    def _take(self, event: Any) -> None:
        # MappingNotify comes to every client, asked for or not.
        if not isinstance(event, Alarm) or (kind := self._kinds.get(event.alarm)) is None:
            return
        at = boot_seconds()
        since = at - event.value_low / 1000
        if kind == "first":
            self._drop(kind)
        if kind == "lull":
            # Both of its alarms tell of the pause in which it was asked for.
            if since - self._lull_since < BRIEF:
                return
            self._lull_since = since
        self._inbox.put(_Rang(kind, at, since))


def _check_idle_time() -> None:
    display = open_display()
    try:
        Sync(display)
    finally:
        display.close()


def _can_hear() -> bool:
    try:
        check_record()
    except Unavailable as refusal:
        log.info("x11_idle takes whatever resets the idle time for a person: %s", refusal.reason)
        return False
    return True
