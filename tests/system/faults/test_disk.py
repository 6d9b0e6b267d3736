"""The disk under a running daemon is full, then has room again; refuses each write, and takes them again."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from support.daemon_process import Daemon, User
from support.desktop_programs import wait_until
from support.desktop_session import DesktopSession

pytestmark = pytest.mark.real("mount", "Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool")

CONFIG = """
[source]
resolution = "1s"
[notifications]
use = "console"
"""
HELD = "What happens is kept in memory until it can be written."
WRITTEN = "The ledger can be written again; nothing was lost."


@pytest.fixture
def user(desk: DesktopSession, private_home: Path) -> Iterator[User]:
    """One whose data lies on a disk of 512 KiB."""
    user = User(private_home, desk.environ)
    user.configure(CONFIG)
    user.data.mkdir(parents=True)
    mount("-t", "tmpfs", "-o", f"size=512k,mode=0700,uid={os.geteuid()}", "tmpfs", user.data)
    yield user
    subprocess.run(["umount", "--lazy", str(user.data)], check=True, timeout=20)


def mount(*words: object) -> None:
    subprocess.run(["mount", *map(str, words)], check=True, timeout=20)


def fill(ballast: Path) -> None:
    """Leave no byte."""
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 512, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


def note(user: User, times: int) -> None:
    """Have so many events recorded."""
    for _ in range(times):
        user.ask("standing")
        user.ask("sitting")


def writes_again(user: User, daemon: Daemon) -> bool:
    """Whether it does by now; it tries when something happens."""
    note(user, 1)
    return WRITTEN in daemon.log_text()


def test_what_happens_while_it_is_full_is_written_when_there_is_room(user: User) -> None:
    ballast = user.data / "slowrise-ballast"
    with user.daemon() as daemon:
        fill(ballast)
        for _ in range(60):
            note(user, 1)
            if HELD in daemon.log_text():
                break
        note(user, 4)
        assert "the disk is full" in daemon.log_text()
        assert (daemon.log_text().count(HELD), daemon.log_text().count(WRITTEN)) == (1, 0), "said once"
        assert any("the disk is full" in line for line in user.status()["notes"])
        ballast.unlink()
        wait_until(lambda: writes_again(user, daemon), "the writing to go on", patience=60)
        assert daemon.end() == 0
        recorded = daemon.log_text().count("DEBUG standing\n")
    assert [event["event"] for event in user.events()].count("standing") == recorded


@pytest.mark.real("strace")
@pytest.mark.parametrize("error", ["EROFS", "EIO"])
def test_what_happens_while_writing_fails_is_written_when_it_no_longer_does(user: User, error: str) -> None:
    """As a disk does that the kernel makes read-only, or that breaks: each write of the running daemon is refused."""
    with user.daemon() as daemon:
        with refused(daemon.process.pid, error, user.ledger):
            note(user, 2)
            daemon.wait_for(HELD)
            assert any("kept in memory" in line for line in user.status()["notes"])
        wait_until(lambda: writes_again(user, daemon), "the writing to go on", patience=60)
        assert daemon.end() == 0
        recorded = daemon.log_text().count("DEBUG standing\n")
        assert (daemon.log_text().count(HELD), daemon.log_text().count(WRITTEN)) == (1, 1)
    assert [event["event"] for event in user.events()].count("standing") == recorded


@contextmanager
def refused(pid: int, error: str, ledger: Path) -> Iterator[None]:
    """Every write to the ledger's files fails while the block runs."""
    paths = [word for suffix in ("", "-wal", "-shm") for word in ("-P", f"{ledger}{suffix}")]
    inject = f"inject=pwrite64,fdatasync,fsync:error={error}"
    command = ["strace", "-f", "-p", str(pid), *paths, "-e", inject]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr
        assert "attached" in tracer.stderr.readline()
        reading = Thread(target=tracer.stderr.read)  # else it would wait with a full pipe, and the daemon with it
        reading.start()
        try:
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(20)
            reading.join()
