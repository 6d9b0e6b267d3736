"""Real time, only faster: for a daemon that is killed or stopped from outside, which virtual time would not notice."""

from __future__ import annotations

import asyncio
import selectors
from datetime import datetime, timedelta

from slowrise.adapters.system.clock import boot_seconds
from slowrise.core.model.timestamps import Moment


class FastClock:
    """A clock that shows `start` when it is made and runs `speed` times as fast. Processes may share it by forking."""

    def __init__(self, start: datetime, speed: float) -> None:
        self.speed = speed
        self._start = start
        self._begun = boot_seconds()

    def now(self) -> Moment:
        """Return both clocks."""
        boot = self.boot()
        return Moment(boot, self._start + timedelta(seconds=boot - self._begun))

    def boot(self) -> float:
        """Return seconds since the machine started."""
        return self._begun + (boot_seconds() - self._begun) * self.speed


class _FastSelector(selectors.DefaultSelector):
    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout and timeout / self._speed)


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop that sleeps by such a clock."""

    def __init__(self, clock: FastClock) -> None:
        self._clock = clock
        super().__init__(_FastSelector(clock.speed))

    def time(self) -> float:
        """Return the seconds of the clock."""
        return self._clock.boot()
