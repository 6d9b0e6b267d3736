"""A ledger that is gone with the process: for the demo and the proofs. It refuses what a file would refuse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from slowrise.events import Event, name_of
from slowrise.ledgers.packing import kept, within
from slowrise.moment import rounded
from slowrise.ports import LedgerFailed


class MemoryLedger:
    """An `Archive` in a few dictionaries. Once closed, everything raises `LedgerFailed`."""

    def __init__(self) -> None:
        self._closed = False
        self._rows: dict[int, Event] = {}
        self._beats: list[datetime] = []
        self._notes: dict[str, str] = {}
        self._checkpoints: dict[str, tuple[int, bytes, datetime | None]] = {}

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

    def save_checkpoint(self, day: str, after_row: int, state: bytes) -> None:
        """Keep what was concluded from the events up to that row."""
        self._check_open()
        event = self._rows.get(after_row)
        self._checkpoints[day] = (after_row, state, event.at if event else None)

    def checkpoint_before(self, at: datetime) -> tuple[int, bytes] | None:
        """Row and state of the latest checkpoint whose last event is labelled before `at`."""
        self._check_open()
        before = [(row, state) for row, state, label in self._checkpoints.values() if label is None or label < at]
        return max(before, default=None)

    def drop_derived(self) -> None:
        """Forget every checkpoint."""
        self._check_open()
        self._checkpoints.clear()

    def counts(self) -> dict[str, int]:
        """How many of each event are kept, by name."""
        self._check_open()
        return dict(Counter(name_of(event) for event in self._rows.values()))

    def delete_before(self, at: datetime) -> None:
        """Delete every event labelled before `at`, and what was derived."""
        self.drop_derived()
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
