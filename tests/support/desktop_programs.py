"""Real parts of a desktop as context managers: a private session bus, an X server, two notification servers.

Each starts its process, waits until it serves, and ends it. Where a test is to kill or stop one itself, it has `pid`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

LiveIn = Callable[[Mapping[str, str]], None]
"""What moves the test itself into the session of an environment."""

PATIENCE = 20.0
"""Seconds for anything to come true on a busy machine; nothing takes a tenth of it on an idle one."""

_NOTIFICATIONS = "org.freedesktop.Notifications"
_XFCE4_NOTIFYD = "/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd"

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  {more}
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

_TCP = "<listen>tcp:host=127.0.0.1,port=0</listen><auth>EXTERNAL</auth><auth>ANONYMOUS</auth><allow_anonymous/>"

_DUNSTRC = """[global]
    dmenu = {menu}
    width = 400
    height = 400
    markup = full
    show_indicators = no
[urgency_low]
    timeout = 1
[urgency_normal]
    timeout = 12
[urgency_critical]
    timeout = 13
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


def _output(command: Sequence[str], environ: Mapping[str, str]) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


class Desktop:
    """What a program started in this desktop needs: `environ`, and a folder for its files."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self.environ = dict(environ)

    def run(self, *command: str) -> str:
        """What the command prints; fails when it fails."""
        return _output(command, self.environ)

    def screenshot(self, path: Path) -> Path:
        """A picture of the whole screen (ImageMagick's `import`)."""
        self.run("import", "-window", "root", str(path))
        return path


class Bus(NamedTuple):
    """A session bus that knows no service to start until one is announced."""

    address: str
    pid: int
    folder: Path
    environ: dict[str, str]

    def run(self, *command: str) -> str:
        """What the command prints; fails when it fails."""
        return _output(command, self.environ)

    def owner(self, name: str = _NOTIFICATIONS) -> str | None:
        """Who owns the name now."""
        ask = ["dbus-send", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/"]
        done = subprocess.run(
            [*ask, "org.freedesktop.DBus.GetNameOwner", f"string:{name}"],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout.strip() or None

    def announce(self, name: str, command: str) -> None:
        """Let the bus start the command when somebody asks for the name."""
        (self.folder / "services" / f"{name}.service").write_text(f"[D-BUS Service]\nName={name}\nExec={command}\n")


@contextmanager
def session_bus(folder: Path | None = None, *, tcp: bool = False) -> Iterator[Bus]:
    """A private session bus (dbus-daemon), in a runtime directory of its own or in one given.

    With `tcp` it listens on a port too, and `environ` leads there.
    """
    with tempfile.TemporaryDirectory(prefix="sr-bus-") as name:
        folder = folder or Path(name)
        (folder / "services").mkdir(exist_ok=True)
        socket, config = folder / "bus", folder / "bus.conf"
        socket.unlink(missing_ok=True)
        more = _TCP if tcp else "<auth>EXTERNAL</auth>"
        config.write_text(_BUS.format(socket=socket, services=folder / "services", more=more))
        address = f"unix:path={socket}"
        environ = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(folder),
            "HOME": str(folder),
            "XDG_CONFIG_HOME": f"{folder}/config",
            "XDG_DATA_HOME": f"{folder}/data",
            "XDG_CACHE_HOME": f"{folder}/cache",
            "DBUS_SESSION_BUS_ADDRESS": address,
        }
        log = folder / "dbus-daemon.log"
        command = ("dbus-daemon", f"--config-file={config}", "--nofork", "--print-address")
        with process(*command, environ=environ, log=log) as child:
            wait_until(lambda: "unix:" in log.read_text(), "dbus-daemon to listen")
            if tcp:
                listening = log.read_text().strip().split(";")
                environ["DBUS_SESSION_BUS_ADDRESS"] = next(each for each in listening if each.startswith("tcp:"))
            yield Bus(address, child.pid, folder, environ)


@contextmanager
def x_server(bus: Bus, *options: str, size: str = "1280x800x24") -> Iterator[Desktop]:
    """An X server (Xvfb, with those options) on a free display, and the bus."""
    with tempfile.TemporaryDirectory(prefix="sr-x-") as name:
        folder = Path(name)
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-noreset", *options]
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

    def history(self) -> list[dict[str, Any]]:
        """The notices that are no longer up, the latest first, as dunst keeps them."""
        (notices,) = json.loads(self.ctl("history"))["data"]
        return [{key: value["data"] for key, value in notice.items()} for notice in notices]

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


class Window(NamedTuple):
    """A place on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int


class Xfce4Notifyd(NamedTuple):
    """xfce4-notifyd, which draws real buttons: a row of equal ones along the lower edge of its window."""

    desktop: Desktop
    pid: int

    def windows(self) -> list[str]:
        """The X windows of the notices that are up."""
        command = ["xdotool", "search", "--onlyvisible", "--class", "xfce4-notifyd"]
        done = subprocess.run(
            command, env=self.desktop.environ, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return done.stdout.split()

    def window(self) -> Window:
        """Where the one notice is, once it has been drawn and stands still."""
        wait_until(lambda: len(self.windows()) == 1, "one notice on the screen")
        seen: list[Window] = []

        def still() -> bool:
            told = self.desktop.run("xdotool", "getwindowgeometry", "--shell", self.windows()[0])
            values = dict(line.split("=") for line in told.split())
            seen.append(Window(*(int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))))
            return len(seen) > 1 and seen[-1] == seen[-2]

        wait_until(still, "the notice to stand still")
        return seen[-1]

    def press(self, position: int, count: int) -> None:
        """Press the button at that position (from 0) of so many."""
        window = self.window()
        self._click(window.x + window.width * (2 * position + 1) // (2 * count), window.y + window.height - 30)

    def press_one_of(self, labels: Sequence[str], position: int) -> None:
        """Press a button of a row that may be narrower than its notice: equal ones along the right edge."""
        window = self.window()
        widest = max(map(len, labels)) * 5.8 + 28
        each = min(widest + 7, (window.width - 28) / len(labels))
        x = window.x + window.width - 14 - each * (len(labels) - position - 0.5)
        self._click(round(x), window.y + window.height - 30)

    def dismiss(self) -> None:
        """Click on the text of the notice."""
        window = self.window()
        self._click(window.x + window.width // 2, window.y + 30)

    def _click(self, x: int, y: int) -> None:
        self.desktop.run("xdotool", "mousemove", str(x), str(y), "click", "1")


@contextmanager
def xfce4_notifyd(bus: Bus, desktop: Desktop) -> Iterator[Xfce4Notifyd]:
    """xfce4-notifyd on the desktop."""
    log = desktop.folder / "xfce4-notifyd.log"
    with process(_XFCE4_NOTIFYD, environ=desktop.environ, log=log) as child:
        wait_until(lambda: bus.owner() is not None, "xfce4-notifyd to own its name")
        yield Xfce4Notifyd(desktop, child.pid)
