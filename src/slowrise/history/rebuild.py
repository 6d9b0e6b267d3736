"""Day records rebuilt from the events. Each is returned as soon as the events that follow cannot change it.

Only a user's answer and a clock step change earlier days. The caller looks them up in the ledger beforehand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec

from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.model.events import Answered, ClockStepped, Event, Started
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import ONE_DAY, Span, day_of, split_by_day
from slowrise.core.presence.overlay import Answer, engine_spans, lay_over, spans
from slowrise.history.day_records import notes_by_day, record_of
from slowrise.history.monitor import Monitor


class Invalidation(NamedTuple):
    """The event at `row` changes the days `first` to `last`."""

    row: int
    first: date
    last: date


def invalidations(turns: Iterable[tuple[int, Event]], day_starts: float) -> Iterator[Invalidation]:
    """Yield the earlier days that each answer or clock step changes, and one day more on either side for time zones."""
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
                # A step moves the timestamps of its run, and those of the run before by no more than the step.
                moved = timedelta(seconds=abs(event.by))
                yield Invalidation(row, day_of((begun or event.at) - moved, day_starts) - ONE_DAY, date.max)


class DayRebuilder:
    """Replays events into `monitor` and collects the days from `first` on.

    `turns` are the starts, clock steps and answers from the monitor's row on, each with its row.
    """

    def __init__(self, monitor: Monitor, first: date, day_starts: float, turns: list[tuple[int, Event]]) -> None:
        self.monitor = monitor
        self.next_day = first
        """The first day not returned yet."""
        self._turns = turns
        self._invalidations = list(invalidations(turns, day_starts))
        self._starts = day_starts
        self._today = self._day_now()
        self._policies: list[tuple[date, Policy]] = []
        """The policy in force when each day ended."""

    def handle(self, event: Event) -> None:
        """Replay one event."""
        state = self.monitor.state
        policy, name = state.policy, state.today.name
        self.monitor.handle(event)
        if state.today.name != name:
            self._begin_day(policy)

    def settled(self, row: int) -> Iterator[DayRecord]:
        """Yield the records, not returned yet, of the days that no event after `row` can change."""
        if self.next_day < self._today and (until := self._settled_until(row)) > self.next_day:
            yield from self._records(until, row)
            self._forget()

    def rest(self, row: int, last: date) -> Iterator[DayRecord]:
        """Yield the records of the days after those, up to `last`, as they are now."""
        policy = self.monitor.state.policy
        self._begin_day(policy)
        self._policies.append((self._today, policy))
        yield from self._records(last + ONE_DAY, row)

    def _day_now(self) -> date:
        state = self.monitor.state
        if not state.timeline.starts:  # no event yet: an engine time of 0 is not the day of 1970
            return date.min
        return day_of(state.timeline.now(state.presence.now), self._starts)

    def _begin_day(self, policy: Policy) -> None:
        """Note that the days up to the one that has begun ended under `policy`."""
        today = self._day_now()
        if today != self._today:
            self._policies = [entry for entry in self._policies if entry[0] < self._today] + [(self._today, policy)]
            self._today = today

    def _settled_until(self, row: int) -> date:
        """Return the first day that may still change."""
        day = day_of(self.monitor.state.timeline.of(self.monitor.settled_until), self._starts)
        moved = (each.first for each in self._invalidations if each.row > row and each.last == date.max)
        return min(day, self._today, *moved)

    def _records(self, until: date, row: int) -> Iterator[DayRecord]:
        days, notes = split_by_day(self._spans(row), self._starts), notes_by_day(self.monitor, self._starts)
        while self.next_day < until:
            day, self.next_day = self.next_day, self.next_day + ONE_DAY
            if not (day in days or day in notes or self.monitor.flare_ups):
                continue  # nothing is known of it; a clock that was wrong may have left 20,000 such days
            goes_on = self.monitor.is_running and day == self._today
            yield record_of(self.monitor, day, days.get(day, ()), notes[day], self._policy_of(day), open_end=goes_on)

    def _policy_of(self, day: date) -> Policy:
        return self._policies[max(bisect_right(self._policies, day, key=lambda entry: entry[0]) - 1, 0)][1]

    def _spans(self, row: int) -> list[Span]:
        """Return the spans from the next day on, with the answers given after `row` applied."""
        state = self.monitor.state
        answers, timeline = [*state.answers], state.timeline
        for at, event in self._turns:
            if at > row and isinstance(event, Answered):
                lay_over(answers, Answer(timeline.find(event.from_), timeline.find(event.to), event.was))
        shown = msgspec.structs.replace(state, answers=answers)
        kept = engine_spans(state.segments[self._first_needed() :], state.posture, answers)
        return spans([*kept, *shown.open_parts(state.presence.now)], timeline)

    def _first_needed(self) -> int:
        """Return the index of the first segment that reaches into the next day."""
        timeline, starts = self.monitor.state.timeline, self._starts
        return bisect_left(
            self.monitor.state.segments, self.next_day, key=lambda segment: day_of(timeline.of(segment.end), starts)
        )

    def _forget(self) -> None:
        """Drop what neither the rules nor a day not returned yet needs."""
        state = self.monitor.state
        needed = [segment.start for segment in state.segments[self._first_needed() :][:1]]
        self.monitor.forget_before(min([*needed, state.needed_from]))
        self._policies = self._policies[-1:]
