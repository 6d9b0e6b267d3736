"""The daemon is killed two hundred times in a row: no stored event is lost, and none is invented."""

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
from support.killable_daemon import KilledRun, killable_daemon

TIMES = 200
LONGEST = 0.2
"""Real seconds of the longest run: two minutes on the daemon's clock."""


def recorded(ledger: Path) -> list[str]:
    """Return every event on disk, as trace lines."""
    reader = SqliteLedger.open_read_only(ledger)
    try:
        return [trace.written_line(event) for event in reader.events()]
    finally:
        reader.close()


def intact(ledger: Path, beside: Path) -> bool:
    """Return whether the database is sound. Check a copy, because opening a database may repair it."""
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(ledger.parent, beside)
    with closing(sqlite3.connect(beside / ledger.name)) as database:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.timeout(600)
def test_killed_two_hundred_times_in_a_row(private_home: Path) -> None:
    data = private_home / "data"
    ledger = data / "ledger.sqlite3"
    chance = random.Random(7)  # noqa: S311 - simulation
    before: list[str] = []
    runs: list[KilledRun] = []
    with killable_daemon(data) as daemon:
        for number in range(TIMES):
            # One in four may be killed before it has recorded anything.
            run = daemon.run_and_kill(chance.uniform(0, LONGEST), begun=number % 4 > 0)
            runs.append(run)
            if not ledger.exists():
                continue
            assert intact(ledger, private_home / "copy")
            now = recorded(ledger)
            assert now[: len(before)] == before, "an event of an earlier run is lost"
            kept = now[len(before) :]
            assert kept[: len(run.kept)] == run.kept, "an event that was confirmed as stored is lost"
            assert len(kept) <= len(run.kept) + 1, "more than the last event is stored and not confirmed"
            before = now
    assert sum(len(run.kept) > 3 for run in runs) > TIMES / 4, "too few runs were long enough to record input"
    events = list(trace.read(line.encode() for line in before))
    assert any(isinstance(event, Started) and event.since for event in events)
    concluded = replay(events, weights()).spans
    for gap in times_between(runs):
        during = [span for span in concluded if span.start < gap.end and gap.start < span.end]
        assert [span.state for span in during] == ["unobserved"], gap
    reader = SqliteLedger.open_read_only(ledger)
    assert reader.checkpoint(), "no new day began, so there is no checkpoint"
    monitor = restored_monitor(reader, events[-1].at, parse(""), weights())
    reader.close()
    restored = monitor.spans(monitor.state.presence.now)[1:]
    assert restored
    assert restored == concluded[-len(restored) :], "the checkpoint and the whole record disagree"


def times_between(runs: Sequence[KilledRun]) -> Iterator[Span]:
    """Yield the times without a daemon, each from a kill to the first event of the next run."""
    killed: datetime | None = None
    for run in runs:
        if run.kept:
            begun = trace.parse(run.kept[0].encode()).at
            if killed is not None:
                yield Span("unobserved", killed, begun, 1.0)
            killed = run.killed
