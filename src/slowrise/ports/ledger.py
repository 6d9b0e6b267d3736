"""The ledger: the log of all events, and what the daemon keeps beside it.

`EventLog`, `Heartbeat`, `Notes`, `DayCache` and `Checkpoints` are what users ask for. `Archive` is all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

from slowrise.core.model.events import Event

DAILY_CHECKPOINTS = 14
"""So many of the newest checkpoints are kept, and of those before them the first of each month: a month is concluded
again in a tenth of a second, and ten years of days would take more room than the events."""


def last_day_touched(at: datetime) -> str:
    """The last day that may hold something from before `at`: days are named by the clock of their place."""
    return (at + timedelta(days=1)).date().isoformat()


class KeptDay(NamedTuple):
    """What was concluded of a day, as bytes: `numbers` what it comes to, `record` what that was counted from.

    It takes the events up to `row` into account. `under` tells what else it rests on.
    """

    day: str
    row: int
    under: str
    numbers: bytes
    record: bytes


Trouble = Literal["busy", "full", "read-only", "failed", "unusable", "newer", "unsafe"]
"""What is wrong with a ledger.

The first four may pass. `unusable` (damaged, or not a ledger) and `newer` (written by a later version) call for a new
file. `unsafe` (others can reach it) is for the user to fix.
"""

ADVICE: dict[Trouble, str] = {
    "busy": "Close the program that uses it, then try again.",
    "full": "Free some space on this disk.",
    "read-only": "Check that you may write to this file, its folder and its disk.",
    "unusable": "Start `slowrise run`: it keeps this file aside and saves what can be read.",
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

    def append_all(self, events: Iterable[Event]) -> None:
        """Store all of the events, or none."""

    def events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """Return the events after `row` (0: all), each with its row."""

    def turns_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """Return the events that can change earlier days, each with its row: starts, clock steps and answers.

        They begin with the last start at or before `row`.
        """

    def health(self) -> Iterator[Event]:
        """Return all health notes."""

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


class Notes(Protocol):
    """Facts that are not events, by key."""

    def note(self, key: str, value: str) -> None:
        """Store a fact in place of the last one under this key."""

    def noted(self, key: str) -> str | None:
        """Return the fact stored under this key."""


class DayCache(Protocol):
    """Concluded days. They can be rebuilt from the events at any time."""

    def save_days(self, days: Iterable[KeptDay]) -> None:
        """Keep what was concluded of these days (overwrites)."""

    def days(self, first: str, last: str, *, whole: bool) -> Iterator[KeptDay]:
        """What is kept of the days `first` to `last`, in order; without the record unless `whole`."""


class Checkpoints(Protocol):
    """The engine's state at a row. It can be rebuilt from the events at any time."""

    def save_checkpoint(self, day: str, after_row: int, state: bytes) -> None:
        """Keep what was concluded from the events up to that row; one a day (overwrites), and old ones thinned out."""

    def checkpoint_before(self, at: datetime) -> tuple[int, bytes] | None:
        """Row and state of the latest checkpoint whose last event is labelled before `at`."""

    def checkpoint_of(self, day: str) -> tuple[int, bytes] | None:
        """Row and state of the checkpoint kept under that day, or else under the last day before it."""


class Archive(EventLog, Heartbeat, Notes, DayCache, Checkpoints, Protocol):
    """A whole ledger, as the daemon uses it."""

    def delete_before(self, at: datetime) -> None:
        """Delete every event before `at` beyond recovery, with an older beat and all that was derived from them."""

    def close(self) -> None:
        """Close the file."""
