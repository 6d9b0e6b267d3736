"""Fake cameras: files in the layout of Linux. Real processes open them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slowrise.adapters.signals import camera
from support.dbus_stage import end


class Cameras:
    """The cameras of one computer, all of one driver, which counts its users in a file as the kernel does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._count = root / "sys/module/uvcvideo/refcnt"
        for folder in (root / "dev", root / "run/udev/data", self._count.parent):
            folder.mkdir(parents=True)
        self._users: list[subprocess.Popen[bytes]] = []
        self._recount()

    def device(self, number: int) -> Path:
        return self.root / f"dev/video{number}"

    def plug(self, number: int = 0, can: str | None = ":capture:", *, counted: bool = True) -> None:
        """Add a device. `can` are its abilities as udev notes them; None for a system without udev."""
        known = self.root / f"sys/class/video4linux/video{number}"
        (known / "device/driver").mkdir(parents=True)
        (known / "dev").write_text(f"81:{number}\n")
        if can is not None:
            (self.root / f"run/udev/data/c81:{number}").write_text(f"I:1\nE:ID_V4L_CAPABILITIES={can}\n")
        if counted:
            (known / "device/driver/module").symlink_to(self._count.parent)
        self.device(number).touch()

    def unplug(self, number: int = 0) -> None:
        shutil.rmtree(self.root / f"sys/class/video4linux/video{number}")
        self.device(number).unlink()

    def use(self, number: int = 0) -> subprocess.Popen[bytes]:
        """Start a program that has the device open. Like the kernel, count it before the event."""
        with self.device(number).open("rb") as opened:
            user = subprocess.Popen(["sleep", "infinity"], stdin=opened)
            self._users.append(user)
            self._recount()
        return user

    def leave(self, user: subprocess.Popen[bytes]) -> None:
        """End that program."""
        self._users.remove(user)
        self._recount()
        end(user)

    def close(self) -> None:
        for user in list(self._users):
            self.leave(user)

    def _recount(self) -> None:
        self._count.write_text(f"{len(self._users)}\n")


@contextmanager
def cameras(root: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Cameras]:
    """Replace the cameras of this computer, with none at first."""
    monkeypatch.setattr(camera, "ROOT", root)
    monkeypatch.setattr(camera, "SETTLES", 0.1)
    there = Cameras(root)
    try:
        yield there
    finally:
        there.close()
