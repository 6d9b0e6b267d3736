"""Several days together: what a report shows beside their summaries, counted from the records.

Sitting is the expected time, as in the summaries. Hours are local clock hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.estimate import sitting_chance
from slowrise.core.model.spans import Span, bouts_between
from slowrise.core.model.units import MINUTE
from slowrise.core.prompts.kinds import asks_to_stand_up

BOUT_EDGES = (5, 10, 20, 30, 45, 60, 90, 120)
"""Minutes. Each bin begins at an edge and ends before the next. The field calls sits from 30 and 60 min prolonged."""
RESPONSE_EDGES = (5, 15, 30)
"""Minutes from a prompt until the user stood up."""
ENOUGH_OF_AN_HOUR = 10 * MINUTE
"""An hour of the week with less observed time over all weeks stays blank."""


class HourOfWeek(NamedTuple):
    """One hour of one weekday (Monday is 0) over all days: the expected sitting in its observed time."""

    weekday: int
    hour: int
    """Since that weekday's midnight. 25 is one o'clock the next night, if that still belongs to the day."""
    sitting_seconds: float
    observed_seconds: float

    @property
    def share(self) -> float | None:
        """Sitting share of the hour; None where too little was observed."""
        return self.sitting_seconds / self.observed_seconds if self.observed_seconds >= ENOUGH_OF_AN_HOUR else None


class Bin(NamedTuple):
    """Number and total length of the bouts from `least` to below `below` minutes; None means no upper edge."""

    least: int
    below: int | None
    bouts: int
    seconds: float


class Responses(NamedTuple):
    """How long after each prompt to stand up the sit ended, in the order of the prompts."""

    seconds: tuple[float, ...]
    unseen: int
    """Prompts after which the end of the sit was not observed."""

    @property
    def prompts(self) -> int:
        """How many prompts there were."""
        return len(self.seconds) + self.unseen

    def within(self, minutes: float) -> int:
        """Return after how many prompts the user stood up within so many minutes."""
        return sum(seconds <= minutes * MINUTE for seconds in self.seconds)

    @property
    def median_seconds(self) -> float | None:
        """The median; None without any."""
        return median(self.seconds) if self.seconds else None


def hours_of_week(records: Iterable[DayRecord]) -> list[HourOfWeek]:
    """Return the hours with observed time, by weekday and hour. Hours after midnight belong to the evening before."""
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
    """Sort bout lengths (seconds) into bins. Empty bins are included."""
    edges = (0, *BOUT_EDGES)
    ends = (*BOUT_EDGES, None)
    bins = []
    for least, below in zip(edges, ends, strict=True):
        inside = [x for x in lengths if least * MINUTE <= x and (below is None or x < below * MINUTE)]
        bins.append(Bin(least, below, len(inside), sum(inside)))
    return bins


def responses(records: Iterable[DayRecord]) -> Responses:
    """Measure the responses to prompts to stand up from sitting. Each of several prompts in one sit counts."""
    seconds: list[float] = []
    unseen = 0
    for record in records:
        bouts = bouts_between(record.spans, break_min=record.summary.break_rule_seconds)
        for prompt in (each for each in record.prompts if asks_to_stand_up(each.kind)):
            bout = next((bout for bout in bouts if bout.start <= prompt.shown_at < bout.end), None)
            if bout is None:
                # The user had just stood up, or the silence was later judged to be an absence.
                seconds.append(0.0)
            elif bout.open_end:
                unseen += 1
            else:
                seconds.append((bout.end - prompt.shown_at).total_seconds())
    return Responses(tuple(seconds), unseen)


def _by_hour(span: Span, day: date) -> Iterator[tuple[tuple[int, int], float]]:
    """Cut the span at full clock hours. Yields weekday and hour, counted from the midnight that began `day`."""
    at = span.start
    while at < span.end:
        next_hour = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        end = min(next_hour, span.end)
        yield (day.weekday(), 24 * (at.date() - day).days + at.hour), (end - at).total_seconds()
        at = end
