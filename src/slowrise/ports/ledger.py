"""The ledger: the log of all events, and what the daemon keeps beside it.

`EventLog`, `Heartbeat`, `Notes`, `DayCache` and `Checkpoints` are what users ask for. `Archive` is all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from slowrise.core.model.events import Event


class KeptDay(NamedTuple):
    """A cached day, as bytes: its `summary`, and in `record` the spans and prompts behind it.

    It covers the events up to `row`. It is valid only under the same `cache_key`.
    """

    day: str
    row: int
    cache_key: str
    summary: bytes
    record: bytes


Trouble = Literal["busy", "full", "read-only", "failed", "torn", "gone", "unlocked", "unusable", "newer", "unsafe"]
"""What is wrong with a ledger.

The first four may pass. While it was in use, somebody deleted a part of it or cut it off (`torn`), or moved or deleted
all of it (`gone`), or its file system lost its locks (`unlocked`): it must be opened again. `unusable` (damaged, or not
a ledger) and `newer` (written by a later version) call for a new file. `unsafe` (others can reach it) is for the user
to fix.
"""

ADVICE: dict[Trouble, str] = {
    "busy": "Close the program that uses it, then try again.",
    "full": "Free some space on this disk.",
    "read-only": "Check that you may write to this file, its folder and its disk.",
    "unusable": "Start slowrise: it keeps this file aside and saves what can be read.",
    "newer": "Update slowrise to read it.",
}
"""What the user can do next."""


class LedgerFailed(Exception):
    """The ledger could not be read or written. `reason` names the file and the cause; the message adds the advice."""

    def __init__(self, reason: str, kind: Trouble = "failed") -> None:
        super().__init__(f"{reason}. {ADVICE[kind]}" if kind in ADVICE else reason)
        self.reason = reason
        self.kind = kind


# Every method of these may raise `LedgerFailed`. A time without an offset is a `ValueError`; times are cut to
# milliseconds.


class EventLog(Protocol):
    """All events, in the order of appending; none is ever changed. Rows are numbered from 1 in this order."""

    def append(self, event: Event) -> None:
        """Store the event. It is on disk when this returns."""
        self.append_all((event,))

    def append_all(self, events: Iterable[Event]) -> None:
        """Store all of the events, or none."""

    def events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """Return the events after `row` (0: all), each with its row."""

    def retroactive_events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """Return the events that can change earlier days, each with its row: starts, clock steps and answers.

        They begin with the last start at or before `row`.
        """

    def health(self, *, settings: bool = False) -> Iterator[Event]:
        """Return all health notes, in order; with the `settings` that were in force, too."""

    def last_row(self) -> int:
        """Return the row of the last event, 0 for none."""

    def row_before(self, at: datetime) -> int:
        """Return a row such that every event at or after `at` comes later.

        At most one day of earlier events follows it too.
        """

    def first_label(self) -> datetime | None:
        """Return a lower bound of the earliest event's time, at most one day too early; None for an empty ledger."""


class Heartbeat(Protocol):
    """The last sign of life of the daemon, for the time of a crash."""

    def beat(self, at: datetime) -> None:
        """Store a sign of life in place of the last one."""

    def last_sign(self) -> datetime | None:
        """Return the later of the last beat and the last event's time; None for an empty ledger."""


UNREAD = "red-flags-unread"
"""The key of the note that the red flags wait to be read; its value is empty once they were."""


class Notes(Protocol):
    """Facts that are not events, by key."""

    def note(self, key: str, value: str) -> None:
        """Store a fact in place of the last one under this key."""

    def noted(self, key: str) -> str | None:
        """Return the fact stored under this key."""


class DayCache(Protocol):
    """Concluded days. They can be rebuilt from the events at any time."""

    def save_days(self, days: Iterable[KeptDay]) -> None:
        """Cache these days (overwrites)."""

    def days(self, first: str, last: str, *, whole: bool) -> Iterator[KeptDay]:
        """Return the cached days from `first` to `last`, in order; without the record unless `whole`."""


class Checkpoints(Protocol):
    """The monitor's state after some row; only the newest is kept. It can be rebuilt from the events at any time."""

    def save_checkpoint(self, after_row: int, state: bytes) -> None:
        """Save the state after that row, in place of the checkpoint before."""

    def checkpoint(self) -> tuple[int, bytes] | None:
        """Return the row and the state of the checkpoint; None without one."""


class Archive(EventLog, Heartbeat, Notes, DayCache, Checkpoints, Protocol):
    """A whole ledger, as the daemon uses it."""

    def delete_before(self, at: datetime) -> None:
        """Delete every event before `at` beyond recovery, with an older beat and all that was derived from them."""

    def close(self) -> None:
        """Close the file."""
