from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.input.test_source_contract import held
from slowrise.adapters.input import jitter, pynput_listeners
from slowrise.adapters.input.pynput_source import PynputListener
from slowrise.ports.probe import Unavailable
from support.dbus_stage import Sightings
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


def test_reports_a_missing_display(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="DISPLAY is not set"):
        asyncio.run(PynputListener().probe())
    monkeypatch.setenv("DISPLAY", ":4095")
    with pytest.raises(Unavailable, match="no X server answers at DISPLAY=:4095"):
        asyncio.run(PynputListener().probe())


def test_reports_a_server_without_record(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with XDesk(private_home, monkeypatch, "-extension", "RECORD"), pytest.raises(Unavailable, match="RECORD"):
        asyncio.run(PynputListener().probe())


def test_a_drifting_sensor_does_not_delay_idle(desk: PynputDesk) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(desk.source(), seen):
            last = await work(desk)
            await repeated(lambda: desk.run("mousemove_relative", "1", "0"), 3 * RESOLUTION, every=2.2)
            assert seen.names[:2] == ["active", "idle"]
            assert seen[1].since is not None
            assert seen[1].since <= last + RESOLUTION

    asyncio.run(day())


def test_a_drift_in_an_absence_is_emitted_but_is_no_return(desk: PynputDesk) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(desk.source(), seen):
            for count in (1, 2):
                desk.run("mousemove_relative", "1", "0")
                await seen.expect(*("active", "idle") * count)
                assert seen[-1].since == seen[-2].at

    asyncio.run(day())


def test_pointer_motion_alone_counts_as_input(desk: PynputDesk) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(desk.source(), seen):
            last = await repeated(lambda: desk.run("mousemove_relative", "7", "0"), 3.5)
            await seen.expect("active", "idle")
            assert seen[1].since is not None
            assert abs(seen[1].since - last) <= RESOLUTION

    asyncio.run(day())


def test_a_stuck_key_is_no_input_until_it_is_released(desk: PynputDesk) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(desk.source(), seen):
            desk.run("keydown", "a")
            # Key repeats begin after 0.66 s. They reach the listener with the next event of the server.
            await asyncio.sleep(1.5)
            desk.run("getmouselocation")
            assert not seen
            desk.run("keyup", "a")
            await seen.expect("active", "idle")

    asyncio.run(day())


def test_many_returns_leave_no_thread_or_descriptor_behind(desk: PynputDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, seconds in (
        (pynput_listeners, "BRIEF", 0.02),
        (pynput_listeners, "JUDGED_FOR", 0.3),
        (jitter, "JUDGED_FOR", 0.3),
    ):
        monkeypatch.setattr(module, name, seconds)

    async def days() -> None:
        seen, counts = Sightings(), set()
        async with watched(PynputListener(resolution=0.1), seen):
            for day in range(1, 13):
                await asyncio.to_thread(desk.run, "key", "--delay", "40", "a", "b", "c")
                await seen.expect(*("active", "idle") * day)
                counts.add(held())
        threads, descriptors = zip(*counts, strict=True)
        # The main thread, two listeners at most (each with two connections), and the thread that types.
        assert max(threads) <= 1 + 2 + 1
        assert max(descriptors) - min(descriptors) <= 4

    asyncio.run(days())
