"""The ledger on disk: its file, its size, its troubles."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path

import pytest

from slowrise.adapters.storage.database import MIGRATIONS, VERSION, check, migrate, set_aside
from slowrise.adapters.storage.event_codec import pack
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model.events import Active, Event, Idle, PolicyChanged, QuietUntil
from slowrise.ports.ledger import LedgerFailed

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=1)))
SECOND = timedelta(seconds=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "slowrise" / "ledger.sqlite3"


def filled(path: Path, *events: Event) -> Path:
    """A ledger with these events (one, if none are named), closed again."""
    ledger = SqliteLedger(path)
    ledger.append_all(events or [Active(at=NOON)])
    ledger.close()
    return path


def office_days() -> Iterator[Event]:
    """600 events a day, each second one an `idle`, with milliseconds that do not repeat."""
    at = NOON
    while True:
        for _ in range(300):
            at += timedelta(milliseconds=47_123)
            yield Active(at=at)
            at += timedelta(milliseconds=40_077)
            yield Idle(at=at, since=at - timedelta(milliseconds=15_004))
        at += timedelta(hours=17)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(path: Path) -> LedgerFailed:
    with pytest.raises(LedgerFailed) as caught:
        SqliteLedger(path)
    assert str(path) in str(caught.value) or str(path.parent) in str(caught.value)
    return caught.value


def test_it_outlives_the_program(path: Path) -> None:
    filled(path, Active(at=NOON), PolicyChanged(at=NOON, settings={"limits": {"sit_soft": "25m"}}))
    ledger = SqliteLedger(path)
    assert list(ledger.events()) == [Active(at=NOON), PolicyChanged(at=NOON, settings={"limits": {"sit_soft": "25m"}})]
    ledger.close()


def test_a_year_takes_less_than_5_mb(path: Path) -> None:
    """Forty days stand for it."""
    ledger = SqliteLedger(path)
    ledger.append_all(islice(office_days(), 40 * 600))
    ledger.close()
    assert path.stat().st_size / 40 * 365 < 5_000_000


def test_a_day_is_read_without_touching_the_other_days(path: Path) -> None:
    """Told by SQLite's own count of steps: the same for the same day in a month and in four."""

    def steps(ledger: SqliteLedger) -> int:
        count = 0

        def step() -> int:
            nonlocal count
            count += 1
            return 0

        ledger._database.set_progress_handler(step, 100)
        assert len(list(ledger.events(NOON + timedelta(days=9), NOON + timedelta(days=10)))) == 600
        ledger._database.set_progress_handler(None, 0)
        return count

    ledger = SqliteLedger(path)
    days = office_days()
    ledger.append_all(islice(days, 30 * 600))
    month = steps(ledger)
    ledger.append_all(islice(days, 90 * 600))
    assert steps(ledger) < 1.5 * month
    ledger.close()


def test_only_its_user_can_read_it_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        ledger = SqliteLedger(path)
        ledger.append(Active(at=NOON))
    finally:
        os.umask(before)
    assert mode(path.parent) == 0o700
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["ledger.sqlite3", "ledger.sqlite3-shm", "ledger.sqlite3-wal"]
    assert {mode(file) for file in files} == {0o600}
    ledger.close()


def test_a_ledger_open_to_others_is_closed_to_them(path: Path) -> None:
    filled(path)
    path.chmod(0o644)
    path.parent.chmod(0o755)
    SqliteLedger(path).close()
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_a_directory_that_holds_other_things_is_refused_and_not_changed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "letter.txt").touch()
    assert refusal(home / "ledger.sqlite3").kind == "unsafe"
    assert mode(home) == 0o755
    assert [file.name for file in home.iterdir()] == ["letter.txt"]


def test_a_symlink_in_place_of_the_directory_is_refused(path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    path.parent.symlink_to(elsewhere)
    failure = refusal(path)
    assert failure.kind == "unsafe"
    assert "symbolic link" in str(failure)
    path.parent.unlink()
    path.parent.symlink_to(tmp_path / "nowhere")
    assert refusal(path).kind == "unsafe"
    assert not list(elsewhere.iterdir())


def test_a_symlink_or_a_pipe_in_place_of_the_file_is_refused(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.symlink_to(tmp_path / "elsewhere")
    assert refusal(path).kind == "unsafe"
    path.unlink()
    os.mkfifo(path)
    assert refusal(path).kind == "unsafe"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_another_user_is_refused(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    os.chown(path.parent, 65534, 65534)
    failure = refusal(path)
    assert failure.kind == "unsafe"
    assert "65534" in str(failure)


def test_a_file_in_place_of_the_directory_is_refused(path: Path) -> None:
    path.parent.touch()
    assert refusal(path).kind == "unsafe"


def test_an_empty_file_is_a_ledger_of_version_0(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.touch()
    filled(path)
    assert version(path) == VERSION


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database, database:
        (number,) = database.execute("PRAGMA user_version").fetchone()
        return int(number)


def test_a_migration_keeps_what_an_old_file_has(path: Path) -> None:
    filled(path, Active(at=NOON), QuietUntil(at=NOON, until=NOON + SECOND))
    later = (*MIGRATIONS, ("ALTER TABLE notes ADD COLUMN why TEXT", "INSERT INTO notes VALUES ('greeted', 'yes', 'x')"))
    with closing(sqlite3.connect(path, isolation_level=None)) as database, database:
        migrate(database, later)
        migrate(database, later)
    assert version(path) == VERSION + 1
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute("SELECT * FROM notes").fetchall() == [("greeted", "yes", "x")]
        assert database.execute("SELECT count(*) FROM events").fetchone() == (2,)


def test_a_migration_that_fails_leaves_the_old_file(path: Path) -> None:
    filled(path)
    wrong = (*MIGRATIONS, ("DROP TABLE notes",), ("DROP TABLE events", "CREATE TABLE nonsense"))
    with closing(sqlite3.connect(path, isolation_level=None)) as database, database, pytest.raises(sqlite3.Error):
        migrate(database, wrong)
    assert version(path) == VERSION
    ledger = SqliteLedger(path)
    assert list(ledger.events()) == [Active(at=NOON)]
    assert ledger.noted("greeted") is None
    ledger.close()


def test_a_newer_version_is_refused_and_not_touched(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    failure = refusal(path)
    assert failure.kind == "newer"
    assert f"version {VERSION + 1}" in str(failure)
    with pytest.raises(LedgerFailed, match="newer"):
        SqliteLedger.open_read_only(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"x", b"Dear diary,\n" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_is_refused_and_not_touched(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(content)
    assert refusal(path).kind == "unusable"
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused_and_not_touched(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE moz_places (url TEXT)")
    before = path.read_bytes()
    assert refusal(path).kind == "unusable"
    assert path.read_bytes() == before


def test_a_file_whose_end_is_missing_is_refused(path: Path) -> None:
    filled(path, *islice(office_days(), 2000))
    os.truncate(path, path.stat().st_size // 2)
    assert refusal(path).kind == "unusable"


def test_a_file_that_cannot_be_written_on_at_its_end_is_refused(path: Path) -> None:
    """Else every event would fail, and a file closed in peace would never be doubted."""
    events = list(islice(office_days(), 2000))
    filled(path, *events)
    label = pack(events[-1]).ms.to_bytes(4, "big")
    content = path.read_bytes()
    (page,) = (start for start in range(0, len(content), 4096) if label in content[start : start + 4096])
    path.write_bytes(content[:page] + b"\xff" * 4096 + content[page + 4096 :])
    assert refusal(path).kind == "unusable"


def test_damage_in_the_middle_is_an_error(path: Path) -> None:
    filled(path, *islice(office_days(), 12_000))
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)
    ledger = SqliteLedger(path)
    for read in (lambda: check(ledger._database, path), lambda: list(ledger.events())):
        with pytest.raises(LedgerFailed) as caught:
            read()
        assert caught.value.kind == "unusable"
    ledger.close()


NO_EVENTS = {
    "an unknown kind": "UPDATE events SET code = 99 WHERE row = 2",
    "a kind below zero": "UPDATE events SET code = -1 WHERE row = 2",
    "a kind in words": "UPDATE events SET code = 'active' WHERE row = 2",
    "facts that are no JSON": "UPDATE events SET code = 20, rest = '{\"from' WHERE row = 2",
    "facts without end": "UPDATE events SET code = 18, rest = replace(hex(zeroblob(50000)), '0', '[') WHERE row = 2",
    "facts of another kind": "UPDATE events SET code = 20, rest = '{\"until\": 5}' WHERE row = 2",
    "an answer of the year 1": """UPDATE events SET code = 20, rest =
        '{"from":"0001-01-01T00:00:00.000+00:00","to":"0001-01-02T00:00:00.000+00:00","was":"away"}' WHERE row = 2""",
    "an answer the wrong way round": """UPDATE events SET code = 20, rest =
        '{"from":"2026-03-02T09:00:00.000+00:00","to":"2026-03-02T08:00:00.000+00:00","was":"away"}' WHERE row = 2""",
    "a time without offset": """UPDATE events SET code = 3, rest = '{"since":"2026-03-02T09:00:00"}' WHERE row = 2""",
    "a step of ages": """UPDATE events SET code = 17, rest = '{"by": 1e300}' WHERE row = 2""",
    "a second time beyond the calendar": "UPDATE events SET code = 3, rest = -9000000000000000 WHERE row = 2",
    "a second time centuries ago": "UPDATE events SET code = 3, rest = -9000000000000 WHERE row = 2",
    "a time that is none": "UPDATE events SET ms = 'noon' WHERE row = 2",
    "a time centuries ahead": "UPDATE events SET ms = 90000000000000 WHERE row = 2",
    "a time beyond the calendar": "UPDATE events SET ms = 9000000000000000000 WHERE row = 2",
    "a run of the year 1": "INSERT INTO runs VALUES (2, -62135596800000, 0), (3, 1772406000000, 3600)",
    "a run of the year 9999": "INSERT INTO runs VALUES (2, 253402214400000, 0), (3, 1772406000000, 3600)",
    "a run beyond the calendar": "INSERT INTO runs VALUES (2, -9000000000000000000, 0), (3, 1772406000000, 3600)",
    "a run that is no time": "INSERT INTO runs VALUES (2, 'monday', 0), (3, 1772406000000, 3600)",
    "an offset of two days": "INSERT INTO runs VALUES (2, 1772409600000, 172800), (3, 1772406000000, 3600)",
}
"""Rows that sqlite3 writes by hand. The second of three events is then none."""


@pytest.mark.parametrize("how", NO_EVENTS)
def test_a_row_that_is_no_event_is_left_out_kept_and_named_once(path: Path, how: str) -> None:
    events = [Active(at=NOON + number * SECOND) for number in range(3)]
    filled(path, *events)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(NO_EVENTS[how])
        before = list(database.execute("SELECT * FROM events"))
    said: list[str] = []
    ledger = SqliteLedger(path, say=said.append)
    for _ in range(2):
        assert [event for _, event in ledger.events_after(0)] == [events[0], events[2]]
        list(ledger.events())
        list(ledger.retroactive_events_after(0))
        list(ledger.health())
    assert (first := ledger.first_label()) is not None
    assert timedelta(0) <= NOON - first < timedelta(days=2)
    assert ledger.last_sign() == events[2].at
    assert ledger.row_before(NOON) == 0
    assert sum(ledger.counts().values()) == 3
    ledger.close()
    assert len(said) == 1
    assert said[0].startswith(f"{path}: row 2 holds no event and is left out (")
    assert len(said[0]) < 500
    with closing(sqlite3.connect(path)) as database, database:
        assert list(database.execute("SELECT * FROM events")) == before, "it is kept"


@pytest.mark.parametrize("how", NO_EVENTS)
def test_forgetting_takes_a_row_without_a_time_along(path: Path, how: str) -> None:
    filled(path, *(Active(at=NOON + number * SECOND) for number in range(3)))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(NO_EVENTS[how])
    ledger = SqliteLedger(path)
    ledger.delete_before(NOON + 2 * SECOND)
    assert [event.at for event in ledger.events()] == [NOON + 2 * SECOND]
    ledger.append(Active(at=NOON + 3 * SECOND))
    assert [event.at for _, event in ledger.events_after(0)] == [NOON + 2 * SECOND, NOON + 3 * SECOND]
    ledger.close()


def test_facts_beside_the_events_that_make_no_sense_are_none(path: Path) -> None:
    filled(path, Active(at=NOON))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO checkpoints VALUES ('', 'one', 0, 'no state')")
        database.execute("INSERT INTO days VALUES ('2026-03-02', 'one', '', 'no bytes', x'')")
        database.execute("INSERT OR REPLACE INTO beat VALUES (1, 'yesterday')")
    ledger = SqliteLedger(path)
    assert ledger.checkpoint() is None
    assert not list(ledger.days("0000", "9999", whole=True))
    assert ledger.last_sign() == NOON
    ledger.beat(datetime(9998, 1, 1, tzinfo=UTC))
    assert ledger.last_sign() == NOON
    ledger.close()


def test_what_is_set_aside_keeps_everything_and_makes_room(path: Path) -> None:
    crashed = SqliteLedger(path)
    crashed.append(Active(at=NOON))
    aside = set_aside(path)
    assert not list(path.parent.glob("ledger.sqlite3-*")), "a log left behind would be played into the next ledger"
    crashed.close()
    filled(path, Active(at=NOON + SECOND))
    assert set_aside(path) != aside
    old = SqliteLedger.open_read_only(aside)
    assert list(old.events()) == [Active(at=NOON)]
    old.close()


def test_another_program_that_locks_it_is_named_and_the_next_try_succeeds(path: Path) -> None:
    ledger = SqliteLedger(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerFailed, match="locked") as caught:
        ledger.append(Active(at=NOON))
    assert caught.value.kind == "busy"
    other.execute("ROLLBACK")
    other.close()
    ledger.append(Active(at=NOON))
    assert list(ledger.events()) == [Active(at=NOON)]
    ledger.close()


def test_nothing_is_written_into_a_file_that_was_moved(path: Path) -> None:
    ledger = SqliteLedger(path)
    path.rename(path.with_name("moved"))
    with pytest.raises(LedgerFailed, match="moved or deleted"):
        ledger.append(Active(at=NOON))
    filled(path)
    with pytest.raises(LedgerFailed, match="moved or deleted"):
        ledger.append(Active(at=NOON))
    ledger.close()


def test_reading_goes_on_while_a_daemon_writes(path: Path) -> None:
    daemon = SqliteLedger(path)
    daemon.append(Active(at=NOON))
    reader = SqliteLedger.open_read_only(path)
    assert list(reader.events()) == [Active(at=NOON)]
    reading = reader.events()
    next(reading)
    daemon.append(Active(at=NOON + SECOND))
    assert list(reading) == []
    assert list(reader.events()) == [Active(at=NOON), Active(at=NOON + SECOND)]
    with pytest.raises(LedgerFailed) as caught:
        reader.append(Active(at=NOON))
    assert caught.value.kind == "read-only"
    reader.close()
    daemon.close()


def test_reading_after_a_crash_sees_what_is_still_in_the_log(path: Path) -> None:
    daemon = SqliteLedger(path)
    daemon.append(Active(at=NOON))
    for suffix in ("", "-wal"):
        path.with_name(f"copy{suffix}").write_bytes(Path(f"{path}{suffix}").read_bytes())
    reader = SqliteLedger.open_read_only(path.with_name("copy"))
    assert list(reader.events()) == [Active(at=NOON)]
    reader.close()
    daemon.close()


@pytest.mark.parametrize("made", ["nothing", "a file", "a file with its first setting"])
def test_where_no_ledger_is_yet_one_reads_as_empty_and_none_is_made(path: Path, made: str) -> None:
    if made != "nothing":
        path.parent.mkdir()
        path.touch()
    if "setting" in made:
        with closing(sqlite3.connect(path)) as maker:
            maker.execute("PRAGMA journal_mode = WAL")
    reader = SqliteLedger.open_read_only(path)
    assert list(reader.events()) == []
    assert reader.last_sign() is None
    with pytest.raises(LedgerFailed):
        reader.append(Active(at=NOON))
    reader.close()
    assert path.parent.exists() == (made != "nothing")
    assert not path.exists() or version(path) == 0


def test_one_whose_maker_was_killed_before_its_first_setting_was_in_force_reads_as_empty(
    path: Path, tmp_path: Path
) -> None:
    half_made = tmp_path / "half-made"
    with closing(sqlite3.connect(half_made, isolation_level=None)) as maker:
        for statement in ("CREATE TABLE lines (x)", "PRAGMA cache_size = 1", "BEGIN"):
            maker.execute(statement)
        maker.executemany("INSERT INTO lines VALUES (?)", [("x" * 1000,)] * 100)
        path.parent.mkdir(mode=0o700)
        for suffix in ("", "-journal"):
            shutil.copy(f"{half_made}{suffix}", f"{path}{suffix}")
    reader = SqliteLedger.open_read_only(path)
    assert list(reader.events()) == []
    reader.close()


def test_what_is_deleted_is_in_no_file_any_more(path: Path) -> None:
    ledger = SqliteLedger(path)
    ledger.append(PolicyChanged(at=NOON, settings={"secret": "old"}))
    ledger.append(PolicyChanged(at=NOON + SECOND, settings={"secret": "new"}))

    def anywhere(word: bytes) -> bool:
        return any(word in file.read_bytes() for file in path.parent.iterdir())

    assert anywhere(b"old")
    ledger.delete_before(NOON + SECOND)
    assert not anywhere(b"old")
    assert anywhere(b"new")
    filled(path.with_name("ledger.sqlite3.aside-1"), PolicyChanged(at=NOON, settings={"secret": "aside"}))
    ledger.delete_all()
    assert not anywhere(b"new")
    assert not anywhere(b"aside")
    ledger.close()


CHILD = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from slowrise.core.model.events import Idle
from slowrise.adapters.storage.event_codec import pack
from slowrise.adapters.storage.sqlite import SqliteLedger

ledger = SqliteLedger(Path(sys.argv[1]))
at = datetime.fromisoformat(sys.argv[2])
while True:
    at += timedelta(seconds=1)
    ledger.append(Idle(at=at, since=at - timedelta(seconds=15)))
    ledger.beat(at)
    print(at.isoformat(), flush=True)
"""


def test_killed_in_the_midst_of_writing_it_has_all_that_was_confirmed(path: Path) -> None:
    """Twenty runs after one another on the same file, each killed at another moment."""
    expected = 0
    at = NOON
    for cycle in range(20):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), at.isoformat()],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert child.stdout
        with child.stdout:
            confirmed = [child.stdout.readline() for _ in range(2 + cycle)]
            child.kill()
            confirmed += child.stdout.readlines()
            child.wait()
        last = datetime.fromisoformat(confirmed[-1].strip())
        ledger = SqliteLedger(path)
        check(ledger._database, path)
        events = list(ledger.events())
        sign = ledger.last_sign()
        ledger.close()
        assert [event.at for event in events] == [NOON + (index + 1) * SECOND for index in range(len(events))]
        assert len(events) - expected in (len(confirmed), len(confirmed) + 1), "one more may be unconfirmed"
        assert sign in (last, last + SECOND)
        expected, at = len(events), events[-1].at
