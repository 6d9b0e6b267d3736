"""pynput alone: for X11 without an idle alarm, macOS, Windows, and on demand.

While the user is active, this source listens briefly once in every window of `resolution` seconds and ignores the rest
of the window. So it knows the last input before a silence to within half a window: `since` may be that much too early
or too late.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

from slowrise.adapters.input.event_queue import EventQueue
from slowrise.adapters.input.lull import LullSwitch, LullTimer
from slowrise.adapters.input.pynput_listeners import PynputListeners, RawInput
from slowrise.adapters.input.x11_display import check_record
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Unavailable

_WINDOWS_PER_LULL = 5
"""While lulls are wanted, a window is this fraction of a lull. So a lull is late by a fifth of its length at most."""


class PynputListener(LullSwitch):
    """Keyboard and mouse through pynput."""

    name = "pynput"

    async def probe(self) -> str:
        """Check that pynput receives input here."""
        _check()
        return ""

    async def watch(self, emit: Emit) -> None:
        """Emit active, idle and lulls until cancelled. Raises `Lost` when the display goes away."""
        _check()
        queue: EventQueue[RawInput] = EventQueue()
        timer = LullTimer(queue, emit, self.resolution)
        listeners = PynputListeners(queue)
        try:
            with self.lulls_switched_by(timer.set_lull):
                while True:
                    returned = await listeners.wait_for_return(emit)
                    since = await self._last_input(returned, listeners, queue, timer)
                    emit(Sighting("idle", boot_seconds(), since))
        finally:
            await listeners.close()

    async def _last_input(
        self, known: float, listeners: PynputListeners, queue: EventQueue[RawInput], timer: LullTimer[RawInput]
    ) -> float:
        """Return the last input before the next pause of `resolution`. `known` is the latest one known now."""
        while True:
            while boot_seconds() < (end := known + self._window(timer)):
                await queue.get(end)
            quiet = listeners.listen()
            # The last input was between `known` and `quiet`: report the middle. After a suspend `quiet` is far too
            # late, so a window bounds the distance.
            since = known + min(quiet - known, self._window(timer)) / 2
            item = await timer.next_input(since=since, quiet=quiet)
            if item is None:
                return since
            known = item.at

    def _window(self, timer: LullTimer[RawInput]) -> float:
        return self.resolution if timer.lull is None else min(self.resolution, timer.lull / _WINDOWS_PER_LULL)


def _check() -> None:
    if sys.platform == "darwin":
        if find_spec("Quartz") is None:
            raise Unavailable("pynput receives no input without Quartz", "pip install pyobjc-framework-Quartz")
    elif sys.platform != "win32":
        check_record()
