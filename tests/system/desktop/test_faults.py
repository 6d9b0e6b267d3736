"""The programs that the daemon depends on die, hang and return: X server, notification service, session bus."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import desktop_programs as desktop
from support.daemon_process import User
from support.desktop_programs import wait_until
from support.desktop_session import DesktopSession

SOON = """
[limits]
sit_soft = "1s"
sit_firm = "2s"
sit_repeat = "2s"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
wait_for_pause = "0s"
"""


@pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "dunst")
def test_a_service_that_is_killed_or_hangs_costs_no_later_prompt(desk: DesktopSession, user: User) -> None:
    user.configure(SOON)
    with user.daemon() as daemon, desk.typing():
        with desktop.dunst(desk.bus, desk.screen) as notices:
            daemon.wait_for("freedesktop shows notices again")
            os.kill(notices.pid, signal.SIGSTOP)
            daemon.wait_for("freedesktop shows no notices: ")
            assert user.status()["state"] == "sitting", "the daemon hangs with the service"
            os.kill(notices.pid, signal.SIGCONT)
            daemon.wait_for("freedesktop shows notices again", times=2)
            os.kill(notices.pid, signal.SIGKILL)
        daemon.wait_for("freedesktop shows no notices: ", times=2)
        with desktop.dunst(desk.bus, desk.screen) as notices:
            daemon.wait_for("freedesktop shows notices again", times=3)
            wait_until(lambda: notices.displayed() == 1, "the prompt")
            os.kill(notices.pid, signal.SIGSTOP)
            assert daemon.end() == 0, "the hung service kept the daemon from ending"


@pytest.mark.real("dbus-daemon", "Xvfb", "xdotool")
def test_without_the_session_bus_the_daemon_still_observes(desk: DesktopSession, user: User) -> None:
    user.configure(SOON)
    with desktop.session_bus() as bus:
        user.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        with user.daemon() as daemon, desk.typing():
            daemon.wait_for_event("active")
            os.kill(bus.pid, signal.SIGKILL)
            daemon.wait_for("prompt: sit-", times=2)
            daemon.wait_for("Scoot forward", times=2)
            assert user.status()["state"] == "sitting"
            assert daemon.end() == 0
    assert "paused" not in [event["event"] for event in user.events()]


@pytest.mark.real("Xvfb", "xdotool")
def test_an_x_server_that_returns_is_observed_again(desk: DesktopSession, user: User, tmp_path: Path) -> None:
    user.configure(SOON)
    with x_server("-displayfd", "1", log=tmp_path / "display") as first:
        wait_until(lambda: (tmp_path / "display").read_text().strip() != "", "the X server")
        display = ":" + (tmp_path / "display").read_text().strip()
        user.environ["DISPLAY"] = display
        with user.daemon("--source", "x11_idle") as daemon:  # without the option, a terminal may replace it
            press_keys(display)
            daemon.wait_for_event("active")
            first.kill()
            daemon.wait_for_event("paused")
            status = user.status()
            assert (status["state"], status["source"]) == ("unobserved", None)
            assert any("X server" in note for note in status["notes"])
            with x_server(display, log=tmp_path / "log"):
                daemon.wait_for_event("unpaused")
                press_keys(display)
                daemon.wait_for_event("active", times=2)
                assert user.status()["source"] == "x11_idle"
                assert daemon.end() == 0
    states = [span["state"] for span in user.replayed()["spans"]]
    assert states[states.index("sitting") + 1] == "unobserved", states


@contextmanager
def x_server(*arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run an X server that a test can kill and start again with the same display number."""
    command = ["Xvfb", *arguments, "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL) as server:
        try:
            yield server
        finally:
            server.kill()


def press_keys(display: str) -> None:
    """Type for a second, as soon as the display accepts input."""
    environ = {**os.environ, "DISPLAY": display}
    keys = ["xdotool", "key", "--repeat", "6", "--repeat-delay", "200", "a"]
    wait_until(lambda: subprocess.run(keys, env=environ, capture_output=True, check=False).returncode == 0, "the keys")
