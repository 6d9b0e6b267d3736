"""The daemon finds the display that comes after it, and follows it when it goes and comes back."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from slowrise.adapters.system.processes import name_of
from support.daemon_process import COMMAND, Daemon, User, private_environ
from support.desktop_programs import process, session_bus, wait_until
from support.wayland_desk import moves_the_mouse, sway

ONLY_X = """
hidden=$HOME/hidden; mkdir "$hidden"; mount --bind /tmp/.X11-unix "$hidden"; mount -t tmpfs none /tmp/.X11-unix
while [ "$1" != -- ]; do touch "/tmp/.X11-unix/$1"; mount --bind "$hidden/$1" "/tmp/.X11-unix/$1"; shift; done
shift; exec "$@"
"""
"""Runs a command that sees only the X servers named before `--`."""
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
def run(user: User, before: Sequence[str] = WITHOUT_X_OF_OTHERS, **environ: str) -> Iterator[Daemon]:
    """Run the daemon as a desktop or a unit does: without `--own-display`."""
    command = [*before, *COMMAND, "run", "--verbose"]
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


@pytest.mark.real("mutter", "dbus-daemon", "unshare", "mount")
def test_gnome_is_found_on_the_bus(alone: User, terminal: None, tmp_path: Path) -> None:
    with session_bus() as bus, run(alone, DBUS_SESSION_BUS_ADDRESS=bus.address) as daemon:
        assert alone.status()["source"] == "terminal"
        environ = {**alone.environ, "DBUS_SESSION_BUS_ADDRESS": bus.address}
        gnome = ("mutter", "--headless", "--wayland", "--no-x11", "--virtual-monitor", "640x480")
        with process(*gnome, environ=environ, log=tmp_path / "mutter"):
            wait_until(lambda: alone.status()["source"] == "mutter", "GNOME to be found")
            assert alone.status()["unseen"] == []
        wait_until(lambda: alone.status()["source"] == "terminal", "the terminal to stand in")
        assert daemon.end() == 0


@contextmanager
def x_server(*options: str) -> Iterator[str]:
    """Yield the display of an X server."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen([*command, *options], pass_fds=[writing], stdout=quiet, stderr=quiet) as server:
        try:
            os.close(writing)
            with os.fdopen(reading) as stream:
                yield f":{stream.readline().strip()}"
        finally:
            server.terminate()


def locked(folder: Path) -> Path:
    """Write a cookie without which nobody reaches an X server."""
    path = folder / "cookie"
    parts = (b"anywhere", b"", b"MIT-MAGIC-COOKIE-1", bytes(range(16)))
    path.write_bytes(b"\xff\xff" + b"".join(len(part).to_bytes(2, "big") + part for part in parts))
    return path


@pytest.mark.real("Xvfb", "sway", "unshare", "mount")
@pytest.mark.parametrize("sandbox", [(), ("unshare", "--user", "--map-root-user")])
def test_x_servers_are_found_also_in_the_sandbox_of_the_unit(alone: User, sandbox: tuple[str, ...]) -> None:
    look = "from slowrise.adapters.system import desktop; print(*(each.name for each in desktop.displays()))"
    with x_server() as own, sway(alone):
        locks = [(path, int(path.read_text().strip(" \n\0"))) for path in Path("/tmp").glob(".X*-lock")]
        of_sway = {":" + path.name[2:-5] for path, pid in locks if name_of(pid) == "sway"}
        done = subprocess.run([*sandbox, *COMMAND[:1], "-c", look], env=alone.environ, capture_output=True, check=True)
    found = set(done.stdout.decode().split())
    assert {own, "wayland-1"} <= found
    assert not of_sway & found


@pytest.mark.real("Xvfb", "xdotool", "unshare", "mount")
def test_two_displays_are_watched_together_and_a_closed_one_is_named(alone: User, tmp_path: Path) -> None:
    closed_to_us = ("-auth", str(locked(tmp_path)))
    with x_server() as own, x_server() as other, x_server(*closed_to_us) as closed:
        sockets = [name.replace(":", "X") for name in (own, other, closed)]
        with run(alone, ("unshare", "--mount", "sh", "-c", ONLY_X, "sh", *sockets, "--"), DISPLAY=own) as daemon:
            before = alone.status()
            assert (before["displays"], before["unseen"]) == ([own, other], [closed])
            assert (before["state"], before["sure"], before["has_seen_input"]) == ("away", 0.5, False)
            assert "no input seen yet" in alone.ask("status")
            assert f"cannot see whether you use {closed}" in alone.ask("status")
            doctor = alone.ask("doctor")
            assert f"displays: {own}, {other}" in doctor
            assert f"not seen: {closed}" in doctor
            assert "x11_idle: works" in doctor  # although this command knows no display, as over ssh
            keys = ["xdotool", "key", "--repeat", "6", "--repeat-delay", "200", "a"]
            subprocess.run(keys, check=True, env={**alone.environ, "DISPLAY": other})
            daemon.wait_for_event("active")
            daemon.wait_for_event("idle")
            assert alone.status()["has_seen_input"]
            assert daemon.end() == 0
        recorded = {value for event in alone.events() for value in event.values() if isinstance(value, str)}
        assert not recorded & {own, other, closed}
