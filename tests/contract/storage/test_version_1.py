"""A file that version 1 wrote: read as it is, and brought to this version when it is written."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from slowrise.adapters.storage.database import VERSION
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model.events import Answered
from slowrise.ports.ledger import KeptDay
from support import DATA

DAY = KeptDay("2026-03-02", 12, "rules", b"numbers", b"record")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir(mode=0o700)
    path = directory / "ledger.sqlite3"
    shutil.copy(DATA / "ledger-v1.sqlite3", path)
    path.chmod(0o600)
    return path


def version(path: Path) -> int:
    with sqlite3.connect(path) as database:
        (number,) = database.execute("PRAGMA user_version").fetchone()
        return int(number)


def test_it_is_read_without_being_changed(old: Path) -> None:
    before = old.read_bytes()
    ledger = SqliteLedger.open_read_only(old)
    assert len(list(ledger.events())) == 11
    assert [row for row, _ in ledger.turns_after(0)] == [1, 7, 9]
    assert list(ledger.days("0001", "9999", whole=True)) == []
    ledger.close()
    assert old.read_bytes() == before
    assert version(old) == 1


def test_writing_brings_it_to_this_version_with_all_it_had(old: Path) -> None:
    reader = SqliteLedger.open_read_only(old)
    events = list(reader.events())
    reader.close()
    ledger = SqliteLedger(old)
    assert list(ledger.events()) == events
    assert ledger.noted("welcomed") == "yes"
    assert ledger.last_sign() == events[-1].at
    ledger.append(Answered(at=events[-1].at, from_=events[0].at, to=events[1].at, was="away"))
    assert [row for row, _ in ledger.turns_after(7)] == [7, 9, 12]
    ledger.save_days([DAY])
    assert list(ledger.days("2026-03-02", "2026-03-02", whole=True)) == [DAY]
    ledger.close()
    assert version(old) == VERSION


def test_the_first_checkpoint_saved_replaces_those_of_earlier_versions(old: Path) -> None:
    with sqlite3.connect(old) as database:
        rows = [(f"2026-03-0{day}", day, 0, f"state {day}".encode()) for day in (2, 3, 4)]
        database.executemany("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)", rows)
    ledger = SqliteLedger(old)
    newest = ledger.checkpoint()
    assert newest is not None
    ledger.save_checkpoint(11, b"new")
    assert ledger.checkpoint() == (11, b"new")
    assert ledger.beside_events()["checkpoints"] == 1
    ledger.close()


def test_turns_are_found_by_their_index(old: Path) -> None:
    ledger = SqliteLedger(old)
    from slowrise.adapters.storage.sqlite import _TURNS

    plan = ledger._database.execute(f"EXPLAIN QUERY PLAN {_TURNS}", {"row": 0}).fetchall()
    ledger.close()
    assert sum("INDEX turns" in step[3] for step in plan) == 2, plan
