"""Files that older versions wrote: a reader leaves them as they are, a writer migrates them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from slowrise.adapters.storage.database import VERSION
from slowrise.adapters.storage.event_codec import KINDS
from slowrise.adapters.storage.sqlite import _TURNS, SqliteLedger
from slowrise.core.model.events import Answered, Idle, QuietUntil, name_of
from slowrise.core.model.timestamps import iso
from slowrise.ports.ledger import KeptDay
from support import DATA

DAY = KeptDay("2026-03-02", 12, "rules", b"numbers", b"record")


@pytest.fixture(params=[1, 2, 3])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same events in each; from version 2 on with a concluded day."""
    directory = tmp_path / "data"
    directory.mkdir(mode=0o700)
    path = directory / "ledger.sqlite3"
    shutil.copy(DATA / f"ledger-v{request.param}.sqlite3", path)
    path.chmod(0o600)
    return path


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database, database:
        (number,) = database.execute("PRAGMA user_version").fetchone()
        return int(number)


def test_it_is_read_without_being_changed(old: Path) -> None:
    before = old.read_bytes()
    number = version(old)
    ledger = SqliteLedger.open_read_only(old)
    assert len(list(ledger.events())) == 11
    assert [row for row, _ in ledger.retroactive_events_after(0)] == [1, 7, 9]
    assert len(list(ledger.days("0001", "9999", whole=True))) == (number >= 2)
    ledger.close()
    assert old.read_bytes() == before
    assert version(old) == number < VERSION


def test_writing_brings_it_to_this_version_with_all_it_had(old: Path) -> None:
    reader = SqliteLedger.open_read_only(old)
    events = list(reader.events())
    reader.close()
    ledger = SqliteLedger(old)
    assert list(ledger.events()) == events
    assert ledger.noted("welcomed") == "yes"
    assert ledger.last_sign() == events[-1].at
    ledger.append(Answered(at=events[-1].at, from_=events[0].at, to=events[-1].at, was="away"))
    assert [row for row, _ in ledger.retroactive_events_after(7)] == [7, 9, 12]
    ledger.save_days([DAY])
    assert list(ledger.days("2026-03-02", "2026-03-02", whole=True)) == [DAY]
    ledger.close()
    assert version(old) == VERSION


def test_turns_are_found_by_their_index(old: Path) -> None:
    ledger = SqliteLedger(old)
    plan = ledger._database.execute(f"EXPLAIN QUERY PLAN {_TURNS}", {"row": 0}).fetchall()
    ledger.close()
    assert sum("INDEX turns" in step[3] for step in plan) == 2, plan


def test_people_can_read_the_events(old: Path) -> None:
    ledger = SqliteLedger(old)
    events = list(ledger.events())
    ledger.close()
    with closing(sqlite3.connect(old)) as database, database:
        rows = database.execute("SELECT row, at, event, facts FROM events_readable").fetchall()
    assert [(row, at, name) for row, at, name, _ in rows] == [
        (row, iso(event.at), name_of(event)) for row, event in enumerate(events, start=1)
    ]
    facts = [facts for *_, facts in rows if facts]
    assert facts[0] == '{"since":"2026-05-05T09:54:57.000+02:00"}'
    assert facts[1] == '{"by":7200.0}'


@pytest.mark.parametrize("hours", [-9.5, 0, 5.75])
def test_people_can_read_every_kind_of_event(tmp_path: Path, hours: float) -> None:
    zone = timezone(timedelta(hours=hours))
    at = datetime(2026, 3, 2, 23, 59, 59, 999000, zone)
    until = at + timedelta(minutes=1)
    ledger = SqliteLedger(tmp_path / "data" / "ledger.sqlite3")
    ledger.append_all([Idle(at=at, since=at - timedelta(seconds=15)), QuietUntil(at=at, until=until)])
    database = ledger._database
    assert database.execute("SELECT at, facts FROM events_readable").fetchall() == [
        (iso(at), f'{{"since":"{iso(at - timedelta(seconds=15))}"}}'),
        (iso(at), f'{{"until":"{iso(until)}"}}'),
    ]
    database.execute("DELETE FROM events")
    database.executemany("INSERT INTO events VALUES (?, 0, ?, NULL)", [(code + 1, code) for code in range(len(KINDS))])
    names = [name for (name,) in database.execute("SELECT event FROM events_readable")]
    assert names == [name_of(kind) for kind in KINDS], "a new kind needs a migration of the view"
    ledger.close()


def test_the_first_checkpoint_saved_replaces_those_of_earlier_versions(old: Path) -> None:
    with closing(sqlite3.connect(old)) as database, database:
        rows = [(f"2026-03-0{day}", day, 0, f"state {day}".encode()) for day in (2, 3, 4)]
        database.executemany("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)", rows)
    ledger = SqliteLedger(old)
    assert ledger.checkpoint() is not None
    ledger.save_checkpoint(11, b"new")
    assert ledger.checkpoint() == (11, b"new")
    assert ledger.other_tables()["checkpoints"] == 1
    ledger.close()
