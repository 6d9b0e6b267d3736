"""Real sessions that receive input: X servers, compositors, a terminal. A test can close each and open it again."""

from __future__ import annotations

import asyncio
import os
import pty
import shutil
import subprocess
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, Self

import pytest
from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection
from Xlib.display import Display

from slowrise.adapters.input import terminal as terminal_module
from slowrise.adapters.input.mutter import Mutter
from slowrise.adapters.input.pynput_source import PynputListener
from slowrise.adapters.input.terminal import Terminal
from slowrise.adapters.input.wayland import WaylandIdle
from slowrise.adapters.input.x11 import X11Idle
from slowrise.ports.input import Source
from slowrise.ports.probe import Probed, Unavailable
from support.desktop_programs import PATIENCE, wait_until
from support.fake_input import FakeInput
from support.mock_bus import MockBus

RESOLUTION = 1.2
LULL = 0.5


class ProbedSource(Source, Probed, Protocol):
    """A source with a probe."""


class InputSession(ABC):
    """A session that receives input. Opening it points the environment of this process at it."""

    tolerance = 0.0
    """Seconds by which the source may be wrong about the time of the last input."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.runtime = home / "run"
        self.setenv = monkeypatch.setenv
        self.monkeypatch = monkeypatch
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            self.open()
        except BaseException:
            self.leave()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    @abstractmethod
    def open(self) -> None:
        """Start the session and wait until its source works."""

    @abstractmethod
    def touch(self) -> None:
        """Give one input."""

    @abstractmethod
    def source(self) -> ProbedSource:
        """Return the source under test."""

    def close(self) -> None:
        """Kill the session. `open` starts it again."""
        while self._processes:
            process = self._processes.pop()
            process.kill()
            process.wait(PATIENCE)

    def leave(self) -> None:
        """Kill everything at the end of the test."""
        self.close()

    def _start(self, *command: str, **environ: str) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, env={**os.environ, **environ}, stdin=quiet, stdout=quiet, stderr=quiet)
        self._processes.append(process)
        return process

    def _await_source(self) -> None:
        def works() -> bool:
            # The event loop of the test may be running in this thread, so the probe gets another.
            with suppress(Unavailable), ThreadPoolExecutor(1) as pool:
                pool.submit(asyncio.run, self.source().probe()).result()
                return True
            return False

        wait_until(works, f"the source of {type(self).__name__}")


class XSession(InputSession):
    """An X server (Xvfb). Opened again, it has the same display number."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
        super().__init__(home, monkeypatch)
        self._options = options
        self._number: str | None = None

    def open(self) -> None:
        reading, writing = os.pipe()
        named = [f":{self._number}"] if self._number else []
        command = ["Xvfb", *named, "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
        quiet = subprocess.DEVNULL
        server = subprocess.Popen(
            [*command, "-noreset", *self._options], pass_fds=[writing], stdout=quiet, stderr=quiet
        )
        self._processes.append(server)
        os.close(writing)
        with os.fdopen(reading) as stream:
            self._number = stream.readline().strip()
        assert self._number, "Xvfb did not start"
        self.setenv("DISPLAY", f":{self._number}")

    def touch(self) -> None:
        self.run("key", "a")

    def source(self) -> ProbedSource:
        return X11Idle(resolution=RESOLUTION, lull=LULL, short=RESOLUTION / 2)

    def run(self, *arguments: str) -> None:
        """Run xdotool."""
        subprocess.run(["xdotool", *arguments], check=True, timeout=PATIENCE)


def warp(place: int = 100) -> None:
    """Move the pointer as a program does."""
    display = Display()
    display.screen().root.warp_pointer(place, place)
    display.sync()  # A busy server may find the connection closed before it reads the request.
    display.close()


class XSessionWithoutRecord(XSession):
    """An X server without RECORD, which pynput needs. XTEST is missing too, so input is a pointer warp."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(home, monkeypatch, "-extension", "RECORD")

    def touch(self) -> None:
        warp()


class PynputSession(XSession):
    """An X server whose source is pynput."""

    tolerance = RESOLUTION

    def source(self) -> ProbedSource:
        return PynputListener(resolution=RESOLUTION, lull=LULL)


class SwaySession(InputSession):
    """Headless sway."""

    as_user = ("unshare", "-U", "--map-user=1000", "--map-group=1000") if os.geteuid() == 0 else ()
    """Makes sway a user's program: it refuses to run as root."""

    def open(self) -> None:
        for left in self.runtime.iterdir():
            left.unlink()
        self.monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        headless = {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
        self._start(*self.as_user, "sway", "-c", "/dev/null", **headless)
        wait_until(lambda: self._named("wayland-*[0-9]") and self._named("sway-ipc*"), "the sockets of sway")
        self.setenv("WAYLAND_DISPLAY", self._named("wayland-*[0-9]")[0].name)
        self.setenv("SWAYSOCK", str(self._named("sway-ipc*")[0]))
        self._await_source()

    def touch(self) -> None:
        move = ["swaymsg", "--quiet", "seat", "seat0", "cursor", "move", "10", "10"]
        subprocess.run(move, check=True, timeout=PATIENCE)

    def type(self, text: str) -> None:
        """Press and release a key for each letter."""
        subprocess.run(["wtype", text], check=True, timeout=PATIENCE)

    def source(self) -> ProbedSource:
        return WaylandIdle(resolution=RESOLUTION, lull=LULL)

    def _named(self, pattern: str) -> list[Path]:
        return list(self.runtime.glob(pattern))


class KWinSession(InputSession):
    """Headless KWin on a private bus."""

    def open(self) -> None:
        for left in self.runtime.glob("wayland-kde*"):
            left.unlink()
        # The installed program has a file capability that this machine may refuse. A copy has none.
        kwin = self.home / "kwin_wayland"
        if not kwin.exists():
            shutil.copy("/usr/bin/kwin_wayland", kwin)
        bus = f"unix:path={self.runtime}/kwin-bus"
        self._start("dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={bus}")
        wait_until((self.runtime / "kwin-bus").exists, "the bus of KWin")
        size = ("--width", "640", "--height", "480")
        self._start(
            *(str(kwin), "--virtual", *size, "--no-lockscreen", "--socket", "wayland-kde"),
            DBUS_SESSION_BUS_ADDRESS=bus,
            KWIN_WAYLAND_NO_PERMISSION_CHECKS="1",
        )
        self.setenv("WAYLAND_DISPLAY", "wayland-kde")
        self._await_source()
        self._fake = FakeInput()

    def close(self) -> None:
        with suppress(AttributeError):
            self._fake.close()
        super().close()
        (self.runtime / "kwin-bus").unlink(missing_ok=True)

    def touch(self) -> None:
        self._fake.move()

    def source(self) -> ProbedSource:
        return WaylandIdle(resolution=RESOLUTION, lull=LULL)


class MutterSession(InputSession):
    """Headless mutter on a private session bus."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(home, monkeypatch)
        self.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={self.runtime}/session-bus")
        self.bus = MockBus("session", home)
        self.bus.open()

    def open(self) -> None:
        self._start("mutter", "--headless", "--wayland", "--no-x11", "--virtual-monitor", "640x480")
        self._await_source()
        # mutter ends a remote desktop session together with the connection that made it.
        self._remote = open_dbus_connection(bus=self.bus.address)
        name = "org.gnome.Mutter.RemoteDesktop"
        (path,) = self._ask(DBusAddress("/org/gnome/Mutter/RemoteDesktop", name, name), "CreateSession")
        self._session = DBusAddress(path, name, f"{name}.Session")
        self._ask(self._session, "Start")

    def close(self) -> None:
        with suppress(AttributeError, OSError):
            self._remote.close()
        super().close()

    def leave(self) -> None:
        super().leave()
        self.bus.close()

    def touch(self) -> None:
        self._ask(self._session, "NotifyPointerMotionRelative", "dd", 10.0, 5.0)

    def type(self, text: str) -> None:
        """Press and release the key of each letter."""
        for letter in text:
            keysym = ord(letter) if ord(letter) < 0x100 else 0x1000000 + ord(letter)
            for pressed in (True, False):
                self._ask(self._session, "NotifyKeyboardKeysym", "ub", keysym, pressed)

    def source(self) -> ProbedSource:
        return Mutter(resolution=RESOLUTION, lull=LULL, poll=RESOLUTION)

    def _ask(self, to: DBusAddress, method: str, signature: str | None = None, *args: float) -> tuple[Any, ...]:
        message = new_method_call(to, method, signature, args)
        return tuple(self._remote.send_and_get_reply(message, timeout=PATIENCE).body)


class TerminalSession(InputSession):
    """A program that reads a pseudo-terminal. The source does not see other terminals of the user."""

    tolerance = RESOLUTION / 5

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(home, monkeypatch)
        self._inputs: list[int] = []
        self._names: set[str] = set()
        every = terminal_module.own_terminals
        monkeypatch.setattr(terminal_module, "own_terminals", lambda: every() & self._names)

    def open(self) -> None:
        keyboard, screen = pty.openpty()
        self._inputs.append(keyboard)
        self._names.add(os.ttyname(screen))
        self._processes.append(subprocess.Popen(["cat"], stdin=screen, stdout=screen, stderr=screen))
        os.close(screen)

    def close(self) -> None:
        super().close()
        while self._inputs:
            os.close(self._inputs.pop())

    def print(self, text: str) -> None:
        """Write to each terminal as a program does."""
        for name in terminal_module.own_terminals():
            Path(name).write_text(text, encoding="ascii")

    def close_newest(self) -> None:
        """Close the terminal that was opened last."""
        process = self._processes.pop()
        process.kill()
        process.wait(PATIENCE)
        os.close(self._inputs.pop())

    def touch(self) -> None:
        os.write(self._inputs[-1], b"\r")

    def source(self) -> ProbedSource:
        return Terminal(resolution=RESOLUTION, lull=LULL)
