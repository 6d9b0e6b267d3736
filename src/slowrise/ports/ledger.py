"""Where events are kept. Each ledger does what the port asks, and keeps beside the events what the daemon needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

from slowrise.core.model.events import Event


def last_day_touched(at: datetime) -> str:
    """Return the last day that may contain time before `at`, in any time zone."""
    return (at + timedelta(days=1)).date().isoformat()


class KeptDay(NamedTuple):
    """A cached day, as bytes: its `summary`, and in `record` the spans and prompts behind it.

    It covers the events up to `row`. It is valid only under the same `cache_key`.
    """

    day: str
    row: int
    cache_key: str
    summary: bytes
    record: bytes


Trouble = Literal["busy", "full", "read-only", "failed", "unusable", "newer", "unsafe"]
"""What is wrong with a ledger. The first four may pass; `unusable` (no ledger, or damaged) and `newer` (written by a
later version) call for setting the file aside; `unsafe` (a place others can reach) is for the user to mend."""


class LedgerFailed(Exception):
    """The ledger could not be read or written; the message says which, where and why."""

    def __init__(self, reason: str, kind: Trouble = "failed") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


class Ledger(Protocol):
    """Where events are kept: appended, never changed. What is derived from them can be made anew at any time."""

    def append(self, event: Event) -> None:
        """Keep the event; on disk when this returns. Raises `LedgerFailed`."""

    def events(self, begin: datetime | None = None, end: datetime | None = None) -> Iterator[Event]:
        """The events in the order they were appended, of those with `begin <= at < end` (open where None)."""

    def beat(self, at: datetime) -> None:
        """Note a sign of life (overwrites the last one)."""

    def last_sign(self) -> datetime | None:
        """The later of the last beat and the last event's label; None for an empty ledger."""

    def close(self) -> None:
        """Let go of the file."""


class Archive(Ledger, Protocol):
    """A ledger whole. Rows are numbered upwards from 1 in the order of appending.

    Every method may raise `LedgerFailed`. A label without an offset is a `ValueError`; labels are cut to milliseconds.
    """

    def append_all(self, events: Iterable[Event]) -> None:
        """Keep all of the events, or none."""

    def events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """The events appended after that row (0: all), each with its row."""

    def last_row(self) -> int:
        """The row of the last event, 0 for none."""

    def note(self, key: str, value: str) -> None:
        """Keep a fact that is no event (overwrites)."""

    def noted(self, key: str) -> str | None:
        """The fact kept under that key."""

    def turns_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """The starts, clock steps and answers, each with its row, from the start on that was the last at that row."""

    def health(self) -> Iterator[Event]:
        """Every health note there is, in the order they were appended."""

    def row_before(self, at: datetime) -> int:
        """A row after which all that is labelled from `at` on comes, and of what is before it a day at most."""

    def first_label(self) -> datetime | None:
        """A label no event is before, and some are within a day after; None for an empty ledger."""

    def save_days(self, days: Iterable[KeptDay]) -> None:
        """Cache these days (overwrites)."""

    def days(self, first: str, last: str, *, whole: bool) -> Iterator[KeptDay]:
        """Yield the cached days from `first` to `last`, in order; without the record unless `whole`."""

    def save_checkpoint(self, after_row: int, state: bytes) -> None:
        """Save the monitor's state after that row, in place of the checkpoint before."""

    def checkpoint(self) -> tuple[int, bytes] | None:
        """Return the row and the state of the checkpoint; None without one."""

    def drop_derived(self) -> None:
        """Delete the checkpoint and every cached day; both can be computed again."""

    def counts(self) -> dict[str, int]:
        """How many of each event are kept, by name."""

    def delete_before(self, at: datetime) -> None:
        """Delete every event labelled before `at` beyond recovery, with a beat before it and what was derived."""

    def delete_all(self) -> None:
        """Delete everything beyond recovery, notes and files set aside included."""
