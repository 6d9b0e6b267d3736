"""Timestamps: a reading of two clocks, and wall times that never run backwards.

Wall times are aware `datetime`s that keep the offset of the place they were made in, because the local day depends on
it. This module reads no clock; `adapters/system/clock.py` does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

MILLISECOND = 0.001
"""Seconds. Wall times have millisecond precision, because a trace stores no more."""


class Moment(NamedTuple):
    """One reading of both clocks, taken together.

    `boot` is seconds on CLOCK_BOOTTIME, which counts through suspend and cannot be set. Durations come from it. `wall`
    is the wall time. Dates and display come from it.
    """

    boot: float
    wall: datetime


def rounded(wall_time: datetime) -> datetime:
    """Return the time cut to whole milliseconds, as a trace stores it."""
    return wall_time.replace(microsecond=wall_time.microsecond // 1000 * 1000)


def iso(wall_time: datetime) -> str:
    """Return ISO 8601 with offset and milliseconds: `2026-03-02T08:45:01.210+01:00`."""
    return wall_time.isoformat(timespec="milliseconds")


# -- the timestamper ---------------------------------------------------------------------------------------------------

STEP = 1.0
"""Seconds. A smaller difference between the clocks is no step: a user could not see it, and a slewed clock (at most
0.5 ms a second) would cause steps all the time."""


class Timestamper:
    """Turns boot clock readings into wall times, which go back only at a step."""

    def __init__(self, moment: Moment) -> None:
        self._anchor = Moment(moment.boot, rounded(moment.wall))
        self._last = self._anchor.wall

    def step(self, moment: Moment) -> float | None:
        """Return by how many seconds the wall clock was set since the last reading; None if it was not.

        Every reading also updates the offset from UTC, because the user may have travelled.
        """
        expected = self.past(moment.boot)
        by = round((moment.wall - expected).total_seconds(), 3)
        if abs(by) < STEP:
            self._anchor = Moment(self._anchor.boot, self._anchor.wall.astimezone(moment.wall.tzinfo))
            return None
        self._anchor = Moment(moment.boot, rounded(moment.wall))
        self._last = self._anchor.wall
        return by

    def label(self, boot: float) -> datetime:
        """Return the wall time of an instant, but never one before the last that was returned."""
        self._last = max(self._last, self.past(boot)).astimezone(self._anchor.wall.tzinfo)
        return self._last

    def past(self, boot: float) -> datetime:
        """Return the wall time of an instant, such as the last input. Unlike `label`, it may go back."""
        return rounded(self._anchor.wall + timedelta(seconds=boot - self._anchor.boot))
