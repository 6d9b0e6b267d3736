"""A damaged ledger is set aside, the user is informed, and a new ledger has all events that could be read."""

from __future__ import annotations

import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from slowrise.adapters.storage.repair import AT_ONCE, salvage
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system import paths as p
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.resources import weights
from slowrise.cli.main import commands as cli
from slowrise.config.parse import parse
from slowrise.core.model.events import Active, ClockStepped, Event, Idle, PolicyChanged, Started
from slowrise.daemon.app import open_ledger
from slowrise.history.checkpoint import restored_monitor
from slowrise.history.replay import replay
from slowrise.history.trace import written_line

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = 4096


def week() -> list[Event]:
    """Return a week of short inputs, with a change of limits now and then."""
    events: list[Event] = [Started(at=NOON)]
    for minute in range(3000):
        at = NOON + timedelta(minutes=3 * minute)
        events += [Active(at=at), Idle(at=at + timedelta(seconds=75), since=at + timedelta(seconds=60))]
        if minute % 300 == 0:
            events.append(
                PolicyChanged(
                    at=at + timedelta(seconds=80), settings={"limits": {"sit_soft": f"{20 + minute // 300}m"}}
                )
            )
    return events


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the content of a ledger with the week."""
    path = tmp_path_factory.mktemp("whole") / "data" / "ledger.sqlite3"
    ledger = SqliteLedger(path)
    ledger.append_all(week())
    ledger.note("greeted", "yes")
    ledger.close()
    return path.read_bytes()


@pytest.fixture
def paths(private_home: Path) -> Paths:
    found = p.paths(data=private_home / "data")
    found.data.mkdir(mode=0o700)
    return found


def opened(paths: Paths, content: bytes, *, crashed: bool = False) -> tuple[list[Event], list[str]]:
    """Open a ledger with this content as the daemon does. Return its events, and the messages to the user."""
    paths.ledger.write_bytes(content)
    if crashed:
        paths.ledger.with_name("ledger.sqlite3-wal").touch()
    messages: list[str] = []
    ledger = open_ledger(paths, messages.append)
    ledger.beat(NOON)
    found = [event for _, event in ledger.events_after(0)]
    ledger.close()
    return found, messages


def genuine(found: Sequence[Event]) -> list[Event]:
    """Return the events without those that the repair added for gaps."""
    return [event for event in found if not (isinstance(event, Started) and event.since)]


@pytest.mark.parametrize("seed", range(25))
def test_damaged_pages_cost_only_their_own_events(paths: Paths, whole: bytes, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - simulation
    content = bytearray(whole)
    for page in chance.sample(range(1, len(content) // PAGE), chance.randint(1, 4)):
        content[page * PAGE : (page + 1) * PAGE] = chance.choice((bytes(PAGE), chance.randbytes(PAGE)))
    found, messages = opened(paths, bytes(content), crashed=True)
    (message,) = messages
    aside = paths.ledger.with_name("ledger.sqlite3.aside-1")
    assert f"It is kept unchanged in {aside}" in message
    assert aside.read_bytes() == content
    recorded = iter(week())
    assert all(event in recorded for event in genuine(found)), "an event is out of order or was never recorded"
    if found:
        assert f"with the {len(found)} events that could be read" in message


def test_a_lost_page_in_the_middle_is_an_unobserved_gap(paths: Paths, whole: bytes) -> None:
    content = bytearray(whole)
    page = leaf_in_the_middle(whole, paths.data / "copy")
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    found, messages = opened(paths, bytes(content))
    assert len(messages) == 1, "opening a ledger must check its last days"
    saved = genuine(found)
    assert len(week()) * 0.8 < len(saved) < len(week())
    (gap,) = [event for event in found if isinstance(event, Started) and event.since]
    assert gap.since
    spans = replay(found, weights()).spans
    during = [span for span in spans if span.start < gap.at and gap.since < span.end]
    assert [span.state for span in during] == ["unobserved"]


OPENS = """
import sys
from pathlib import Path
from slowrise.adapters.system import paths
from slowrise.daemon import app
app.open_ledger(paths.paths(data=Path(sys.argv[1])), lambda _: None).last_row()
print("opened")
"""


@pytest.mark.real("strace")
@pytest.mark.parametrize("calls", ["rename,unlink", "pwrite64"])
def test_a_repair_that_was_killed_is_completed_at_the_next_start(paths: Paths, whole: bytes, calls: str) -> None:
    content = bytearray(whole)
    page = leaf_in_the_middle(whole, paths.data / "copy")
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    undisturbed, _ = opened(paths, bytes(content))
    moments = iter(range(1, 20) if calls != "pwrite64" else (5, 60))
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}  # writing bytecode would rename files too
    survived = False
    while not survived and (moment := next(moments, None)):
        shutil.rmtree(paths.data)
        paths.data.mkdir(mode=0o700)
        paths.ledger.write_bytes(content)
        inject = f"inject={calls}:signal=SIGKILL:when={moment}"
        command = ["strace", "-f", "-o", "/dev/null", "-e", inject, sys.executable, "-c", OPENS, str(paths.data)]
        done = subprocess.run(command, stdout=subprocess.PIPE, env=environ, text=True, check=False, timeout=60)
        survived = "opened" in done.stdout
        messages: list[str] = []
        ledger = open_ledger(paths, messages.append)
        assert [event for _, event in ledger.events_after(0)] == undisturbed, moment
        ledger.close()
        assert len(messages) == (not survived), "only the run that completes the repair reports it"
        (aside,) = paths.data.glob("*.aside-*")
        assert aside.read_bytes() == content
    assert survived == (calls != "pwrite64"), "some moment was not tried"


@pytest.mark.parametrize("events", [0, 25_000])
def test_a_long_repair_asks_the_supervisor_for_more_time(
    private_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, events: int
) -> None:
    """Otherwise systemd would end a daemon that needs a minute to repair ten years."""
    old = SqliteLedger(tmp_path / "old" / "ledger.sqlite3")
    old.append_all(Active(at=NOON + timedelta(seconds=number)) for number in range(events))
    old.close()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor, old.path.open("r+b") as file:
        supervisor.bind(str(private_home / "supervisor"))
        supervisor.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(private_home / "supervisor"))
        file.seek(60)
        file.write((99).to_bytes(4, "big"))
        file.flush()
        open_ledger(p.paths(data=old.path.parent), lambda _: None).last_row()
        asked = 0
        with suppress(BlockingIOError):
            while supervisor.recv(100) == b"EXTEND_TIMEOUT_USEC=30000000":
                asked += 1
    assert asked == -(-events // AT_ONCE)


def leaf_in_the_middle(whole: bytes, copy: Path) -> int:
    """Return the number of a page in the middle of the file that contains only events."""
    copy.write_bytes(whole)
    with closing(sqlite3.connect(copy)) as database:
        (root,) = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").fetchone()
    copy.unlink()
    leaves = [page for page in range(2, len(whole) // PAGE) if whole[page * PAGE] == 0x0D and page + 1 != root]
    return leaves[len(leaves) // 2]


def test_a_gap_in_which_the_clock_was_set_back_keeps_the_step(tmp_path: Path) -> None:
    old, new = (SqliteLedger(tmp_path / name / "ledger.sqlite3") for name in ("old", "new"))
    back = NOON - timedelta(hours=3)
    old.append_all([Active(at=NOON), ClockStepped(at=back, by=-3 * 3600.0), Active(at=back)])
    old.close()
    with closing(sqlite3.connect(old.path)) as database, database:
        database.execute("DELETE FROM events WHERE row = 2")
    assert salvage(old.path, new) == 4
    assert list(new.events()) == [
        Active(at=NOON),
        Started(at=NOON, since=NOON),
        ClockStepped(at=back, by=-3 * 3600.0),
        Active(at=back),
    ]
    new.close()


def test_unknown_settings_of_another_version_do_not_prevent_a_start(paths: Paths, tmp_path: Path) -> None:
    other = PolicyChanged(at=NOON, settings={"hover_desk": {"height": "3m"}})
    limits = PolicyChanged(at=NOON, settings={"limits": {"sit_soft": "21m"}})
    ledger = SqliteLedger(paths.ledger)
    ledger.append_all([Started(at=NOON), limits, other, Active(at=NOON)])
    monitor = restored_monitor(ledger, NOON, parse(""), weights())
    assert monitor.state.policy.sit_soft == 21 * 60.0
    ledger.close()

    trace = tmp_path / "trace"
    trace.write_text(f"{written_line(other)}\n")
    result = CliRunner().invoke(cli, ["replay", str(trace)])
    assert result.exit_code == 0, "an export of one's own can always be replayed"
    assert "hover_desk" in result.stderr, "it must not silently ignore settings of the trace"


def test_a_repair_saves_notes_and_saves_nothing_from_a_file_that_is_no_database(paths: Paths, whole: bytes) -> None:
    content = bytearray(whole)
    content[60:64] = (99).to_bytes(4, "big")  # the `user_version` of a later program
    found, messages = opened(paths, bytes(content))
    assert found == week()
    assert f"with the {len(found)} events that could be read" in messages[0]
    reader = SqliteLedger.open_read_only(paths.ledger)
    assert reader.noted("greeted") == "yes"
    reader.close()

    found, messages = opened(paths, b"holiday plans " * 1000)
    assert (found, len(messages)) == ([], 1)
    assert messages[0].endswith("and a new one was begun.")
