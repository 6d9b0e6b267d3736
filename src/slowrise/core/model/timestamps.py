"""Instants on two clocks. No clock is read here: a moment is made by the one module that reads them (`clock.py`).

Seconds are `float`. Labels are aware `datetime`s that keep the offset of the place they were made in, because the
day a person lives in comes from that offset.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

MILLISECOND = 0.001
"""Labels are kept to the millisecond (DESIGN.md section 3); a finer one would not survive a trace."""


class Moment(NamedTuple):
    """One reading of both clocks, taken together.

    `boot` is seconds on CLOCK_BOOTTIME, which counts through suspend and cannot be set: durations come from it.
    `wall` is the aware label that a person would give the instant: dates and display come from it.
    """

    boot: float
    wall: datetime


def rounded(label: datetime) -> datetime:
    """The label cut to whole milliseconds, as it would read back from a trace."""
    return label.replace(microsecond=label.microsecond // 1000 * 1000)


def iso(label: datetime) -> str:
    """ISO 8601 with offset and milliseconds: `2026-03-02T08:45:01.210+01:00`."""
    return label.isoformat(timespec="milliseconds")


# -- the timestamper ---------------------------------------------------------------------------------------------------

STEP = 1.0
"""Seconds by which the clocks must part to call it a step: the label is then wrong by more than a person could see,
and a clock that is slewed (by at most 0.5 ms a second) is told only rarely."""


class Timestamper:
    """Gives each instant of the boot clock its label. Labels never go back but at a step."""

    def __init__(self, moment: Moment) -> None:
        self._anchor = Moment(moment.boot, rounded(moment.wall))
        self._last = self._anchor.wall

    def step(self, moment: Moment) -> float | None:
        """By how many seconds the wall clock was set since the last reading; None if it was not.

        The zone is taken over from every reading: who travels has another offset from here on.
        """
        expected = self._label(moment.boot)
        by = round((moment.wall - expected).total_seconds(), 3)
        if abs(by) < STEP:
            self._anchor = Moment(self._anchor.boot, self._anchor.wall.astimezone(moment.wall.tzinfo))
            return None
        self._anchor = Moment(moment.boot, rounded(moment.wall))
        self._last = self._anchor.wall
        return by

    def label(self, boot: float) -> datetime:
        """The label of an instant; of one before the last labelled, the last's."""
        self._last = max(self._last, self._label(boot)).astimezone(self._anchor.wall.tzinfo)
        return self._last

    def past(self, boot: float) -> datetime:
        """The label of an instant that lies back, such as the last input."""
        return self._label(boot)

    def _label(self, boot: float) -> datetime:
        return rounded(self._anchor.wall + timedelta(seconds=boot - self._anchor.boot))
