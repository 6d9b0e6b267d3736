"""How much the user usually sits, and usually has sat by some time of day. Lengths are seconds.

The summary of the evening comes before the day is over, so it must not be compared with whole days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from slowrise.core.metrics.summary import ENOUGH_SEEN, Summary

USUAL_OVER = timedelta(days=28)
"""The days before a day that make up its usual: four weeks have each weekday four times."""
FEWEST_USUAL_DAYS = 5
"""A median of fewer days says little; judgement."""


def usual_sitting(days: Iterable[Summary], now: datetime, latest: Summary) -> float | None:
    """Return the median sitting of those days by the time of day at which `latest` stands at `now`.

    Only days before `latest` count, of the last four weeks and observed for two hours or more; None if these are too
    few. If the day of `latest` is over, whole days are compared.
    """
    by = _seconds_into(latest, now)
    known = sorted(
        sitting_by(day, by)
        for day in days
        if latest.day - USUAL_OVER <= day.day < latest.day and day.observed_seconds >= ENOUGH_SEEN
    )
    if len(known) < FEWEST_USUAL_DAYS:
        return None
    middle = len(known) // 2
    return known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2


def sitting_by(day: Summary, by: float) -> float:
    """Return the sitting of a day up to `by` seconds after its midnight; more than a day for the hours after the next.

    The bouts give the share. Sitting is an expected value, and may differ a little from the sum of the bouts.
    """
    whole = sum(day.bout_lengths)
    if not whole:
        return day.sitting_seconds
    before = 0.0
    for bout in day.bouts:
        begin, end = _seconds_into(day, bout.start), _seconds_into(day, bout.end)
        before += bout.seconds * (min(max((by - begin) / (end - begin), 0.0), 1.0) if end > begin else by >= end)
    return day.sitting_seconds * before / whole


def _seconds_into(day: Summary, at: datetime) -> float:
    """Return the seconds from the midnight of the day to a wall time, as the clock on the wall shows them."""
    return (at.replace(tzinfo=None) - datetime.combine(day.day, time())).total_seconds()
