"""Half-open stretches of time with a state: `[start, end)`. Labels are aware datetimes; lengths are seconds.

Labels carry a fixed offset, as a trace reads back: Python subtracts two labels of one zone object as if no clock
had changed between them, so a zone never enters a span.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Literal, NamedTuple

State = Literal["sitting", "standing", "away", "unobserved"]

ONE_DAY = timedelta(days=1)


class Span(NamedTuple):
    """A period of one state. `confidence` is the probability of that state; 1.0 is observed input or a fact."""

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

    `seconds` is the time in that state alone: the short absences and the unobserved time inside it count for nothing.
    An open end was not seen: the day or the observation ended there, or the bout goes on.
    """

    start: datetime
    end: datetime
    seconds: float
    open_start: bool = False
    open_end: bool = False


class Break(NamedTuple):
    """Absence between two bouts, from the end of one to the start of the next; `seconds` is what was observed of it."""

    start: datetime
    end: datetime
    seconds: float


def bouts_between(spans: Iterable[Span], *, break_min: float, state: State = "sitting") -> tuple[Bout, ...]:
    """The bouts of `state`, in order and disjoint. `spans` are in order, without hole or overlap.

    Observed time in other states of at least `break_min` seconds ends a bout, and so does as much unobserved time,
    which leaves the end open. Less of either continues it:

        spans    sit  away 1 min  sit  away 5 min  sit  unobserved 1 h  sit
        bouts    [=============)               [======o          o======)
    """
    return tuple(bout for bout, _ in _bouts_and_gaps(spans, break_min, lambda span: span.state == state))


def bouts_and_breaks(spans: Iterable[Span], *, break_min: float) -> tuple[tuple[Bout, ...], tuple[Break, ...]]:
    """The sitting bouts and the breaks between them.

    A break has sitting on both sides, so the end of the day is none.
    """
    found = list(_bouts_and_gaps(spans, break_min, lambda span: span.state == "sitting"))
    breaks = (
        Break(bout.end, following.start, sum(span.seconds for span in gap if span.state != "unobserved"))
        for (bout, gap), (following, _) in pairwise(found)
        if not bout.open_end
    )
    return tuple(bout for bout, _ in found), tuple(breaks)


def clip(spans: Iterable[Span], begin: datetime, end: datetime) -> tuple[Span, ...]:
    """What of `spans` lies in `[begin, end)`; nothing empty is left."""
    cut = (span._replace(start=max(span.start, begin), end=min(span.end, end)) for span in spans)
    return tuple(span for span in cut if span.start < span.end)


def day_of(label: datetime, day_starts: float) -> date:
    """The day a person would count the instant to, by the offset in its label. `day_starts`: seconds after midnight."""
    return (label.replace(tzinfo=None) - timedelta(seconds=day_starts)).date()


def day_bounds(day: date, day_starts: float, like: tzinfo) -> tuple[datetime, datetime]:
    """The first instant of the day and of the next, each with the offset in force there: 23 to 25 hours in a zone.

    A `day_starts` that the clocks skip that night is read with the offset before the change, one that comes twice is
    the first.
    """
    return _starts(day, day_starts, like), _starts(day + ONE_DAY, day_starts, like)


def split_by_day(spans: Iterable[Span], day_starts: float) -> dict[date, tuple[Span, ...]]:
    """The spans of each day, cut where one day ends and the next begins; days in order, nothing lost.

    Only fixed offsets are known, so a boundary takes that of the span across it, at its end where the two differ:
    clocks change in the small hours, before the usual day starts. Days never run backwards: flying west makes the day
    longer.
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
        days.setdefault(day, []).append(span._replace(start=start))
        offset = here.utcoffset(None)
    return {day: tuple(of_day) for day, of_day in days.items()}


def _starts(day: date, day_starts: float, like: tzinfo) -> datetime:
    start = (datetime.combine(day, time()) + timedelta(seconds=day_starts)).replace(tzinfo=like)
    return start.replace(tzinfo=_fixed(start))


def _fixed(label: datetime) -> timezone:
    return timezone(label.utcoffset() or timedelta(0))


def _bouts_and_gaps(
    spans: Iterable[Span], break_min: float, belongs: Callable[[Span], bool]
) -> Iterator[tuple[Bout, Sequence[Span]]]:
    """Each bout with what follows it, up to the next."""
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
    """Which came to `break_min` first, going away from the bout; None if neither did."""
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
