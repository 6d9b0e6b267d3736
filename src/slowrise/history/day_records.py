"""Day records from a monitor: its spans, prompts and symptoms, day by day."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from slowrise.core.metrics.day_record import DayRecord, ShownPrompt, day_record
from slowrise.core.metrics.summary import Summary, SymptomNote
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import Span, day_of, split_by_day
from slowrise.history.monitor import Monitor


class DayNotes(NamedTuple):
    """The prompts shown and the symptoms logged on one day."""

    prompts: list[ShownPrompt]
    symptoms: list[SymptomNote]


def notes_by_day(monitor: Monitor, day_starts: float) -> defaultdict[date, DayNotes]:
    """Sort the monitor's prompts and symptoms by day."""
    notes: defaultdict[date, DayNotes] = defaultdict(lambda: DayNotes([], []))
    for prompt in monitor.prompts:
        shown = ShownPrompt(prompt.shown_at, prompt.kind, prompt.bout_seconds, prompt.answer)
        notes[day_of(prompt.shown_at, day_starts)].prompts.append(shown)
    for note in monitor.symptoms:
        notes[day_of(note.at, day_starts)].symptoms.append(note)
    return notes


def record_of(
    monitor: Monitor,
    day: date,
    spans: Sequence[Span],
    notes: DayNotes,
    policy: Policy | None = None,
    *,
    open_end: bool | None = None,
    sampled: bool = True,
) -> DayRecord:
    """Build the record of one day. `policy`: in force that day. `open_end`: whether it goes on. Default: as of now."""
    policy = policy or monitor.state.policy
    if open_end is None:
        open_end = monitor.is_running and monitor.state.today.name == day.isoformat()
    return day_record(
        day,
        spans,
        break_min=policy.break_min,
        good_longest=policy.good_longest,
        person_sd=monitor.state.presence.table.person_sd,
        prompts=notes.prompts,
        symptoms=notes.symptoms,
        flare_up=any(
            day_of(since, policy.day_starts) <= day and (until is None or day <= day_of(until, policy.day_starts))
            for since, until in monitor.flare_ups
        ),
        open_end=open_end,
        sampled=sampled,
    )


def day_records(monitor: Monitor, spans: Sequence[Span]) -> list[DayRecord]:
    """Return a record of every day in these spans of the monitor."""
    starts = monitor.state.policy.day_starts
    notes = notes_by_day(monitor, starts)
    return [record_of(monitor, day, part, notes[day]) for day, part in split_by_day(spans, starts).items()]


def summaries_at_prompts(monitor: Monitor, spans: Sequence[Span]) -> list[Summary | None]:
    """Return for each `summary` prompt the summary of its day up to the prompt, and None for other prompts.

    Prompts do not show the ranges of the longest bout and the breaks, so those are not estimated.
    """
    starts = monitor.state.policy.day_starts
    notes, days = notes_by_day(monitor, starts), split_by_day(spans, starts)
    found: list[Summary | None] = []
    for prompt in monitor.prompts:
        if prompt.kind == "summary":
            day = date.fromisoformat(prompt.day)
            part = _until(days.get(day, ()), prompt.shown_at)
            found.append(record_of(monitor, day, part, notes[day], sampled=False).summary)
        else:
            found.append(None)
    return found


def _until(spans: Sequence[Span], end: datetime) -> tuple[Span, ...]:
    begun = tuple(spans[: bisect_left(spans, end, key=lambda span: span.start)])
    return (*begun[:-1], begun[-1]._replace(end=min(begun[-1].end, end))) if begun else ()
