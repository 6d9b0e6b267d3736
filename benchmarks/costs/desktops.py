"""The headless desktops of the tests, each with a session bus and a screen saver; all share logind and a microphone.

Each desktop is opened once and kept as an environment for programs.
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


SESSIONS: dict[str, type[InputSession]] = {
    "x11": XSession,
    "sway": SwaySession,
    "kwin": KWinSession,
    "mutter": MutterSession,
}


class Desktop(NamedTuple):
    """A desktop to run a program on. `kind` is a key of `input_generator.KINDS`."""

    environ: dict[str, str]
    kind: str
    open_files: tuple[int, ...] = ()

    def run(self, *command: str, log: Path) -> subprocess.Popen[bytes]:
        """Start a program on the desktop."""
        with log.open("wb") as sink:
            return subprocess.Popen(
                command, env=self.environ, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True
            )

    def touch(self, *, rate: float, seconds: float) -> subprocess.Popen[bytes]:
        """Start the input generator, which prints the rate that it reached."""
        command = [sys.executable, str(INPUT_GENERATOR), self.kind, str(rate), str(seconds)]
        pipe, none = subprocess.PIPE, subprocess.DEVNULL
        return subprocess.Popen(command, env=self.environ, stdout=pipe, stderr=none, pass_fds=self.open_files)


@contextmanager
def shared_services() -> Iterator[dict[str, str]]:
    """Start logind with one session, and a sound server. Yield the environment for them."""
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
def opened(kind: str, shared: dict[str, str]) -> Iterator[Desktop]:
    """Yield an open desktop: a kind of `SESSIONS`, or a terminal. `shared` is the environment of `shared_services`."""
    with ExitStack() as stack:
        home, monkeypatch = stack.enter_context(_private())
        if kind != "mutter":  # mutter starts a bus itself
            stack.enter_context(_session_bus(monkeypatch))
        if kind == "terminal":
            keyboard = stack.enter_context(_terminal())
            yield Desktop({**os.environ, **shared, "KEYBOARD": str(keyboard)}, kind, (keyboard,))
        else:
            stack.enter_context(SESSIONS[kind](home, monkeypatch))
            yield Desktop({**os.environ, **shared}, kind)


@contextmanager
def _terminal() -> Iterator[int]:
    """Yield the other side of a terminal that `cat` reads. The user's other terminals are measured too."""
    keyboard, screen = pty.openpty()
    reader = subprocess.Popen(["cat"], stdin=screen, stdout=screen, stderr=screen, start_new_session=True)
    os.close(screen)
    try:
        yield keyboard
    finally:
        reader.kill()
        reader.wait()
        os.close(keyboard)


@contextmanager
def _session_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    home = Path(os.environ["HOME"])
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/run/session-bus")
    with mock_bus("session", home) as bus:
        bus.mock("--template", "gnome_screensaver", name="org.gnome.ScreenSaver")
        yield


@contextmanager
def _private() -> Iterator[tuple[Path, pytest.MonkeyPatch]]:
    """Yield a private home. The environment of this process points at it until the block ends."""
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
