"""A ledger that does not fail when its disk does: what cannot be written now is held in memory and written later.

Nothing is lost while the process lives, and the order is kept. A failure is told once, when holding back begins, and
once more when all is written. Reading fails where the ledger fails: an invented past would be worse than none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from slowrise.adapters.storage.event_codec import kept, within
from slowrise.core.model.events import HEALTH, Answered, ClockStepped, Event, Started, name_of
from slowrise.ports.ledger import Archive, KeptDay, LedgerFailed

FIRST_RETRY = 5.0
"""Seconds until the first new attempt. Each may wait a second for a lock, so they grow rarer."""

LAST_RETRY = 60.0
"""Seconds between attempts in the long run: the heartbeat's own interval, so that no timer is needed for them."""


OUTLASTED = ("busy", "full")
"""Troubles that the open file gets over. It is kept through them, because it can still be read, and could not be
opened again on a full disk."""


class BufferedLedger:
    """An `Archive` over one that `reopen` opens, at first use and again after a failure.

    `now` reads seconds on a clock that cannot be set; `say` is given one sentence for the user.
    """

    def __init__(self, reopen: Callable[[], Archive], *, now: Callable[[], float], say: Callable[[str], None]) -> None:
        self._reopen = reopen
        self._now = now
        self._say = say
        self._inner: Archive | None = None
        self._events: list[Event] = []
        self._notes: dict[str, str] = {}
        self._beat: datetime | None = None
        self._failure: LedgerFailed | None = None
        self._retry_at = 0.0
        self._retry_in = FIRST_RETRY
        self._row = 0
        self._tried = 0
        """How many of the held events the last attempt was for, and the row they were to follow."""

    @property
    def failure(self) -> LedgerFailed | None:
        """Why events are held in memory at present; None when all are on disk."""
        return self._failure

    def append(self, event: Event) -> None:
        """Keep the event, in memory if it must be."""
        self.append_all((event,))

    def append_all(self, events: Iterable[Event]) -> None:
        """Keep all of the events, in memory if it must be."""
        self._events.extend([kept(event) for event in events])
        self._settle()

    def beat(self, at: datetime) -> None:
        """Note a sign of life."""
        self._beat = at
        self._settle()

    def note(self, key: str, value: str) -> None:
        """Keep a fact that is no event."""
        self._notes[key] = value
        self._settle()

    def save_checkpoint(self, after_row: int, state: bytes) -> None:
        """Keep what was concluded, if the events it stands on are on disk; a checkpoint only saves time."""
        self._settle()
        if self._failure is None:
            with suppress(LedgerFailed):
                self._opened().save_checkpoint(after_row, state)

    def events(self, begin: datetime | None = None, end: datetime | None = None) -> Iterator[Event]:
        """The events in the order they were appended, of those with `begin <= at < end` (open where None)."""
        yield from self._opened().events(begin, end)
        yield from (event for event in self._events if within(event, begin, end))

    def events_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """The events appended after that row, each with the one it has or will have."""
        inner = self._opened()
        yield from inner.events_after(row)
        held = enumerate(self._events, start=inner.last_row() + 1)
        yield from (item for item in held if item[0] > row)

    def turns_after(self, row: int) -> Iterator[tuple[int, Event]]:
        """The starts, clock steps and answers, each with its row, from the start on that was the last at that row."""
        inner = self._opened()
        turns = list(inner.turns_after(row))
        held = enumerate(self._events, start=inner.last_row() + 1)
        turns += [item for item in held if isinstance(item[1], Started | ClockStepped | Answered)]
        first = max((at for at, event in turns if at <= row and isinstance(event, Started)), default=0)
        yield from (item for item in turns if item[0] >= first)

    def health(self) -> Iterator[Event]:
        """Every health note there is, in the order they were appended."""
        yield from self._opened().health()
        yield from (event for event in self._events if isinstance(event, HEALTH))

    def row_before(self, at: datetime) -> int:
        """A row after which all that is labelled from `at` on comes, and of what is before it a day at most."""
        return self._opened().row_before(at)

    def first_label(self) -> datetime | None:
        """A label no event is before, and some are within a day after; None for an empty ledger."""
        labels = (self._opened().first_label(), *(event.at for event in self._events))
        return min((label for label in labels if label), default=None)

    def save_days(self, days: Iterable[KeptDay]) -> None:
        """Keep what was concluded of these days, if the events it stands on are on disk."""
        self._settle()
        if self._failure is None:
            with suppress(LedgerFailed):
                self._opened().save_days(days)

    def days(self, first: str, last: str, *, whole: bool) -> Iterator[KeptDay]:
        """What is kept of the days `first` to `last`, in order; without the record unless `whole`."""
        return self._opened().days(first, last, whole=whole)

    def last_row(self) -> int:
        """The row the last event has or will have."""
        return self._opened().last_row() + len(self._events)

    def last_sign(self) -> datetime | None:
        """The later of the last beat and the last event's label; None for an empty ledger."""
        signs = (self._opened().last_sign(), self._beat, self._events[-1].at if self._events else None)
        return max((sign for sign in signs if sign), default=None)

    def noted(self, key: str) -> str | None:
        """The fact kept under that key."""
        return self._notes[key] if key in self._notes else self._opened().noted(key)

    def checkpoint(self) -> tuple[int, bytes] | None:
        """Return the row and the state of the checkpoint; None without one."""
        return self._opened().checkpoint()

    def counts(self) -> dict[str, int]:
        """How many of each event are kept, by name."""
        return dict(Counter(self._opened().counts()) + Counter(name_of(event) for event in self._events))

    def drop_derived(self) -> None:
        """Forget every checkpoint and day, or raise `LedgerFailed`."""
        self._opened().drop_derived()

    def delete_before(self, at: datetime) -> None:
        """Delete every event labelled before `at` beyond recovery, or raise `LedgerFailed`."""
        self._write()
        self._opened().delete_before(at)

    def delete_all(self) -> None:
        """Delete everything beyond recovery, or raise `LedgerFailed`; what was held is gone either way."""
        self._events.clear()
        self._notes.clear()
        self._beat = None
        self._tried = 0
        self._opened().delete_all()

    def close(self) -> None:
        """Write what is held, a last time, and let go. Raises `LedgerFailed` if something is lost by that."""
        try:
            self._retry_at = self._now()
            self._write()
        except LedgerFailed as error:
            if self._events:
                raise LedgerFailed(f"{len(self._events)} events are lost. {error}", error.kind) from error
        finally:
            self._let_go()

    def _settle(self) -> None:
        if self._failure and self._now() < self._retry_at:
            return
        if self._failure and self._failure.kind not in OUTLASTED:
            self._let_go()
        try:
            self._write()
        except LedgerFailed as error:
            self._hold_back(error)

    def _write(self) -> None:
        inner = self._opened()
        if self._tried and inner.last_row() == self._row + self._tried:
            del self._events[: self._tried]  # the attempt that was told as failed had reached the disk
        self._tried = 0
        if self._events:
            self._row, self._tried = inner.last_row(), len(self._events)
            inner.append_all(self._events)
            self._events.clear()
            self._tried = 0
        for key, value in self._notes.items():
            inner.note(key, value)
        self._notes.clear()
        if self._beat:
            inner.beat(self._beat)
            self._beat = None
        self._be_well()

    def _opened(self) -> Archive:
        if self._inner is None:
            if self._failure and self._now() < self._retry_at:
                raise self._failure
            self._inner = self._reopen()
        return self._inner

    def _hold_back(self, error: LedgerFailed) -> None:
        if self._failure is None:
            self._say(f"{error}. What happens is kept in memory until it can be written.")
        self._failure = error
        self._retry_at = self._now() + self._retry_in
        self._retry_in = min(2 * self._retry_in, LAST_RETRY)

    def _be_well(self) -> None:
        if self._failure:
            self._failure = None
            self._retry_in = FIRST_RETRY
            self._say("The ledger can be written again; nothing was lost.")

    def _let_go(self) -> None:
        inner, self._inner = self._inner, None
        if inner:
            with suppress(LedgerFailed):
                inner.close()
