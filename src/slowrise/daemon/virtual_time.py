"""Virtual time: an event loop whose clock jumps to the next timer whenever nothing is ready to run.

The clock stands still while code runs, so every timer fires exactly when it is due, however slow the machine is. Two
runs of the same program therefore give the same results. `slowrise demo` plays its day in this loop.
"""

from __future__ import annotations

import asyncio
import selectors
from datetime import datetime, timedelta
from math import inf

from slowrise.core.model.timestamps import Moment

FIRST_BOOT = 1000.0
"""Seconds since the machine started at which virtual time begins. Arbitrary: any machine was up before its daemon."""


class _JumpingSelector(selectors.DefaultSelector):
    """Advances the clock instead of waiting, or waits `1 / speed` of the time; at speed 0 the clock stands still."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self.speed = speed
        self.elapsed = 0.0
        """Virtual seconds since the loop was made."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        # With no timer there is nothing to jump to, and at speed 0 none comes: wait for a file or for another thread.
        ready = super().select(timeout and (timeout / self.speed if self.speed else None))
        if not ready and timeout and self.speed:
            self.elapsed += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time.

    `speed`: virtual seconds in a real one, for someone who watches. It changes how long a run takes, never its result.
    """

    def __init__(self, speed: float = inf) -> None:
        self._jumping = _JumpingSelector(speed)
        super().__init__(self._jumping)

    @property
    def speed(self) -> float:
        """Virtual seconds in a real one; may be set at any time. At 0 time stands still: timers wait."""
        return self._jumping.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._jumping.speed = speed

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._jumping.elapsed


class VirtualClock:
    """The clock of a `VirtualLoop`: its wall clock shows `start` when the loop is made."""

    def __init__(self, loop: VirtualLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> Moment:
        """Return both clocks."""
        return Moment(self.boot(), self._start + timedelta(seconds=self._loop.time()))

    def boot(self) -> float:
        """Return the seconds since the virtual machine started."""
        return FIRST_BOOT + self._loop.time()
