"""One daemon a data directory: a lock that dies with its holder, and words about who holds it.

The kernel's lock on the file decides; it is let go with the process however that ends. What is written in the file
names the holder, and decides where a file system has no locks: the process, when it began (numbers are used again), the
boot (they begin again), and the file itself (a copied home brings a copied file).
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from slowrise.adapters.system.files import private_directory, private_file
from slowrise.adapters.system.paths import LEDGER, LOCK

SAME_START = 1.5
"""Seconds: the kernel tells the time of boot in whole ones, and two readings may fall on either side."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class AlreadyRunning(Exception):
    """Another daemon has this data directory. `pid` is None where it is not known."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"slowrise is running already (process {pid})" if pid else "slowrise is running already")
        self.pid = pid


class Holder(msgspec.Struct, frozen=True):
    """What the lock file says. `began` is seconds since boot, which no set clock moves."""

    pid: int
    began: float
    boot: str
    file: tuple[int, int]


class SingleInstance:
    """The lock, held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Take the lock. Raises `AlreadyRunning`, `Unsafe` or `OSError`."""
        private_directory(path.parent, holding=(LOCK, LEDGER))
        private_file(path)
        self._file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            _lock(self._file)
            _write(self._file, Holder(os.getpid(), _began(os.getpid()), _boot(), _identity(self._file)))
        except BaseException:
            os.close(self._file)
            raise

    def release(self) -> None:
        """Let go. The file stays: without it two daemons could lock two files of one name."""
        os.ftruncate(self._file, 0)
        os.close(self._file)


def running(path: Path) -> int | None:
    """The process that holds the lock; None if nobody does. Only looks."""
    if sys.platform == "win32":
        return None
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        holder = _read(file)
        return holder.pid if holder and _lives(holder, file) else None
    finally:
        os.close(file)


def _lock(file: int) -> None:
    """Lock the file or raise `AlreadyRunning`; where there are no locks, what it says must be stale."""
    import fcntl  # not on Windows, where `running` is asked all the same

    holder = _read(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunning(holder.pid if holder else None) from None
    except OSError:
        if holder and _lives(holder, file):
            raise AlreadyRunning(holder.pid) from None


def _lives(holder: Holder, file: int) -> bool:
    """Whether the process that wrote this very file is still there, and is still that process."""
    import psutil

    if (holder.file, holder.boot) != (_identity(file), _boot()) or not psutil.pid_exists(holder.pid):
        return False
    with suppress(psutil.Error):
        ended = psutil.Process(holder.pid).status() == psutil.STATUS_ZOMBIE
        return not ended and abs(_began(holder.pid) - holder.began) < SAME_START
    return False


def _began(pid: int) -> float:
    import psutil

    return float(psutil.Process(pid).create_time() - psutil.boot_time())


def _boot() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""  # no Linux


def _identity(file: int) -> tuple[int, int]:
    status = os.fstat(file)
    return status.st_dev, status.st_ino


def _read(file: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(file, 1000, 0), type=Holder)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def _write(file: int, holder: Holder) -> None:
    os.ftruncate(file, 0)
    os.pwrite(file, msgspec.json.encode(holder), 0)
