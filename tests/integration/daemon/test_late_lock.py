"""A lock that nobody reports: the daemon looks for it when input stops, and before it records the return."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from slowrise.core.model import events as e
from slowrise.daemon.virtual_time import VirtualClock
from slowrise.ports.input import Emit, Sighting
from support import ledgers
from support.person import MONDAY
from support.simulated_daemon import run_virtually, simulated

MINUTE = 60.0


class Hands:
    """A source that reports input of the first and the twentieth minute."""

    name = "hands"
    resolution = 15.0
    displays = ()
    unseen = ()

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    async def watch(self, emit: Emit) -> None:
        begun = self._clock.boot()
        emit(Sighting("active", begun))
        await asyncio.sleep(MINUTE + self.resolution)
        emit(Sighting("idle", self._clock.boot(), begun + MINUTE))
        await asyncio.sleep(begun + 20 * MINUTE - self._clock.boot())
        emit(Sighting("active", self._clock.boot()))
        await asyncio.Event().wait()

    def want_lull(self, wanted: bool) -> None:
        pass


class SilentLocker:
    """A locker that starts at a time, and is found only by looking."""

    name = "locker"

    def __init__(self, clock: VirtualClock, after: float) -> None:
        self._clock = clock
        self._starts = clock.boot() + after
        self._emit: Emit | None = None

    async def watch(self, emit: Emit) -> None:
        self._emit = emit
        await asyncio.Event().wait()

    def look(self) -> None:
        if self._emit and self._clock.boot() >= self._starts:
            self._emit(Sighting("locked", self._clock.boot(), self._starts))


def recorded(locked_after: float) -> list[e.Event]:
    """Return the input and locks of half an hour with such a locker."""

    async def live(clock: VirtualClock) -> list[e.Event]:
        ledger = ledgers.in_memory()
        locker = SilentLocker(clock, locked_after)
        app = simulated(clock, lambda: Hands(clock), ledger=ledger, signals=[locker])
        running = asyncio.ensure_future(app.daemon.run())
        await asyncio.sleep(30 * MINUTE)
        events = [event for _, event in ledger.events_after(0)]
        app.daemon.stop()
        await running
        return [event for event in events if isinstance(event, e.Active | e.Idle | e.Locked)]

    return run_virtually(MONDAY, live)


def at(minutes: float) -> object:
    return MONDAY + timedelta(minutes=minutes)


def test_a_locker_that_runs_as_input_stops_is_noticed_then() -> None:
    _, idle, locked, _ = recorded(MINUTE)
    assert isinstance(idle, e.Idle)
    assert isinstance(locked, e.Locked)
    assert (locked.at, locked.since) == (at(1.25), at(1))


def test_a_locker_that_started_later_is_noticed_before_the_return_is_recorded() -> None:
    _, _, locked, back = recorded(6 * MINUTE)
    assert isinstance(locked, e.Locked)
    assert (locked.at, locked.since) == (at(20), at(6))
    assert isinstance(back, e.Active)
