"""A peer that keeps failing, or never stops reporting, fills neither the log nor the ledger: it is logged once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from slowrise.daemon.supervisor import MOST
from support.daemon_process import Daemon, User
from support.desktop_programs import wait_until
from support.input_sessions import XSession
from support.mock_bus import mock_bus
from support.sound_server import SoundServer

HASTY = """
from slowrise.daemon import supervisor
supervisor.FIRST_RETRY = supervisor.LAST_RETRY = 0.05
from slowrise.cli.main import main
main()
"""
"""A daemon that retries after 0.05 s, so that a few seconds of the test are like a day."""

TIMES = 5
LOGGED = 3
"""Lines in the log: it is lost, it is back, it keeps failing."""

SAVER = """
from jeepney import DBusAddress, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
connection = open_dbus_connection("SESSION")
connection.send_and_get_reply(message_bus.RequestName("org.gnome.ScreenSaver", 0))
saver = DBusAddress("/org/gnome/ScreenSaver", None, "org.gnome.ScreenSaver")
while True:
    message = connection.receive()
    if message.header.message_type is MessageType.method_call:
        print("asked", flush=True)
        connection.send(new_method_return(message, "b", (False,)))
        for number in range(900):
            connection.send(new_signal(saver, "ActiveChanged", "b", (number % 2 == 0,)))
"""
"""A screen saver that reports 900 locks and unlocks, as fast as the bus allows, after each query."""


@contextmanager
def hasty(user: User, *arguments: str) -> Iterator[Daemon]:
    """Yield a daemon that retries at once, and logs at the level of the unit."""
    daemon = Daemon([sys.executable, "-c", HASTY, "run", "--own-display", *arguments], user.environ, user.home / "log")
    try:
        daemon.wait_for("is used")
        yield daemon
    finally:
        daemon.ensure_ended()


def lines_about(daemon: Daemon, *words: str) -> list[str]:
    return [line for line in daemon.log_text().splitlines() if any(word in line for word in words)]


@pytest.mark.real("Xvfb", "pulseaudio", "pactl")
def test_a_display_and_a_sound_server_that_come_and_go(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = SoundServer()
    with closing(sound), XSession(private_home, monkeypatch) as screen:
        user = User(private_home, dict(os.environ))
        with hasty(user, "--source", "x11_idle") as daemon:
            for _ in range(TIMES):
                sound.open()
                wait_until(lambda: "slowrise" in sound.ask("list", "clients"), "the sound server to be found")
                sound.close()
                screen.close()
                wait_until(lambda: user.status()["source"] != "x11_idle", "the daemon to notice the loss")
                screen.open()
                wait_until(lambda: user.status()["source"] == "x11_idle", "the display to be found")
            assert daemon.end() == 0
    assert len(lines_about(daemon, "microphone")) <= 1 + LOGGED, "one line more, because it was missing at the start"
    assert len(lines_about(daemon, "input")) == LOGGED
    assert len(daemon.log_text().splitlines()) < 40, daemon.log_text()


@pytest.mark.real("Xvfb", "dbus-daemon")
def test_a_lock_that_opens_and_closes_a_thousand_times_a_second(
    private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={private_home}/run/session-bus")
    with mock_bus("session", private_home), XSession(private_home, monkeypatch):
        user = User(private_home, dict(os.environ))
        with (
            subprocess.Popen([sys.executable, "-c", SAVER], stdout=subprocess.PIPE) as saver,
            user.daemon("--source", "x11_idle") as daemon,
        ):
            assert saver.stdout
            for _ in range(3):
                assert saver.stdout.readline() == b"asked\n"
            assert user.status()["source"] == "x11_idle"
            saver.kill()
            daemon.wait_for("keeps failing")
            assert daemon.end() == 0
        names = [event["event"] for event in user.events()]
    assert MOST <= names.count("locked") + names.count("unlocked") <= 3 * (MOST + 2)
    assert names.count("locked") == names.count("unlocked"), "the last state must be unlocked"
    assert len(lines_about(daemon, "screensaver")) == LOGGED
