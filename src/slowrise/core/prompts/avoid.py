"""One line a day on what to avoid: which one it is, and at what time of day it fits. Pure; the guidance has the lines.

The day alone decides on its line, so a replay of any part of the record has the same. The first soft prompt of the day
at a time that fits has it.
"""

from __future__ import annotations

from datetime import date, datetime

from slowrise.core.model.units import HOUR

AVOID: dict[str, tuple[tuple[float, float], ...]] = {
    "floor": (),
    # Bags and boxes are met on the way to work and home.
    "bags": ((0, 11 * HOUR), (15 * HOUR, 24 * HOUR)),
    "turn": (),
    "squats": (),
    "jumping": (),
    "backward": (),
    "position": (),
    "slowly": (),
}
"""Each with the hours that it fits, in seconds after midnight; none: any hour. In the order of the days."""

_PLACES = (0, 1, 2, 3, 7, 0, 1)
"""The place of each day of a week among the lines, Monday first."""
_WEEK = 5
"""How far the places move on from week to week. Together, any five days in a row and those of the week after have all
eight lines: found by trying."""


def line_of(day: date) -> str:
    """Return the line of a local day."""
    weeks, weekday = divmod(day.toordinal() - 1, 7)
    return tuple(AVOID)[(_PLACES[weekday] + _WEEK * weeks) % len(AVOID)]


def fits(line: str, at: datetime) -> bool:
    """Return whether a line fits the time of day."""
    seconds = (at.hour * 60 + at.minute) * 60.0
    return not AVOID[line] or any(begin <= seconds < end for begin, end in AVOID[line])
