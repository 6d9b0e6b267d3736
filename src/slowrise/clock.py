"""The one module that reads clocks."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Protocol

from slowrise.moment import Moment

_BOOT: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts through suspend and cannot be set. macOS has no such name; its CLOCK_MONOTONIC does the same."""


def boot_seconds() -> float:
    """Seconds since the machine started, time in suspend included."""
    return time.clock_gettime(_BOOT)


class Clock(Protocol):
    """What the daemon asks for the time."""

    speed: float
    """How many of its seconds pass in a real one."""

    def now(self) -> Moment:
        """One reading of both clocks, in the zone of this place."""


class RealClock:
    """The machine's clocks."""

    speed = 1.0

    def now(self) -> Moment:
        """Both, read together. The zone is asked for anew each time: a traveller's changes."""
        time.tzset()
        return Moment(boot_seconds(), datetime.now().astimezone())


class FastClock:
    """A clock that starts at a label of its own and runs `speed` times as fast, for the demonstration and for tests."""

    def __init__(self, start: datetime, speed: float) -> None:
        self.speed = speed
        self._start = start
        self._begun = boot_seconds()

    def now(self) -> Moment:
        """Both clocks, as fast as each other."""
        passed = (boot_seconds() - self._begun) * self.speed
        return Moment(self._begun + passed, self._start + timedelta(seconds=passed))
