"""Real desktops without a screen, each with a bus and a screen saver, and one system bus and microphone for all.

They are those of the tests. Each is opened once; what leads to it is kept as an environment.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import pytest

from conftest import _UNSET
from support.input_sessions import InputSession, KWinSession, MutterSession, SwaySession, XSession
from support.mock_bus import mock_bus
from support.sound_server import SoundServer

INPUT_GENERATOR = Path(__file__).with_name("input_generator.py")


class Desktop(NamedTuple):
    """One to run a program on: `hands` is the kind of hands that work there."""

    environ: dict[str, str]
    hands: str
    open_files: tuple[int, ...] = ()

    def run(self, *command: str, log: Path) -> subprocess.Popen[bytes]:
        """Start a program there."""
        with log.open("wb") as sink:
            return subprocess.Popen(
                command, env=self.environ, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True
            )

    def touch(self, *, rate: float, seconds: float) -> subprocess.Popen[bytes]:
        """Give so many inputs a second. What it prints is the rate that was reached."""
        command = [sys.executable, str(INPUT_GENERATOR), self.hands, str(rate), str(seconds)]
        pipe, none = subprocess.PIPE, subprocess.DEVNULL
        return subprocess.Popen(command, env=self.environ, stdout=pipe, stderr=none, pass_fds=self.open_files)


@contextmanager
def surroundings() -> Iterator[dict[str, str]]:
    """A logind with one session, and a sound server: what leads there."""
    with ExitStack() as stack:
        home, monkeypatch = stack.enter_context(_private())
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={home}/run/system-bus")
        system = stack.enter_context(mock_bus("system", home))
        system.logind()
        system.session("c1")
        sound = SoundServer()
        sound.open()
        try:
            yield {
                "DBUS_SYSTEM_BUS_ADDRESS": system.address,
                "XDG_SESSION_ID": "c1",
                "PULSE_SERVER": f"unix:{home}/run/pulse/native",
            }
        finally:
            sound.close()


@contextmanager
def x11(around: dict[str, str]) -> Iterator[Desktop]:
    """An X server."""
    with _desk(XSession, around) as environ:
        yield Desktop(environ, "x11")


@contextmanager
def sway(around: dict[str, str]) -> Iterator[Desktop]:
    """A compositor of the wlroots family."""
    with _desk(SwaySession, around) as environ:
        yield Desktop(environ, "sway")


@contextmanager
def kwin(around: dict[str, str]) -> Iterator[Desktop]:
    """KDE's compositor."""
    with _desk(KWinSession, around) as environ:
        yield Desktop(environ, "kwin")


@contextmanager
def mutter(around: dict[str, str]) -> Iterator[Desktop]:
    """GNOME's compositor."""
    with _desk(MutterSession, around) as environ:
        yield Desktop(environ, "mutter")


@contextmanager
def terminal(around: dict[str, str]) -> Iterator[Desktop]:
    """A program that reads a terminal. Other terminals of whoever runs this count too."""
    with _private() as (_, monkeypatch), _session_bus(monkeypatch):
        hand, screen = pty.openpty()
        reader = subprocess.Popen(["cat"], stdin=screen, stdout=screen, stderr=screen, start_new_session=True)
        os.close(screen)
        try:
            yield Desktop({**os.environ, **around, "HAND": str(hand)}, "terminal", (hand,))
        finally:
            reader.kill()
            reader.wait()
            os.close(hand)


@contextmanager
def _desk(kind: type[InputSession], around: dict[str, str]) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        home, monkeypatch = stack.enter_context(_private())
        if kind is not MutterSession:  # it brings a bus, for it must own a name there
            stack.enter_context(_session_bus(monkeypatch))
        stack.enter_context(kind(home, monkeypatch))
        yield {**os.environ, **around}


@contextmanager
def _session_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    home = Path(os.environ["HOME"])
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/run/session-bus")
    with mock_bus("session", home) as bus:
        bus.mock("--template", "gnome_screensaver", name="org.gnome.ScreenSaver")
        yield


@contextmanager
def _private() -> Iterator[tuple[Path, pytest.MonkeyPatch]]:
    """A home of its own, and a way to change the environment of this process while it lasts."""
    made = tempfile.TemporaryDirectory(prefix="sr-cost-", ignore_cleanup_errors=True)
    with made as name, pytest.MonkeyPatch.context() as monkeypatch:
        home = Path(name)
        (home / "run").mkdir(mode=0o700)
        for variable in _UNSET:
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setenv("HOME", name)
        monkeypatch.setenv("XDG_RUNTIME_DIR", f"{name}/run")
        for which in ("CONFIG", "DATA", "STATE", "CACHE"):
            (home / which.lower()).mkdir()
            monkeypatch.setenv(f"XDG_{which}_HOME", f"{name}/{which.lower()}")
        yield home, monkeypatch
