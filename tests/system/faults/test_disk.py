"""The disk of a running daemon is full or refuses every write, and then works again."""

from __future__ import annotations

import os
import re
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
    """Yield a user whose data is on a disk of 512 KiB."""
    user = User(private_home, desk.environ)
    user.configure(CONFIG)
    user.data.mkdir(parents=True)
    mount("-t", "tmpfs", "-o", f"size=512k,mode=0700,uid={os.geteuid()}", "tmpfs", user.data)
    yield user
    subprocess.run(["umount", "--lazy", str(user.data)], check=True, timeout=20)


def mount(*words: object) -> None:
    subprocess.run(["mount", *map(str, words)], check=True, timeout=20)


def fill(ballast: Path) -> None:
    """Fill the disk to the last byte."""
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 512, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


def note(user: User, times: int) -> None:
    """Make the daemon record events."""
    for _ in range(times):
        user.ask("standing")
        user.ask("sitting")


def writes_again(user: User, daemon: Daemon) -> bool:
    """Record an event, and return whether the daemon writes to the disk again."""
    note(user, 1)
    return WRITTEN in daemon.log_text()


def test_events_on_a_full_disk_are_written_when_there_is_room(user: User) -> None:
    ballast = user.data / "slowrise-ballast"
    with user.daemon() as daemon:
        fill(ballast)
        for _ in range(60):
            note(user, 1)
            if HELD in daemon.log_text():
                break
        note(user, 4)
        assert "the disk is full" in daemon.log_text()
        assert (daemon.log_text().count(HELD), daemon.log_text().count(WRITTEN)) == (1, 0), (
            "the daemon must report it once"
        )
        assert any("the disk is full" in line for line in user.status()["notes"])
        ballast.unlink()
        wait_until(lambda: writes_again(user, daemon), "the daemon to write again")
        assert daemon.end() == 0
        recorded = daemon.log_text().count("DEBUG standing\n")
    assert [event["event"] for event in user.events()].count("standing") == recorded


def test_without_any_room_a_sentence_says_what_to_do(user: User) -> None:
    fill(user.data / "slowrise-ballast")
    done = user.run("symptom", "pain", "--side", "middle", "--level", "3", given="y\n")
    assert done.code == 1
    assert "the disk is full" in done.err
    assert not re.search(r"Errno|Traceback|--data-dir", done.err), done.err


def test_a_start_on_a_full_disk_is_held_in_memory_until_there_is_room(user: User) -> None:
    fill(ballast := user.data / "slowrise-ballast")
    with user.daemon() as daemon:
        daemon.wait_for(HELD)
        assert any("the disk is full" in line for line in user.status()["notes"])
        note(user, 2)
        ballast.unlink()
        wait_until(lambda: writes_again(user, daemon), "the daemon to write again")
        assert daemon.end() == 0
    assert [event["event"] for event in user.events()][:2] == ["started", "policy"]


def test_a_start_in_a_home_that_cannot_be_written_continues_the_day_and_stores_it_later(user: User) -> None:
    with user.daemon() as daemon:
        user.ask("profile", "recovery")
        user.ask("symptom", "pain", "--side", "middle", "--level", "3")
        assert daemon.end() == 0
    before = len(user.events())
    mount("-o", "remount,ro", user.data)
    with user.daemon() as daemon:
        daemon.wait_for(HELD)
        status = user.status()
        assert status["profile"] == "recovery", "the record is read"
        assert [line for line in status["notes"] if "it cannot be written here" in line]
        assert f"process {daemon.process.pid}" in user.ask("doctor")
        second = user.run("run")
        assert (second.code, f"process {daemon.process.pid}" in second.err) == (1, True), second.err
        note(user, 1)
        mount("-o", "remount,rw", user.data)
        wait_until(lambda: writes_again(user, daemon), "the daemon to write again")
        assert daemon.end() == 0
    assert [event["event"] for event in user.events()][before : before + 4] == [
        *("started", "policy", "standing", "sitting")
    ]


def test_a_report_that_does_not_fit_leaves_nothing_behind(user: User) -> None:
    with user.daemon() as daemon:
        daemon.end()
    fill(user.data / "slowrise-ballast")
    before = {path.name for path in user.data.iterdir()}
    assert user.ask("summary")
    done = user.run("report", "--html", str(user.data / "mine.html"))
    assert (done.code, "No space left on device" in done.err, "Traceback" in done.err) == (1, True, False), done.err
    assert {path.name for path in user.data.iterdir()} - {"ledger.sqlite3-wal", "ledger.sqlite3-shm"} == before


@pytest.fixture
def failing_disk(user: User, tmp_path: Path) -> Path:
    """Replace the user's disk by one that becomes read-only at its first error, and return the file that causes it."""
    subprocess.run(["umount", "--lazy", str(user.data)], check=True, timeout=20)
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(16 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, timeout=60)
    mount("-o", "loop,errors=remount-ro", image, user.data)
    user.data.chmod(0o700)
    (user.data / "lost+found").rmdir()
    found = subprocess.run(
        ["findmnt", "-no", "SOURCE", str(user.data)], check=True, timeout=20, capture_output=True, text=True
    )
    return Path("/sys/fs/ext4") / Path(found.stdout.strip()).name / "trigger_fs_error"


def test_a_disk_that_becomes_read_only_is_said_in_words(user: User, failing_disk: Path) -> None:
    with user.daemon() as daemon:
        failing_disk.write_text("x")
        note(user, 2)
        daemon.wait_for(HELD)
        assert daemon.end() == 1
        assert "events are lost" in daemon.log_text()
        assert "Traceback" not in daemon.log_text()
    assert user.ask("summary")
    for command in ("report", "symptom pain --side left --level 2", "forget --all --yes"):
        done = user.run(*command.split(), given="y\n")
        assert (done.code, "Traceback" in done.err) == (1, False), done.err


@pytest.mark.real("strace")
@pytest.mark.parametrize("error", ["EROFS", "EIO"])
def test_events_during_failing_writes_are_written_later(user: User, error: str) -> None:
    """Every write of the daemon fails, as on a broken disk or one that the kernel made read-only."""
    with user.daemon() as daemon:
        with refused(daemon.process.pid, error, user.ledger):
            note(user, 2)
            daemon.wait_for(HELD)
            assert any("kept in memory" in line for line in user.status()["notes"])
        wait_until(lambda: writes_again(user, daemon), "the daemon to write again")
        assert daemon.end() == 0
        recorded = daemon.log_text().count("DEBUG standing\n")
        assert (daemon.log_text().count(HELD), daemon.log_text().count(WRITTEN)) == (1, 1)
    assert [event["event"] for event in user.events()].count("standing") == recorded


@contextmanager
def refused(pid: int, error: str, ledger: Path) -> Iterator[None]:
    """Make every write to the ledger's files fail while the block runs."""
    paths = [word for suffix in ("", "-wal", "-shm") for word in ("-P", f"{ledger}{suffix}")]
    inject = f"inject=pwrite64,fdatasync,fsync:error={error}"
    command = ["strace", "-f", "-p", str(pid), *paths, "-e", inject]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr
        assert "attached" in tracer.stderr.readline()
        reading = Thread(target=tracer.stderr.read)  # a full pipe would block strace, and the daemon with it
        reading.start()
        try:
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(20)
            reading.join()
