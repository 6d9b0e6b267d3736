"""`was` without a time: which silence is meant."""

from __future__ import annotations

from typing import Any

import pytest

from slowrise.core.model import events as e
from slowrise.core.model.timestamps import iso
from slowrise.daemon.control import Refused
from slowrise.daemon.virtual_time import VirtualClock
from slowrise.ports.input import Source
from support.person import PersonDay, monitor_after
from support.simulated_daemon import run_virtually, simulated

MINUTE = 60.0


def asked(desk: PersonDay, do: str = "was", **with_: Any) -> dict[str, Any]:
    """What a daemon that has seen this answers; its clock goes on where the desk's stands."""

    def no_source() -> Source:
        raise AssertionError

    async def ask(clock: VirtualClock) -> dict[str, Any]:
        app = simulated(clock, no_source, monitor=monitor_after(desk.events))
        try:
            return await app.requests.answer(do, with_)
        finally:
            await app.daemon.timers.close()

    return run_virtually(desk.label(), ask)


def back_from(minutes: float) -> PersonDay:
    """Back a moment ago from an absence that began at 09:44; the one from 09:20 to 09:24 is in doubt."""
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(20 * MINUTE, 4 * MINUTE)
    desk.type_for(20 * MINUTE, minutes * MINUTE)
    desk.emit(e.Active)
    desk.wait(10)
    return desk


def label(desk: PersonDay, minutes: float) -> str:
    return iso(desk.label(minutes * MINUTE))


def test_it_is_the_latest_that_stays_in_doubt() -> None:
    desk = back_from(90)
    assert asked(desk, was="away") == {"from": label(desk, 20), "to": label(desk, 24), "was": "away"}


def test_right_after_the_return_it_is_the_one_before_that() -> None:
    desk = back_from(4)
    assert asked(desk, was="sitting") == {"from": label(desk, 44), "to": label(desk, 48), "was": "sitting"}


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
    assert asked(desk, "doubtful") == {"from": None, "to": None}


def test_what_would_be_corrected_is_told_with_how_it_counts_now() -> None:
    desk = back_from(90)
    found = asked(desk, "doubtful")
    assert (found["from"], found["to"], found["seconds"]) == (label(desk, 20), label(desk, 24), 240.0)
    assert found["judged"] == ("sitting" if found["probability"] >= 0.5 else "away")
    assert 0.25 <= found["probability"] <= 0.75
    assert found["answered"] is None
    desk.emit(e.Answered, from_=desk.label(20 * MINUTE), to=desk.label(24 * MINUTE), was="standing")
    assert asked(desk, "doubtful")["answered"] == "standing"


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("0001-01-01T00:00:00+00:00", "0001-01-02T00:00:00+00:00"),
        ("0001-01-01T00:00:00+14:00", "2026-03-02T09:30:00+01:00"),
        ("9999-12-31T00:00:00-12:00", "9999-12-31T23:00:00-12:00"),
    ],
)
def test_a_time_that_no_clock_shows_is_refused(begin: str, end: str) -> None:
    with pytest.raises(Refused, match="the years 1969-2099"):
        asked(back_from(10), was="sitting", **{"from": begin, "to": end})


def test_an_interval_that_is_empty_to_the_millisecond_is_refused() -> None:
    times = {"from": "2026-03-02T09:10:00.0001+01:00", "to": "2026-03-02T09:10:00.0004+01:00"}
    with pytest.raises(Refused, match="its start before its end"):
        asked(back_from(10), was="sitting", **times)


@pytest.mark.parametrize("do", ["snooze", "hold", "pause"])
def test_a_length_of_ages_is_refused(do: str) -> None:
    for seconds in (999_999_999 * 3600.0, 10**400, True, -1):
        with pytest.raises(Refused, match="accepted are seconds above zero, up to 3600000"):
            asked(back_from(10), do, seconds=seconds)
