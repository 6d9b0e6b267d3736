"""The clocks of the machine."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from typing import Protocol

from slowrise.core.model.timestamps import Moment

_BOOT: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Runs during suspend and cannot be set. On macOS, CLOCK_MONOTONIC does so."""


def boot_seconds() -> float:
    """Return seconds since boot, including suspend."""
    return time.clock_gettime(_BOOT)


class Clock(Protocol):
    """The time as the daemon reads it."""

    speed: float
    """How many of its seconds pass in a real one."""

    def now(self) -> Moment:
        """Return one reading of both clocks; the wall time is in the local zone."""

    def boot(self) -> float:
        """Return seconds since boot, including suspend: cheaper than `now`, because it needs no zone."""


class RealClock:
    """The machine's clocks."""

    speed = 1.0

    def __init__(self) -> None:
        self._seen: object = None

    def now(self) -> Moment:
        """Return one reading of both clocks, in the zone that is set now: a traveller changes it."""
        if (zone := _zone()) != self._seen:
            self._seen = zone
            _read_zone_again()
        return Moment(boot_seconds(), datetime.now().astimezone())

    def boot(self) -> float:
        """Return seconds since boot, including suspend."""
        return boot_seconds()


def _zone() -> object:
    """Return a value that changes with the zone: the variable TZ, or the identity of the file that has the zone."""
    named = os.environ.get("TZ")
    place = "/etc/localtime" if named is None else named.removeprefix(":")
    try:
        status = os.stat(place)  # noqa: PTH116 - called for every event, and three times faster
    except (OSError, ValueError):
        return named
    return named, status.st_dev, status.st_ino, status.st_mtime_ns


def _read_zone_again() -> None:
    """Change TZ and restore it: only after a change does glibc's `tzset` read the file."""
    named = os.environ.get("TZ")
    os.environ["TZ"] = "UTC0"
    time.tzset()
    if named is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = named
    time.tzset()


class FastClock:
    """A clock that starts at a label of its own and runs `speed` times as fast, for the demonstration and for tests."""

    def __init__(self, start: datetime, speed: float) -> None:
        self.speed = speed
        self._start = start
        self._begun = boot_seconds()

    def now(self) -> Moment:
        """Both clocks, as fast as each other."""
        boot = self.boot()
        return Moment(boot, self._start + timedelta(seconds=boot - self._begun))

    def boot(self) -> float:
        """Seconds since the machine started, counted this fast since this clock began."""
        return self._begun + (boot_seconds() - self._begun) * self.speed
