"""Local days from the ledger: as they were kept where nothing has changed since, and else told again.

A day is kept once nothing can change it by what usually follows: the silence over its end is judged, and its standing
has ended. After that only the user's answer and a step of the clock reach back to it, and both void what was kept.
What is kept only saves time; without it, or with what another version kept, the days are told from the events.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import msgspec

from slowrise import __version__
from slowrise.bout import ONE_DAY, Span, day_of, split_by_day
from slowrise.config import Config, policy_of
from slowrise.dayrecord import DayRecord, Shown, packed, unpacked
from slowrise.events import Answered, ClockStepped, Event, Started, Stopped
from slowrise.judging import Phase
from slowrise.ledgers import Archive, KeptDay
from slowrise.policy import Policy
from slowrise.record import Answer, laid_over, spans, stretches
from slowrise.remembering import LOOK_BACK, forget_before, frozen, thawed
from slowrise.story import Story
from slowrise.summary import Summary, summarize
from slowrise.weights import weights

AT_ONCE = timedelta(days=31)
"""So many days are read, and kept, together. What lies further ahead is told from a checkpoint of its own."""
CHECKPOINTS = timedelta(days=14)
"""Of the days told, so many of the last leave a checkpoint, and of those before the first of each month."""

MANY_EVENTS = 2000
"""More than so many told since the last checkpoint, some days of work, are worth another one at the end."""


class Checkpoint(NamedTuple):
    """The state after a row, under the day that had begun."""

    day: str
    row: int
    state: bytes


Keep = Callable[[Sequence[KeptDay], Sequence[Checkpoint]], None]
"""Keeps what was told, or does not: it saves time and nothing else."""
Progress = Callable[[date], None]
"""Told each day that had to be told again."""


class Void(NamedTuple):
    """That the event of a row changed the days `first` to `last`."""

    row: int
    first: date
    last: date


def keep_nothing(days: Sequence[KeptDay], checkpoints: Sequence[Checkpoint]) -> None:
    """For one who may only read."""


def keeping(archive: Archive) -> Keep:
    """For one who has the ledger open to write."""

    def keep(days: Sequence[KeptDay], checkpoints: Sequence[Checkpoint]) -> None:
        archive.save_days(days)
        for checkpoint in checkpoints:
            archive.save_checkpoint(*checkpoint)

    return keep


class Days:
    """The days of one ledger as they stand at `now`. `alive`: a daemon runs, so what is open at the end goes on."""

    def __init__(
        self,
        archive: Archive,
        config: Config,
        now: datetime,
        *,
        alive: bool = False,
        keep: Keep = keep_nothing,
        progress: Progress = lambda _: None,
    ) -> None:
        """All days are cut where the configuration says now that they start, whatever it said in their time."""
        self.today = day_of(now, config.day_starts)
        self._archive = archive
        self._config = config
        self._now = now
        self._alive = alive
        self._keep = keep
        self._progress = progress
        self.policy = policy_of(config)
        """The limits in force; known for sure once today was asked for, which is always told."""
        self._under = f"{__version__} {config.day_starts:g}"
        self._row = archive.last_row()
        first = archive.first_label()
        self._first = date.max if first is None else first.date() - ONE_DAY
        self._voids: list[Void] = []
        self._voids_from = self._row + 1
        self._new: list[KeptDay] = []
        self._checkpoints: list[Checkpoint] = []
        self._telling: Iterator[DayRecord] = iter(())
        self._told_to = date.min

    @property
    def computers(self) -> tuple[str, ...]:
        """Whose records are joined; none, for there is one."""
        return ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Sentences on what is not there."""
        return ()

    @property
    def first_day(self) -> date | None:
        """No day before it has anything in it; None where nothing is recorded."""
        return None if self._first == date.max else self._first

    def between(self, first: date, last: date, *, whole: bool = True) -> Iterator[DayRecord]:
        """A record of each day from `first` to `last`, in order; unless `whole`, perhaps without its spans."""
        while first <= last:
            until = min(first + AT_ONCE - ONE_DAY, last)
            kept = self._kept(first, until, whole=whole)
            for number in range((until - first).days + 1):
                day = first + number * ONE_DAY
                yield kept.get(day) or self._told(day)
            self._put_by()
            first = until + ONE_DAY

    def of(self, day: date) -> DayRecord:
        """The record of one day."""
        (record,) = self.between(day, day)
        return record

    def known(self, first: date, last: date) -> list[Summary]:
        """The summaries of those of the days that need not be told again."""
        return [record.summary for record in self._kept(first, last, whole=False).values()]

    # -- what is kept -----------------------------------------------------------------------------------------------

    def _kept(self, first: date, last: date, *, whole: bool) -> dict[date, DayRecord]:
        found = [
            day
            for day in self._archive.days(first.isoformat(), last.isoformat(), whole=whole)
            if day.under == self._under and day.row <= self._row
        ]
        if not found:
            return {}
        self._read_voids(min(day.row for day in found))
        records = ((day.row, self._read(day)) for day in found)
        return {
            record.summary.day: record
            for row, record in records
            if record is not None and not self._is_void(record.summary.day, row)
        }

    @staticmethod
    def _read(day: KeptDay) -> DayRecord | None:
        try:
            return unpacked(zlib.decompress(day.numbers), zlib.decompress(day.record) if day.record else b"")
        except (zlib.error, msgspec.DecodeError):
            return None

    def _read_voids(self, row: int) -> None:
        if row < self._voids_from:
            self._voids = list(self._voids_of(self._archive.turns_after(row)))
            self._voids_from = row

    def _is_void(self, day: date, row: int) -> bool:
        later = self._voids[bisect_right(self._voids, row, key=lambda void: void.row) :]
        return any(void.first <= day <= void.last for void in later)

    def _voids_of(self, turns: Iterator[tuple[int, Event]]) -> Iterator[Void]:
        """What each turn changes of the days before it. A day is added on either side: zones differ by that much."""
        begun: datetime | None = None
        for row, event in turns:
            match event:
                case Started():
                    begun = event.at
                case Answered():
                    yield Void(row, self._day(event.from_) - ONE_DAY, self._day(event.to) + ONE_DAY)
                case ClockStepped():
                    # It moves the labels of its run; a run before gives way by no more than the step.
                    moved = timedelta(seconds=abs(event.by))
                    yield Void(row, self._day((begun or event.at) - moved) - ONE_DAY, date.max)

    def _day(self, label: datetime) -> date:
        return day_of(label, self._config.day_starts)

    def _put_by(self) -> None:
        if self._new or self._checkpoints:
            self._keep(self._new, self._checkpoints)
            self._new, self._checkpoints = [], []

    # -- what is told again -----------------------------------------------------------------------------------------

    def _told(self, day: date) -> DayRecord:
        if day < self._first or day > self.today:
            return _nothing(day, self._config)
        if not self._told_to < day <= self._told_to + AT_ONCE:
            self._telling = self._tell(day)
        for record in self._telling:
            self._told_to = record.summary.day
            self._progress(self._told_to)
            if self._told_to >= day:
                return record
        return _nothing(day, self._config)

    def _tell(self, first: date) -> Iterator[DayRecord]:
        """The days from `first` to today, each as soon as nothing can change it, the last ones as they stand."""
        begun, story = self._story_before(first)
        telling = Telling(story, first, self._config.day_starts, list(self._archive.turns_after(begun)))
        telling.voids = list(self._voids_of(iter(telling.turns)))
        for row, event in self._archive.events_after(begun):
            if row > self._row:
                break
            if telling.tell(event) and self._wants_checkpoint(telling):
                self._checkpoints.append(Checkpoint(story.rules.today.name, row, frozen(story)))
            for record in telling.settled(row):
                self._new.append(self._packed(record))
                yield record
        if self._row - begun > MANY_EVENTS:
            self._checkpoints.append(Checkpoint(story.rules.today.name, self._row, frozen(story)))
        self._end(story)
        self.policy = story.rules.policy
        yield from telling.rest(self._row, self.today)

    def _story_before(self, day: date) -> tuple[int, Story]:
        found = self._archive.checkpoint_of(day.isoformat())
        story = None if found is None else thawed(found[1])
        if found is not None and story is not None:
            return found[0], story
        begin = datetime.combine(day, time(), UTC) - LOOK_BACK
        return self._archive.row_before(begin), Story.under(self._config, weights())

    def _wants_checkpoint(self, telling: Telling) -> bool:
        recent = telling.here >= self.today - CHECKPOINTS
        return telling.here <= self.today and (recent or telling.here.month != telling.before.month)

    def _end(self, story: Story) -> None:
        if self._alive:
            story.pass_time(self._now.timestamp() - story.rules.labels.shift)
        elif story.is_running:
            story.tell(Stopped(at=self._archive.last_sign() or self._now))

    def _packed(self, record: DayRecord) -> KeptDay:
        numbers, rest = packed(record)
        day = record.summary.day.isoformat()
        return KeptDay(day, self._row, self._under, zlib.compress(numbers, 9), zlib.compress(rest, 9))


class Telling:
    """A story told from day to day. Days before `first` are told and passed over."""

    def __init__(self, story: Story, first: date, day_starts: float, turns: list[tuple[int, Event]]) -> None:
        self.story = story
        self.turns = turns
        self.voids: list[Void] = []
        self.here = day_of(story.rules.labels.now(story.rules.sitting.now), day_starts)
        """The day it has come to."""
        self.before = self.here
        """The day before that one that had something in it."""
        self._starts = day_starts
        self._next = first
        self._policies: list[tuple[date, Policy]] = []

    def tell(self, event: Event) -> bool:
        """One more event; true where another day has begun with it."""
        rules = self.story.rules
        policy, name = rules.policy, rules.today.name
        self.story.tell(event)
        if rules.today.name == name:
            return False
        return self._arrived(policy)

    def _arrived(self, policy: Policy) -> bool:
        """Come to the day that it is now; those since the last one ended under that policy."""
        rules = self.story.rules
        here = day_of(rules.labels.now(rules.sitting.now), self._starts)
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
        self._arrived(self.story.rules.policy)
        self._policies.append((self.here, self.story.rules.policy))
        yield from self._records(last + ONE_DAY, row)

    def _settled_until(self, row: int) -> date:
        """The first day that may still change."""
        rules = self.story.rules
        sitting, stand = rules.sitting, rules.posture.standing
        at = sitting.open[0].start if sitting.open else sitting.since if sitting.phase is Phase.SILENT else sitting.now
        day = day_of(rules.labels.of(at if stand is None else min(at, stand.start)), self._starts)
        moved = (void.first for void in self.voids if void.row > row and void.last == date.max)
        return min(day, self.here, *moved)

    def _records(self, until: date, row: int) -> Iterator[DayRecord]:
        parts = split_by_day(self._spans(row), self._starts)
        prompts: dict[date, list[Shown]] = {}
        for prompt in self.story.prompts:
            shown = Shown(prompt.label, prompt.kind, prompt.bout_seconds)
            prompts.setdefault(day_of(prompt.label, self._starts), []).append(shown)
        while self._next < until:
            day, self._next = self._next, self._next + ONE_DAY
            yield self._record(day, parts.get(day, ()), tuple(prompts.get(day, ())))

    def _spans(self, row: int) -> list[Span]:
        """From the first day to be given on, with what the user answered after that row laid over them."""
        rules = self.story.rules
        answers, labels = rules.answers, rules.labels
        for at, event in self.turns:
            if at > row and isinstance(event, Answered):
                answers = laid_over(answers, Answer(labels.find(event.from_), labels.find(event.to), event.was))
        shown = msgspec.structs.replace(rules, answers=answers)
        kept = stretches(rules.pieces[self._first_needed() :], rules.posture, answers)
        return spans([*kept, *shown.open_parts(rules.sitting.now)], labels)

    def _first_needed(self) -> int:
        """The first piece that reaches into a day to be given."""
        labels, starts = self.story.rules.labels, self._starts
        return bisect_left(self.story.rules.pieces, self._next, key=lambda piece: day_of(labels.of(piece.end), starts))

    def _record(self, day: date, spans: tuple[Span, ...], prompts: tuple[Shown, ...]) -> DayRecord:
        story = self.story
        policy = self._policies[max(bisect_right(self._policies, day, key=lambda entry: entry[0]) - 1, 0)][1]
        kinds = [prompt.kind for prompt in prompts]
        summary = summarize(
            spans,
            day=day,
            break_min=policy.break_min,
            person_sd=story.rules.sitting.table.person_sd,
            good_longest=policy.good_longest,
            open_end=story.is_running and day == self.here,
            prompts={kind: kinds.count(kind) for kind in kinds},
            symptoms=[note for note in story.symptoms if day_of(note.at, self._starts) == day],
        )
        return DayRecord(summary, spans, prompts)

    def _forget(self) -> None:
        """Let go of what neither the rules nor a day still to be given needs."""
        rules = self.story.rules
        needed = [piece.start for piece in rules.pieces[self._first_needed() :][:1]]
        forget_before(self.story, min([*needed, rules.needed_from]))
        self._policies = self._policies[-1:]


def _nothing(day: date, config: Config) -> DayRecord:
    return DayRecord(summarize((), day=day, break_min=policy_of(config).break_min))
