"""At most one daemon runs on a data directory. The other daemons are real processes."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from slowrise.adapters.system.files import Unsafe
from slowrise.adapters.system.paths import paths
from slowrise.adapters.system.single_instance import AlreadyRunning, Holder, SingleInstance, running
from slowrise.cli.health_notes import HealthNotes
from support.odd_file_systems import mounted

HOLD = """
import sys
from pathlib import Path
from slowrise.adapters.system.single_instance import SingleInstance
instance = SingleInstance(Path(sys.argv[1]), is_brief="brief" in sys.argv)
print("held", flush=True)
sys.stdin.readline()
instance.release()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lock"


@contextmanager
def holder(lock: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run another process that holds the lock until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.communicate(timeout=60)


def rewritten(lock: Path, **changes: object) -> None:
    stored = msgspec.json.decode(lock.read_bytes(), type=Holder)
    lock.write_bytes(msgspec.json.encode(msgspec.structs.replace(stored, **changes)))


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process find no locks, like some network homes."""

    def refuse(file: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)


@pytest.fixture
def lockless(tmp_path: Path) -> Iterator[Path]:
    """Yield a lock on a real file system without locks."""
    with mounted(tmp_path / "odd", without="locks"):
        yield tmp_path / "odd" / "data" / "lock"


def test_the_second_names_the_first(lock: Path) -> None:
    with holder(lock) as first:
        with pytest.raises(AlreadyRunning, match=f"process {first.pid}") as caught:
            SingleInstance(lock)
        assert caught.value.pid == first.pid
        assert running(lock) == first.pid


def test_a_daemon_that_ended_leaves_the_lock_free(lock: Path) -> None:
    with holder(lock):
        pass
    assert running(lock) is None
    SingleInstance(lock).release()


def test_a_daemon_that_was_killed_leaves_the_lock_free(lock: Path) -> None:
    with holder(lock) as first:
        first.kill()
    assert lock.read_bytes(), "a killed daemon cannot clear the file"
    assert running(lock) is None
    instance = SingleInstance(lock)
    assert running(lock) == os.getpid()
    instance.release()


def test_another_data_directory_is_another_daemon(lock: Path, tmp_path: Path) -> None:
    with holder(lock):
        SingleInstance(tmp_path / "other" / "lock").release()


def test_a_copied_directory_has_no_holder(lock: Path, tmp_path: Path) -> None:
    with holder(lock):
        shutil.copytree(lock.parent, tmp_path / "copy")
        assert running(tmp_path / "copy" / "lock") is None
        SingleInstance(tmp_path / "copy" / "lock").release()


def test_the_holder_is_unknown_until_it_has_written_the_file(lock: Path) -> None:
    with holder(lock):
        os.truncate(lock, 0)
        with pytest.raises(AlreadyRunning) as caught:
            SingleInstance(lock)
        assert caught.value.pid is None


def test_a_deleted_lock_file_frees_nothing_and_is_made_again(lock: Path) -> None:
    first = SingleInstance(lock)
    lock.unlink()
    with pytest.raises(AlreadyRunning):
        SingleInstance(lock)
    first.keep()
    assert running(lock) == os.getpid()
    first.keep()
    first.release()
    assert running(lock) is None
    with holder(lock):
        pass


def test_a_daemon_whose_directory_was_deleted_takes_the_new_one_unless_another_has_it(lock: Path) -> None:
    first = SingleInstance(lock)
    shutil.rmtree(lock.parent)
    first.keep()
    assert running(lock) == os.getpid()
    shutil.rmtree(lock.parent)
    with holder(lock) as second:
        with pytest.raises(AlreadyRunning, match=f"process {second.pid}"):
            first.keep()
        first.release()
        assert running(lock) == second.pid


def test_a_command_that_holds_it_for_a_moment_is_waited_for(lock: Path) -> None:
    with ThreadPoolExecutor(1) as pool, holder(lock, "brief") as command:
        starting = pool.submit(SingleInstance, lock)
        wait([starting], timeout=0.3)
        assert not starting.done()
        assert command.stdin
        command.stdin.close()
        command.stdin = None
        starting.result(30).release()


def test_a_note_waits_for_a_daemon_that_is_just_starting_or_ending(lock: Path) -> None:
    """It holds the lock, and its socket does not answer."""
    here = paths(data=lock.parent)
    with ThreadPoolExecutor(1) as pool, holder(lock) as daemon:
        noting = pool.submit(HealthNotes(here).add, "symptom", kind="pain", side="left", level=2)
        wait([noting], timeout=0.5)
        assert not noting.done()
        assert daemon.stdin
        daemon.stdin.close()
        daemon.stdin = None
        noting.result(30)
    assert len(HealthNotes(here).events()) == 1


@pytest.mark.real("fuse", "gcc")
def test_without_locks_one_daemon_runs_whatever_the_file_says(lockless: Path) -> None:
    with holder(lockless) as first:
        with pytest.raises(AlreadyRunning) as caught:
            SingleInstance(lockless)
        assert caught.value.pid == first.pid
        os.truncate(lockless, 0)
        with pytest.raises(AlreadyRunning):
            SingleInstance(lockless)
        first.kill()
        first.wait()
        SingleInstance(lockless).release()


@pytest.mark.usefixtures("no_locks")
def test_without_locks_a_living_holder_is_known_by_what_it_wrote(lock: Path) -> None:
    with holder(lock) as first:
        with pytest.raises(AlreadyRunning) as caught:
            SingleInstance(lock)
        assert caught.value.pid == first.pid


@pytest.mark.usefixtures("no_locks")
@pytest.mark.parametrize(
    "changes",
    [{"began": 5.0}, {"boot": "another"}, {"file": (1, 1)}, {"pid": 2**31 - 1}],
    ids=["its process id is used again", "before a reboot", "copied", "no such process"],
)
def test_without_locks_a_stale_file_is_known_by_its_content(lock: Path, changes: dict[str, object]) -> None:
    with holder(lock):
        rewritten(lock, **changes)
        assert running(lock) is None
        SingleInstance(lock).release()


@pytest.mark.usefixtures("no_locks")
def test_without_locks_a_zombie_holder_is_stale(lock: Path) -> None:
    with holder(lock) as first:
        first.kill()
        assert first.stdout
        assert first.stdout.read() == ""
        os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)
        SingleInstance(lock).release()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"12345", b'{"pid": "x"}', b"[" * 5000])
def test_a_file_with_unknown_content_is_stale(lock: Path, content: bytes) -> None:
    lock.parent.mkdir(mode=0o700)
    lock.write_bytes(content)
    assert running(lock) is None
    instance = SingleInstance(lock)
    assert running(lock) == os.getpid()
    instance.release()


def test_a_link_in_place_of_the_lock_is_not_followed(lock: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    lock.parent.mkdir(mode=0o700)
    lock.symlink_to(target)
    with pytest.raises(Unsafe):
        SingleInstance(lock)
    assert running(lock) is None
    assert target.read_text() == "precious"


def test_only_its_user_can_read_it(lock: Path) -> None:
    instance = SingleInstance(lock)
    assert (lock.stat().st_mode & 0o777, lock.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    instance.release()
