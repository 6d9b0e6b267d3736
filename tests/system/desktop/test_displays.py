"""The daemon finds the display that comes after it, and follows it when it goes and comes back."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.daemon_process import COMMAND, Daemon, User, private_environ
from support.desktop_programs import wait_until
from support.wayland_desk import moves_the_mouse, sway

WITHOUT_X_OF_OTHERS = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /tmp/.X11-unix && exec "$@"', "sh")
"""Runs a command that sees no X server of another test."""
SOON = '[source]\nresolution = "1s"\n'


@pytest.fixture
def alone(private_home: Path) -> User:
    """Return a user without a desktop."""
    user = User(private_home, private_environ())
    user.configure(SOON)
    return user


@pytest.fixture
def terminal() -> Iterator[None]:
    """Give this user a terminal that nobody types at."""
    keyboard, screen = pty.openpty()
    with subprocess.Popen(["cat"], stdin=screen, stdout=screen, stderr=screen) as reader:
        yield
        reader.kill()
    os.close(keyboard)
    os.close(screen)


@contextmanager
def run(user: User, **environ: str) -> Iterator[Daemon]:
    """Run the daemon as a desktop or a unit does: without `--own-display`."""
    command = [*WITHOUT_X_OF_OTHERS, *COMMAND, "run", "--verbose"]
    daemon = Daemon(command, {**user.environ, **environ}, user.home / "log")
    try:
        daemon.wait_for_event("policy")
        yield daemon
    except BaseException:
        print(daemon.log_text())  # noqa: T201 - for pytest
        raise
    finally:
        daemon.ensure_ended()


def sees(user: User, daemon: Daemon, times: int = 1) -> None:
    """Check that the daemon watches sway and sees its mouse."""
    wait_until(lambda: user.status()["source"] == "wayland_idle", "the daemon to find sway")
    moves_the_mouse(user)
    daemon.wait_for_event("active", times=times)


@pytest.mark.real("sway", "swaymsg", "unshare", "mount")
def test_a_display_that_is_named_and_not_there_yet_is_waited_for(alone: User) -> None:
    with run(alone, WAYLAND_DISPLAY="wayland-1") as daemon, sway(alone):
        sees(alone, daemon)
        assert daemon.end() == 0


@pytest.mark.real("sway", "swaymsg", "unshare", "mount")
def test_a_terminal_gives_way_to_the_display_that_starts_later(alone: User, terminal: None) -> None:
    with run(alone) as daemon:
        assert alone.status()["source"] == "terminal"
        for number in (1, 2):
            with sway(alone):
                sees(alone, daemon, times=number)
            wait_until(lambda: alone.status()["source"] == "terminal", "the terminal to stand in")
        assert daemon.end() == 0
