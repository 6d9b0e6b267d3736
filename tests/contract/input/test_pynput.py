from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.input.test_source_contract import held
from slowrise.adapters.input import jitter, pynput_listeners
from slowrise.adapters.input.pynput_source import PynputListener
from slowrise.ports.probe import Unavailable
from support.input_sessions import RESOLUTION, PynputSession, XSession
from support.mock_bus import Sightings
from support.source_helpers import repeated, watched, work

pytestmark = pytest.mark.real("Xvfb", "xdotool")


@pytest.fixture
def session(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PynputSession]:
    with PynputSession(private_home, monkeypatch) as session:
        yield session


def test_refuses_wayland_where_it_is_blind(session: PynputSession, monkeypatch: pytest.MonkeyPatch) -> None:
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
    with XSession(private_home, monkeypatch, "-extension", "RECORD"), pytest.raises(Unavailable, match="RECORD"):
        asyncio.run(PynputListener().probe())


def test_a_drifting_sensor_does_not_delay_idle(session: PynputSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            last = await work(session)
            await repeated(lambda: session.run("mousemove_relative", "1", "0"), 3 * RESOLUTION, every=2.2)
            assert seen.names[:2] == ["active", "idle"]
            assert seen[1].since is not None
            assert seen[1].since <= last + RESOLUTION

    asyncio.run(day())


def test_a_drift_in_an_absence_is_emitted_but_is_no_return(session: PynputSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            for count in (1, 2):
                session.run("mousemove_relative", "1", "0")
                await seen.expect(*("active", "idle") * count)
                assert seen[-1].since == seen[-2].at

    asyncio.run(day())


def test_pointer_motion_alone_counts_as_input(session: PynputSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            last = await repeated(lambda: session.run("mousemove_relative", "7", "0"), 3.5)
            await seen.expect("active", "idle")
            assert seen[1].since is not None
            assert abs(seen[1].since - last) <= RESOLUTION

    asyncio.run(day())


def test_a_stuck_key_is_no_input_until_it_is_released(session: PynputSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            session.run("keydown", "a")
            # Key repeats begin after 0.66 s. They reach the listener with the next event of the server.
            await asyncio.sleep(1.5)
            session.run("getmouselocation")
            assert not seen
            session.run("keyup", "a")
            await seen.expect("active", "idle")

    asyncio.run(day())


def test_many_returns_leave_no_thread_or_descriptor_behind(
    session: PynputSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, seconds in (
        (pynput_listeners, "BRIEF", 0.02),
        (pynput_listeners, "JUDGED_FOR", 0.3),
        (jitter, "JUDGED_FOR", 0.3),
    ):
        monkeypatch.setattr(module, name, seconds)

    # The main thread, and what other tests left in this process.
    already, _ = held()

    async def days() -> None:
        seen, counts = Sightings(), set()
        async with watched(PynputListener(resolution=0.1), seen):
            for day in range(1, 13):
                await asyncio.to_thread(session.run, "key", "--delay", "40", "a", "b", "c")
                await seen.expect(*("active", "idle") * day)
                counts.add(held())
        threads, descriptors = zip(*counts, strict=True)
        # Two listeners at most (each with two connections), and the thread that types.
        assert max(threads) <= already + 2 + 1
        assert max(descriptors) - min(descriptors) <= 4

    asyncio.run(days())
