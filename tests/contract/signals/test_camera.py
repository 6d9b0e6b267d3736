from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from slowrise.adapters.signals import camera
from slowrise.adapters.signals.camera import Camera
from slowrise.ports.probe import Unavailable
from support.cameras import Cameras, cameras
from support.dbus_stage import Sightings, watched


@pytest.fixture
def lens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cameras]:
    with cameras(tmp_path / "root", monkeypatch) as there:
        yield there


def test_a_call_lasts_as_long_as_any_program_has_any_camera_open(lens: Cameras) -> None:
    lens.plug(0)
    lens.plug(1)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Camera(), seen):
            first = lens.use(0)
            await seen.expect("call-started")
            second = lens.use(1)
            lens.leave(first)
            third = lens.use(0)
            lens.leave(second)
            assert seen.names == ["call-started"]
            lens.leave(third)
            await seen.expect("call-started", "call-ended")

    asyncio.run(monitor())


def test_a_camera_that_is_open_already_is_in_use(lens: Cameras) -> None:
    lens.plug()
    lens.use()

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Camera(), seen):
            await seen.expect("call-started")

    asyncio.run(monitor())


def test_a_camera_may_be_plugged_in_and_unplugged(lens: Cameras) -> None:
    lens.plug(0)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Camera(), seen):
            lens.use(0)
            await seen.expect("call-started")
            lens.unplug(0)
            await seen.expect("call-started", "call-ended")
            lens.plug(2)
            await seen.expect("call-started", "call-ended", "call-started")

    asyncio.run(monitor())


def test_reading_a_cameras_abilities_is_no_call(lens: Cameras, monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers open every camera, read its name and close it."""
    monkeypatch.setattr(camera, "SETTLES", 1.0)
    lens.plug()

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Camera(), seen):
            await asyncio.sleep(0)
            look = lens.use()
            for _ in range(10):  # a signal that emits at once would emit now
                await asyncio.sleep(0)
            lens.leave(look)
            await asyncio.sleep(1.5 * camera.SETTLES)
            assert seen == []
            lens.use()
            await seen.expect("call-started")

    asyncio.run(monitor())


def test_a_video_decoder_is_no_camera(lens: Cameras) -> None:
    lens.plug(10, ":video_output:")
    with pytest.raises(Unavailable, match="no camera"):
        asyncio.run(Camera().probe())
    lens.plug(11, None)  # a system without udev
    asyncio.run(Camera().probe())


def test_reports_why_no_camera_can_be_watched(lens: Cameras, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="no camera here"):
        asyncio.run(Camera().probe())
    lens.plug(0, counted=False)
    with pytest.raises(Unavailable, match="no camera here"):
        asyncio.run(Camera().probe())
    lens.plug(1)
    asyncio.run(Camera().probe())
    monkeypatch.setattr(os, "access", lambda *_: False)  # some tests run as root, who may read anything
    with pytest.raises(Unavailable, match=r"you may not read .*video1"):
        asyncio.run(Camera().probe())
