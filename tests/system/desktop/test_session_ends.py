"""The session of the daemon ends: what belonged to it ends too, a service goes on, and commands find what runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.daemon_process import Daemon, User, private_environ
from support.desktop_programs import PATIENCE, wait_until
from support.wayland_desk import sway

SERVICE = {"NOTIFY_SOCKET": "/nonexistent"}


@pytest.fixture
def alone(private_home: Path) -> User:
    user = User(private_home, {**private_environ(), "WAYLAND_DISPLAY": "wayland-1"})
    user.configure('[source]\nresolution = "1s"\n')
    return user


def watching(user: User, daemon: Daemon) -> None:
    wait_until(lambda: user.run("status").code == 0 and user.status()["source"] == "wayland_idle", "sway to be watched")


@pytest.mark.seen("sway", "stop")
@pytest.mark.real("sway")
def test_a_daemon_ends_with_the_runtime_directory(alone: User) -> None:
    with sway(alone):
        daemon = alone.start("--source", "wayland_idle")
        watching(alone, daemon)
        shutil.rmtree(alone.home / "run")
    assert daemon.process.wait(PATIENCE) == 0
    assert "has ended, and slowrise with it" in daemon.log_text()
    assert alone.events()[-1]["event"] == "stopped"


@pytest.mark.real("sway")
def test_a_service_follows_into_the_next_session_and_can_be_reached_there(alone: User) -> None:
    runtime = alone.home / "run"
    with sway(alone), alone.daemon("--source", "wayland_idle", **SERVICE) as daemon:
        watching(alone, daemon)
        shutil.rmtree(runtime)
        unreached = alone.run("status")
        assert unreached.code == 3
        assert f"slowrise runs as process {daemon.process.pid}, but cannot be reached" in unreached.err
        assert f"(process {daemon.process.pid})" in alone.run("run").err
        runtime.mkdir(mode=0o700)
        with sway(alone):
            daemon.wait_for("the control socket was removed, and is there again")
            watching(alone, daemon)
            assert daemon.end() == 0


def test_commands_reach_a_daemon_with_another_runtime_directory(private_home: Path) -> None:
    user = User(private_home, private_environ())
    elsewhere = private_home / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    with user.daemon(**SERVICE, XDG_RUNTIME_DIR=str(elsewhere)) as daemon:
        wait_until(lambda: user.run("status").code == 0, "an answer")
        assert f"process {daemon.process.pid}" in user.ask("doctor")
        assert str(elsewhere) in user.ask("doctor")
