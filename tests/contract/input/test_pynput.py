from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.input.test_source_contract import held
from slowrise.adapters.input import jitter, pynput_listeners
from slowrise.adapters.input.pynput_source import PynputListener
from slowrise.ports.probe import Unavailable
from support.dbus_stage import Told
from support.input_places import RESOLUTION, PynputDesk, XDesk
from support.source_helpers import repeated, watched, work

pytestmark = pytest.mark.real("Xvfb", "xdotool")


@pytest.fixture
def desk(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PynputDesk]:
    with PynputDesk(private_home, monkeypatch) as desk:
        yield desk


def test_refuses_wayland_where_it_is_blind(desk: PynputDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("WAYLAND_DISPLAY", "wayland-0"), ("XDG_SESSION_TYPE", "wayland")):
        monkeypatch.setenv(name, value)
        with pytest.raises(Unavailable, match="pynput is blind on Wayland") as refusal:
            asyncio.run(PynputListener().probe())
        monkeypatch.delenv(name)
        assert refusal.value.fix


def test_says_that_there_is_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="DISPLAY is not set"):
        asyncio.run(PynputListener().probe())
    monkeypatch.setenv("DISPLAY", ":4095")
    with pytest.raises(Unavailable, match="no X server answers at DISPLAY=:4095"):
        asyncio.run(PynputListener().probe())


def test_says_that_the_server_does_not_tell_it(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with XDesk(private_home, monkeypatch, "-extension", "RECORD"), pytest.raises(Unavailable, match="RECORD"):
        asyncio.run(PynputListener().probe())


def test_a_drifting_sensor_keeps_nobody_seated(desk: PynputDesk) -> None:
    async def day() -> None:
        told = Told()
        async with watched(desk.source(), told):
            last = await work(desk)
            await repeated(lambda: desk.run("mousemove_relative", "1", "0"), 3 * RESOLUTION, every=2.2)
            assert told.whats[:2] == ["active", "idle"]
            assert told[1].since is not None
            assert told[1].since <= last + RESOLUTION

    asyncio.run(day())


def test_a_drift_in_an_absence_is_told_each_time_and_is_no_return(desk: PynputDesk) -> None:
    async def day() -> None:
        told = Told()
        async with watched(desk.source(), told):
            for count in (1, 2):
                desk.run("mousemove_relative", "1", "0")
                await told.so_far(*("active", "idle") * count)
                assert told[-1].since == told[-2].at

    asyncio.run(day())


def test_the_pointer_alone_is_a_person(desk: PynputDesk) -> None:
    async def day() -> None:
        told = Told()
        async with watched(desk.source(), told):
            last = await repeated(lambda: desk.run("mousemove_relative", "7", "0"), 3.5)
            await told.so_far("active", "idle")
            assert told[1].since is not None
            assert abs(told[1].since - last) <= RESOLUTION

    asyncio.run(day())


def test_a_stuck_key_is_no_input_until_it_is_let_go(desk: PynputDesk) -> None:
    async def day() -> None:
        told = Told()
        async with watched(desk.source(), told):
            desk.run("keydown", "a")
            # Repeats begin after 0.66 s and reach their listeners with whatever the server sends next.
            await asyncio.sleep(1.5)
            desk.run("getmouselocation")
            assert not told
            desk.run("keyup", "a")
            await told.so_far("active", "idle")

    asyncio.run(day())


def test_coming_and_going_leaves_nothing_behind(desk: PynputDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, seconds in (
        (pynput_listeners, "BRIEF", 0.02),
        (pynput_listeners, "JUDGED_FOR", 0.3),
        (jitter, "JUDGED_FOR", 0.3),
    ):
        monkeypatch.setattr(module, name, seconds)

    async def days() -> None:
        told, counts = Told(), set()
        async with watched(PynputListener(resolution=0.1), told):
            for day in range(1, 13):
                await asyncio.to_thread(desk.run, "key", "--delay", "40", "a", "b", "c")
                await told.so_far(*("active", "idle") * day)
                counts.add(held())
        threads, descriptors = zip(*counts, strict=True)
        # Two listeners at most, each with a thread and two connections, and the thread that types.
        assert max(threads) <= 1 + 2 + 1
        assert max(descriptors) - min(descriptors) <= 4

    asyncio.run(days())
