"""Real desktop programs as context managers: a private session bus, an X server, two notification servers.

Each starts its process, waits until it is ready, and ends it. `pid` is there for tests that kill or stop the process.
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

EnterSession = Callable[[Mapping[str, str]], None]
"""A function that points the environment of the test process at a session."""

PATIENCE = 30.0
"""Seconds that a program may take for anything on a busy machine. On an idle machine nothing takes a tenth of it."""

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


def wait_until(true: Callable[[], object], what: str, *, patience: float = 2 * PATIENCE) -> None:
    """Wait until the condition holds. Fail with `what` after `patience` seconds."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"waited {patience:.0f} s for: {what}"
        time.sleep(0.02)


@contextmanager
def process(*command: str, environ: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a running process and end it afterwards: SIGCONT, SIGTERM, and SIGKILL after five seconds."""
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


class XDisplay:
    """The display of an X server: the environment for programs on it, and a folder for their files."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self.environ = dict(environ)

    def run(self, *command: str) -> str:
        """Return the output of a command that must succeed."""
        return _output(command, self.environ)

    def screenshot(self, path: Path) -> Path:
        """Save a picture of the whole screen with ImageMagick's `import`."""
        self.run("import", "-window", "root", str(path))
        return path


class Bus(NamedTuple):
    """A session bus. It can start no service until a test calls `announce`."""

    address: str
    pid: int
    folder: Path
    environ: dict[str, str]

    def run(self, *command: str) -> str:
        """Return the output of a command that must succeed."""
        return _output(command, self.environ)

    def owner(self, name: str = _NOTIFICATIONS) -> str | None:
        """Return the unique name of the current owner, or None."""
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
        """Make the bus start the command when a client calls the name."""
        (self.folder / "services" / f"{name}.service").write_text(f"[D-BUS Service]\nName={name}\nExec={command}\n")


@contextmanager
def session_bus(folder: Path | None = None, *, tcp: bool = False) -> Iterator[Bus]:
    """Yield a private session bus (dbus-daemon) in `folder`, or in a temporary one.

    With `tcp` it also listens on a port, and `environ` has that address.
    """
    # Programs that the bus has started may write until they see that it is gone.
    with tempfile.TemporaryDirectory(prefix="sr-bus-", ignore_cleanup_errors=True) as name:
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
def x_server(bus: Bus, *options: str, size: str = "1280x800x24") -> Iterator[XDisplay]:
    """Yield a free display of an X server (Xvfb with these options), whose programs use the bus."""
    with tempfile.TemporaryDirectory(prefix="sr-x-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-noreset", *options]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, pass_fds=[writing], stdout=log, stderr=log)
        os.close(writing)
        try:
            with os.fdopen(reading) as stream:
                display = stream.readline().strip()
            assert display, f"Xvfb did not start: {(folder / 'log').read_text()}"
            yield XDisplay(folder, {**bus.environ, "DISPLAY": f":{display}"})
        finally:
            server.terminate()
            server.wait()


class Dunst(NamedTuple):
    """dunst. It draws no buttons; its context menu invokes the actions."""

    desktop: XDisplay
    pid: int
    choice: Path

    def ctl(self, *arguments: str) -> str:
        """Return the output of `dunstctl`."""
        return self.desktop.run("dunstctl", *arguments).strip()

    def displayed(self) -> int:
        """Return the number of notices on the screen."""
        return int(self.ctl("count", "displayed"))

    def history(self) -> list[dict[str, Any]]:
        """Return the closed notices, the latest first."""
        (notices,) = json.loads(self.ctl("history"))["data"]
        return [{key: value["data"] for key, value in notice.items()} for notice in notices]

    def press(self, label: str) -> None:
        """Choose the action with this label in the context menu."""
        self.choice.write_text(label)
        self.ctl("context")

    def dismiss(self) -> None:
        """Close the topmost notice as a user does."""
        self.ctl("close")


@contextmanager
def dunst(bus: Bus, desktop: XDisplay) -> Iterator[Dunst]:
    """Yield dunst on the display. A script plays its menu and picks the line that a test chose."""
    with tempfile.TemporaryDirectory(prefix="sr-dunst-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        choice, menu, config = folder / "choice", folder / "menu", folder / "dunstrc"
        menu.write_text(f'#!/bin/sh\ngrep -F "$(cat {choice})"\n')
        menu.chmod(0o700)
        config.write_text(_DUNSTRC.format(menu=menu))
        with process("dunst", "-conf", str(config), environ=desktop.environ, log=folder / "log") as child:
            wait_until(lambda: bus.owner() is not None, "dunst to own its name")
            yield Dunst(desktop, child.pid, choice)


class Window(NamedTuple):
    """A rectangle on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int


class Xfce4Notifyd(NamedTuple):
    """xfce4-notifyd. It draws equal buttons in a row along the lower edge of its window."""

    desktop: XDisplay
    pid: int

    def windows(self) -> list[str]:
        """Return the X windows of the notices on the screen."""
        command = ["xdotool", "search", "--onlyvisible", "--class", "xfce4-notifyd"]
        done = subprocess.run(
            command, env=self.desktop.environ, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return done.stdout.split()

    def window(self) -> Window:
        """Return where the only notice is, once it has stopped moving."""
        wait_until(lambda: len(self.windows()) == 1, "one notice on the screen")
        seen: list[Window] = []

        def still() -> bool:
            printed = self.desktop.run("xdotool", "getwindowgeometry", "--shell", self.windows()[0])
            values = dict(line.split("=") for line in printed.split())
            seen.append(Window(*(int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))))
            return len(seen) > 1 and seen[-1] == seen[-2]

        wait_until(still, "the notice to stop moving")
        return seen[-1]

    def press(self, position: int, count: int) -> None:
        """Press the button at `position`, counted from 0, of `count` buttons."""
        window = self.window()
        self._click(window.x + window.width * (2 * position + 1) // (2 * count), window.y + window.height - 30)

    def press_one_of(self, labels: Sequence[str], position: int) -> None:
        """Press a button in a row that may be narrower than the notice. The row is aligned right."""
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
def xfce4_notifyd(bus: Bus, desktop: XDisplay) -> Iterator[Xfce4Notifyd]:
    """Yield xfce4-notifyd on the display."""
    log = desktop.folder / "xfce4-notifyd.log"
    with process(_XFCE4_NOTIFYD, environ=desktop.environ, log=log) as child:
        wait_until(lambda: bus.owner() is not None, "xfce4-notifyd to own its name")
        yield Xfce4Notifyd(desktop, child.pid)
