"""Fake cameras: device files in the layout of Linux, opened by real processes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slowrise.adapters.signals import camera
from support.mock_bus import end


class Cameras:
    """The cameras of one computer. One driver counts their users in a file, as the kernel does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._count = root / "sys/module/uvcvideo/refcnt"
        for folder in (root / "dev", root / "run/udev/data", self._count.parent):
            folder.mkdir(parents=True)
        self._users: list[subprocess.Popen[bytes]] = []
        self._recount()

    def device(self, number: int) -> Path:
        return self.root / f"dev/video{number}"

    def plug(self, number: int = 0, capabilities: str | None = ":capture:", *, counted: bool = True) -> None:
        """Add a device. `capabilities` is the text that udev stores; None means a system without udev."""
        known = self.root / f"sys/class/video4linux/video{number}"
        (known / "device/driver").mkdir(parents=True)
        (known / "dev").write_text(f"81:{number}\n")
        if capabilities is not None:
            (self.root / f"run/udev/data/c81:{number}").write_text(f"I:1\nE:ID_V4L_CAPABILITIES={capabilities}\n")
        if counted:
            (known / "device/driver/module").symlink_to(self._count.parent)
        self.device(number).touch()

    def unplug(self, number: int = 0) -> None:
        shutil.rmtree(self.root / f"sys/class/video4linux/video{number}")
        self.device(number).unlink()

    def use(self, number: int = 0) -> subprocess.Popen[bytes]:
        """Start a program that keeps the device open, and count it at once as the kernel does."""
        with self.device(number).open("rb") as opened:
            user = subprocess.Popen(["sleep", "infinity"], stdin=opened)
            self._users.append(user)
            self._recount()
        return user

    def leave(self, user: subprocess.Popen[bytes]) -> None:
        """End a program that `use` started."""
        self._users.remove(user)
        self._recount()
        end(user)

    def close(self) -> None:
        for user in list(self._users):
            self.leave(user)

    def _recount(self) -> None:
        self._count.write_text(f"{len(self._users)}\n")


@contextmanager
def fake_cameras(root: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Cameras]:
    """Hide the cameras of this computer and yield fake ones; none is plugged at first."""
    monkeypatch.setattr(camera, "ROOT", root)
    monkeypatch.setattr(camera, "SETTLES", 0.1)
    fake = Cameras(root)
    try:
        yield fake
    finally:
        fake.close()
