"""Calls, detected by a camera that a program has open.

The kernel reports when a camera is opened or closed, and counts the users of its driver. This signal reads that count,
never which program it is (the unit's sandbox would not allow it). Limits:

- All cameras of one driver share a count.
- A program that only reads a camera's abilities looks like a call, except that it is short.
- A camera without a driver of its own is not seen, such as a phone used as a camera.
- PipeWire may keep a camera that needs libcamera open all the time. `status` names it after two hours.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import closing
from pathlib import Path

from slowrise.adapters.signals.toggle import Toggle
from slowrise.adapters.system.clock import boot_seconds
from slowrise.adapters.system.inotify import Inotify, Mask
from slowrise.core.presence.silence import CALL_ENDLESS
from slowrise.ports.input import Emit
from slowrise.ports.probe import Unavailable

ROOT = Path("/")
SETTLES = 2.0
"""Seconds to wait after a camera was opened or closed, before the count is read. Programs open every camera briefly to
read its abilities, and udev needs time to prepare a camera that was plugged in."""


class Camera:
    """Whether any camera of this computer is in use."""

    name = "camera"

    async def probe(self) -> str:
        """Check that there is a camera, and that the user may read it."""
        cameras = _cameras()
        if not cameras:
            raise Unavailable("no camera here", "nothing to do; a camera that you plug in is seen within ten minutes")
        if not any(os.access(camera, os.R_OK) for camera in cameras):
            fix = "log in at this computer itself, or join the group `video`"
            raise Unavailable(f"you may not read {cameras[0]}", fix)
        return ""

    async def watch(self, emit: Emit) -> None:
        """Emit calls until cancelled. Without a camera, wait for the next one to be plugged in."""
        call = Toggle("call-started", "call-ended", emit, limit=CALL_ENDLESS)
        with closing(Inotify()) as inotify:
            inotify.add(str(ROOT / "dev"), Mask.CREATE | Mask.DELETE | Mask.ATTRIB)
            while True:
                cameras = _cameras()
                for camera in cameras:
                    inotify.add(str(camera), Mask.OPEN | Mask.CLOSE)
                call.set(self.name, any(map(_is_open, cameras)), boot_seconds())
                await inotify.readable()
                await asyncio.sleep(SETTLES)
                inotify.read()


def _cameras() -> list[Path]:
    """Return the devices that capture pictures and whose driver counts its users."""
    devices = sorted((ROOT / "dev").glob("video[0-9]*"))
    return [device for device in devices if _captures(device) and _use_count(device).exists()]


def _use_count(device: Path) -> Path:
    """Return the file with the number of users of the device's driver."""
    return ROOT / "sys/class/video4linux" / device.name / "device/driver/module/refcnt"


def _is_open(camera: Path) -> bool:
    try:
        return int(_use_count(camera).read_text()) > 0
    except (OSError, ValueError):
        return False


def _captures(device: Path) -> bool:
    """Whether udev knows it as a camera: video decoders have such devices too. Without udev every device counts."""
    try:
        number = (ROOT / "sys/class/video4linux" / device.name / "dev").read_text().strip()
        properties = (ROOT / "run/udev/data" / f"c{number}").read_text()
    except OSError:
        return True
    return any(line.startswith("E:ID_V4L_CAPABILITIES=") and ":capture:" in line for line in properties.splitlines())
