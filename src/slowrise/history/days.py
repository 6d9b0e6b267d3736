"""Local days from the ledger: as they were kept where nothing has changed since, and else told again.

A day is kept once nothing can change it by what usually follows: the silence over its end is judged, and its standing
has ended. After that only the user's answer and a step of the clock reach back to it, and both void what was kept.
What is kept only saves time; without it, or with what another version kept, the days are told from the events.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import msgspec

from slowrise import __version__
from slowrise.adapters.system.resources import weights
from slowrise.config.config import Config, policy_of
from slowrise.core.metrics.day_record import DayRecord, packed, unpacked
from slowrise.core.metrics.summary import Summary, summarize
from slowrise.core.model.events import Stopped
from slowrise.core.model.spans import ONE_DAY, day_of
from slowrise.history.checkpoint import LOOK_BACK, decode_checkpoint, encode_checkpoint
from slowrise.history.monitor import Monitor
from slowrise.history.rebuild import DayRebuilder, Invalidation, invalidations
from slowrise.ports.ledger import Archive, KeptDay

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
        self._voids: list[Invalidation] = []
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
            self._voids = list(invalidations(self._archive.turns_after(row), self._config.day_starts))
            self._voids_from = row

    def _is_void(self, day: date, row: int) -> bool:
        later = self._voids[bisect_right(self._voids, row, key=lambda void: void.row) :]
        return any(void.first <= day <= void.last for void in later)

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
        begun, monitor = self._story_before(first)
        telling = DayRebuilder(monitor, first, self._config.day_starts, list(self._archive.turns_after(begun)))
        for row, event in self._archive.events_after(begun):
            if row > self._row:
                break
            if telling.handle(event) and self._wants_checkpoint(telling):
                self._checkpoints.append(Checkpoint(monitor.state.today.name, row, encode_checkpoint(monitor)))
            for record in telling.settled(row):
                self._new.append(self._packed(record))
                yield record
        if self._row - begun > MANY_EVENTS:
            self._checkpoints.append(Checkpoint(monitor.state.today.name, self._row, encode_checkpoint(monitor)))
        self._end(monitor)
        self.policy = monitor.state.policy
        yield from telling.rest(self._row, self.today)

    def _story_before(self, day: date) -> tuple[int, Monitor]:
        found = self._archive.checkpoint_of(day.isoformat())
        monitor = None if found is None else decode_checkpoint(found[1])
        if found is not None and monitor is not None:
            return found[0], monitor
        begin = datetime.combine(day, time(), UTC) - LOOK_BACK
        return self._archive.row_before(begin), Monitor.under(self._config, weights())

    def _wants_checkpoint(self, telling: DayRebuilder) -> bool:
        recent = telling.here >= self.today - CHECKPOINTS
        return telling.here <= self.today and (recent or telling.here.month != telling.before.month)

    def _end(self, monitor: Monitor) -> None:
        if self._alive:
            monitor.advance_to(self._now.timestamp() - monitor.state.timeline.shift)
        elif monitor.is_running:
            monitor.handle(Stopped(at=self._archive.last_sign() or self._now))

    def _packed(self, record: DayRecord) -> KeptDay:
        numbers, rest = packed(record)
        day = record.summary.day.isoformat()
        return KeptDay(day, self._row, self._under, zlib.compress(numbers, 9), zlib.compress(rest, 9))


def _nothing(day: date, config: Config) -> DayRecord:
    return DayRecord(summarize((), day=day, break_min=policy_of(config).break_min))
