"""A ledger is damaged: it is set aside, the user is told, and what can be read of it is in the one begun anew."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from slowrise import places as p
from slowrise.cli import commands as cli
from slowrise.config import parse
from slowrise.events import Active, ClockStepped, Event, Idle, Policy, Started
from slowrise.ledgers.salvage import salvage
from slowrise.ledgers.sqlite import SqliteLedger
from slowrise.places import Places
from slowrise.remembering import story_until
from slowrise.replay import replay
from slowrise.trace import written_line
from slowrise.weights import weights
from slowrise.wiring import open_ledger

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = 4096


def week() -> list[Event]:
    """Minutes of input over a week, and now and then other limits."""
    events: list[Event] = [Started(at=NOON)]
    for minute in range(3000):
        at = NOON + timedelta(minutes=3 * minute)
        events += [Active(at=at), Idle(at=at + timedelta(seconds=75), since=at + timedelta(seconds=60))]
        if minute % 300 == 0:
            events.append(
                Policy(at=at + timedelta(seconds=80), settings={"limits": {"sit_soft": f"{20 + minute // 300}m"}})
            )
    return events


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file with the week."""
    path = tmp_path_factory.mktemp("whole") / "data" / "ledger.sqlite3"
    ledger = SqliteLedger(path)
    ledger.append_all(week())
    ledger.note("greeted", "yes")
    ledger.close()
    return path.read_bytes()


@pytest.fixture
def places(private_home: Path) -> Places:
    found = p.places(data=private_home / "data")
    found.data.mkdir(mode=0o700)
    return found


def opened(places: Places, content: bytes, *, crashed: bool = False) -> tuple[list[Event], list[str]]:
    """What the daemon finds recorded when it begins with this file, and what it says."""
    places.ledger.write_bytes(content)
    if crashed:
        places.ledger.with_name("ledger.sqlite3-wal").touch()
    said: list[str] = []
    ledger = open_ledger(places, said.append)
    ledger.beat(NOON)
    found = list(ledger.events())
    ledger.close()
    return found, said


def genuine(found: Sequence[Event]) -> list[Event]:
    """What was recorded by a program that ran, without what is told of holes."""
    return [event for event in found if not (isinstance(event, Started) and event.since)]


@pytest.mark.parametrize("seed", range(25))
def test_what_rotted_costs_what_was_on_it(places: Places, whole: bytes, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - damage, no secret
    content = bytearray(whole)
    for page in chance.sample(range(1, len(content) // PAGE), chance.randint(1, 4)):
        content[page * PAGE : (page + 1) * PAGE] = chance.choice((bytes(PAGE), chance.randbytes(PAGE)))
    found, said = opened(places, bytes(content), crashed=True)
    (told,) = said
    aside = places.ledger.with_name("ledger.sqlite3.aside-1")
    assert f"It lies unchanged in {aside}" in told
    assert aside.read_bytes() == content
    recorded = iter(week())
    assert all(event in recorded for event in genuine(found)), "in order, and nothing that was not there"
    if found:
        assert f"with the {len(found)} events that could be read" in told


def test_a_page_in_the_middle_is_a_hole_in_which_nothing_is_known(places: Places, whole: bytes) -> None:
    content = bytearray(whole)
    page = leaf_in_the_middle(whole, places.data / "copy")
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    found, said = opened(places, bytes(content))
    assert len(said) == 1, "the last days are looked at whenever it is opened"
    saved = genuine(found)
    assert len(week()) * 0.8 < len(saved) < len(week())
    (hole,) = [event for event in found if isinstance(event, Started) and event.since]
    assert hole.since
    spans = replay(found, weights()).spans
    during = [span for span in spans if span.start < hole.at and hole.since < span.end]
    assert [span.state for span in during] == ["unobserved"]


def leaf_in_the_middle(whole: bytes, copy: Path) -> int:
    """The place of a page, in the middle of all, that holds events and nothing else."""
    copy.write_bytes(whole)
    with closing(sqlite3.connect(copy)) as database:
        (root,) = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").fetchone()
    copy.unlink()
    leaves = [page for page in range(2, len(whole) // PAGE) if whole[page * PAGE] == 0x0D and page + 1 != root]
    return leaves[len(leaves) // 2]


def test_a_hole_over_which_the_clock_was_set_back_is_told_with_the_step(tmp_path: Path) -> None:
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


def test_settings_of_another_version_keep_no_run_from_beginning(places: Places, tmp_path: Path) -> None:
    other = Policy(at=NOON, settings={"hover_desk": {"height": "3m"}})
    limits = Policy(at=NOON, settings={"limits": {"sit_soft": "21m"}})
    ledger = SqliteLedger(places.ledger)
    ledger.append_all([Started(at=NOON), limits, other, Active(at=NOON)])
    story = story_until(ledger, NOON, None, parse(""))
    assert story.rules.policy.sit_soft == 21 * 60.0
    ledger.close()

    trace = tmp_path / "trace"
    trace.write_text(f"{written_line(other)}\n")
    told = CliRunner().invoke(cli, ["replay", str(trace)])
    assert told.exit_code == 2, "but who replays a trace wants to know that it would be under other settings"
    assert "hover_desk" in told.stderr


def test_what_was_noted_is_saved_and_what_is_no_database_leaves_nothing(places: Places, whole: bytes) -> None:
    content = bytearray(whole)
    content[60:64] = (99).to_bytes(4, "big")  # `user_version`, as a later program would set it
    found, said = opened(places, bytes(content))
    assert found == week()
    assert f"with the {len(found)} events that could be read" in said[0]
    reader = SqliteLedger.open_read_only(places.ledger)
    assert reader.noted("greeted") == "yes"
    reader.close()

    found, said = opened(places, b"somebody's holiday plans " * 1000)
    assert (found, len(said)) == ([], 1)
    assert said[0].endswith("and a new one was begun.")
