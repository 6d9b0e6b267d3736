"""Real parts of a desktop as context managers: a private session bus, an X server, two notification servers.

Each starts its process, waits until it serves, and ends it. Where a test is to kill or stop one itself, it has `pid`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

PATIENCE = 20.0
"""Seconds for anything to come true on a busy machine; nothing takes a tenth of it on an idle one."""

_NOTIFICATIONS = "org.freedesktop.Notifications"
_XFCE4_NOTIFYD = "/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd"

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

_DUNSTRC = """[global]
    dmenu = {menu}
    width = 400
    height = 400
    markup = full
    show_indicators = no
"""


def wait_until(true: Callable[[], bool], what: str, *, patience: float = PATIENCE) -> None:
    """Return as soon as it is true; raises `AssertionError` with `what` when it does not become so."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"waited {patience:.0f} s for: {what}"
        time.sleep(0.02)


@contextmanager
def process(*command: str, environ: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running process; continued if stopped, terminated, and killed if that does not help."""
    with log.open("wb") as sink, subprocess.Popen(command, env=environ, stdout=sink, stderr=sink) as child:
        try:
            yield child
        finally:
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGCONT)
            child.terminate()
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()


class Desktop:
    """What a program started in this desktop needs: `environ`, and a folder for its files."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self.environ = dict(environ)

    def run(self, *command: str) -> str:
        """What the command prints; fails when it fails."""
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def screenshot(self, path: Path) -> Path:
        """A picture of the whole screen (ImageMagick's `import`)."""
        self.run("import", "-window", "root", str(path))
        return path


class Bus(NamedTuple):
    """A session bus that knows no service to start, unless a test writes one into `services`."""

    address: str
    pid: int
    services: Path
    environ: dict[str, str]

    def owner(self, name: str = _NOTIFICATIONS) -> str | None:
        """Who owns the name now."""
        asked = ["dbus-send", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/"]
        done = subprocess.run(
            [*asked, "org.freedesktop.DBus.GetNameOwner", f"string:{name}"],
            env={**self.environ, "DBUS_SESSION_BUS_ADDRESS": self.address},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout.strip() or None


@contextmanager
def session_bus() -> Iterator[Bus]:
    """A private session bus (dbus-daemon) with a runtime directory of its own."""
    with tempfile.TemporaryDirectory(prefix="sr-bus-") as name:
        folder = Path(name)
        services = folder / "services"
        services.mkdir()
        socket, config = folder / "bus", folder / "bus.conf"
        config.write_text(_BUS.format(socket=socket, services=services))
        environ = {
            **os.environ,
            "XDG_RUNTIME_DIR": name,
            "HOME": name,
            "XDG_CONFIG_HOME": f"{name}/config",
            "XDG_DATA_HOME": f"{name}/data",
            "XDG_CACHE_HOME": f"{name}/cache",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
        }
        with process(
            "dbus-daemon", f"--config-file={config}", "--nofork", environ=environ, log=folder / "log"
        ) as child:
            wait_until(socket.is_socket, "dbus-daemon to listen")
            yield Bus(f"unix:path={socket}", child.pid, services, environ)


@contextmanager
def x_server(bus: Bus, *, size: str = "1280x800x24") -> Iterator[Desktop]:
    """An X server (Xvfb) on a free display, and the bus."""
    with tempfile.TemporaryDirectory(prefix="sr-x-") as name:
        folder = Path(name)
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, pass_fds=[writing], stdout=log, stderr=log)
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                display = told.readline().strip()
            assert display, f"Xvfb did not start: {(folder / 'log').read_text()}"
            yield Desktop(folder, {**bus.environ, "DISPLAY": f":{display}"})
        finally:
            server.terminate()
            server.wait()


class Dunst(NamedTuple):
    """dunst, which takes actions and draws no buttons: they are invoked through its context menu."""

    desktop: Desktop
    pid: int
    choice: Path

    def ctl(self, *arguments: str) -> str:
        """What `dunstctl` prints."""
        return self.desktop.run("dunstctl", *arguments).strip()

    def displayed(self) -> int:
        """How many notices are up."""
        return int(self.ctl("count", "displayed"))

    def press(self, label: str) -> None:
        """Choose the action of that label in the context menu."""
        self.choice.write_text(label)
        self.ctl("context")

    def dismiss(self) -> None:
        """Close the topmost notice as its user does."""
        self.ctl("close")


@contextmanager
def dunst(bus: Bus, desktop: Desktop) -> Iterator[Dunst]:
    """The daemon dunst on the desktop, with a script for its menu that picks the line a test names."""
    with tempfile.TemporaryDirectory(prefix="sr-dunst-") as name:
        folder = Path(name)
        choice, menu, config = folder / "choice", folder / "menu", folder / "dunstrc"
        menu.write_text(f'#!/bin/sh\ngrep -F "$(cat {choice})"\n')
        menu.chmod(0o700)
        config.write_text(_DUNSTRC.format(menu=menu))
        with process("dunst", "-conf", str(config), environ=desktop.environ, log=folder / "log") as child:
            wait_until(lambda: bus.owner() is not None, "dunst to own its name")
            yield Dunst(desktop, child.pid, choice)


class Xfce4Notifyd(NamedTuple):
    """xfce4-notifyd, which draws real buttons in a window of its own."""

    desktop: Desktop
    pid: int

    def windows(self) -> list[str]:
        """The X windows of the notices that are up."""
        command = ["xdotool", "search", "--onlyvisible", "--class", "xfce4-notifyd"]
        done = subprocess.run(
            command, env=self.desktop.environ, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return done.stdout.split()

    def click(self, x: int, y: int) -> None:
        """Press the left button at a place on the screen."""
        self.desktop.run("xdotool", "mousemove", str(x), str(y), "click", "1")


@contextmanager
def xfce4_notifyd(bus: Bus, desktop: Desktop) -> Iterator[Xfce4Notifyd]:
    """xfce4-notifyd on the desktop."""
    log = desktop.folder / "xfce4-notifyd.log"
    with process(_XFCE4_NOTIFYD, environ=desktop.environ, log=log) as child:
        wait_until(lambda: bus.owner() is not None, "xfce4-notifyd to own its name")
        yield Xfce4Notifyd(desktop, child.pid)
