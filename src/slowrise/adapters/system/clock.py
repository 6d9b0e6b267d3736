"""The clocks of the machine."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Protocol

from slowrise.core.model.timestamps import ACCEPTED_YEARS, EARLIEST, LATEST, Moment

log = logging.getLogger(__name__)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
A_DAY = 86400

_BOOT: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Runs during suspend and cannot be set. On macOS, CLOCK_MONOTONIC does so."""


def boot_seconds() -> float:
    """Return seconds since boot, including suspend."""
    return time.clock_gettime(_BOOT)


class Clock(Protocol):
    """The time as the daemon reads it."""

    def now(self) -> Moment:
        """Return one reading of both clocks; the wall time is in the local zone."""

    def boot(self) -> float:
        """Return seconds since boot, including suspend: cheaper than `now`, because it needs no zone."""


class RealClock:
    """The machine's clocks."""

    def __init__(
        self,
        seconds: Callable[[], float] = time.time,
        boot: Callable[[], float] = boot_seconds,
        awake: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds` reads the wall clock, `boot` the one that runs during suspend, `awake` the one that does not."""
        self._seconds = seconds
        self._boot = boot
        self._awake = awake
        self._seen: object = None
        self._possible = Moment(boot(), EPOCH)
        """The last reading of a possible wall clock. The first start without one is at the epoch."""

    def now(self) -> Moment:
        """Return one reading of both clocks, in the zone that is set now: a traveller changes it.

        While the wall clock is set to an impossible time, it goes on from the last possible one.
        """
        if _zone() != self._seen:
            _read_zone_again()
            self._seen = _zone()
        boot, seconds, awake = self._boot(), self._seconds(), self._awake()
        if EARLIEST.timestamp() <= seconds < LATEST.timestamp():
            wall = datetime.fromtimestamp(seconds, UTC)
            self._possible = Moment(boot, wall)
        else:
            _log_once(
                f"The clock is set to a time outside {ACCEPTED_YEARS}. slowrise goes on without it until it is set."
            )
            wall = self._possible.wall + timedelta(seconds=boot - self._possible.boot)
        return Moment(boot, wall.astimezone(timezone(_offset(wall))), boot - awake)

    def boot(self) -> float:
        """Return seconds since boot, including suspend."""
        return self._boot()


def _offset(wall: datetime) -> timedelta:
    """Return the local offset from UTC in whole minutes, as a trace can hold it."""
    return timedelta(minutes=int(time.localtime(wall.timestamp()).tm_gmtoff / 60))


@cache
def _log_once(warning: str) -> None:
    """Log the warning, once in the life of the process."""
    log.warning("%s", warning)


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
    if abs(time.localtime().tm_gmtoff) >= A_DAY:  # no zone on earth, and Python cannot represent it
        _log_once("The time zone is a day or more away from UTC, so slowrise uses UTC.")
        os.environ["TZ"] = "UTC0"
        time.tzset()
