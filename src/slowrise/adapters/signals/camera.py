"""Calls, known by a camera that somebody has open.

The kernel tells when a camera is opened or closed, and counts how often its driver is in use. That number is read, and
who it is is looked at by nobody; the unit's own namespace would not let us. It counts the cameras of one driver
together, and use differs from a look at what the camera can do only by how long it lasts. Not seen is one that has no
driver of its own, as when a telephone serves as a camera. Where PipeWire keeps a camera open for good, as it may with
those that need libcamera, `status` names it after two hours.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.inotify import Inotify, Mask
from slowrise.ports.input import Emit
from slowrise.ports.probe import Unavailable

ROOT = Path("/")
SETTLES = 2.0
"""Seconds after the first opening or closing in which others may follow: programs open every camera there is, only to
look at what it can do, and udev takes its time to hand over one that was plugged in."""


class Camera:
    """Whether any camera of this computer is in use."""

    name = "camera"

    def __init__(self) -> None:
        cameras = _cameras()
        if not cameras:
            raise Unavailable("no camera here", "nothing to do; one that is plugged in is seen within ten minutes")
        if not any(os.access(camera, os.R_OK) for camera in cameras):
            fix = "log in at this computer itself, or join the group `video`"
            raise Unavailable(f"{cameras[0]} may not be read by you", fix)

    async def watch(self, emit: Emit) -> None:
        """Tell calls until cancelled. With the last camera unplugged it waits for the next."""
        call = Toggle("call-started", "call-ended", emit)
        inotify = Inotify()
        try:
            inotify.add(str(ROOT / "dev"), Mask.CREATE | Mask.DELETE | Mask.ATTRIB)
            while True:
                cameras = _cameras()
                for camera in cameras:
                    inotify.add(str(camera), Mask.OPEN | Mask.CLOSE)
                call.hold(self.name, any(map(_is_open, cameras)), boot_seconds())
                await _told(inotify)
                await asyncio.sleep(SETTLES)
                inotify.read()
        finally:
            inotify.close()


async def _told(inotify: Inotify) -> None:
    """Wait until it tells anything."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(inotify, told.set)
    try:
        await told.wait()
    finally:
        loop.remove_reader(inotify)


def _cameras() -> list[Path]:
    """The devices that take pictures and whose driver counts its users."""
    devices = sorted((ROOT / "dev").glob("video[0-9]*"))
    return [device for device in devices if _takes_pictures(device) and _count(device).exists()]


def _count(device: Path) -> Path:
    """The file with the number of users of its driver."""
    return ROOT / "sys/class/video4linux" / device.name / "device/driver/module/refcnt"


def _is_open(camera: Path) -> bool:
    try:
        return int(_count(camera).read_text()) > 0
    except (OSError, ValueError):
        return False


def _takes_pictures(device: Path) -> bool:
    """What udev found out about it: a decoder of films has such a device too. Without udev each is believed."""
    try:
        number = (ROOT / "sys/class/video4linux" / device.name / "dev").read_text().strip()
        known = (ROOT / "run/udev/data" / f"c{number}").read_text()
    except OSError:
        return True
    return any(line.startswith("E:ID_V4L_CAPABILITIES=") and ":capture:" in line for line in known.splitlines())
