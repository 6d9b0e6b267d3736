"""What comes and goes, or never stops talking, fills neither the log nor the ledger: it is said once."""

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
"""As patient as a machine gun, so that a few seconds here are a day elsewhere."""

TIMES = 5
SAID = 3
"""Lines: it is gone, it is back, it comes and goes."""

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
"""A screen saver that locks and unlocks as fast as a bus can carry it, anew for each who asks."""


@contextmanager
def hasty(user: User, *arguments: str) -> Iterator[Daemon]:
    """A daemon that tries again at once, and logs as the unit has it."""
    daemon = Daemon([sys.executable, "-c", HASTY, "run", *arguments], user.environ, user.home / "log")
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
                wait_until(lambda: user.status()["source"] != "x11_idle", "the display to be missed")
                screen.open()
                wait_until(lambda: user.status()["source"] == "x11_idle", "the display to be found")
            assert daemon.end() == 0
    assert len(lines_about(daemon, "microphone")) <= 1 + SAID, "it was not there at first"
    assert len(lines_about(daemon, "input")) == SAID
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
            assert user.status()["source"] == "x11_idle", "it answers all the while"
            saver.kill()
            daemon.wait_for("comes and goes")
            assert daemon.end() == 0
        names = [event["event"] for event in user.events()]
    assert MOST <= names.count("locked") + names.count("unlocked") <= 3 * (MOST + 2)
    assert names.count("locked") == names.count("unlocked"), "in the end it is open"
    assert len(lines_about(daemon, "screensaver")) == SAID
