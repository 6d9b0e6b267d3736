"""The ledger on file systems that lack locks, or cannot map a file shared: NFS without its lock service, 9p, vboxsf."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from slowrise.adapters.storage import repair
from slowrise.adapters.storage.buffered import BufferedLedger
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model.events import Active, Event, Idle, PolicyChanged
from slowrise.ports.ledger import LedgerFailed
from support.odd_file_systems import mounted

pytestmark = pytest.mark.real("fuse", "gcc")

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=1)))
SECOND = timedelta(seconds=1)
FEW = [Active(at=NOON + number * SECOND) for number in range(3)]


def path_on(directory: Path) -> Path:
    return directory / "slowrise" / "ledger.sqlite3"


@pytest.fixture(params=["locks", "memory", "locks,memory"])
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A ledger's path on a file system without these."""
    with mounted(tmp_path / "odd", without=request.param):
        yield path_on(tmp_path / "odd")


@pytest.fixture
def lockless(tmp_path: Path) -> Iterator[Path]:
    """A ledger's path on a file system without locks."""
    with mounted(tmp_path / "odd", without="locks"):
        yield path_on(tmp_path / "odd")


def fill(path: Path, *events: Event) -> None:
    with closing(SqliteLedger(path)) as ledger:
        ledger.append_all(events)


def events_in(path: Path) -> list[Event]:
    """Return all events as a command reads them."""
    with closing(SqliteLedger.open_read_only(path)) as ledger:
        return list(ledger.events())


def crash_after(path: Path, *events: Event) -> None:
    """Leave what a killed daemon leaves on an ordinary file system: the events are in the log."""
    running = path.with_name("running")
    with closing(SqliteLedger(running)) as ledger:
        ledger.append_all(events)
        for suffix in ("", "-wal", "-shm"):
            shutil.copy(f"{running}{suffix}", f"{path}{suffix}")


def test_what_is_written_comes_back_also_to_a_reader_beside_the_writer(odd: Path) -> None:
    with closing(SqliteLedger(odd)) as daemon:
        for number, event in enumerate(FEW, start=1):
            daemon.append(event)
            daemon.beat(event.at)
            assert events_in(odd) == FEW[:number]
        daemon.note("greeted", "yes")
    fill(odd, Idle(at=NOON + 9 * SECOND, since=NOON + 3 * SECOND))
    assert events_in(odd) == [*FEW, Idle(at=NOON + 9 * SECOND, since=NOON + 3 * SECOND)]
    with closing(SqliteLedger.open_read_only(odd)) as reader:
        assert reader.noted("greeted") == "yes"
        with pytest.raises(LedgerFailed) as refused:
            reader.append(FEW[0])
        assert refused.value.kind == "read-only"
    assert {file.name for file in odd.parent.iterdir()} == {odd.name, f"{odd.name}-journal"}


def test_it_is_made_there_and_read_before_the_first_event(odd: Path) -> None:
    assert events_in(odd) == []
    SqliteLedger(odd).close()
    assert events_in(odd) == []


def test_a_ledger_is_made_where_a_directory_cannot_be_written_to_disk(tmp_path: Path) -> None:
    with mounted(tmp_path / "odd", without="sync"):
        fill(path_on(tmp_path / "odd"), *FEW)
        assert events_in(path_on(tmp_path / "odd")) == FEW


def test_a_home_copied_there_and_back_keeps_every_event(odd: Path, tmp_path: Path) -> None:
    usual = path_on(tmp_path)
    usual.parent.mkdir(mode=0o700)
    crash_after(usual, *FEW[:1])
    odd.parent.mkdir(mode=0o700)
    for suffix in ("", "-wal"):
        shutil.copy(f"{usual}{suffix}", f"{odd}{suffix}")
    assert events_in(odd) == FEW[:1]
    fill(odd, FEW[1])
    assert events_in(odd) == FEW[:2]
    for file in usual.parent.iterdir():
        file.unlink()
    for file in odd.parent.iterdir():
        shutil.copy(file, usual.parent)
    assert events_in(usual) == FEW[:2]
    with closing(SqliteLedger(usual)) as ledger:
        ledger.append(FEW[2])
        assert events_in(usual) == FEW
        names = {file.name for file in usual.parent.iterdir()}
        assert names - {"running", "running-wal", "running-shm"} == {
            usual.name,
            f"{usual.name}-wal",
            f"{usual.name}-shm",
        }


def test_on_a_file_system_that_loses_its_locks_the_right_reason_is_said_and_writing_goes_on(lockless: Path) -> None:
    SqliteLedger(lockless).close()
    # The first connection was opened when there were locks, so it still asks for them.
    opened = iter([SqliteLedger(lockless, sqlite3.connect(lockless, isolation_level=None, timeout=0))])
    said: list[str] = []
    time = 0.0
    ledger = BufferedLedger(lambda: next(opened, None) or SqliteLedger(lockless), now=lambda: time, say=said.append)
    ledger.append(FEW[0])
    assert [sentence for sentence in said if "its file system has no locks now" in sentence] == said[:1]
    time += 60
    ledger.append(FEW[1])
    assert said[1:] == ["The ledger can be written again; nothing was lost."]
    ledger.close()
    assert events_in(lockless) == FEW[:2]


def test_without_locks_only_the_daemon_writes(lockless: Path) -> None:
    fill(lockless, FEW[0])
    with pytest.raises(LedgerFailed) as refused:
        SqliteLedger.open_beside(lockless)
    assert refused.value.kind == "unlocked"


def test_what_is_derived_is_stored_beside_a_daemon_without_shared_memory(tmp_path: Path) -> None:
    with mounted(tmp_path / "odd", without="memory"), closing(SqliteLedger(path_on(tmp_path / "odd"))) as daemon:
        daemon.append(FEW[0])
        with closing(SqliteLedger.open_beside(daemon.path)) as beside:
            beside.save_checkpoint(1, b"state")
        daemon.append(FEW[1])
        assert daemon.checkpoint() == (1, b"state")


def test_a_damaged_ledger_is_renewed_there(odd: Path) -> None:
    fill(odd, *(Active(at=NOON + number * SECOND) for number in range(3000)))
    content = bytearray(odd.read_bytes())
    content[-4096:] = b"\xff" * 4096
    odd.write_bytes(content)
    with pytest.raises(LedgerFailed) as found:
        SqliteLedger(odd)
    assert found.value.kind == "unusable"
    aside = repair.renew(odd, alive=lambda: None)
    assert aside.read_bytes() == content
    assert len(events_in(odd)) > 1000
    assert {file.name for file in odd.parent.iterdir()} <= {
        *(odd.name, f"{odd.name}-journal", aside.name, f"{aside.name}-journal")
    }


def test_what_is_deleted_there_is_in_no_file_any_more(odd: Path) -> None:
    with closing(SqliteLedger(odd)) as ledger:
        ledger.append_all([PolicyChanged(at=NOON, settings={"secret": "word"}), Active(at=NOON + SECOND)])
        assert any(b"word" in file.read_bytes() for file in odd.parent.iterdir())
        ledger.delete_before(NOON + SECOND)
        assert not any(b"word" in file.read_bytes() for file in odd.parent.iterdir())


WRITER = """
import sys, time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model.events import Active
at = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=1)))
ledger = SqliteLedger(Path(sys.argv[1]))
number = 0
while True:
    ledger.append_all([Active(at=at + timedelta(seconds=number)), Active(at=at + timedelta(seconds=number + 1))])
    number += 2
    print(number, flush=True)
    time.sleep(0.05)
"""


def test_a_reader_beside_a_busy_writer_and_one_that_was_killed_sees_whole_transactions(odd: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, odd], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "2\n"
        seen = 0
        for _ in range(5):
            found = events_in(odd)
            assert found == [Active(at=NOON + number * SECOND) for number in range(len(found))]
            assert len(found) % 2 == 0
            assert len(found) >= seen
            seen = len(found)
        writer.send_signal(signal.SIGKILL)
        told = max(map(int, writer.stdout.read().split()), default=2)
    for _ in range(2):
        found = events_in(odd)
        assert found == [Active(at=NOON + number * SECOND) for number in range(len(found))]
        assert told <= len(found) <= told + 2
        fill(odd, Active(at=NOON + len(found) * SECOND), Active(at=NOON + (len(found) + 1) * SECOND))
        told = len(found) + 2
