"""After "I'm getting up" the status has the end of the break, until it is over or the user is back."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from slowrise.core.model import events as e
from slowrise.core.model.timestamps import iso
from slowrise.daemon.virtual_time import VirtualClock
from slowrise.ports.input import Source
from support.person import PersonDay, monitor_after
from support.simulated_daemon import run_virtually, simulated

MINUTE = 60.0


@pytest.mark.parametrize(("minutes", "is_on_break"), [(0.1, True), (4.5, True), (5.5, False)])
def test_the_break_lasts_as_long_as_a_full_one(minutes: float, is_on_break: bool) -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(30 * MINUTE, 0)

    def no_source() -> Source:
        raise AssertionError

    async def answer(clock: VirtualClock) -> tuple[datetime, str | None]:
        app = simulated(clock, no_source, monitor=monitor_after(desk.events))
        try:
            await app.requests.answer("getting-up", {})
            begun = clock.now().wall
            app.daemon.record(e.Idle(at=begun, since=begun))
            for _ in range(round(minutes * 10)):  # a longer sleep would look like a standstill of the program
                await asyncio.sleep(MINUTE / 10)
                app.daemon.check_clock()
            return begun, (await app.requests.answer("status", {}))["break_until"]
        finally:
            await app.daemon.timers.close()

    begun, until = run_virtually(desk.label(), answer)
    assert until == (iso(begun + timedelta(minutes=5)) if is_on_break else None)
