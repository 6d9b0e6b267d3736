"""The one module that reads clocks."""

from __future__ import annotations

import os
import time
from datetime import datetime
from typing import Protocol

from slowrise.core.model.timestamps import Moment

_BOOT: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts through suspend and cannot be set. macOS has no such name; its CLOCK_MONOTONIC does the same."""


def boot_seconds() -> float:
    """Seconds since the machine started, time in suspend included."""
    return time.clock_gettime(_BOOT)


class Clock(Protocol):
    """What the daemon asks for the time."""

    def now(self) -> Moment:
        """One reading of both clocks, in the zone of this place."""

    def boot(self) -> float:
        """The same of the clock that counts since the start alone, which needs no zone."""


class RealClock:
    """The machine's clocks."""

    def __init__(self) -> None:
        self._seen: object = None

    def now(self) -> Moment:
        """Both, read together, in the zone that is set now: a traveller's changes."""
        if (zone := _zone()) != self._seen:
            self._seen = zone
            _read_zone_again()
        return Moment(boot_seconds(), datetime.now().astimezone())

    def boot(self) -> float:
        """Seconds since the machine started."""
        return boot_seconds()


def _zone() -> object:
    """What changes when another zone is set: the variable, or the file that it or the system names."""
    named = os.environ.get("TZ")
    place = "/etc/localtime" if named is None else named.removeprefix(":")
    try:
        status = os.stat(place)  # noqa: PTH116 - asked at every event, and three times as fast
    except (OSError, ValueError):
        return named
    return named, status.st_dev, status.st_ino, status.st_mtime_ns


def _read_zone_again() -> None:
    """Change the variable and put it back, for only then does glibc's `tzset` look into the file."""
    named = os.environ.get("TZ")
    os.environ["TZ"] = "UTC0"
    time.tzset()
    if named is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = named
    time.tzset()
