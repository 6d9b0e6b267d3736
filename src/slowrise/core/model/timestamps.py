"""Timestamps: a reading of two clocks, and wall times that never run backwards.

Wall times are aware `datetime`s that keep the offset of the place they were made in, because the local day depends on
it. This module reads no clock; `adapters/system/clock.py` does.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

MILLISECOND = 0.001
"""Seconds. Wall times have millisecond precision, because a trace stores no more."""

# -- the bound on instants ---------------------------------------------------------------------------------------------

EARLIEST, LATEST = datetime(1969, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Every instant that comes in lies in `[EARLIEST, LATEST)`: from a command, a file, another program or a clock.

A computer without a battery for its clock starts in 1970, which is still 1969 west of Greenwich. Linux refuses to set
a clock before 1970 or after 2232. Inside the bound, no zone, no day and no rule can overflow."""
ACCEPTED_YEARS = f"{EARLIEST.year}-{LATEST.year - 1}"


def is_possible(wall_time: datetime) -> bool:
    """Return whether the aware wall time lies within the bound."""
    return EARLIEST <= wall_time < LATEST


def is_possible_day(day: date) -> bool:
    """Return whether the local day lies within the bound."""
    return EARLIEST.year <= day.year < LATEST.year


# -- readings ----------------------------------------------------------------------------------------------------------


class Moment(NamedTuple):
    """One reading of both clocks, taken together.

    `boot` is seconds on CLOCK_BOOTTIME, which counts through suspend and cannot be set. Durations come from it. `wall`
    is the wall time. Dates and display come from it. `slept` grows by the seconds that the machine sleeps.
    """

    boot: float
    wall: datetime
    slept: float = 0.0


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
