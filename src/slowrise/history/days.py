"""Local days from the ledger: read from the day cache, or rebuilt from the events.

A settled day goes into the cache. A day is settled once the silence over its end has been judged and any standing has
ended. After that only a user's answer or a clock step changes it, and both invalidate the cached day. The cache only
saves time: without it, or if another version wrote it, the days are rebuilt.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from slowrise import __version__
from slowrise.config.config import Config, policy_of
from slowrise.core.metrics.day_record import DayRecord, packed, unpacked
from slowrise.core.metrics.summary import Summary, summarize
from slowrise.core.model.events import Stopped
from slowrise.core.model.spans import ONE_DAY, day_of
from slowrise.core.presence.evidence_table import Table
from slowrise.history.checkpoint import encode_checkpoint, new_monitor, saved_monitor
from slowrise.history.monitor import Monitor
from slowrise.history.rebuild import DayRebuilder, Invalidation, invalidations
from slowrise.ports.ledger import Archive, KeptDay

AT_ONCE = timedelta(days=366)
"""How many days to hold in memory at once."""
NEAR = timedelta(days=31)
"""Missing days this close together are rebuilt in one replay."""


Keep = Callable[[Sequence[KeptDay], tuple[int, bytes] | None], None]
"""Saves rebuilt days and perhaps a checkpoint (row and state). It may do nothing: both only save time."""
Progress = Callable[[date], None]
"""Called with each day that was rebuilt."""


def keep_in(archive: Archive, days: Sequence[KeptDay], checkpoint: tuple[int, bytes] | None) -> None:
    """Save rebuilt days and perhaps a checkpoint into this ledger."""
    if days:
        archive.save_days(days)
    if checkpoint is not None:
        archive.save_checkpoint(*checkpoint)


class Days:
    """The days of one ledger as they are at `now`. `alive`: a daemon runs, so an open bout or silence goes on."""

    def __init__(
        self,
        archive: Archive,
        config: Config,
        table: Table,
        now: datetime,
        *,
        alive: bool = False,
        keep: Keep = lambda *_: None,
        progress: Progress = lambda _: None,
    ) -> None:
        """All days start when `config` says, whatever was configured at their time."""
        self.day_starts = config.day_starts
        self.today = day_of(now, config.day_starts)
        self.policy = policy_of(config)
        """The policy in force; correct once today has been rebuilt, because today is never cached."""
        self.table = table
        self._archive = archive
        self._config = config
        self._now = now
        self._alive = alive
        self._keep = keep
        self._progress = progress
        # A cached day also rests on the rules, the weights and the defaults: a change of these needs a new version.
        self._cache_key = f"{__version__} {config.day_starts:g}"
        self._without_data: Summary | None = None
        """The summary of a day without data, whichever day; None until it is needed."""
        self._finished: DayRebuilder | None = None
        """One that has replayed the ledger to its end, and knows every later day: decades, where a clock is wrong."""
        self._row = archive.last_row()
        first = archive.first_label()
        self._first = date.max if first is None else first.date() - ONE_DAY
        self._invalidations: list[Invalidation] = []
        self._invalidations_from = self._row + 1

    @property
    def first_day(self) -> date | None:
        """A day before which there are no events; None for an empty ledger."""
        return None if self._first == date.max else self._first

    def between(self, first: date, last: date, *, whole: bool = True) -> Iterator[DayRecord]:
        """Yield a record of each day from `first` to `last`. Unless `whole`, spans and prompts may be left out."""
        while first <= last:
            until = min(first + AT_ONCE - ONE_DAY, last)
            records = self._cached(first, until, whole=whole)
            records |= self._rebuild_missing(first, until, records)
            for day in _every_day(first, until):
                yield records.get(day) or self._empty(day)
            first = until + ONE_DAY

    def of(self, day: date) -> DayRecord:
        """Return the record of one day."""
        (record,) = self.between(day, day)
        return record

    def known(self, first: date, last: date) -> list[Summary]:
        """Return the summaries of those days that are in the cache."""
        return [record.summary for record in self._cached(first, last, whole=False).values()]

    def fill_cache(self, first: date, last: date) -> None:
        """Rebuild and cache those of the days that are not in the cache."""
        self._rebuild_missing(first, last, self._cached(first, last, whole=False))

    # -- the cache --------------------------------------------------------------------------------------------------

    def _cached(self, first: date, last: date, *, whole: bool) -> dict[date, DayRecord]:
        found = [
            day
            for day in self._archive.days(first.isoformat(), last.isoformat(), whole=whole)
            if day.cache_key == self._cache_key and day.row <= self._row
        ]
        if not found:
            return {}
        self._read_invalidations(min(day.row for day in found))
        records = ((day.row, _decoded(day)) for day in found)
        return {
            record.summary.day: record
            for row, record in records
            if record is not None and not self._is_invalid(record.summary.day, row)
        }

    def _read_invalidations(self, row: int) -> None:
        if row < self._invalidations_from:
            self._invalidations = list(invalidations(self._archive.retroactive_events_after(row), self.day_starts))
            self._invalidations_from = row

    def _is_invalid(self, day: date, row: int) -> bool:
        later = self._invalidations[bisect_right(self._invalidations, row, key=lambda each: each.row) :]
        return any(each.first <= day <= each.last for each in later)

    def _encoded(self, record: DayRecord) -> KeptDay:
        summary, details = packed(record)
        day = record.summary.day.isoformat()
        return KeptDay(day, self._row, self._cache_key, zlib.compress(summary, 9), zlib.compress(details, 9))

    # -- rebuilding -------------------------------------------------------------------------------------------------

    def _rebuild_missing(self, first: date, last: date, known: Container[date]) -> dict[date, DayRecord]:
        days = _every_day(max(first, self._first), min(last, self.today))
        records: dict[date, DayRecord] = {}
        for begin, end in _groups([day for day in days if day not in known]):
            records |= self._rebuild(begin, end)
        return records

    def _rebuild(self, first: date, last: date) -> dict[date, DayRecord]:
        """Replay the events until the days up to `last` are settled or the ledger ends. Saves the settled days."""
        records: dict[date, DayRecord] = {}
        if self._finished is not None and self._finished.next_day <= first:
            self._finished.next_day = first
            self._add(records, self._finished.rest(self._row, last))
            return records
        monitor, begun, is_saved = self._monitor_before(first)
        rebuilder = DayRebuilder(monitor, first, self.day_starts, list(self._archive.retroactive_events_after(begun)))
        for row, event in self._archive.events_after(begun):
            if row > self._row or rebuilder.next_day > last:
                break
            rebuilder.handle(event)
            self._add(records, rebuilder.settled(row))
        settled = [self._encoded(record) for record in records.values()]
        checkpoint = None
        if rebuilder.next_day <= last:
            if not is_saved:
                checkpoint = (self._row, encode_checkpoint(monitor))
            self._finish(monitor)
            self.policy = monitor.state.policy
            self._add(records, rebuilder.rest(self._row, last))
            self._finished = rebuilder
        if settled or checkpoint:
            self._keep(settled, checkpoint)
        return records

    def _monitor_before(self, day: date) -> tuple[Monitor, int, bool]:
        """Return a monitor that has not gone past the day, its row, and whether it comes from the checkpoint."""
        saved = saved_monitor(self._archive, self.table)
        if saved is not None and saved[0].state.today.name <= day.isoformat():
            return *saved, True
        return *new_monitor(self._archive, datetime.combine(day, time(), UTC), self._config, self.table), False

    def _add(self, records: dict[date, DayRecord], more: Iterator[DayRecord]) -> None:
        for record in more:
            records[record.summary.day] = record
            self._progress(record.summary.day)

    def _finish(self, monitor: Monitor) -> None:
        """Bring the monitor to now, or to the last sign of life if no daemon runs."""
        if self._alive:
            monitor.advance_to(self._now.timestamp() - monitor.state.timeline.shift)
        elif monitor.is_running:
            monitor.handle(Stopped(at=self._archive.last_sign() or self._now))

    def _empty(self, day: date) -> DayRecord:
        if self._without_data is None:
            policy = policy_of(self._config)
            self._without_data = summarize((), day=day, break_min=policy.break_min, good_longest=policy.good_longest)
        return DayRecord(msgspec.structs.replace(self._without_data, day=day))


def _decoded(day: KeptDay) -> DayRecord | None:
    try:
        return unpacked(zlib.decompress(day.summary), zlib.decompress(day.record) if day.record else b"")
    except (zlib.error, msgspec.DecodeError):
        return None


def _every_day(first: date, last: date) -> Iterator[date]:
    return (first + number * ONE_DAY for number in range((last - first).days + 1))


def _groups(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of each group of days that lie near each other."""
    if not days:
        return
    first = before = days[0]
    for day in days:
        if day - before > NEAR:
            yield first, before
            first = day
        before = day
    yield first, before
