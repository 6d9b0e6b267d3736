"""Other desktops: dunst with pynput, a bare terminal, and Wayland, where pynput sees no input."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.daemon_process import COMMAND, User, private_environ
from support.desktop_programs import dunst, wait_until
from support.desktop_session import BETWEEN_KEYS, DesktopSession

SOON = """
[limits]
sit_soft = "2s"
sit_firm = "2m"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
wait_for_pause = "0s"
"""


@pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "dunst", "import")
def test_pynput_alone_and_dunst(desk: DesktopSession, user: User, tmp_path: Path) -> None:
    user.configure(SOON)
    with dunst(desk.bus, desk.screen) as notices, user.daemon("--source", "pynput") as daemon:
        with desk.typing():
            daemon.wait_for("prompt: sit-soft")
            wait_until(lambda: notices.displayed() == 1, "the prompt")
            desk.screen.screenshot(tmp_path / "dunst.png")
            assert user.status()["source"] == "pynput"
            notices.press("5 more minutes")
            daemon.wait_for("answered: snooze")
            wait_until(lambda: notices.displayed() == 0, "the prompt to go")
        daemon.wait_for_event("idle")
        assert daemon.end() == 0
    assert logged_kinds(daemon.log_text()) == ["sit-soft"]
    active, idle = (next(event for event in user.events() if event["event"] == name) for name in ("active", "idle"))
    assert active["at"] < idle["since"]


def logged_kinds(log: str) -> list[str]:
    """Return the kinds of the prompts that were shown."""
    return [line.split()[2] for line in log.splitlines() if line.startswith("INFO prompt: ")]


@pytest.fixture
def console_user(private_home: Path) -> User:
    """Return a user without a desktop and a bus."""
    return User(private_home, private_environ())


def test_a_terminal_is_enough(console_user: User) -> None:
    console_user.configure(SOON)
    with terminal() as keyboard, console_user.daemon("--source", "terminal") as daemon:
        for _ in range(30):
            os.write(keyboard, b"\r")
            if "prompt: sit-soft" in daemon.log_text():
                break
            time.sleep(BETWEEN_KEYS)
        daemon.wait_for("Get up slowly")  # the prompt, which only the console can show
        assert (console_user.status()["source"], console_user.status()["notifier"]) == ("terminal", "console")
        daemon.wait_for_event("idle")


@contextmanager
def terminal() -> Iterator[int]:
    """Yield the keyboard side of a terminal that a program reads."""
    keyboard, screen = pty.openpty()
    with subprocess.Popen(["cat"], stdin=screen, stdout=screen, stderr=screen, start_new_session=True) as reader:
        os.close(screen)
        try:
            yield keyboard
        finally:
            reader.kill()
            os.close(keyboard)


@pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool")
def test_in_a_terminal_one_line_shows_the_status_until_ctrl_c(desk: DesktopSession, user: User) -> None:
    user.configure(SOON)
    keyboard, screen = pty.openpty()
    shown = bytearray()

    def shows(text: bytes) -> bool:
        while select.select([keyboard], [], [], 0)[0]:
            shown.extend(os.read(keyboard, 4096))
        return text in shown

    command = [*COMMAND, "run", "--source", "x11_idle"]
    with subprocess.Popen(
        command, env=user.environ, stdin=screen, stdout=screen, stderr=screen, start_new_session=True
    ) as run:
        try:
            wait_until(lambda: shows(b"away"), "the line")
            with desk.typing():
                wait_until(lambda: shows(b"sitting"), "the line to change")
            assert b"INFO" not in shown
            assert b"DEBUG" not in shown
            run.send_signal(signal.SIGINT)
            wait_until(lambda: shows(b"") and run.poll() is not None, "the end")
            assert run.returncode == 0
            assert b"Traceback" not in shown
        finally:
            run.kill()
            os.close(screen)
            os.close(keyboard)
    assert user.events()[-1]["event"] == "stopped"


@pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus")
def test_on_wayland_pynput_refuses_to_start(desk: DesktopSession, user: User) -> None:
    user.environ["WAYLAND_DISPLAY"] = "wayland-9"
    result = user.run("run", "--source", "pynput", "--own-display")
    assert result.code == 4
    assert "pynput: pynput is blind on Wayland" in result.err
    assert "wayland_idle or mutter" in result.err
    assert not user.ledger.exists()
