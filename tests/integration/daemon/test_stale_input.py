"""A source that claims to work and has seen nothing for an active hour is found out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.clock import FastClock
from slowrise.adapters.system.resources import read_guidance
from slowrise.cli.commands.doctor import with_doubt
from slowrise.daemon.daemon import Daemon, Parts
from slowrise.daemon.requests import Requests
from slowrise.daemon.visibility import StaleInputDetector
from slowrise.ports.input import Emit, Sighting, Source, What
from slowrise.ports.notifier import Notifier
from support.person import MONDAY, config
from support.sources import source_made_by

HOUR = 3600.0


def seeing(*sightings: tuple[float, What]) -> StaleInputDetector:
    """A source watched from second 0 on."""
    sight = StaleInputDetector(0.0)
    for at, what in sightings:
        sight.told(Sighting(what, at))
    return sight


def test_a_source_that_tells_nothing_is_counted() -> None:
    assert seeing().unseen(2 * HOUR) == 2 * HOUR


def test_input_that_goes_on_is_seen() -> None:
    assert seeing((10.0, "active")).unseen(5 * HOUR) == 0.0


def test_it_counts_anew_from_the_last_word() -> None:
    assert seeing((HOUR, "active"), (2 * HOUR, "idle")).unseen(2.5 * HOUR) == 0.5 * HOUR


@pytest.mark.parametrize(("on", "off"), [("locked", "unlocked"), ("suspended", "resumed")])
def test_nobody_can_be_seen_through_a_lock_or_in_sleep(on: What, off: What) -> None:
    assert seeing((HOUR / 2, on)).unseen(9 * HOUR) == HOUR / 2
    assert seeing((HOUR / 2, on), (9 * HOUR, off)).unseen(9.25 * HOUR) == 0.75 * HOUR


def test_watched_anew_it_has_another_hour() -> None:
    sight = seeing((10.0, "active"))
    sight.begin(HOUR)
    assert sight.unseen(1.5 * HOUR) == HOUR / 2


class Claims:
    """A source that can be watched; it tells what it is made with and nothing more."""

    name = "x11_idle"
    resolution = 15.0

    def __init__(self, *sightings: What) -> None:
        self._sightings = sightings

    async def watch(self, emit: Emit) -> None:
        for what in self._sightings:
            emit(Sighting(what, FAST.boot()))
        await asyncio.Event().wait()

    def want_lull(self, wanted: bool) -> None:
        pass


FAST = FastClock(MONDAY, 36_000.0)


def asked_after_an_hour(source: Source, *, pause: bool = False) -> dict[str, Any]:
    """What a daemon answers that has watched with it for an hour, which here takes a tenth of a second."""

    async def console(_: object) -> Notifier:
        return ConsoleNotifier()

    async def ask() -> dict[str, Any]:
        parts = Parts(
            config=config(),
            clock=FAST,
            ledger=SqliteLedger.in_memory(),
            notifier=ConsoleNotifier(),
            guidance=read_guidance(),
            make_source=source_made_by(lambda: source),
            make_signals=(),
            make_notifier=console,
            make_guidance=read_guidance,
            reread=config,
        )
        daemon = Daemon(parts, None)
        running = asyncio.ensure_future(daemon.run(source))
        if pause:
            daemon.pause(24 * HOUR)
        await asyncio.sleep(1.2 * HOUR / FAST.speed)
        told = Requests(daemon).status()
        daemon.stop()
        await running
        return told

    return asyncio.run(ask())


ROW = {"name": "x11_idle", "works": True, "reason": "", "fix": ""}


def test_doctor_names_the_one_that_is_watched() -> None:
    told = asked_after_an_hour(Claims())
    row = with_doubt(ROW, told)
    assert row["works"]
    assert "has seen nothing for" in row["reason"]
    assert "[source]" in row["fix"]
    other = ROW | {"name": "terminal"}
    assert with_doubt(other, told) == other


def test_doctor_doubts_none_that_sees() -> None:
    assert with_doubt(ROW, asked_after_an_hour(Claims("active"))) == ROW


def test_doctor_doubts_none_that_may_not_look() -> None:
    assert with_doubt(ROW, asked_after_an_hour(Claims(), pause=True)) == ROW


def test_doctor_doubts_none_without_a_daemon() -> None:
    assert with_doubt(ROW, {}) == ROW
