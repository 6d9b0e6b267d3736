"""Days told again from the events, each given as soon as nothing that follows can change it.

Nothing but the user's answer and a step of the clock reach back from later: which they are is known beforehand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec

from slowrise.core.metrics.day_record import DayRecord, ShownPrompt
from slowrise.core.metrics.summary import summarize
from slowrise.core.model.events import Answered, ClockStepped, Event, Started
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import ONE_DAY, Span, day_of, split_by_day
from slowrise.core.presence.overlay import Answer, engine_spans, overlay, spans
from slowrise.core.presence.tracker import Phase
from slowrise.history.checkpoint import forget_before
from slowrise.history.monitor import Monitor


class Invalidation(NamedTuple):
    """That the event of a row changed the days `first` to `last`."""

    row: int
    first: date
    last: date


def invalidations(turns: Iterable[tuple[int, Event]], day_starts: float) -> Iterator[Invalidation]:
    """What each turn changes of the days before it. A day is added on either side: zones differ by that much."""
    begun: datetime | None = None
    for row, event in turns:
        match event:
            case Started():
                begun = event.at
            case Answered():
                yield Invalidation(
                    row, day_of(event.from_, day_starts) - ONE_DAY, day_of(event.to, day_starts) + ONE_DAY
                )
            case ClockStepped():
                # It moves the labels of its run; a run before gives way by no more than the step.
                moved = timedelta(seconds=abs(event.by))
                yield Invalidation(row, day_of((begun or event.at) - moved, day_starts) - ONE_DAY, date.max)


class DayRebuilder:
    """A story told from day to day. Days before `first` are told and passed over.

    `turns` are the starts, clock steps and answers of the ledger from there on, each with its row.
    """

    def __init__(self, monitor: Monitor, first: date, day_starts: float, turns: list[tuple[int, Event]]) -> None:
        self.monitor = monitor
        self._turns = turns
        self._voids = list(invalidations(turns, day_starts))
        self.here = day_of(monitor.state.timeline.now(monitor.state.presence.now), day_starts)
        """The day it has come to."""
        self.before = self.here
        """The day before that one that had something in it."""
        self._starts = day_starts
        self._next = first
        self._policies: list[tuple[date, Policy]] = []

    def handle(self, event: Event) -> bool:
        """One more event; true where another day has begun with it."""
        state = self.monitor.state
        policy, name = state.policy, state.today.name
        self.monitor.handle(event)
        if state.today.name == name:
            return False
        return self._arrived(policy)

    def _arrived(self, policy: Policy) -> bool:
        """Come to the day that it is now; those since the last one ended under that policy."""
        state = self.monitor.state
        here = day_of(state.timeline.now(state.presence.now), self._starts)
        if here == self.here:
            return False
        self._policies = [entry for entry in self._policies if entry[0] < self.here] + [(self.here, policy)]
        self.before, self.here = self.here, here
        return True

    def settled(self, row: int) -> Iterator[DayRecord]:
        """The records of the days that nothing after that row can change, and that were not given before."""
        if self._next < self.here and (until := self._settled_until(row)) > self._next:
            yield from self._records(until, row)
            self._forget()

    def rest(self, row: int, last: date) -> Iterator[DayRecord]:
        """The records of the days after them as they stand, up to `last`."""
        self._arrived(self.monitor.state.policy)
        self._policies.append((self.here, self.monitor.state.policy))
        yield from self._records(last + ONE_DAY, row)

    def _settled_until(self, row: int) -> date:
        """The first day that may still change."""
        state = self.monitor.state
        presence, stand = state.presence, state.posture.standing
        if presence.open:
            at = presence.open[0].start
        else:
            at = presence.since if presence.phase is Phase.SILENT else presence.now
        day = day_of(state.timeline.of(at if stand is None else min(at, stand.start)), self._starts)
        moved = (void.first for void in self._voids if void.row > row and void.last == date.max)
        return min(day, self.here, *moved)

    def _records(self, until: date, row: int) -> Iterator[DayRecord]:
        parts = split_by_day(self._spans(row), self._starts)
        prompts: dict[date, list[ShownPrompt]] = {}
        for prompt in self.monitor.prompts:
            shown = ShownPrompt(prompt.shown_at, prompt.kind, prompt.bout_seconds)
            prompts.setdefault(day_of(prompt.shown_at, self._starts), []).append(shown)
        while self._next < until:
            day, self._next = self._next, self._next + ONE_DAY
            yield self._record(day, parts.get(day, ()), tuple(prompts.get(day, ())))

    def _spans(self, row: int) -> list[Span]:
        """From the first day to be given on, with what the user answered after that row laid over them."""
        state = self.monitor.state
        answers, timeline = state.answers, state.timeline
        for at, event in self._turns:
            if at > row and isinstance(event, Answered):
                answers = overlay(answers, Answer(timeline.find(event.from_), timeline.find(event.to), event.was))
        shown = msgspec.structs.replace(state, answers=answers)
        kept = engine_spans(state.segments[self._first_needed() :], state.posture, answers)
        return spans([*kept, *shown.open_parts(state.presence.now)], timeline)

    def _first_needed(self) -> int:
        """The first piece that reaches into a day to be given."""
        timeline, starts = self.monitor.state.timeline, self._starts
        return bisect_left(
            self.monitor.state.segments, self._next, key=lambda segment: day_of(timeline.of(segment.end), starts)
        )

    def _record(self, day: date, spans: tuple[Span, ...], prompts: tuple[ShownPrompt, ...]) -> DayRecord:
        monitor = self.monitor
        policy = self._policies[max(bisect_right(self._policies, day, key=lambda entry: entry[0]) - 1, 0)][1]
        kinds = [prompt.kind for prompt in prompts]
        summary = summarize(
            spans,
            day=day,
            break_min=policy.break_min,
            person_sd=monitor.state.presence.table.person_sd,
            good_longest=policy.good_longest,
            open_end=monitor.is_running and day == self.here,
            prompts={kind: kinds.count(kind) for kind in kinds},
            symptoms=[note for note in monitor.symptoms if day_of(note.at, self._starts) == day],
        )
        return DayRecord(summary, spans, prompts)

    def _forget(self) -> None:
        """Let go of what neither the rules nor a day still to be given needs."""
        state = self.monitor.state
        needed = [segment.start for segment in state.segments[self._first_needed() :][:1]]
        forget_before(self.monitor, min([*needed, state.needed_from]))
        self._policies = self._policies[-1:]
