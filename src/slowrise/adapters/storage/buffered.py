"""A ledger that survives a failing disk: it holds writes in memory and retries until they are stored.

No event is lost while the process lives, and the order is kept. The user is notified once when a failure begins, and
once when everything is stored. Reads go to the wrapped ledger, followed by the events still held. They fail when that
ledger cannot even be read: an invented past would be worse than none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from slowrise.adapters.storage.event_codec import as_read_back
from slowrise.core.model.events import HEALTH, Answered, ClockStepped, Event, Started
from slowrise.ports.ledger import Archive, KeptDay, LedgerFailed

FIRST_RETRY = 5.0
"""Seconds until the first retry. A retry may block for a second, waiting for a lock, so the interval doubles."""

LAST_RETRY = 60.0
"""Longest interval between retries, in seconds. The heartbeat has the same one, so retries need no timer."""

REMEMBERED = 600
"""Events kept in memory once they are stored, in case SQLite's log is cut off. It has 256 pages, and an event takes one
or more."""

OUTLASTED = ("busy", "full")
"""Failures that an open file survives. It stays open: it can still be read, and a full disk might not reopen it."""

UNWRITABLE = ("full", "read-only")
"""Failures of opening a ledger that leave it readable."""


class BufferedLedger(Archive):
    """Buffers the writes to the ledger that `reopen` opens, at first use and again after a failure.

    `now` returns seconds of a clock that cannot be set. `say` gets one sentence for the user. `look` opens the ledger
    to read while it cannot be opened to write.
    """

    def __init__(
        self,
        reopen: Callable[[], Archive],
        *,
        now: Callable[[], float],
        say: Callable[[str], None],
        look: Callable[[], Archive] | None = None,
    ) -> None:
        self._reopen = reopen
        self._look = look
        self._now = now
        self._say = say
        self._inner: Archive | None = None
        self._reader: Archive | None = None
        """The ledger opened to read, while it cannot be opened to write."""
        self._events: list[Event] = []
        self._notes: dict[str, str] = {}
        self._beat: datetime | None = None
        self.failure: LedgerFailed | None = None
        """The reason why writes are held in memory now; None if everything is on disk."""
        self._retry_at = 0.0
        self._retry_in = FIRST_RETRY
        self._tried = 0
        """How many of the held events the last attempt tried to append."""
        self._tried_after = 0
        """The last row before that attempt."""
        self._stored: deque[tuple[int, Event]] = deque(maxlen=REMEMBERED)
        """The last events that were stored, each with its row."""
        self._stored_notes: dict[str, str] = {}

    # -- writes -----------------------------------------------------------------------------------------------------

    def append_all(self, events: Iterable[Event]) -> None:
        self._events.extend([as_read_back(event) for event in events])
        self._try_to_store()

    def beat(self, at: datetime) -> None:
        self._beat = at
        self._try_to_store()

    def note(self, key: str, value: str) -> None:
        self._notes[key] = value
        self._try_to_store()

    def save_checkpoint(self, after_row: int, state: bytes) -> None:
        """Save it if the events behind it are on disk. It can be lost: it can be rebuilt from the events."""
        self._try_to_store()
        if self.failure is None:
            with suppress(LedgerFailed):
                self._opened().save_checkpoint(after_row, state)

    def save_days(self, days: Iterable[KeptDay]) -> None:
        """Save them if the events behind them are on disk, as for a checkpoint."""
        self._try_to_store()
        if self.failure is None:
            with suppress(LedgerFailed):
                self._opened().save_days(days)

    def delete_before(self, at: datetime) -> None:
        self._store()  # what is held may be older
        self._stored.clear()
        self._opened().delete_before(at)

    def close(self) -> None:
        """Store what is held, in a last attempt, and close the file. Raises `LedgerFailed` if events are lost."""
        try:
            self._retry_at = self._now()
            self._store()
        except LedgerFailed as error:
            if self._events:
                raise LedgerFailed(f"{len(self._events)} events are lost. {error.reason}", error.kind) from error
        finally:
            self._close_inner()

    # -- reads ------------------------------------------------------------------------------------------------------

    def events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        yield from self._readable().events_after(row)
        yield from (item for item in self._held() if item[0] > row)

    def retroactive_events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        held = (item for item in self._held() if isinstance(item[1], Started | ClockStepped | Answered))
        turns = [*self._readable().retroactive_events_after(row), *held]
        first = max((number for number, event in turns if number <= row and isinstance(event, Started)), default=0)
        return (item for item in turns if item[0] >= first)

    def health(self, *, settings: bool = False) -> Iterator[Event]:
        yield from self._readable().health(settings=settings)
        yield from (event for event in self._events if isinstance(event, HEALTH))

    def last_row(self) -> int:
        return self._readable().last_row() + len(self._events)

    def row_before(self, at: datetime) -> int:
        return self._readable().row_before(at)

    def first_label(self) -> datetime | None:
        times = (self._readable().first_label(), *(event.at for event in self._events))
        return min((time for time in times if time), default=None)

    def last_sign(self) -> datetime | None:
        times = (self._readable().last_sign(), self._beat, self._events[-1].at if self._events else None)
        return max((time for time in times if time), default=None)

    def noted(self, key: str) -> str | None:
        return self._notes[key] if key in self._notes else self._readable().noted(key)

    def days(self, first: str, last: str, *, whole: bool) -> Iterator[KeptDay]:
        return self._readable().days(first, last, whole=whole)

    def checkpoint(self) -> tuple[int, bytes] | None:
        return self._readable().checkpoint()

    def _held(self) -> Iterator[tuple[int, Event]]:
        """Return the events in memory, each with the row that it will have."""
        return enumerate(self._events, start=self._readable().last_row() + 1)

    # -- retries ----------------------------------------------------------------------------------------------------

    def _try_to_store(self) -> None:
        """Store what is held, unless the last attempt failed a moment ago."""
        if self.failure and self._now() < self._retry_at:
            return
        if self.failure and self.failure.kind not in OUTLASTED:
            self._close_inner()
        try:
            self._store()
        except LedgerFailed as error:
            self._hold(error)
            if error.kind == "torn":
                self._open_again()

    def _open_again(self) -> None:
        """Open a ledger whose log was deleted or cut off, at once: a crash would lose what it had."""
        self._close_inner()
        self._retry_at = self._now()
        try:
            self._store()
        except LedgerFailed as error:
            self._hold(error)

    def _store(self) -> None:
        inner = self._opened()
        after = self._recovery(inner)
        if self._tried and inner.last_row() == self._tried_after + self._tried:
            del self._events[: self._tried]  # the attempt reported a failure, but its events had reached the disk
        self._tried = 0
        if self._events:
            self._tried_after, self._tried = inner.last_row(), len(self._events)
            inner.append_all(self._events)
            self._stored.extend(enumerate(self._events, start=self._tried_after + 1))
            self._events.clear()
            self._tried = 0
        for key, value in self._notes.items():
            inner.note(key, value)
        self._stored_notes |= self._notes
        self._notes.clear()
        if self._beat:
            inner.beat(self._beat)
            self._beat = None
        if self.failure:
            self.failure = None
            self._retry_in = FIRST_RETRY
            self._say(after)

    def _recovery(self, inner: Archive) -> str:
        """Return how to say that the ledger can be written again. What was cut off from its log is stored once more."""
        if self.failure is None:
            return ""
        if self.failure.kind == "gone":
            self._stored.clear()
            return "The record was deleted or moved away while slowrise ran. A new one holds what happened since."
        lost = 0
        if self.failure.kind == "torn" and self._stored:
            last, expected = inner.last_row(), self._stored[-1][0]
            again = [event for row, event in self._stored if row > last]
            lost = max(expected - last - len(again), 0)
            if again:
                inner.append_all(again)
                left = [(row, event) for row, event in self._stored if row <= last]
                self._stored = deque([*left, *enumerate(again, start=last + 1)], maxlen=REMEMBERED)
            for key, value in self._stored_notes.items():
                inner.note(key, value)
        if lost:
            return f"The ledger can be written again; {lost} of the last events are lost."
        return "The ledger can be written again; nothing was lost."

    def _hold(self, error: LedgerFailed) -> None:
        if self.failure is None:
            self._say(f"{error.reason}. What happens is kept in memory until it can be written.")
        self.failure = error
        self._retry_at = self._now() + self._retry_in
        self._retry_in = min(2 * self._retry_in, LAST_RETRY)

    def _opened(self) -> Archive:
        if self._inner is None:
            if self.failure and self._now() < self._retry_at:
                raise self.failure
            inner = self._reopen()
            self._close_inner()
            self._inner = inner
        return self._inner

    def _readable(self) -> Archive:
        """Return the ledger to read from."""
        try:
            return self._opened()
        except LedgerFailed as error:
            if self._look is None or error.kind not in UNWRITABLE:
                raise
            if self._reader is None:
                self._reader = self._look()
            return self._reader

    def _close_inner(self) -> None:
        for each in filter(None, (self._inner, self._reader)):
            with suppress(LedgerFailed):
                each.close()
        self._inner = self._reader = None
