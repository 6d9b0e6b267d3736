"""What can still be read of a ledger that cannot be used: its events, into the one that takes its place."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from slowrise.adapters.storage.database import set_aside, translate_errors
from slowrise.adapters.storage.event_codec import Unreadable, unpack
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model.events import ClockStepped, Event, Started
from slowrise.ports.ledger import Archive

FURTHEST = 1 << 32
"""Rows to look ahead for one that can be read; a person makes a million in ten years."""
AT_ONCE = 10_000
"""Events in one transaction."""

_RUNS = "SELECT first, midnight, offset FROM runs WHERE first > ? ORDER BY first"
_EVENTS = "SELECT row, ms, code, rest FROM events WHERE row > ? ORDER BY row"


def salvage(old: Path, into: Archive, *, alive: Callable[[], object] = lambda: None) -> int:
    """Copy all events that can be read, in order, and say of each hole that nothing is known of it; how many.

    The file is read and not changed. Raises `LedgerFailed` where `into` does. `alive` is called now and then.
    """
    saved = 0
    # Where there is no log, nothing is written beside the file either.
    how = "mode=ro" if Path(f"{old}-wal").exists() else "immutable=1"
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{old.absolute().as_uri()}?{how}", uri=True)) as database:
        events = _with_holes(_readable(database))
        while batch := list(islice(events, AT_ONCE)):
            alive()
            into.append_all(batch)
            saved += len(batch)
        for key, value in database.execute("SELECT key, value FROM notes"):
            into.note(key, value)
    return saved


def _readable(database: sqlite3.Connection) -> Iterator[tuple[int, Event]]:
    """The events, each with its row."""
    runs = list(_rows(database, _RUNS))
    for row, *packed in _rows(database, _EVENTS):
        place = bisect_right(runs, row, key=lambda run: run[0])
        with suppress(Unreadable):
            if place:
                _, midnight, offset = runs[place - 1]
                yield row, unpack(midnight, offset, *packed)


def _rows(database: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """What the query finds; over what is damaged it goes on with the next row that can be read."""
    last: int | None = 0
    while last is not None:
        try:
            for row in database.execute(query, (last,)):
                yield row
                last = row[0]
        except sqlite3.DatabaseError:
            last = _next_readable(database, query, last)
        else:
            return


def _next_readable(database: sqlite3.Connection, query: str, last: int) -> int | None:
    """The least number above `last` after which a row can be read; None where there is none.

    Damage covers whole pages, so it is searched for its end as in a sorted list.
    """

    def works(number: int) -> bool:
        try:
            return database.execute(query, (number,)).fetchone() is not None
        except sqlite3.DatabaseError:
            return False

    step = 1
    while not works(last + step):
        step *= 2
        if step > FURTHEST:
            return None
    beyond = range(last + 1, last + step + 1)
    return next(iter(beyond[bisect_right(beyond, False, key=works) :]), None)


def _with_holes(events: Iterator[tuple[int, Event]]) -> Iterator[Event]:
    """The events, and where some are missing between two a start that knows since when nobody watched."""
    last: tuple[int, Event] | None = None
    for row, event in events:
        if last is not None and row != last[0] + 1:
            before = last[1].at
            yield Started(at=max(before, event.at), since=before)
            if event.at < before:
                yield ClockStepped(at=event.at, by=(event.at - before).total_seconds())
        yield event
        last = row, event


# -- a new ledger, with all that can be read of the old one, in the place of one that cannot be used -------------------


def is_under_way(path: Path) -> bool:
    """Whether a renewal of this ledger was cut off when the new one was whole already."""
    return _ready(path).exists()


def renew(path: Path, *, alive: Callable[[], object]) -> Path:
    """Put the new one in its place and return where the old one lies now. Raises `LedgerFailed`, and may be repeated.

    A million events take half a minute; `alive` is called all along.
    """
    with translate_errors(path):
        if not is_under_way(path):
            _write(path, alive)
        aside = set_aside(path)
        _ready(path).rename(path)
    return aside


def _write(path: Path, alive: Callable[[], object]) -> None:
    new = path.with_name(f"{path.name}.aside-new")
    for left in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{new}{left}").unlink()
    fresh = SqliteLedger(new)
    try:
        salvage(path, fresh, alive=alive)
    finally:
        fresh.close()
    new.rename(_ready(path))


def _ready(path: Path) -> Path:
    return path.with_name(f"{path.name}.aside-ready")
