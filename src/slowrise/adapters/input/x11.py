"""X11: the server's own idle time reports idle and lulls, and pynput checks the input that ends a long absence.

The idle time costs nothing, however many events there are. But more than a person resets it: a held or stuck key, a
drifting mouse, a program that resets the screen saver (`xset s reset`, the heartbeat of some video players) or warps
the pointer, even to the same place. So this source asks pynput, where pynput works, in two cases:

- An absence of `_SHORT` or more ends. pynput does not see a reset, and sees a warp as jitter.
- There was no pause for `_UNBROKEN`: is it a person?
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import closing, suppress
from typing import Any, Literal, NamedTuple

from Xlib import error

from slowrise.adapters.input.event_queue import EventQueue
from slowrise.adapters.input.jitter import BRIEF
from slowrise.adapters.input.lull import LullSwitch
from slowrise.adapters.input.pynput_listeners import PynputListeners, RawInput
from slowrise.adapters.input.x11_display import check_record, open_display
from slowrise.adapters.input.x11_sync import Alarm, Sync, Test
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Unavailable

_SHORT = 120.0
"""Seconds. A silence shorter than the shortest break (2 min) cannot be one, whatever ended it. Most silences are that
short, and listening at the end of each would cost ten times as much."""

_UNBROKEN = 1800.0
"""Seconds of input without a pause of `resolution`. People pause every few minutes, machines need not."""

_TO_SHOW = 60.0
"""Seconds in which a person who makes no pause presses a key or moves the pointer."""

_FIRST_PAUSE = 0.05
"""Seconds. A user who is active when `watch` begins is seen after the first pause of this length."""

log = logging.getLogger(__name__)


class X11Idle(LullSwitch):
    """Keyboard and mouse through the X server's idle time."""

    name = "x11_idle"

    def __init__(
        self,
        *,
        resolution: float = 15.0,
        lull: float = 5.0,
        short: float = _SHORT,
        unbroken: float = _UNBROKEN,
        display: str = "",
    ) -> None:
        """`display`: the name of the X server; empty for the one of this session, the only one that pynput sees."""
        super().__init__(resolution=resolution, lull=lull)
        self._short = short
        self._unbroken = unbroken
        self._display = display

    async def probe(self) -> str:
        """Check that the X server has an idle time; return the limit of one that does not let pynput listen."""
        with closing(open_display(self._display)) as display:
            Sync(display)
        reason = self._why_pynput_cannot_listen()
        return f"but counts you as present while a program resets the idle time: {reason}" if reason else ""

    async def watch(self, emit: Emit) -> None:
        """Emit active, idle and lulls until cancelled. Raises `Lost` when the X server goes away."""
        queue: EventQueue[Any] = EventQueue()
        alarms = _Alarms(open_display(self._display), queue, self.resolution)
        listeners = None if self._why_pynput_cannot_listen() else PynputListeners(queue)
        watching = _Watching(queue, emit, listeners)
        try:
            with self.lulls_switched_by(alarms.set_lull):
                await watching.run(short=self._short, unbroken=self._unbroken)
        finally:
            alarms.close()
            if listeners:
                await listeners.close()

    def _why_pynput_cannot_listen(self) -> str:
        if self._display:
            return "pynput listens to the X server of this session only"
        try:
            check_record()
        except Unavailable as refusal:
            return refusal.reason
        return ""


class _Watching:
    """Turns the alarms and pynput's input of one connection into sightings."""

    def __init__(self, queue: EventQueue[Any], emit: Emit, listeners: PynputListeners | None) -> None:
        self._queue = queue
        self._emit = emit
        self._listeners = listeners
        self._machine_logged = False

    async def run(self, *, short: float, unbroken: float) -> None:
        active = await self._alarm("first")
        self._emit(Sighting("active", active))
        left = active
        while True:
            since = await self._last_input(unbroken)
            self._emit(Sighting("idle", boot_seconds(), since))
            # Activity shorter than `BRIEF` may have been no input, so the absence before it goes on.
            left = since if since - active >= BRIEF else left
            active = await self._emit_return(left + short)

    async def _last_input(self, unbroken: float) -> float:
        """Wait until the user pauses; return their last input.

        There are two states. First the idle time is trusted, for `unbroken` seconds. Then the listeners must see a
        person within `_TO_SHOW`: if they do, back to the first state; if not, the user left before they listened.
        """
        while True:
            event = await self._pause_or_input(boot_seconds() + unbroken if self._listeners else None)
            if event is None and self._listeners:
                listening_since = boot_seconds()
                self._listeners.listen()
                event = await self._pause_or_input(listening_since + _TO_SHOW)
                if event is None:
                    self._log_machine()
                    return listening_since
            if isinstance(event, float):
                return event

    async def _pause_or_input(self, due: float | None) -> float | RawInput | None:
        """Return the last input before a pause, a listener's input, or None once `due` has passed. Emits lulls."""
        while True:
            match await self._queue.get(due):
                case _Rang("idle", _, since):
                    return since
                case _Rang("lull", at, since):
                    self._emit(Sighting("lull", at, since))
                case RawInput() as event:
                    return event
                case None if due is not None and boot_seconds() >= due:
                    return None

    def _log_machine(self) -> None:
        """Log once: it may happen all day."""
        if not self._machine_logged:
            self._machine_logged = True
            log.info("a program or device, not a person, kept the X server from being idle")

    async def _emit_return(self, long: float) -> float:
        """Wait for the user's return and emit it; return its time. From `long` on, emit jitter before it too."""
        if self._listeners is None:
            back = await self._alarm("back")
        else:
            try:
                async with asyncio.timeout(max(0.0, long - boot_seconds())):
                    back = await self._alarm("back")
            except TimeoutError:
                return await self._listeners.wait_for_return(self._emit)
        self._emit(Sighting("active", back))
        return back

    async def _alarm(self, kind: _Kind) -> float:
        """Return when the next alarm of this kind went off."""
        while True:
            match await self._queue.get():
                case _Rang(rang, at, _) if rang == kind:
                    return at


_Kind = Literal["first", "back", "idle", "lull"]


class _Rang(NamedTuple):
    """An alarm went off at `at`; `since` was the last input before it."""

    kind: _Kind
    at: float
    since: float


class _Alarms:
    """The alarms of one connection. Each goes into the queue when it goes off."""

    def __init__(self, display: Any, queue: EventQueue[Any], resolution: float) -> None:
        self._queue = queue
        self._display = display
        try:
            self._sync = Sync(self._display)
        except Unavailable:
            self._display.close()
            raise
        self._kinds: dict[int, _Kind] = {}
        self._lull_since = 0.0
        self._closed = False
        self._loop = asyncio.get_running_loop()
        # A dead connection no longer returns its descriptor.
        self._fd = self._display.fileno()
        self._loop.add_reader(self._fd, self._read)
        self._set("idle", Test.RISES_ABOVE, resolution)
        self._set("back", Test.FALLS_BELOW, resolution)
        self._set("first", Test.FALLS_BELOW, _FIRST_PAUSE)

    def set_lull(self, seconds: float | None) -> None:
        """Set the lull alarm to pauses of this many seconds, or remove it. A pause that has begun counts."""
        # If the connection is dead, `_read` reports it; the caller need not know.
        with suppress(error.ConnectionClosedError):
            self._drop("lull")
            if seconds is not None:
                self._set("lull", Test.RISES_ABOVE, seconds)
                self._set("lull", Test.IS_ABOVE, seconds)

    def close(self) -> None:
        """Close the connection; the server removes its alarms."""
        self._loop.remove_reader(self._fd)
        self._closed = True
        with suppress(error.ConnectionClosedError):
            self._display.close()

    def _set(self, kind: _Kind, test: Test, seconds: float) -> None:
        self._kinds[self._sync.set_alarm(test, round(seconds * 1000))] = kind
        # python-xlib also receives when it sends, and events received that way do not wake the reader.
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
                self._on_event(self._display.next_event())
        except error.ConnectionClosedError:
            self._loop.remove_reader(self._fd)
            self._queue.fail("the X server went away")

    def _on_event(self, event: Any) -> None:
        # Every client receives MappingNotify, wanted or not.
        if not isinstance(event, Alarm) or (kind := self._kinds.get(event.alarm)) is None:
            return
        at = boot_seconds()
        since = at - event.value_low / 1000
        if kind == "first":
            self._drop(kind)
        if kind == "lull":
            # Both lull alarms go off in the pause in which the lull was switched on: report it once.
            if since - self._lull_since < BRIEF:
                return
            self._lull_since = since
        self._queue.put(_Rang(kind, at, since))
