from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from slowrise.adapters.signals import camera
from slowrise.adapters.signals.camera import Camera
from slowrise.ports.probe import Unavailable
from support.cameras import Cameras, fake_cameras
from support.mock_bus import Sightings, watched


@pytest.fixture
def cameras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cameras]:
    with fake_cameras(tmp_path / "root", monkeypatch) as there:
        yield there


def test_a_call_lasts_as_long_as_any_program_has_any_camera_open(cameras: Cameras) -> None:
    cameras.plug(0)
    cameras.plug(1)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Camera(), seen):
            first = cameras.use(0)
            await seen.expect("call-started")
            second = cameras.use(1)
            cameras.leave(first)
            third = cameras.use(0)
            cameras.leave(second)
            assert seen.names == ["call-started"]
            cameras.leave(third)
            await seen.expect("call-started", "call-ended")

    asyncio.run(monitor())


def test_a_camera_that_is_open_already_is_in_use(cameras: Cameras) -> None:
    cameras.plug()
    cameras.use()

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Camera(), seen):
            await seen.expect("call-started")

    asyncio.run(monitor())


def test_a_camera_may_be_plugged_in_and_unplugged(cameras: Cameras) -> None:
    cameras.plug(0)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Camera(), seen):
            cameras.use(0)
            await seen.expect("call-started")
            cameras.unplug(0)
            await seen.expect("call-started", "call-ended")
            cameras.plug(2)
            await seen.expect("call-started", "call-ended", "call-started")

    asyncio.run(monitor())


def test_reading_a_cameras_abilities_is_no_call(cameras: Cameras, monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers open every camera, read its name and close it."""
    monkeypatch.setattr(camera, "SETTLES", 1.0)
    cameras.plug()

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Camera(), seen):
            await asyncio.sleep(0)
            look = cameras.use()
            for _ in range(10):  # a signal that emits at once would emit now
                await asyncio.sleep(0)
            cameras.leave(look)
            await asyncio.sleep(1.5 * camera.SETTLES)
            assert seen == []
            cameras.use()
            await seen.expect("call-started")

    asyncio.run(monitor())


def test_a_video_decoder_is_no_camera(cameras: Cameras) -> None:
    cameras.plug(10, ":video_output:")
    with pytest.raises(Unavailable, match="no camera"):
        asyncio.run(Camera().probe())
    cameras.plug(11, None)  # a system without udev
    asyncio.run(Camera().probe())


def test_reports_why_no_camera_can_be_watched(cameras: Cameras, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="no camera here"):
        asyncio.run(Camera().probe())
    cameras.plug(0, counted=False)
    with pytest.raises(Unavailable, match="no camera here"):
        asyncio.run(Camera().probe())
    cameras.plug(1)
    asyncio.run(Camera().probe())
    monkeypatch.setattr(os, "access", lambda *_: False)  # some tests run as root, who may read anything
    with pytest.raises(Unavailable, match=r"you may not read .*video1"):
        asyncio.run(Camera().probe())
