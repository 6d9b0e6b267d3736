"""A day through the real daemon in virtual time, with every prompt answered: the replay of its ledger agrees."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta, timezone
from itertools import cycle
from pathlib import Path

import pytest

from slowrise.adapters.input.trace_player import TracePlayer as Recorded
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.resources import weights
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.daemon.virtual_time import VirtualClock
from slowrise.history.checkpoint import restored_monitor
from slowrise.history.monitor import Monitor
from slowrise.history.replay import replay
from slowrise.ports.notifier import AnswerKey, Notice, OnAnswer
from support.simulated_daemon import run_virtually, simulated

MORNING = datetime(2026, 3, 2, 8, 30, tzinfo=timezone(timedelta(hours=1)))
CONFIG = parse('[limits]\nspacing = "5m"\n[summary]\nat = "16:00"\n[notifications]\nwait_for_pause = "2m"\n')


def office_day() -> list[e.Event]:
    """From the morning to the evening: work with pauses of every length, a lunch, a call, a film, some standing."""
    day: list[e.Event] = []
    at = MORNING

    def happen(kind: type[e.Event]) -> None:
        day.append(kind(at=at))

    def work(minutes: float, pause: float = 60) -> None:
        nonlocal at
        happen(e.Active)
        last = at + timedelta(minutes=minutes)
        at = last + timedelta(seconds=15)
        day.append(e.Idle(at=at, since=last))
        at = last + timedelta(seconds=pause)

    for minutes, pause in ((12, 20), (9, 45), (14, 70), (31, 25), (8, 380), (22, 18), (16, 130), (40, 17)):
        work(minutes, pause)
    happen(e.Locked)
    happen(e.Suspended)
    at += timedelta(minutes=41)
    happen(e.Resumed)
    happen(e.Unlocked)
    at += timedelta(seconds=3)
    work(17, 40)
    happen(e.CallStarted)
    work(3, 1500)
    happen(e.CallEnded)
    work(25, 90)
    happen(e.Inhibited)
    at += timedelta(minutes=35)
    happen(e.Uninhibited)
    work(0.004, 200)
    work(18, 30)
    work(24, 50)
    happen(e.StandingDeclared)
    work(26, 33)
    happen(e.SittingDeclared)
    for minutes, pause in ((45, 25), (38, 21), (52, 320), (11, 60)):
        work(minutes, pause)
    return day


class Reader:
    """A notifier whose user answers every notice a moment after it is shown: now like this, now like that."""

    name = "reader"
    reports_end = True

    def __init__(self) -> None:
        self._answers = cycle(("standing-up", "snooze", "sitting", "dismissed", "how", "standing-up", "standing"))

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        possible = {"dismissed", *(button.key for button in notice.buttons)}
        word = next(word for word in self._answers if word in possible)
        asyncio.get_running_loop().call_later(80.0, answer, AnswerKey(word))

    async def withdraw(self) -> None:
        pass

    async def close(self) -> None:
        pass


class Life:
    """Runs of the daemon, one after the other, on one ledger; time goes on between them."""

    def __init__(self, ledger: Path, clock: VirtualClock) -> None:
        self.ledger = ledger
        self.clock = clock
        self.reader = Reader()

    async def run(self, day: Sequence[e.Event], *, crash: bool = False) -> Monitor:
        """Live through these events, and return what was concluded then."""
        archive = SqliteLedger(self.ledger)
        ended = asyncio.Event()

        app = simulated(
            self.clock,
            lambda: Recorded(day, self.clock, ended.set),
            config=CONFIG,
            ledger=archive,
            notifier=self.reader,
            monitor=restored_monitor(archive, self.clock.now().wall, CONFIG, weights()),
        )
        running = asyncio.ensure_future(app.daemon.run())
        await ended.wait()
        if crash:
            self._go_on_from_here()
        app.daemon.stop()
        await running
        return app.daemon.monitor

    def _go_on_from_here(self) -> None:
        """The next run finds what a crash would have left by now."""
        crashed = self.ledger.with_name("crashed.sqlite3")
        with closing(sqlite3.connect(self.ledger)) as whole, closing(sqlite3.connect(crashed)) as copy:
            whole.backup(copy)
        self.ledger = crashed

    def recorded(self) -> list[e.Event]:
        archive = SqliteLedger.open_read_only(self.ledger)
        events = list(archive.events())
        archive.close()
        return events


def concluded(monitor: Monitor) -> tuple[object, ...]:
    return monitor.spans(monitor.state.presence.now), monitor.prompts


def told_again(events: Sequence[e.Event]) -> tuple[object, ...]:
    again = replay(events, weights())
    return again.spans, again.prompts


def test_what_is_concluded_live_is_what_the_replay_concludes(tmp_path: Path) -> None:
    async def live(clock: VirtualClock) -> tuple[Monitor, list[e.Event]]:
        life = Life(tmp_path / "own" / "ledger.sqlite3", clock)
        return await life.run(office_day()), life.recorded()

    monitor, recorded = run_virtually(MORNING, live)
    assert {"sit-soft", "sit-firm"} <= {prompt.kind for prompt in monitor.prompts}
    assert concluded(monitor) == told_again(recorded)
    assert {"acknowledged", "snoozed"} & {e.name_of(event) for event in recorded}


@pytest.mark.parametrize("crash", [False, True], ids=["stopped", "crashed"])
def test_a_restart_in_the_middle_of_the_day_changes_nothing_of_that(tmp_path: Path, *, crash: bool) -> None:
    day = office_day()

    async def live(clock: VirtualClock) -> tuple[Monitor, list[e.Event]]:
        life = Life(tmp_path / "own" / "ledger.sqlite3", clock)
        await life.run(day[:14], crash=crash)
        return await life.run(day[14:]), life.recorded()

    monitor, events = run_virtually(MORNING, live)
    assert [(event.since is not None) for event in events if isinstance(event, e.Started)] == [False, crash]
    assert concluded(monitor) == told_again(events)
