"""Killed at any moment of a day, two hundred times in a row: nothing kept is lost, and nothing is made up."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.resources import weights
from slowrise.config.parse import parse
from slowrise.core.model.events import Started
from slowrise.core.model.spans import Span
from slowrise.history import trace
from slowrise.history.checkpoint import restored_monitor
from slowrise.history.replay import replay
from support.killable_daemon import Life, day

TIMES = 200
LONGEST = 0.2
"""Seconds of a life: two minutes of the day."""


def recorded(ledger: Path) -> list[str]:
    """All that is on disk, as trace lines."""
    reader = SqliteLedger.open_read_only(ledger)
    try:
        return [trace.written_line(event) for event in reader.events()]
    finally:
        reader.close()


def intact(ledger: Path, beside: Path) -> bool:
    """Whether a copy of what is left is a whole database; the copy, for looking may already repair it."""
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(ledger.parent, beside)
    with closing(sqlite3.connect(beside / ledger.name)) as database:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.timeout(600)
def test_killed_two_hundred_times_in_a_row(private_home: Path) -> None:
    data = private_home / "data"
    ledger = data / "ledger.sqlite3"
    chance = random.Random(7)  # noqa: S311 - moments, not secrets
    before: list[str] = []
    lives: list[Life] = []
    with day(data) as today:
        for number in range(TIMES):
            # One in four may die before it has recorded anything.
            life = today.live(chance.uniform(0, LONGEST), begun=number % 4 > 0)
            lives.append(life)
            if not ledger.exists():
                continue
            assert intact(ledger, private_home / "copy")
            now = recorded(ledger)
            assert now[: len(before)] == before, "what was there before is there still"
            kept = now[len(before) :]
            assert kept[: len(life.kept)] == life.kept, "all that was said to be kept is kept"
            assert len(kept) <= len(life.kept) + 1, "the last may be kept and not yet told"
            before = now
    assert sum(len(life.kept) > 3 for life in lives) > TIMES / 4, "many lives were long enough to see something"
    events = list(trace.read(line.encode() for line in before))
    assert any(isinstance(event, Started) and event.since for event in events)
    concluded = replay(events, weights()).spans
    for dead in deaths(lives):
        during = [span for span in concluded if span.start < dead.end and dead.start < span.end]
        assert [span.state for span in during] == ["unobserved"], dead
    reader = SqliteLedger.open_read_only(ledger)
    assert reader.checkpoint(), "the day began anew in the midst of it"
    monitor = restored_monitor(reader, events[-1].at, parse(""), weights())
    reader.close()
    went_on = monitor.spans(monitor.state.presence.now)[1:]
    assert went_on
    assert went_on == concluded[-len(went_on) :], "where the last life would go on is where the whole record leads"


def deaths(lives: Sequence[Life]) -> Iterator[Span]:
    """The times in which nobody watched, each from a kill to the first sign of one that came after."""
    killed: datetime | None = None
    for life in lives:
        if life.kept:
            begun = trace.parse(life.kept[0].encode()).at
            if killed is not None:
                yield Span("unobserved", killed, begun, 1.0)
            killed = life.killed
