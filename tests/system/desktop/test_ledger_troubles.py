"""A ledger that is locked, read-only, no database or of a later version: the user learns it, and no event is lost."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from support.daemon_process import User
from support.desktop_session import DesktopSession

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool")


@pytest.fixture
def used(user: User) -> User:
    """Return a user who already has a ledger."""
    user.configure('[source]\nresolution = "1s"\n[notifications]\nuse = "console"\n')
    with user.daemon() as daemon:
        assert daemon.end() == 0
    return user


@contextmanager
def locked(ledger: Path, how: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
    """Lock the ledger like another writing program. `EXCLUSIVE` locks readers out too."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        if how == "EXCLUSIVE":
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute(f"BEGIN {how}")
        if how == "EXCLUSIVE":
            other.execute("DELETE FROM beat WHERE 0")
        yield other
        other.rollback()


def test_events_during_a_lock_are_written_later(desk: DesktopSession, used: User) -> None:
    with used.daemon() as daemon:
        with locked(used.ledger), desk.typing():
            daemon.wait_for_event("active")
            daemon.wait_for("another program has it locked")
            daemon.wait_for("What happens is kept in memory until it can be written.")
        daemon.wait_for_event("idle")
        assert daemon.end() == 0
        assert "The ledger can be written again; nothing was lost." in daemon.log_text()
    assert [event["event"] for event in used.events()][2:] == [
        "stopped",
        "started",
        "policy",
        "active",
        "idle",
        "stopped",
    ]


def test_a_lock_at_the_start_does_not_prevent_observing(desk: DesktopSession, used: User) -> None:
    with locked(used.ledger, "EXCLUSIVE"), used.daemon() as daemon:
        daemon.wait_for("another program has it locked")
        with desk.typing():
            daemon.wait_for_event("active")
        assert used.status()["state"] == "sitting"
    with used.daemon() as daemon:
        assert daemon.end() == 0


def test_a_file_that_is_no_database_is_set_aside_and_a_new_ledger_begun(used: User) -> None:
    os.truncate(used.ledger, 0)
    nonsense = b"these are holiday plans\n" * 100
    used.ledger.write_bytes(nonsense)
    result = used.run("summary")
    assert result.code == 1
    assert f"{used.ledger}: it is damaged or not a ledger" in result.err
    with used.daemon() as daemon:
        assert "The record could not be read" in daemon.log_text()
        assert "It is kept unchanged in" in daemon.log_text()
        assert daemon.end() == 0
    assert [path.read_bytes() for path in set_aside(used)] == [nonsense]
    assert names(used) == ["started", "policy", "stopped"]


def test_a_ledger_of_a_later_version_is_set_aside(used: User) -> None:
    with closing(sqlite3.connect(used.ledger)) as later:
        later.execute("PRAGMA user_version = 99")
    result = used.run("export", "trace")
    assert result.code == 1
    assert "it is of version 99, newer than this program's" in result.err
    with used.daemon() as daemon:
        assert "It is kept unchanged in" in daemon.log_text()
    (aside,) = set_aside(used)
    with closing(sqlite3.connect(aside)) as later:
        assert later.execute("PRAGMA user_version").fetchone() == (99,)


def names(user: User) -> list[str]:
    """Return the names of all recorded events."""
    return [event["event"] for event in user.events()]


def set_aside(user: User) -> list[Path]:
    """Return the replaced ledgers."""
    kept = (user.ledger.name, f"{user.ledger.name}-wal", f"{user.ledger.name}-shm", "lock")
    return [path for path in user.data.iterdir() if path.name not in kept]
