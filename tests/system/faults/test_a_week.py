"""A week of life through the whole daemon, at the speed of the machine: whenever nothing is to do, time leaps.

Clock, event loop and timers go by one time, which stands still while something is done: so every job comes at its
instant, and what it comes to can be compared exactly.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from apscheduler.schedulers import base

from slowrise.adapters.input.trace_player import TracePlayer as Recorded
from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system import paths as p
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.resources import read_guidance, weights
from slowrise.cli.commands.run import serve
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.core.model.timestamps import Moment
from slowrise.daemon import timers
from slowrise.daemon.app import open_ledger, remembered
from slowrise.daemon.daemon import HEARTBEAT, Daemon, Parts
from slowrise.history.replay import replay
from slowrise.ports.ledger import Archive
from support.sources import source_made_by

MONDAY = datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=1)))
DAYS = 7
GROWTH = 4 * 2**20
"""Bytes that the process may have more at the end than after the first days."""
CONFIG = parse('[notifications]\nuse = "console"\n[summary]\nat = "17:30"\n')


class Leaping(selectors.DefaultSelector):
    """Waits for nothing but what is there: the time that would be waited for has passed at once."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found and timeout:
            self.passed += timeout
        return found or ([] if timeout is not None else super().select(None))


class Loop(asyncio.SelectorEventLoop):
    """The event loop in that time, and the clocks with it."""

    speed = 1.0

    def __init__(self) -> None:
        self.leaping = Leaping()
        super().__init__(self.leaping)

    def time(self) -> float:
        return self.leaping.passed

    def now(self) -> Moment:
        return Moment(self.boot(), MONDAY + timedelta(seconds=self.leaping.passed))

    def boot(self) -> float:
        return 1000.0 + self.leaping.passed

    def datetime(self) -> type[datetime]:
        """What the scheduler reads the wall clock with."""

        class Wall(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return self.now().wall.astimezone(tz)

        return Wall


def week() -> Iterator[e.Event]:
    """Five days at a desk and a weekend with an hour at it, each with its meetings, lunches and walks."""
    chance = random.Random(5)  # noqa: S311 - a life, not a secret
    for number in range(DAYS):
        at = MONDAY + timedelta(days=number, minutes=chance.randrange(10, 60))
        end = at + timedelta(hours=9 if number < 5 else 1)
        lunch = at + timedelta(hours=4)
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

    def __init__(self, loop: Loop, paths: Paths, sink: Path) -> None:
        self._places = paths
        self._loop = loop
        self._sink = sink
        self.prompts: dict[datetime, str] = {}
        self.memory: list[int] = []
        self.beats: list[datetime] = []

    async def live(self) -> Daemon:
        said: list[str] = []
        played: list[Recorded] = []
        ledger: Any = Counted(open_ledger(self._places, said.append))
        with self._sink.open("w") as shown:
            notifier = ConsoleNotifier(shown)

            async def the_same(_: object) -> ConsoleNotifier:
                return notifier

            parts = Parts(
                config=CONFIG,
                clock=self._loop,
                ledger=ledger,
                notifier=notifier,
                guidance=read_guidance(),
                make_source=source_made_by(lambda: played[0]),
                make_signals=(),
                make_notifier=the_same,
                make_guidance=read_guidance,
                reread=lambda: CONFIG,
            )
            daemon = Daemon(parts, remembered(ledger, self._loop, CONFIG))
            played.append(Recorded(list(week()), self._loop, daemon.stop))
            daemon.watchers.append(lambda: self._look(daemon))
            await serve(daemon, self._places, played[0])
        self.beats = ledger.beats
        assert said == []
        return daemon

    def _look(self, daemon: Daemon) -> None:
        self.prompts.update({prompt.shown_at: prompt.kind for prompt in daemon.monitor.prompts[-3:]})
        if self._loop.time() > len(self.memory) * 86400.0:
            self.memory.append(psutil.Process().memory_info().rss)


@pytest.mark.timeout(300)
def test_a_week(private_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = p.paths(data=private_home / "data")
    loop = Loop()
    monkeypatch.setattr(base, "datetime", loop.datetime())
    monkeypatch.setattr(timers, "datetime", loop.datetime())
    lived = Week(loop, paths, tmp_path / "shown")
    try:
        daemon = loop.run_until_complete(lived.live())
    finally:
        loop.close()

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
