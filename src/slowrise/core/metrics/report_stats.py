"""Several days seen together: what a report shows beside their summaries. Counted from the records; nothing is said.

Sitting is the expected time, as in the summaries; hours are those on the clock of the place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple

from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.estimate import sitting_chance
from slowrise.core.model.spans import Span, bouts_between
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.core.prompts.kinds import asks_to_stand_up

BOUT_EDGES = (5, 10, 20, 30, 45, 60, 90, 120)
"""Minutes; each bin begins at an edge and ends before the next. 30 and 60 are the prolonged sits of the field."""
RESPONSE_EDGES = (5, 15, 30)
"""Minutes after a prompt within which somebody got up."""
ENOUGH_OF_AN_HOUR = 10 * MINUTE
"""With less of it seen over all the weeks, an hour of the week is left blank."""


class HourOfWeek(NamedTuple):
    """One hour of one weekday (Monday is 0) over all the days: the expected sitting in what was seen of it."""

    weekday: int
    hour: int
    """Since that weekday's midnight: 25 is one o'clock in the night after it, where that is the same day still."""
    sitting_seconds: float
    observed_seconds: float

    @property
    def share(self) -> float | None:
        """Share of the hour that was sat; None where too little was seen to tell."""
        return self.sitting_seconds / self.observed_seconds if self.observed_seconds >= ENOUGH_OF_AN_HOUR else None


class Bin(NamedTuple):
    """Bouts from `least` minutes on and below `below` (None: without end), how many and how long in all."""

    least: int
    below: int | None
    bouts: int
    seconds: float


class Responses(NamedTuple):
    """What followed the prompts to stand up: after how long the sit ended, in the order of the prompts."""

    seconds: tuple[float, ...]
    unseen: int
    """Prompts after which the end of the sit was not seen."""

    @property
    def prompts(self) -> int:
        """How many there were."""
        return len(self.seconds) + self.unseen

    def within(self, minutes: float) -> int:
        """After how many of them somebody got up within so many minutes."""
        return sum(seconds <= minutes * MINUTE for seconds in self.seconds)

    @property
    def median_seconds(self) -> float | None:
        """The middle one; None without any."""
        return median(self.seconds) if self.seconds else None


def hours_of_week(records: Iterable[DayRecord]) -> list[HourOfWeek]:
    """The hours of which something was seen, by weekday and hour; those after midnight are of the evening's day."""
    sitting: defaultdict[tuple[int, int], float] = defaultdict(float)
    observed: defaultdict[tuple[int, int], float] = defaultdict(float)
    for record in records:
        for span in record.spans:
            if span.state == "unobserved":
                continue
            chance = sitting_chance(span)
            for cell, seconds in _by_hour(span, record.summary.day):
                sitting[cell] += seconds * chance
                observed[cell] += seconds
    return [HourOfWeek(*cell, sitting[cell], seconds) for cell, seconds in sorted(observed.items())]


def bout_bins(lengths: Sequence[float]) -> list[Bin]:
    """Bout lengths (seconds) in bins, all of them whether empty or not."""
    edges = (0, *BOUT_EDGES)
    ends = (*BOUT_EDGES, None)
    bins = []
    for least, below in zip(edges, ends, strict=True):
        inside = [x for x in lengths if least * MINUTE <= x and (below is None or x < below * MINUTE)]
        bins.append(Bin(least, below, len(inside), sum(inside)))
    return bins


def responses(records: Iterable[DayRecord]) -> Responses:
    """What followed the prompts to stand up from sitting. Of several in one sit each counts."""
    seconds: list[float] = []
    unseen = 0
    for record in records:
        bouts = bouts_between(record.spans, break_min=record.summary.break_rule_seconds)
        for prompt in (each for each in record.prompts if asks_to_stand_up(each.kind)):
            bout = next((bout for bout in bouts if bout.start <= prompt.shown_at < bout.end), None)
            if bout is None:
                # Nobody sat any more: it came in the very moment, or the silence was judged as absence afterwards.
                seconds.append(0.0)
            elif bout.open_end:
                unseen += 1
            else:
                seconds.append((bout.end - prompt.shown_at).total_seconds())
    return Responses(tuple(seconds), unseen)


def _by_hour(span: Span, day: date) -> Iterator[tuple[tuple[int, int], float]]:
    """The pieces of the span that lie in one hour of the clock each, from the midnight on that `day` began with."""
    at = span.start
    while at < span.end:
        following = _next_hour(at)
        end = min(following, span.end)
        yield (day.weekday(), 24 * (at.date() - day).days + at.hour), (end - at).total_seconds()
        at = end


def _next_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(seconds=HOUR)
