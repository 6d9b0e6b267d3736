"""A ledger that is gone with the process: for the demo and the proofs. It refuses what a file would refuse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from slowrise.adapters.storage.event_codec import kept, within
from slowrise.core.model.events import HEALTH, Answered, ClockStepped, Event, Started, name_of
from slowrise.core.model.timestamps import rounded
from slowrise.ports.ledger import KeptDay, LedgerFailed, last_day_touched


class MemoryLedger:
    """An `Archive` in a few dictionaries. Once closed, everything raises `LedgerFailed`."""

    def __init__(self) -> None:
        self._closed = False
        self._rows: dict[int, Event] = {}
        self._beats: list[datetime] = []
        self._notes: dict[str, str] = {}
        self._checkpoint: tuple[int, bytes] | None = None
        self._days: dict[str, KeptDay] = {}

    def append(self, event: Event) -> None:
        """Keep the event."""
        self.append_all((event,))

    def append_all(self, events: Iterable[Event]) -> None:
        """Keep all of the events, or none."""
        all_kept = [kept(event) for event in events]
        self._rows.update(enumerate(all_kept, start=self.last_row() + 1))

    def events(self, begin: datetime | None = None, end: datetime | None = None) -> Iterator[Event]:
        """The events in the order they were appended, of those with `begin <= at < end` (open where None)."""
        return (event for _, event in self.events_after(0) if within(event, begin, end))

    def events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """The events appended after that row, each with its own."""
        self._check_open()
        return iter([item for item in self._rows.items() if item[0] > row])

    def turns_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """The starts, clock steps and answers, each with its row, from the start on that was the last at that row."""
        turns = [item for item in self.events_after(0) if isinstance(item[1], Started | ClockStepped | Answered)]
        first = max((at for at, event in turns if at <= row and isinstance(event, Started)), default=0)
        return iter([item for item in turns if item[0] >= first])

    def health(self) -> Iterator[Event]:
        """Every health note there is, in the order they were appended."""
        return (event for event in self.events() if isinstance(event, HEALTH))

    def row_before(self, at: datetime) -> int:
        """A row after which all that is labelled from `at` on comes, and of what is before it a day at most."""
        return next((row - 1 for row, event in self.events_after(0) if event.at >= at), self.last_row())

    def first_label(self) -> datetime | None:
        """A label no event is before, and some are within a day after; None for an empty ledger."""
        return min((event.at for _, event in self.events_after(0)), default=None)

    def last_row(self) -> int:
        """The row of the last event, 0 for none."""
        self._check_open()
        return next(reversed(self._rows), 0)

    def beat(self, at: datetime) -> None:
        """Note a sign of life."""
        self._check_open()
        self._beats = [rounded(at)]

    def last_sign(self) -> datetime | None:
        """The later of the last beat and the last event's label; None for an empty ledger."""
        last = self._rows.get(self.last_row())
        return max([*self._beats, *([last.at] if last else [])], default=None)

    def note(self, key: str, value: str) -> None:
        """Keep a fact that is no event."""
        self._check_open()
        self._notes[key] = value

    def noted(self, key: str) -> str | None:
        """The fact kept under that key."""
        self._check_open()
        return self._notes.get(key)

    def save_checkpoint(self, after_row: int, state: bytes) -> None:
        """Save the monitor's state after that row, in place of the checkpoint before."""
        self._check_open()
        self._checkpoint = (after_row, state)

    def checkpoint(self) -> tuple[int, bytes] | None:
        """Return the row and the state of the checkpoint; None without one."""
        self._check_open()
        return self._checkpoint

    def save_days(self, days: Iterable[KeptDay]) -> None:
        """Keep what was concluded of these days."""
        self._check_open()
        self._days.update((kept_day.day, kept_day) for kept_day in days)

    def days(self, first: str, last: str, *, whole: bool) -> Iterator[KeptDay]:
        """What is kept of the days `first` to `last`, in order; without the record unless `whole`."""
        self._check_open()
        found = sorted(kept_day for name, kept_day in self._days.items() if first <= name <= last)
        return iter(found if whole else [kept_day._replace(record=b"") for kept_day in found])

    def drop_derived(self) -> None:
        """Forget every checkpoint and day."""
        self._check_open()
        self._checkpoint = None
        self._days.clear()

    def counts(self) -> dict[str, int]:
        """How many of each event are kept, by name."""
        self._check_open()
        return dict(Counter(name_of(event) for event in self._rows.values()))

    def delete_before(self, at: datetime) -> None:
        """Delete every event labelled before `at`, and what was derived from them."""
        self._check_open()
        self._checkpoint = None
        self._days = {day: kept for day, kept in self._days.items() if day > last_day_touched(at)}
        self._rows = {row: event for row, event in self._rows.items() if event.at >= at}
        self._beats = [beat for beat in self._beats if beat >= at]

    def delete_all(self) -> None:
        """Delete everything."""
        self.drop_derived()
        for kept_things in (self._rows, self._beats, self._notes):
            kept_things.clear()

    def close(self) -> None:
        """Be closed, as a file would be."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise LedgerFailed("ledger in memory: it is closed")
