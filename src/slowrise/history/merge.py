"""Days of one person at several computers, as one. Pure: records in, a record out.

A person sits at one computer at a time, so at any instant the likeliest sitting counts, once. Standing is believed
where no computer makes sitting likelier; away is who is away from all that were watching; unobserved is what none saw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timezone
from heapq import merge
from itertools import pairwise
from typing import NamedTuple

from slowrise.core.metrics.day_record import DayRecord, ShownPrompt
from slowrise.core.metrics.estimate import sitting_chance
from slowrise.core.metrics.summary import summarize
from slowrise.core.model.spans import ONE_DAY, Span, split_by_day


class RemoteDay(NamedTuple):
    """A day as another computer concluded it."""

    day: date
    spans: tuple[Span, ...]
    prompts: tuple[ShownPrompt, ...] = ()


def merge_day(
    own: DayRecord, elsewhere: Sequence[Sequence[RemoteDay]], *, day_starts: float, good: float, person_sd: float
) -> DayRecord:
    """The day with what the other computers saw of it: of each the days around it, cut where ours begins and ends.

    `good`: the longest sit of a good day, in seconds. `person_sd`: how much people differ, in log-odds.
    """
    day = own.summary.day
    others = [_of_day(days, day, day_starts) for days in elsewhere]
    if not any(spans for spans, _ in others):
        return own
    spans = merge_spans([own.spans, *(spans for spans, _ in others)])
    prompts = tuple(merge(own.prompts, *(prompts for _, prompts in others), key=lambda prompt: prompt.shown_at))
    summary = summarize(
        spans,
        day=day,
        break_min=own.summary.break_rule_seconds,
        person_sd=person_sd,
        good_longest=good,
        prompts=Counter(prompt.kind for prompt in prompts),
        symptoms=own.summary.symptoms,
    )
    return DayRecord(summary, spans, prompts)


def merge_spans(lives: Iterable[Sequence[Span]]) -> tuple[Span, ...]:
    """Each life's spans are in order without hole or overlap; so are those given back, over all they cover."""
    lives = [life for life in lives if life]
    cuts = sorted({label.astimezone(UTC) for life in lives for span in life for label in (span.start, span.end)})
    at = [iter(life) for life in lives]
    here = [next(life, None) for life in at]
    found: list[Span] = []
    for start, end in pairwise(cuts):
        for place, span in enumerate(here):
            if span is not None and span.end <= start:
                here[place] = next(at[place], None)
        told = [span for span in here if span is not None and span.start <= start < span.end]
        if told:
            _append(found, _likeliest(told), start, end)
        elif found:
            _append(found, Span("unobserved", found[-1].end, found[-1].end), start, end)
    return tuple(found)


def _likeliest(told: Sequence[Span]) -> Span:
    """What the computers say of one instant, as one."""
    seen = [span for span in told if span.state != "unobserved"]
    if not seen:
        return told[0]
    # Where several are as likely, one that says how the person sat or stood knows more than one they were away from.
    best = max(seen, key=lambda span: (sitting_chance(span), span.state == "standing"))
    if best.state == "sitting":
        return best
    standing = [span for span in seen if span.state == "standing"]
    if standing:
        return max(standing, key=lambda span: span.confidence)
    return best


def _append(found: list[Span], told: Span, start: datetime, end: datetime) -> None:
    zone = timezone(told.start.utcoffset() or UTC.utcoffset(None))
    if found and (found[-1].state, found[-1].confidence) == (told.state, told.confidence) and found[-1].end == start:
        found[-1] = found[-1]._replace(end=end.astimezone(zone))
    else:
        found.append(Span(told.state, start.astimezone(zone), end.astimezone(zone), told.confidence))


def _of_day(
    days: Sequence[RemoteDay], day: date, day_starts: float
) -> tuple[tuple[Span, ...], tuple[ShownPrompt, ...]]:
    """What of these days falls into ours."""
    around = [other for other in days if abs(other.day - day) <= ONE_DAY]
    spans = split_by_day(_in_order(around), day_starts).get(day, ())
    if not spans:
        return (), ()
    begin, end = spans[0].start, spans[-1].end
    return spans, tuple(prompt for other in around for prompt in other.prompts if begin <= prompt.shown_at < end)


def _in_order(days: Sequence[RemoteDay]) -> Iterator[Span]:
    """Their spans one after the other; a computer that was set back tells a time twice, and its later word is lost."""
    last: Span | None = None
    for other in sorted(days):
        for span in other.spans:
            if last is not None and span.start < last.end:
                if span.end <= last.end:
                    continue
                span = span._replace(start=last.end)  # noqa: PLW2901 - the rest of it
            elif last is not None and span.start > last.end:
                yield Span("unobserved", last.end, span.start)
            last = span
            yield span
