"""Instants on two clocks. No clock is read here: a moment is made by the one module that reads them (`clock.py`).

Seconds are `float`. Labels are aware `datetime`s that keep the offset of the place they were made in, because the
day a person lives in comes from that offset.
"""

from __future__ import annotations

from datetime import datetime
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
