"""A private desktop session: X server, session bus, logind on a system bus; and a log of the typing in it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from support import desktop_programs as desktop
from support.mock_bus import MockBus, mock_bus

LOGIN1 = "org.freedesktop.login1"
ROOT = "/org/freedesktop/login1"
C1 = f"{ROOT}/session/c1"

BETWEEN_KEYS = 0.2
"""Seconds between two key presses while the session types."""


class Typed(NamedTuple):
    """Keys were pressed from about `begin` to `end`."""

    begin: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        return (self.end - self.begin).total_seconds()


class DesktopSession:
    """The desktop, with methods that act as its user. `typed` lists the times at which keys were pressed."""

    def __init__(self, bus: desktop.Bus, screen: desktop.XDisplay, system: MockBus) -> None:
        self.bus = bus
        self.screen = screen
        self._system = system
        self.environ = {**screen.environ, "DBUS_SYSTEM_BUS_ADDRESS": system.address, "XDG_SESSION_ID": "c1"}
        self.typed: list[Typed] = []

    @contextmanager
    def typing(self) -> Iterator[None]:
        """Type while the block runs."""
        command = ["xdotool", "key", "--repeat", "10000", "--repeat-delay", str(round(BETWEEN_KEYS * 1000)), "a"]
        begin = datetime.now(UTC)
        with subprocess.Popen(command, env=self.environ) as xdotool:
            try:
                yield
                assert xdotool.poll() is None, "xdotool stopped typing"
            finally:
                xdotool.kill()
                xdotool.wait()
                self.screen.run("xdotool", "keyup", "a")  # A key that stays down would repeat forever.
                self.typed.append(Typed(begin, datetime.now(UTC)))

    def lock(self) -> None:
        self._system.ask(LOGIN1, C1, f"{LOGIN1}.Session.SetLockedHint", "true")

    def unlock(self) -> None:
        self._system.ask(LOGIN1, C1, f"{LOGIN1}.Session.SetLockedHint", "false")

    @contextmanager
    def playing(self, program: str, title: str) -> Iterator[None]:
        """Play a film, which inhibits idle, while the block runs."""
        self._set_inhibitors(f"('idle', '{program}', '{title}', 'block', {os.geteuid()}, 4242)", "idle")
        try:
            yield
        finally:
            self._set_inhibitors("", "")

    def _set_inhibitors(self, inhibitors: str, blocked: str) -> None:
        answer = f"ret = [{inhibitors}]"
        self._system.ask(LOGIN1, ROOT, "AddMethod", f"{LOGIN1}.Manager", "ListInhibitors", "", "a(ssssuu)", answer)
        changed = f"[<'{LOGIN1}.Manager'>, <{{'BlockInhibited': <'{blocked}'>}}>, <@as []>]"
        self._system.emit(LOGIN1, ROOT, "org.freedesktop.DBus.Properties.PropertiesChanged", "sa{sv}as", changed)

    def sleep(self) -> None:
        """Close the lid."""
        self._system.emit(LOGIN1, ROOT, f"{LOGIN1}.Manager.PrepareForSleep", "b", "[<true>]")

    def wake(self) -> None:
        """Open the lid."""
        self._system.emit(LOGIN1, ROOT, f"{LOGIN1}.Manager.PrepareForSleep", "b", "[<false>]")


@contextmanager
def desktop_session() -> Iterator[DesktopSession]:
    """Yield a desktop session without a notification server."""
    with (
        tempfile.TemporaryDirectory(prefix="sr-desk-", ignore_cleanup_errors=True) as name,
        pytest.MonkeyPatch.context() as environ,
    ):
        (Path(name) / "run").mkdir()
        environ.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={name}/run/system-bus")
        with mock_bus("system", Path(name)) as system, desktop.session_bus() as bus, desktop.x_server(bus) as screen:
            system.logind()
            system.session("c1")
            yield DesktopSession(bus, screen, system)
