"""The ledger is locked, read-only, no database or of a later version: the user is told, and no event is lost."""

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

READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


@pytest.fixture
def used(user: User) -> User:
    """A user with a ledger already."""
    user.configure('[source]\nresolution = "1s"\n[notifications]\nuse = "console"\n')
    with user.daemon() as daemon:
        assert daemon.end() == 0
    return user


@contextmanager
def locked(ledger: Path, how: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
    """Somebody else is writing; `EXCLUSIVE` keeps readers out too."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        if how == "EXCLUSIVE":
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute(f"BEGIN {how}")
        if how == "EXCLUSIVE":
            other.execute("DELETE FROM beat WHERE 0")
        yield other
        other.rollback()


def test_what_happens_while_it_is_locked_is_written_later(desk: DesktopSession, used: User) -> None:
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


def test_one_that_is_locked_at_the_start_does_not_keep_it_from_watching(desk: DesktopSession, used: User) -> None:
    with locked(used.ledger, "EXCLUSIVE"), used.daemon() as daemon:
        daemon.wait_for("another program has it locked")
        with desk.typing():
            daemon.wait_for_event("active")
        assert used.status()["state"] == "sitting"
    with used.daemon() as daemon:
        assert daemon.end() == 0


@pytest.mark.real("unshare", "mount")
def test_one_that_cannot_be_written_is_told(used: User) -> None:
    before = ("unshare", "--mount", "sh", "-c", READ_ONLY, str(used.data))
    told = used.run("run", before=before)
    assert told.code == 1
    assert str(used.data) in told.err
    assert "Read-only file system" in told.err
    assert names(used) == ["started", "policy", "stopped"]


def test_what_is_no_database_is_set_aside_and_a_new_one_begun(used: User) -> None:
    os.truncate(used.ledger, 0)
    nonsense = b"these are somebody's holiday plans\n" * 100
    used.ledger.write_bytes(nonsense)
    told = used.run("summary")
    assert told.code == 1
    assert f"{used.ledger}: it is damaged or not a ledger" in told.err
    with used.daemon() as daemon:
        assert "The record could not be read" in daemon.log_text()
        assert "It lies unchanged in" in daemon.log_text()
        assert daemon.end() == 0
    assert [path.read_bytes() for path in set_aside(used)] == [nonsense]
    assert names(used) == ["started", "policy", "stopped"]


def test_one_of_a_later_version_is_set_aside(used: User) -> None:
    with closing(sqlite3.connect(used.ledger)) as later:
        later.execute("PRAGMA user_version = 99")
    told = used.run("export", "trace")
    assert told.code == 1
    assert "it is of version 99, newer than this program's" in told.err
    with used.daemon() as daemon:
        assert "It lies unchanged in" in daemon.log_text()
    (aside,) = set_aside(used)
    with closing(sqlite3.connect(aside)) as later:
        assert later.execute("PRAGMA user_version").fetchone() == (99,)


def names(user: User) -> list[str]:
    """The names of all that was recorded."""
    return [event["event"] for event in user.events()]


def set_aside(user: User) -> list[Path]:
    """The ledgers that were replaced."""
    kept = (user.ledger.name, f"{user.ledger.name}-wal", f"{user.ledger.name}-shm", "lock")
    return [path for path in user.data.iterdir() if path.name not in kept]
