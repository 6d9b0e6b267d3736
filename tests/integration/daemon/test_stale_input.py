"""A source that works but reports nothing in an active hour is named by `doctor`."""

from __future__ import annotations

import asyncio

import pytest

from slowrise.cli.commands.doctor import with_doubt
from slowrise.daemon.status import Status
from slowrise.daemon.virtual_time import VirtualClock
from slowrise.daemon.visibility import StaleInputDetector
from slowrise.ports.input import Emit, Sighting, What
from support.person import MONDAY
from support.simulated_daemon import run_virtually, simulated

HOUR = 3600.0


def seeing(*sightings: tuple[float, What]) -> StaleInputDetector:
    """A source watched from second 0 on."""
    sight = StaleInputDetector(0.0)
    for at, what in sightings:
        sight.notice(Sighting(what, at))
    return sight


def test_a_source_that_tells_nothing_is_counted() -> None:
    assert seeing().silent_seconds(2 * HOUR) == 2 * HOUR


def test_input_that_goes_on_is_seen() -> None:
    assert seeing((10.0, "active")).silent_seconds(5 * HOUR) == 0.0


def test_it_counts_anew_from_the_last_word() -> None:
    assert seeing((HOUR, "active"), (2 * HOUR, "idle")).silent_seconds(2.5 * HOUR) == 0.5 * HOUR


@pytest.mark.parametrize(("on", "off"), [("locked", "unlocked"), ("suspended", "resumed")])
def test_nobody_can_be_seen_through_a_lock_or_in_sleep(on: What, off: What) -> None:
    assert seeing((HOUR / 2, on)).silent_seconds(9 * HOUR) == HOUR / 2
    assert seeing((HOUR / 2, on), (9 * HOUR, off)).silent_seconds(9.25 * HOUR) == 0.75 * HOUR


def test_watched_anew_it_has_another_hour() -> None:
    sight = seeing((10.0, "active"))
    sight.begin(HOUR)
    assert sight.silent_seconds(1.5 * HOUR) == HOUR / 2


class Claims:
    """A source that can be watched; it reports what it is made with and nothing more."""

    name = "x11_idle"
    displays = ()
    unseen = ()
    resolution = 15.0

    def __init__(self, clock: VirtualClock, *sightings: What) -> None:
        self._clock = clock
        self._sightings = sightings

    async def watch(self, emit: Emit) -> None:
        for what in self._sightings:
            emit(Sighting(what, self._clock.boot()))
        await asyncio.Event().wait()

    def want_lull(self, wanted: bool) -> None:
        pass


def asked_after_an_hour(*sightings: What, pause: bool = False) -> Status:
    """The status of a daemon that has watched such a source for more than an hour."""

    async def ask(clock: VirtualClock) -> Status:
        app = simulated(clock, lambda: Claims(clock, *sightings))
        running = asyncio.ensure_future(app.daemon.run())
        await asyncio.sleep(0)
        if pause:
            app.daemon.pause(24 * HOUR)
        await asyncio.sleep(1.2 * HOUR)
        status = app.requests.status()
        app.daemon.stop()
        await running
        return status

    return run_virtually(MONDAY, ask)


ROW = {"name": "x11_idle", "works": True, "reason": "", "fix": ""}


def test_doctor_names_the_one_that_is_watched() -> None:
    told = asked_after_an_hour()
    row = with_doubt(ROW, told)
    assert row["works"]
    assert "has seen nothing for" in row["reason"]
    assert "[source]" in row["fix"]
    other = ROW | {"name": "terminal"}
    assert with_doubt(other, told) == other


def test_doctor_doubts_none_that_sees() -> None:
    assert with_doubt(ROW, asked_after_an_hour("active")) == ROW


def test_doctor_doubts_none_that_may_not_look() -> None:
    assert with_doubt(ROW, asked_after_an_hour(pause=True)) == ROW


def test_doctor_doubts_none_without_a_daemon() -> None:
    assert with_doubt(ROW, None) == ROW
