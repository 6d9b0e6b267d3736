"""A ledger whose disk fails and comes back: locked, full, read-only, gone, damaged. Each failure is a real one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from errno import ENOSPC
from pathlib import Path

import pytest

from slowrise.adapters.storage.buffered import FIRST_RETRY, LAST_RETRY, BufferedLedger
from slowrise.adapters.storage.database import set_aside
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model.events import Active, Event, PolicyChanged
from slowrise.ports.ledger import LedgerFailed

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=1)))


def active(second: int) -> Event:
    return Active(at=NOON + timedelta(seconds=second))


class BufferUnderTest:
    """A buffered ledger on a file, its clock, and its messages."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seconds = 0.0
        self.messages: list[str] = []
        self.ledger = self.fresh()

    def fresh(self) -> BufferedLedger:
        return BufferedLedger(lambda: SqliteLedger(self.path), now=lambda: self.seconds, say=self.messages.append)

    def trouble(self) -> str | None:
        """The kind of trouble for which events are held in memory."""
        return self.ledger.failure.kind if self.ledger.failure else None

    def read(self, after: int = 0) -> list[Event]:
        """The events that the ledger returns, those held in memory included."""
        return [event for _, event in self.ledger.events_after(after)]

    def on_disk(self) -> list[Event]:
        reader = SqliteLedger.open_read_only(self.path)
        try:
            return list(reader.events())
        finally:
            reader.close()


@pytest.fixture
def buffer(tmp_path: Path) -> Iterator[BufferUnderTest]:
    buffer = BufferUnderTest(tmp_path / "slowrise" / "ledger.sqlite3")
    yield buffer
    buffer.ledger.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def test_what_comes_while_it_is_locked_is_written_after_in_order(buffer: BufferUnderTest) -> None:
    buffer.ledger.append(active(0))
    with locked(buffer.path):
        buffer.ledger.append(active(1))
        buffer.ledger.append(active(2))
        buffer.ledger.note("greeted", "yes")
        buffer.ledger.beat(NOON + timedelta(seconds=9))
        assert buffer.on_disk() == [active(0)]
        assert buffer.read() == [active(0), active(1), active(2)]
        assert list(buffer.ledger.events_after(1)) == [(2, active(1)), (3, active(2))]
        assert buffer.ledger.last_row() == 3
        assert buffer.ledger.noted("greeted") == "yes"
        assert buffer.ledger.last_sign() == NOON + timedelta(seconds=9)
        assert buffer.trouble() == "busy"
    buffer.seconds = FIRST_RETRY
    buffer.ledger.append(active(3))
    assert buffer.trouble() is None
    assert buffer.on_disk() == [active(0), active(1), active(2), active(3)]
    assert len(buffer.messages) == 2
    assert "locked" in buffer.messages[0]
    assert "kept in memory" in buffer.messages[0]
    assert "written again" in buffer.messages[1]


def test_a_beat_alone_brings_what_was_held_to_disk(buffer: BufferUnderTest) -> None:
    buffer.ledger.append(active(0))
    with locked(buffer.path):
        buffer.ledger.append(active(1))
    buffer.seconds = FIRST_RETRY
    buffer.ledger.beat(NOON)
    assert buffer.on_disk() == [active(0), active(1)]


def test_retries_grow_rare_and_start_again_with_the_next_failure(buffer: BufferUnderTest) -> None:
    buffer.ledger.append(active(0))
    tries = []

    def reopen() -> SqliteLedger:
        tries.append(buffer.seconds)
        raise LedgerFailed("not now", "busy")

    buffer.ledger.close()
    ledger = BufferedLedger(reopen, now=lambda: buffer.seconds, say=buffer.messages.append)
    for second in range(300):
        buffer.seconds = float(second)
        ledger.append(active(second))
        with pytest.raises(LedgerFailed, match="not now"):
            list(ledger.events_after(0))
    assert buffer.messages == ["not now. What happens is kept in memory until it can be written."]
    assert tries == [0.0, 5.0, 15.0, 35.0, 75.0, 135.0, 195.0, 255.0]
    assert tries[-1] - tries[-2] == LAST_RETRY
    with pytest.raises(LedgerFailed, match="300 events are lost"):
        ledger.close()


def test_an_event_that_cannot_be_kept_is_refused_and_stops_no_other(buffer: BufferUnderTest) -> None:
    with pytest.raises(ValueError, match="no offset"):
        buffer.ledger.append(Active(at=NOON.replace(tzinfo=None)))
    buffer.ledger.append(active(0))
    assert buffer.on_disk() == [active(0)]


def test_a_ledger_deleted_while_in_use_is_made_again_by_the_next_event(buffer: BufferUnderTest) -> None:
    buffer.ledger.append(active(0))
    shutil.rmtree(buffer.path.parent)
    buffer.ledger.append(active(1))
    buffer.seconds = FIRST_RETRY
    buffer.ledger.append(active(2))
    assert buffer.on_disk() == [active(1), active(2)]
    assert buffer.messages == [
        f"{buffer.path}: it was moved or deleted while in use. What happens is kept in memory until it can be written.",
        "The record was deleted or moved away while slowrise ran. A new one holds what happened since.",
    ]


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def after_a_crash(path: Path, elsewhere: Path) -> list[Event]:
    """What is left of the ledger if its daemon is killed now."""
    shutil.copytree(path.parent, elsewhere)
    ledger = SqliteLedger.open_read_only(elsewhere / path.name)
    try:
        return list(ledger.events())
    finally:
        ledger.close()


def delete(log: Path) -> None:
    log.unlink()


def delete_both(log: Path) -> None:
    log.unlink()
    log.with_name(log.name.replace("-wal", "-shm")).unlink()


def replace(log: Path) -> None:
    log.unlink()
    log.write_bytes(b"")


def empty(log: Path) -> None:
    os.truncate(log, 0)


def halve(log: Path) -> None:
    os.truncate(log, log.stat().st_size // 2)


@pytest.mark.parametrize("attack", [delete, delete_both, replace, empty, halve])
@pytest.mark.parametrize("beats", [True, False], ids=["noticed by a beat", "noticed by an event"])
def test_a_log_deleted_or_cut_off_loses_nothing_and_is_reported(
    buffer: BufferUnderTest, tmp_path: Path, attack: Callable[[Path], None], beats: bool
) -> None:
    stored = [active(second) for second in range(40)]
    for event in stored:
        buffer.ledger.append(event)
    buffer.ledger.note("paused-until", "later")
    attack(log_of(buffer.path))
    if beats:
        buffer.ledger.beat(NOON)
    else:
        buffer.ledger.append(active(99))
        stored.append(active(99))
    assert after_a_crash(buffer.path, tmp_path / "crashed") == stored
    assert buffer.on_disk() == stored
    assert buffer.ledger.noted("paused-until") == "later"
    what = "deleted" if attack in (delete, delete_both, replace) else "cut off"
    held = f"its log was {what} while in use. What happens is kept in memory until it can be written."
    assert buffer.messages == [f"{buffer.path}: {held}", "The ledger can be written again; nothing was lost."]
    attack(log_of(buffer.path))
    buffer.ledger.append(active(100))
    assert buffer.on_disk() == [*stored, active(100)], "it survives a second time"


def test_what_a_cut_off_log_lost_beyond_memory_is_counted(buffer: BufferUnderTest) -> None:
    buffer.ledger.append(active(0))
    buffer.ledger.append(active(1))
    buffer.ledger._stored.popleft()
    os.truncate(log_of(buffer.path), 0)
    buffer.ledger.append(active(2))
    assert buffer.on_disk() == [active(1), active(2)]
    assert buffer.messages[-1] == "The ledger can be written again; 1 of the last events are lost."


def test_deleting_old_events_is_no_damage(buffer: BufferUnderTest) -> None:
    for second in range(5):
        buffer.ledger.append(active(second))
    buffer.ledger.delete_before(NOON + timedelta(seconds=3))
    buffer.ledger.append(active(9))
    assert buffer.on_disk() == [active(3), active(4), active(9)]
    assert buffer.messages == []


def test_a_damaged_ledger_may_be_set_aside_and_a_new_one_takes_what_was_held(buffer: BufferUnderTest) -> None:
    buffer.path.parent.mkdir(mode=0o700)
    buffer.path.write_bytes(b"x" * 5000)
    buffer.ledger.append(active(0))
    assert buffer.trouble() == "unusable"
    set_aside(buffer.path)
    buffer.seconds = FIRST_RETRY
    buffer.ledger.beat(NOON)
    assert buffer.on_disk() == [active(0)]


def test_a_checkpoint_waits_for_the_events_it_stands_on(buffer: BufferUnderTest) -> None:
    buffer.ledger.append(active(0))
    with locked(buffer.path):
        buffer.ledger.append(active(1))
        buffer.ledger.save_checkpoint(2, b"too early")
    assert buffer.ledger.checkpoint() is None
    buffer.seconds = FIRST_RETRY
    buffer.ledger.save_checkpoint(2, b"in time")
    assert buffer.ledger.checkpoint() == (2, b"in time")


def test_what_was_held_and_is_to_be_forgotten_never_reaches_the_disk(buffer: BufferUnderTest) -> None:
    buffer.ledger.append(active(0))
    with locked(buffer.path):
        buffer.ledger.append(active(1))
        buffer.seconds = FIRST_RETRY
        with pytest.raises(LedgerFailed):
            buffer.ledger.delete_before(NOON + timedelta(seconds=2))
    buffer.ledger.delete_before(NOON + timedelta(seconds=1))
    assert buffer.on_disk() == [active(1)]


class ToldTooLate(SqliteLedger):
    """The disk has taken the event, and then the answer is an error: what a failing sync at the commit looks like."""

    failing = False

    def append_all(self, events: Iterable[Event]) -> None:
        super().append_all(events)
        if self.failing:
            raise LedgerFailed("the sync failed")


def test_an_event_that_did_reach_the_disk_is_not_written_twice(tmp_path: Path) -> None:
    seconds = 0.0
    path = tmp_path / "slowrise" / "ledger.sqlite3"
    ledger = BufferedLedger(lambda: ToldTooLate(path), now=lambda: seconds, say=lambda _: None)
    ledger.append(active(0))
    ToldTooLate.failing = True
    ledger.append(active(1))
    ToldTooLate.failing = False
    ledger.append(active(2))
    seconds = FIRST_RETRY
    ledger.append(active(2))
    ledger.close()
    with closing(SqliteLedger.open_read_only(path)) as reader:
        assert list(reader.events()) == [active(0), active(1), active(2), active(2)]


def mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, timeout=20, check=False)
    if done.returncode:
        pytest.skip(f"needs the right to mount: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB, unmounted at the end."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", f"size=256k,mode=0700,uid={os.geteuid()}", "tmpfs", str(disk))
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True, timeout=20)


def fill(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for _ in range(1024):
            try:
                file.write(bytes(512))
            except OSError as error:
                assert error.errno == ENOSPC  # noqa: PT017 - where the filling ends, not what is tested
                return ballast
    pytest.fail(f"{disk} is larger than it should be")


def test_a_full_disk_costs_no_event(small_disk: Path) -> None:
    buffer = BufferUnderTest(small_disk / "slowrise" / "ledger.sqlite3")
    buffer.ledger.append(active(0))
    ballast = fill(small_disk)
    for second in range(1, 200):
        buffer.ledger.append(PolicyChanged(at=NOON + timedelta(seconds=second), settings={"text": "x" * 500}))
    assert buffer.trouble() == "full"
    buffer.seconds = 1000.0
    buffer.ledger.beat(NOON)
    assert buffer.trouble() is not None
    ballast.unlink()
    buffer.seconds = 2000.0
    buffer.ledger.beat(NOON)
    assert [event.at for event in buffer.on_disk()] == [NOON + timedelta(seconds=second) for second in range(200)]
    assert len(buffer.messages) == 2
    assert "disk is full" in buffer.messages[0]
    buffer.ledger.close()


def test_begun_on_a_full_disk_it_goes_on_in_memory(small_disk: Path) -> None:
    buffer = BufferUnderTest(small_disk / "slowrise" / "ledger.sqlite3")
    ballast = fill(small_disk)
    buffer.ledger.append(active(0))
    assert buffer.trouble() is not None
    ballast.unlink()
    buffer.seconds = FIRST_RETRY
    buffer.ledger.append(active(1))
    assert buffer.on_disk() == [active(0), active(1)]
    buffer.ledger.close()


def test_a_disk_that_cannot_be_written_costs_no_event(small_disk: Path) -> None:
    buffer = BufferUnderTest(small_disk / "slowrise" / "ledger.sqlite3")
    buffer.ledger.append(active(0))
    buffer.ledger.close()
    buffer.ledger = buffer.fresh()
    mount("-o", "remount,ro", str(small_disk))
    buffer.ledger.append(active(1))
    assert buffer.trouble() == "read-only"
    mount("-o", "remount,rw", str(small_disk))
    buffer.seconds = FIRST_RETRY
    buffer.ledger.append(active(2))
    assert buffer.on_disk() == [active(0), active(1), active(2)]
    buffer.ledger.close()


def test_a_ledger_on_a_read_only_disk_can_still_be_read(small_disk: Path) -> None:
    buffer = BufferUnderTest(small_disk / "slowrise" / "ledger.sqlite3")
    buffer.ledger.append(active(0))
    buffer.ledger.close()
    mount("-o", "remount,ro", str(small_disk))
    assert buffer.on_disk() == [active(0)]
