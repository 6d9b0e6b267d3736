"""One daemon for each data directory: a lock file, which also names the process that holds it.

The kernel's lock on the file decides; it ends with the process, however that ends. On a file system without locks the
content of the file decides. It names the holder by four facts:

- the process number, and the time when the process began, because numbers are used again;
- the boot, because process times count from it;
- the file itself, because a copied home directory has a copied lock file.
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
"""Seconds between two readings of one process's start. The kernel gives the boot time in whole seconds."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class AlreadyRunning(Exception):
    """Another daemon uses this data directory. `pid` is None if its process is unknown."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"slowrise is already running (process {pid})" if pid else "slowrise is already running")
        self.pid = pid


class Holder(msgspec.Struct, frozen=True):
    """The content of the lock file. `began` is seconds since boot, which setting the clock does not change."""

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
        """Release the lock. The file stays: if it were deleted, two daemons could lock two files of one name."""
        os.ftruncate(self._file, 0)
        os.close(self._file)


def running(path: Path) -> int | None:
    """Return the process that holds the lock, None if there is none. This changes nothing."""
    if sys.platform == "win32":
        return None
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        holder = _read(file)
        return holder.pid if holder and _is_alive(holder, file) else None
    finally:
        os.close(file)


def _lock(file: int) -> None:
    """Lock the file. Raises `AlreadyRunning`; on a file system without locks, if its content names a live process."""
    import fcntl  # does not exist on Windows, where `running` must work

    holder = _read(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunning(holder.pid if holder else None) from None
    except OSError:
        if holder and _is_alive(holder, file):
            raise AlreadyRunning(holder.pid) from None


def _is_alive(holder: Holder, file: int) -> bool:
    """Return whether the process that wrote this file still runs, and is not another with the same number."""
    import psutil

    if (holder.file, holder.boot) != (_identity(file), _boot()) or not psutil.pid_exists(holder.pid):
        return False
    with suppress(psutil.Error):
        ended = psutil.Process(holder.pid).status() == psutil.STATUS_ZOMBIE
        return not ended and abs(_began(holder.pid) - holder.began) < SAME_START
    return False


def _began(pid: int) -> float:
    """Return when the process began, in seconds since boot."""
    import psutil

    return float(psutil.Process(pid).create_time() - psutil.boot_time())


def _boot() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""  # not Linux


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
