"""Notification services of Wayland and Plasma whose notices are looked at on the screen, as context managers."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from support.desktop_programs import PATIENCE, Bus, XDisplay, process, wait_until
from support.programs import program_named


class NoticeServer(NamedTuple):
    """A service on an empty screen."""

    environ: Mapping[str, str]
    picture: Callable[[], bytes]
    """Returns the pixels of the screen, or the windows on it."""
    empty: bytes
    """The same without a notice."""

    def is_shown(self) -> bool:
        """Whether there is a notice on the screen."""
        return self.picture() != self.empty

    def run(self, *command: str) -> str:
        """Return the output of a command that must succeed."""
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout


@contextmanager
def mako(bus: Bus, config: str = "") -> Iterator[NoticeServer]:
    """Yield mako on a headless sway, with these lines as its configuration."""
    file = bus.folder / "mako.conf"
    file.write_text(config)
    with _on_sway(bus, "mako", "--config", str(file)) as server:
        yield server


@contextmanager
def swaync(bus: Bus, **config: object) -> Iterator[NoticeServer]:
    """Yield SwayNotificationCenter on a headless sway, with these settings."""
    file = bus.folder / "swaync.json"
    file.write_text(json.dumps(config))
    bus.announce("ca.desrt.dconf", program_named("dconf-service").path or "")
    with _on_sway(bus, "swaync", "--config", str(file)) as server:
        yield server


@contextmanager
def plasma(bus: Bus, screen: XDisplay) -> Iterator[NoticeServer]:
    """Yield Plasma's notifications on an X server."""
    environ = {**screen.environ, "XDG_CURRENT_DESKTOP": "KDE", "QT_QUICK_BACKEND": "software", "QT_QPA_PLATFORM": "xcb"}
    command = ("plasmawindowed", "org.kde.plasma.notifications")
    with process(*command, environ=environ, log=screen.folder / "plasma.log"):
        wait_until(lambda: bus.owner() is not None, "Plasma's notification service")
        # Its list, which is a window too, changes with every notice.
        yield _seen(environ, "xdotool", "search", "--onlyvisible", "--class", ".")
    wait_until(lambda: bus.owner() is None, "Plasma to be gone")


@contextmanager
def _on_sway(bus: Bus, *command: str) -> Iterator[NoticeServer]:
    with tempfile.TemporaryDirectory(prefix="sr-sway-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o700)
        environ = {key: value for key, value in bus.environ.items() if key != "DISPLAY"}
        environ |= {"XDG_RUNTIME_DIR": name, "XDG_CURRENT_DESKTOP": "sway"}
        environ |= {"GDK_BACKEND": "wayland", "GSK_RENDERER": "cairo"}
        environ |= {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
        # sway refuses to run as root.
        as_user = ["unshare", "-U", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
        (folder / "config").write_text("output * bg #202020 solid_color\nseat * hide_cursor 100\n")
        with process(*as_user, "sway", "-c", f"{folder}/config", environ=environ, log=folder / "sway.log"):
            wait_until(lambda: any(folder.glob("wayland-*[0-9]")), "sway")
            environ["WAYLAND_DISPLAY"] = next(folder.glob("wayland-*[0-9]")).name
            with process(*command, environ=environ, log=folder / "server.log"):
                wait_until(lambda: bus.owner() is not None, command[0])
                yield _seen(environ, "grim", "-t", "ppm", "-")
            wait_until(lambda: bus.owner() is None, f"{command[0]} to be gone")


def _seen(environ: Mapping[str, str], *takes_picture: str) -> NoticeServer:
    def picture() -> bytes:
        return subprocess.run(takes_picture, env=environ, capture_output=True, timeout=PATIENCE, check=True).stdout

    seen = [b"", picture()]

    def still() -> bool:
        seen.append(picture())
        return len(set(seen[-3:])) == 1

    wait_until(still, "the screen to be drawn")
    return NoticeServer(environ, picture, seen[-1])
