"""Stopped for an hour, as by Ctrl-Z or in a machine that is put to sleep from outside: nobody watched meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.resources import weights
from slowrise.config.parse import parse
from slowrise.core.model.events import ClockStepped, Event, name_of
from slowrise.core.model.timestamps import Moment
from slowrise.history import trace
from slowrise.history.monitor import Monitor
from slowrise.history.replay import replay
from slowrise.ports.input import Emit, Sighting, What
from support import ledgers
from support.desktop_programs import wait_until
from support.killable_daemon import EVENING, SPEED, killable_daemon
from support.simulated_daemon import simulated
from system.faults.test_killed import intact, recorded

HOUR = 3600.0


def test_an_hour_in_which_it_was_stopped_is_unobserved_and_prompts_nobody(private_home: Path) -> None:
    with killable_daemon(private_home / "data") as daemon:
        life = daemon.run_and_kill(0.4, frozen=HOUR / SPEED)
    concluded = replay(trace.read(line.encode() for line in life.kept), weights())
    hidden = timedelta(seconds=sum(span.seconds for span in concluded.spans if span.state == "unobserved"))
    assert hidden > timedelta(seconds=HOUR)
    assert concluded.prompts == []
    assert "prompt: " not in life.log
    assert "the program did not run" in life.log


@pytest.mark.real("strace")
@pytest.mark.parametrize("write", [60, 67])
def test_put_to_sleep_in_the_midst_of_a_write(private_home: Path, write: int) -> None:
    """The machine stops between the write of a page and its being on the disk; its power fails, or it goes on."""
    data, seen = private_home / "data", private_home / "seen"
    inject = ["-e", "trace=pwrite64,fdatasync", "-e", f"inject=pwrite64:signal=SIGSTOP:when={write}"]
    seen.touch()
    strace = ["strace", "-D", "-f", "-y", "-o", str(seen), *inject]
    with killable_daemon(data, under=strace) as daemon, ThreadPoolExecutor(1) as aside:
        living = aside.submit(daemon.run_and_kill, 3.0, frozen=HOUR / SPEED)
        wait_until(lambda: "stopped by SIGSTOP" in seen.read_text(), "the stop")
        assert intact(data / "ledger.sqlite3", private_home / "power failed")
        on_disk = recorded(private_home / "power failed" / "ledger.sqlite3")
        life = living.result(60)
    before, _, _ = seen.read_text().partition("stopped by SIGSTOP")
    assert "pwrite64" in before.splitlines()[-3], "it was in the midst of writing"
    assert on_disk == life.kept[: len(on_disk)]
    assert 0 < len(on_disk) < len(life.kept), "it went on afterwards"
    assert recorded(data / "ledger.sqlite3")[: len(life.kept)] == life.kept
    concluded = replay(trace.read(line.encode() for line in life.kept), weights())
    hidden = timedelta(seconds=sum(span.seconds for span in concluded.spans if span.state == "unobserved"))
    assert hidden > timedelta(seconds=HOUR)
    assert concluded.prompts == []


class Asleep:
    """Clocks that go on only when told to, and a source of what a test tells."""

    name = "told"
    displays = ()
    unseen = ()
    resolution = 15.0

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept = 0.0
        self.zero = EVENING
        self.watches = 0

    def now(self) -> Moment:
        return Moment(self.seconds, self.zero + timedelta(seconds=self.seconds), self.slept)

    def boot(self) -> float:
        return self.seconds

    def want_lull(self, wanted: bool) -> None:
        pass

    async def watch(self, emit: Emit) -> None:  # noqa: ARG002 - the test tells
        self.watches += 1
        await asyncio.Event().wait()


class Sleepy(SqliteLedger):
    """A ledger in the midst of whose writing an hour goes by."""

    clock: Asleep

    def append(self, event: Event) -> None:
        super().append(event)
        if name_of(event) == "active":
            self.clock.seconds += HOUR


def test_an_hour_that_passes_in_the_midst_of_writing_is_unobserved_too() -> None:
    clock = Asleep()
    ledger = Sleepy.in_memory()
    ledger.clock = clock
    recorded = lived((5.0, "unlocked"), (5.0, "active"), clock=clock, ledger=ledger)
    assert [name_of(event) for event in recorded[3:]] == ["active", "paused", "unpaused"]
    active, paused, unpaused = recorded[3:]
    assert paused.at == active.at
    assert unpaused.at - paused.at == timedelta(seconds=HOUR)
    assert clock.watches == 2, "the source is watched anew"
    ledger.close()


def told(*turns: tuple[float, What], clock: Asleep) -> list[str]:
    """The names of what is recorded of sightings, each so many seconds after the one before."""
    return [name_of(event) for event in lived(*turns, clock=clock)][2:]


def lived(
    *turns: tuple[float, What],
    clock: Asleep,
    zeros: Sequence[datetime] = (),
    ledger: SqliteLedger | None = None,
    begun: int = 0,
) -> list[Event]:
    """The same as events; before each turn the wall clock is set to go by the next of `zeros`.

    `begun`: how many events the ledger has of earlier runs.
    """
    ledger = ledger or ledgers.in_memory()

    async def live() -> list[Event]:
        daemon = simulated(clock, lambda: clock, ledger=ledger, monitor=Monitor.under(parse(""), weights())).daemon
        running = asyncio.ensure_future(daemon.run())
        await asyncio.sleep(0)
        for (seconds, what), zero in zip(turns, zeros or [EVENING] * len(turns), strict=True):
            clock.zero = zero
            clock.seconds += seconds
            daemon.on_sighting(Sighting(what, clock.seconds))
            await asyncio.sleep(0.01)
        recorded = list(ledger.events())
        daemon.stop()
        await running
        return recorded

    recorded = asyncio.run(live())
    this_run = [name_of(event) for event in recorded[begun:] if not isinstance(event, ClockStepped)]
    assert this_run[:2] == ["started", "policy"]
    return recorded


def test_a_sleep_that_was_announced_is_a_sleep() -> None:
    recorded = told((5.0, "active"), (1.0, "suspended"), (HOUR, "resumed"), (5.0, "active"), clock=Asleep())
    assert recorded == ["active", "suspended", "resumed", "active"]


@pytest.mark.parametrize(
    ("first", "recorded"),
    [
        # It waited in a queue since nobody knows when.
        ("idle", ["active", "paused", "unpaused"]),
        ("active", ["active", "paused", "unpaused"]),
        ("locked", ["active", "paused", "unpaused", "locked"]),
    ],
)
def test_one_that_nobody_announced_is_unobserved(first: What, recorded: Sequence[str]) -> None:
    clock = Asleep()
    assert told((5.0, "active"), (HOUR, first), clock=clock) == recorded
    assert clock.watches == 2, "the source is watched anew"


@pytest.mark.parametrize(
    "zero",
    [datetime(1970, 1, 1, tzinfo=UTC), EVENING - timedelta(hours=5), EVENING.replace(year=2031)],
    ids=["1970", "hours back", "years forward"],
)
def test_a_clock_set_far_away_and_back_changes_no_length(zero: datetime) -> None:
    turns: list[tuple[float, What]] = [(5.0, "active"), (60.0, "lull"), (60.0, "lull"), (20.0, "idle"), (1.0, "active")]
    recorded = lived(*turns, clock=Asleep(), zeros=[EVENING, EVENING, zero, zero, EVENING])
    assert [name_of(event) for event in recorded].count("clock-stepped") == 2
    spans = replay(recorded, weights()).spans
    assert all(span.start < span.end for span in spans)
    seconds = sum(span.seconds for span in spans if span.state == "sitting")
    assert seconds == pytest.approx(60.0 + 60.0 + 20.0 + 1.0, abs=1.0)
