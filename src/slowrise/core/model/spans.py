"""Spans, bouts, breaks and local days. All are half-open, `[start, end)`, in wall time; lengths are seconds.

Every wall time has a fixed offset, never a zone. Python subtracts two times with the same zone object as if no clock
change lay between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Literal, NamedTuple

State = Literal["sitting", "standing", "away", "unobserved"]

ONE_DAY = timedelta(days=1)
LONGEST_GAP = timedelta(days=366)
"""A longer time without any event gives no days of its own. Judgement: nobody is away from a computer for so long that
is still in use, but a clock that starts in 1970 makes it 20,000 days."""


class Span(NamedTuple):
    """A period of one state. `confidence` is the probability of that state; 1.0 for observed input and for facts."""

    state: State
    start: datetime
    end: datetime
    confidence: float = 1.0

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end - self.start).total_seconds()


class Bout(NamedTuple):
    """Sitting (or standing) that no break interrupts.

    `seconds` is the time in that state, without the short absences and unobserved time inside. An open end was not
    observed: the day or the observation ended there, or the bout goes on.
    """

    start: datetime
    end: datetime
    seconds: float
    open_start: bool = False
    open_end: bool = False


class Break(NamedTuple):
    """Absence from the end of one bout to the start of the next. `seconds` is the observed part."""

    start: datetime
    end: datetime
    seconds: float


def bouts_between(spans: Iterable[Span], *, break_min: float, state: State = "sitting") -> tuple[Bout, ...]:
    """Return the bouts of `state`, in order and disjoint. `spans` are in order, without hole or overlap.

    `break_min` seconds of other observed states end a bout. As much unobserved time ends it too, with an open end.
    Less of either continues it:

        spans    sit  away 1 min  sit  away 5 min  sit  unobserved 1 h  sit
        bouts    [=============)               [======o          o======)
    """
    return tuple(bout for bout, _ in _bouts_and_gaps(spans, break_min, lambda span: span.state == state))


def bouts_and_breaks(spans: Iterable[Span], *, break_min: float) -> tuple[tuple[Bout, ...], tuple[Break, ...]]:
    """Return the sitting bouts and the breaks between them.

    A break has sitting on both sides, so the end of the day is not a break.
    """
    found = list(_bouts_and_gaps(spans, break_min, lambda span: span.state == "sitting"))
    breaks = (
        Break(bout.end, following.start, sum(span.seconds for span in gap if span.state != "unobserved"))
        for (bout, gap), (following, _) in pairwise(found)
        if not bout.open_end
    )
    return tuple(bout for bout, _ in found), tuple(breaks)


def clip(spans: Iterable[Span], begin: datetime, end: datetime) -> tuple[Span, ...]:
    """Return the parts of `spans` within `[begin, end)`, without empty ones."""
    cut = (span._replace(start=max(span.start, begin), end=min(span.end, end)) for span in spans)
    return tuple(span for span in cut if span.start < span.end)


def day_of(wall_time: datetime, day_starts: float) -> date:
    """Return the local day of a wall time, by its own offset. `day_starts`: seconds after midnight."""
    return (wall_time.replace(tzinfo=None) - timedelta(seconds=day_starts)).date()


def day_bounds(day: date, day_starts: float, like: tzinfo) -> tuple[datetime, datetime]:
    """Return when the day and the next day begin, each with the offset in force then: 23 to 25 hours in a zone.

    A `day_starts` that the clock change skips gets the offset before the change; of two equal times the first counts.
    """
    return _starts(day, day_starts, like), _starts(day + ONE_DAY, day_starts, like)


def split_by_day(spans: Iterable[Span], day_starts: float) -> dict[date, tuple[Span, ...]]:
    """Return the spans of each day, in order, cut at the day boundaries.

    Nothing is lost, except the days in the middle of a span longer than `LONGEST_GAP`.

    A boundary uses the offset at the end of the span across it, because only fixed offsets are known and clocks change
    in the small hours, before the usual day start. Days never run backwards: flying west makes the day longer.
    """
    days: dict[date, list[Span]] = {}
    day, boundary = date.min, datetime.min.replace(tzinfo=UTC)
    offset = timedelta(0)
    for span in spans:
        if span.end <= boundary and span.end.utcoffset() == offset:
            days[day].append(span)
            continue
        here = _fixed(span.end)
        day = max(day, day_of(span.start.astimezone(here), day_starts))
        start = span.start
        while (boundary := _starts(day + ONE_DAY, day_starts, here)) < span.end:
            days.setdefault(day, []).append(span._replace(start=start, end=boundary))
            start, day = boundary, day + ONE_DAY
            if span.end - start > LONGEST_GAP:
                day = day_of(span.end - timedelta.resolution, day_starts)
                start = _starts(day, day_starts, here)
        days.setdefault(day, []).append(span._replace(start=start))
        offset = here.utcoffset(None)
    return {day: tuple(of_day) for day, of_day in days.items()}


def _starts(day: date, day_starts: float, like: tzinfo) -> datetime:
    start = (datetime.combine(day, time()) + timedelta(seconds=day_starts)).replace(tzinfo=like)
    return start.replace(tzinfo=_fixed(start))


def _fixed(wall_time: datetime) -> timezone:
    return timezone(wall_time.utcoffset() or timedelta(0))


def _bouts_and_gaps(
    spans: Iterable[Span], break_min: float, belongs: Callable[[Span], bool]
) -> Iterator[tuple[Bout, Sequence[Span]]]:
    """Yield each bout with the spans between it and the next."""
    bout: list[Span] = []
    gap: list[Span] = []
    seen_start = False
    for span in spans:
        if not belongs(span):
            gap.append(span)
            continue
        if bout and gap and (ended_by := _ended_by(gap, break_min)):
            yield _bout(bout, open_start=not seen_start, open_end=ended_by != "break"), gap
            bout = []
        if not bout:
            seen_start = _ended_by(gap[::-1], break_min) == "break"
        bout.append(span)
        gap = []
    if bout:
        yield _bout(bout, open_start=not seen_start, open_end=_ended_by(gap, break_min) != "break"), gap


def _bout(sits: Sequence[Span], *, open_start: bool, open_end: bool) -> Bout:
    return Bout(sits[0].start, sits[-1].end, sum(span.seconds for span in sits), open_start, open_end)


def _ended_by(gap: Sequence[Span], break_min: float) -> Literal["break", "unobserved"] | None:
    """Return which reaches `break_min` first, counted from the bout; None if neither does."""
    absent = unobserved = 0.0
    for span in gap:
        if span.state == "unobserved":
            unobserved += span.seconds
        else:
            absent += span.seconds
        if absent >= break_min:
            return "break"
        if unobserved >= break_min:
            return "unobserved"
    return None
