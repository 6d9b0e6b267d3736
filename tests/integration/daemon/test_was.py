"""`was` without a time: which silence is meant."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.clock import FastClock
from slowrise.adapters.system.resources import read_guidance
from slowrise.core.model import events as e
from slowrise.core.model.timestamps import iso
from slowrise.daemon.control import Refused
from slowrise.daemon.daemon import Daemon, Parts
from slowrise.daemon.requests import Requests
from slowrise.ports.input import Source
from slowrise.ports.notifier import Notifier
from support.person import PersonDay, config, monitor_after

MINUTE = 60.0


def asked(desk: PersonDay, **with_: Any) -> dict[str, Any]:
    """What a daemon that has seen this answers; its clock goes on where the desk's stands."""

    async def ask() -> dict[str, Any]:
        async def no_source(_: object) -> Source:
            raise AssertionError

        async def console(_: object) -> Notifier:
            return ConsoleNotifier()

        parts = Parts(
            config=config(),
            clock=FastClock(desk.label(), 1.0),
            ledger=SqliteLedger.in_memory(),
            notifier=ConsoleNotifier(),
            guidance=read_guidance(),
            make_source=no_source,
            make_signals=(),
            make_notifier=console,
            make_guidance=read_guidance,
            reread=config,
        )
        daemon = Daemon(parts, monitor_after(desk.events))
        try:
            return await Requests(daemon).answer("was", with_)
        finally:
            await daemon.timers.close()

    return asyncio.run(ask())


def back_from(minutes: float) -> PersonDay:
    """Back a moment ago from an absence that began at 09:47; the one from 09:20 to 09:27 is in doubt."""
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(20 * MINUTE, 7 * MINUTE)
    desk.type_for(20 * MINUTE, minutes * MINUTE)
    desk.emit(e.Active)
    desk.wait(10)
    return desk


def label(desk: PersonDay, minutes: float) -> str:
    return iso(desk.label(minutes * MINUTE))


def test_it_is_the_latest_that_stays_in_doubt() -> None:
    desk = back_from(90)
    assert asked(desk, was="away") == {"from": label(desk, 20), "to": label(desk, 27), "was": "away"}


def test_right_after_the_return_it_is_the_one_before_that() -> None:
    desk = back_from(7)
    assert asked(desk, was="sitting") == {"from": label(desk, 47), "to": label(desk, 54), "was": "sitting"}


def test_a_silence_shorter_than_a_break_is_not_meant() -> None:
    desk = back_from(1.5)
    assert asked(desk, was="away")["from"] == label(desk, 20)


def test_silences_parted_by_a_click_are_meant_together() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(20 * MINUTE, 4 * MINUTE)
    desk.type_for(0.2, 4 * MINUTE)
    desk.type_for(20 * MINUTE)
    answer = asked(desk, was="away")
    assert (answer["from"], answer["to"]) == (label(desk, 20), label(desk, 28 + 0.2 / 60))


def test_with_nothing_in_doubt_it_says_how_to_name_one() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(20 * MINUTE, 20.0)
    with pytest.raises(Refused, match="--from 14:05 --to 14:30"):
        asked(desk, was="away")
