"""A week through the whole daemon in virtual time: every job comes at its instant, so results compare exactly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from slowrise.adapters.input.trace_player import TracePlayer as Recorded
from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system import paths as p
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.resources import weights
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.daemon.app import open_ledger, restore_monitor
from slowrise.daemon.daemon import HEARTBEAT, Daemon
from slowrise.daemon.virtual_time import FIRST_BOOT, VirtualClock
from slowrise.history.replay import replay
from slowrise.ports.ledger import Archive
from support.simulated_daemon import run_virtually, simulated

MONDAY = datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=1)))
DAYS = 7
GROWTH = 4 * 2**20
"""Bytes that the process may have more at the end than after the first days."""
CONFIG = parse('[notifications]\nuse = "console"\n[summary]\nat = "17:30"\n')


def week() -> Iterator[e.Event]:
    """Five days at a desk and a weekend with an hour at it, each with its meetings, lunches and walks."""
    chance = random.Random(5)  # noqa: S311 - a life, not a secret
    for number in range(DAYS):
        at = MONDAY + timedelta(days=number, minutes=chance.randrange(10, 60))
        end = at + timedelta(hours=9 if number < 5 else 1)
        lunch = at + timedelta(hours=4)
        if number:
            yield e.Unlocked(at=at)
        while at < end:
            yield e.Active(at=at)
            last = at + timedelta(seconds=chance.choice((5, 40, 200, 900)))
            at = last + timedelta(seconds=15)
            yield e.Idle(at=at, since=last)
            at += timedelta(seconds=chance.choice((1, 5, 20, 60, 150, 400)))
            if at > lunch:
                yield e.Locked(at=at)
                at += timedelta(minutes=41)
                yield e.Unlocked(at=at)
                lunch = end
            elif chance.random() < 0.02:
                yield e.CallStarted(at=at)
                at += timedelta(minutes=22)
                yield e.CallEnded(at=at)
        yield e.Locked(at=at)
    yield e.Unlocked(at=MONDAY + timedelta(days=DAYS, hours=2))


class Counted:
    """The ledger, counting its beats."""

    def __init__(self, inner: Archive) -> None:
        self._inner = inner
        self.beats: list[datetime] = []

    def beat(self, at: datetime) -> None:
        self.beats.append(at)
        self._inner.beat(at)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Week:
    """The daemon's life, and what was seen of it from outside."""

    def __init__(self, clock: VirtualClock, paths: Paths, sink: Path) -> None:
        self._places = paths
        self._clock = clock
        self._sink = sink
        self.prompts: dict[datetime, str] = {}
        self.memory: list[int] = []
        self.beats: list[datetime] = []

    async def live(self) -> Daemon:
        said: list[str] = []
        ledger: Any = Counted(open_ledger(self._places, said.append))
        with self._sink.open("w") as shown:
            app = simulated(
                self._clock,
                lambda: source,
                config=CONFIG,
                ledger=ledger,
                notifier=ConsoleNotifier(shown),
                monitor=restore_monitor(ledger, self._clock, CONFIG),
                paths=self._places,
                changed=lambda: self._look(app.daemon),
            )
            source = Recorded(list(week()), self._clock, app.daemon.stop)
            await app.serve(source)
        self.beats = ledger.beats
        assert said == []
        return app.daemon

    def _look(self, daemon: Daemon) -> None:
        self.prompts.update({prompt.shown_at: prompt.kind for prompt in daemon.monitor.prompts[-3:]})
        if self._clock.boot() > FIRST_BOOT + len(self.memory) * 86400.0:
            self.memory.append(psutil.Process().memory_info().rss)


@pytest.mark.timeout(300)
def test_a_week(private_home: Path, tmp_path: Path) -> None:
    paths = p.paths(data=private_home / "data")

    async def live(clock: VirtualClock) -> tuple[Week, Daemon]:
        week = Week(clock, paths, tmp_path / "shown")
        return week, await week.live()

    lived, daemon = run_virtually(MONDAY, live)

    reader = SqliteLedger.open_read_only(paths.ledger)
    recorded = list(reader.events())
    reader.close()
    told = replay(recorded, weights())
    assert len(told.prompts) > 30
    assert {"sit-soft", "sit-repeat", "summary"} <= {prompt.kind for prompt in told.prompts}
    assert lived.prompts == {prompt.shown_at: prompt.kind for prompt in told.prompts}
    concluded = daemon.monitor.spans(daemon.monitor.state.presence.now)[1:]
    assert concluded
    assert concluded == told.spans[-len(concluded) :]

    lasted = recorded[-1].at - recorded[0].at
    assert lasted > timedelta(days=6.5)
    apart = [(after - before).total_seconds() for before, after in pairwise(lived.beats)]
    assert {round(seconds, 2) for seconds in apart} == {HEARTBEAT}, "no heartbeat came late or not at all"
    assert recorded[-1].at - lived.beats[-1] <= timedelta(seconds=HEARTBEAT)
    played = [type(event) for event in week()]
    assert [type(event) for event in recorded if type(event) in set(played)] == played
    assert lived.memory[-1] - lived.memory[2] < GROWTH, lived.memory
