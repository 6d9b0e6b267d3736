"""Replace a ledger that cannot be used by a new one, with every event that can still be read.

`renew` writes the new ledger beside the old one, then swaps them by renaming. Killed at any moment, it can be repeated:

    ledger.sqlite3.aside-new     is being filled; deleted and begun again after a kill
    ledger.sqlite3.aside-ready   is complete; only the renaming remains
    ledger.sqlite3.aside-copy    is read where SQLite cannot open the old ledger itself; deleted afterwards
    ledger.sqlite3.aside-1       the old ledger, unchanged
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from slowrise.adapters.storage.database import set_aside, translate_errors
from slowrise.adapters.storage.event_codec import Unreadable, unpack
from slowrise.adapters.storage.file_system import abilities, copied, remove
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model.events import ClockStepped, Event, Started
from slowrise.ports.ledger import Archive

AT_ONCE = 10_000
"""Events in one transaction."""
FURTHEST = 1 << 32
"""Rows to search for the end of the damage; ten years have a million."""

_RUNS = "SELECT first, midnight, offset FROM runs WHERE first > ? ORDER BY first"
_EVENTS = "SELECT row, ms, code, rest FROM events WHERE row > ? ORDER BY row"


def is_under_way(path: Path) -> bool:
    """Return whether `renew` was interrupted when the new ledger was already complete."""
    return _ready(path).exists()


def renew(path: Path, *, alive: Callable[[], object]) -> Path:
    """Replace the ledger and return the new path of the old one. Raises `LedgerFailed`; it can then be repeated.

    A million events take half a minute. `alive` is called now and then meanwhile.
    """
    with translate_errors(path):
        if not is_under_way(path):
            _fill(path, alive)
        aside = set_aside(path)
        _ready(path).rename(path)
    return aside


def _ready(path: Path) -> Path:
    return path.with_name(f"{path.name}.aside-ready")


def _fill(path: Path, alive: Callable[[], object]) -> None:
    """Write the new ledger, and rename it once it is complete."""
    new = path.with_name(f"{path.name}.aside-new")
    remove(new)
    with closing(SqliteLedger(new)) as ledger:
        salvage(path, ledger, alive=alive)
    Path(f"{new}-journal").unlink(missing_ok=True)  # empty, as each transaction leaves it where SQLite has no log
    new.rename(_ready(path))


def salvage(old: Path, into: Archive, *, alive: Callable[[], object] = lambda: None) -> int:
    """Copy every readable event, in order, and all notes; return the number of events.

    Each hole becomes unobserved time. The old file is not changed. Raises `LedgerFailed` if `into` does. `alive` is
    called for each transaction.
    """
    saved = 0
    with suppress(sqlite3.Error), _open_damaged(old) as database:
        events = _with_holes(_readable(database))
        while batch := list(islice(events, AT_ONCE)):
            alive()
            into.append_all(batch)
            saved += len(batch)
        for key, value in database.execute("SELECT key, value FROM notes"):
            into.note(key, value)
    return saved


@contextmanager
def _open_damaged(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a ledger without changing it."""
    has_journal = Path(f"{path}-journal").exists()
    if has_journal or not all(abilities(path.parent)):
        with copied(path, path.with_name(f"{path.name}.aside-copy")) as copy:
            yield copy
    else:
        # Without a log the file can be opened as immutable, and SQLite creates no files beside it.
        mode = "mode=ro" if Path(f"{path}-wal").exists() else "immutable=1"
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)) as database:
            yield database


def _with_holes(events: Iterator[tuple[int, Event]]) -> Iterator[Event]:
    """Return the events. Where rows are missing, insert a start that follows a crash, so the hole is unobserved."""
    last: tuple[int, Event] | None = None
    for row, event in events:
        if last is not None and row != last[0] + 1:
            before = last[1].at
            yield Started(at=max(before, event.at), since=before)
            if event.at < before:  # the clock was set back in the hole
                yield ClockStepped(at=event.at, by=(event.at - before).total_seconds())
        yield event
        last = row, event


def _readable(database: sqlite3.Connection) -> Iterator[tuple[int, Event]]:
    """Return every event that can be decoded, with its row."""
    runs = list(_rows(database, _RUNS))
    for row, *packed in _rows(database, _EVENTS):
        place = bisect_right(runs, row, key=lambda run: run[0])
        with suppress(Unreadable):
            if place:
                _, midnight, offset = runs[place - 1]
                yield row, unpack(midnight, offset, *packed)


def _rows(database: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """Return the rows of a query with a lower bound. After a damaged page it continues with the next readable row."""
    last: int | None = 0
    while last is not None:
        try:
            for row in database.execute(query, (last,)):
                yield row
                last = row[0]
        except sqlite3.DatabaseError:
            last = _end_of_damage(database, query, last)
        else:
            return


def _end_of_damage(database: sqlite3.Connection, query: str, last: int) -> int | None:
    """Return the smallest number above `last` after which a row can be read, None if there is none.

    Damage covers whole pages, so a binary search finds its end.
    """

    def can_read_after(number: int) -> bool:
        try:
            return database.execute(query, (number,)).fetchone() is not None
        except sqlite3.DatabaseError:
            return False

    step = 1
    while not can_read_after(last + step):
        step *= 2
        if step > FURTHEST:
            return None
    beyond = range(last + 1, last + step + 1)
    return next(iter(beyond[bisect_right(beyond, False, key=can_read_after) :]), None)
