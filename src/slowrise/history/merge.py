"""The days of one user at several computers, merged into one record.

A person sits at one computer at a time, so at any instant the most probable sitting counts, once. Standing counts
where no computer makes sitting more probable. The user is away if away from all computers that were watching.
Time that no computer watched is unobserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timezone
from heapq import merge
from itertools import pairwise
from operator import attrgetter, itemgetter

from slowrise.core.metrics.day_record import DayRecord, ShownPrompt, day_record
from slowrise.core.metrics.estimate import sitting_chance
from slowrise.core.model.spans import ONE_DAY, Span, split_by_day
from slowrise.ports.shared_days import RemoteDay


def merge_day(
    own: DayRecord, remote: Sequence[Sequence[RemoteDay]], *, day_starts: float, person_sd: float
) -> DayRecord:
    """Merge into the day what each other computer saw of it, cut where our day starts.

    `remote`: of each computer the days around ours. `person_sd`: how much people differ, in log-odds.
    """
    summary = own.summary
    others = [_of_day(days, summary.day, day_starts) for days in remote]
    if not any(spans for spans, _ in others):
        return own
    return day_record(
        summary.day,
        merge_spans([own.spans, *(spans for spans, _ in others)]),
        break_min=summary.break_rule_seconds,
        good_longest=summary.good_longest,
        person_sd=person_sd,
        prompts=list(merge(own.prompts, *(prompts for _, prompts in others), key=attrgetter("shown_at"))),
        symptoms=summary.symptoms,
        flare_up=summary.flare_up,
    )


def merge_spans(computers: Iterable[Sequence[Span]]) -> tuple[Span, ...]:
    """Merge the spans of several computers, each in order without hole or overlap, into one such sequence."""
    edges: list[tuple[datetime, int, Span | None]] = []
    for number, spans in enumerate(computers):
        edges += [(span.start.astimezone(UTC), number, span) for span in spans]
        edges += [(span.end.astimezone(UTC), number, None) for span in spans[-1:]]
    edges.sort(key=itemgetter(0))
    current: dict[int, Span] = {}
    found: list[Span] = []
    for (start, number, span), (end, _, _) in pairwise(edges):
        if span is None:
            del current[number]
        else:
            current[number] = span
        if start == end:
            continue
        if current:
            _append(found, _likeliest([current[each] for each in sorted(current)]), start, end)
        else:
            _append(found, Span("unobserved", found[-1].end, found[-1].end), start, end)
    return tuple(found)


def _likeliest(spans: Sequence[Span]) -> Span:
    """Choose among the spans that the computers have at one instant."""
    seen = [span for span in spans if span.state != "unobserved"]
    if not seen:
        return spans[0]
    # Of equally probable spans, standing is worth more than away: that computer saw the user.
    best = max(seen, key=lambda span: (sitting_chance(span), span.state == "standing"))
    if best.state == "sitting":
        return best
    standing = [span for span in seen if span.state == "standing"]
    if standing:
        return max(standing, key=lambda span: span.confidence)
    return best


def _append(found: list[Span], span: Span, start: datetime, end: datetime) -> None:
    zone = timezone(span.start.utcoffset() or UTC.utcoffset(None))
    if found and (found[-1].state, found[-1].confidence) == (span.state, span.confidence) and found[-1].end == start:
        found[-1] = found[-1]._replace(end=end.astimezone(zone))
    else:
        found.append(Span(span.state, start.astimezone(zone), end.astimezone(zone), span.confidence))


def _of_day(
    days: Sequence[RemoteDay], day: date, day_starts: float
) -> tuple[tuple[Span, ...], tuple[ShownPrompt, ...]]:
    """Return the spans and prompts of these days that fall into our day."""
    around = [other for other in days if abs(other.day - day) <= ONE_DAY]
    spans = split_by_day(_in_order(around), day_starts).get(day, ())
    if not spans:
        return (), ()
    begin, end = spans[0].start, spans[-1].end
    return spans, tuple(prompt for other in around for prompt in other.prompts if begin <= prompt.shown_at < end)


def _in_order(days: Sequence[RemoteDay]) -> Iterator[Span]:
    """Yield the spans of these days without hole or overlap. Where a clock was set back, the earlier span wins."""
    last: Span | None = None
    for other in sorted(days, key=attrgetter("day")):
        for span in other.spans:
            if last is not None and span.start < last.end:
                if span.end <= last.end:
                    continue
                span = span._replace(start=last.end)  # noqa: PLW2901 - the rest of it
            elif last is not None and span.start > last.end:
                yield Span("unobserved", last.end, span.start)
            last = span
            yield span
