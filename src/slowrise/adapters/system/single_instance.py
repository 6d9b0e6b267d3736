"""One daemon for each data directory: a lock on the directory, and a lock file, which also names who holds it.

The kernel's locks decide. A lock ends with its process, even after kill -9. The directory is locked too, because a user
may delete the file. While the directory cannot be written, the file is in the runtime directory, so that a daemon can
run all the same. On a file system without locks the holder keeps an abstract socket, named after the file, which the
kernel gives to one process at a time; where there are none, the content of the file decides. It names the holder by
four facts:

- the process number, and the time when the process began, because numbers are used again;
- the boot, because process times count from it;
- the file itself, because a copied home directory has a copied lock file.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from slowrise.adapters.system.files import Unsafe, private_directory, private_file
from slowrise.adapters.system.paths import LEDGER, LOCK, Paths, lock_aside

SAME_START = 1.5
"""Seconds between two readings of one process's start. The kernel gives the boot time in whole seconds."""

BRIEFLY = 5.0
"""Seconds to wait for a command that holds the lock, which takes a fraction of one."""
RETRY = 0.05
"""Seconds between two attempts."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class AlreadyRunning(Exception):
    """Another daemon uses this data directory. `pid` is None if its process is unknown."""

    def __init__(self, holder: Holder | None) -> None:
        pid = holder.pid if holder else None
        super().__init__(f"slowrise is already running (process {pid})" if pid else "slowrise is already running")
        self.pid = pid
        self.is_brief = holder is None or holder.is_brief
        """Whether a command holds it. One that has not written its name yet may be one."""


class DirectoryGone(OSError):
    """The data directory was deleted, and this process cannot make it again."""


class Holder(msgspec.Struct, frozen=True):
    """The content of the lock file. `began` is seconds since boot, which setting the clock does not change."""

    pid: int
    began: float
    boot: str
    file: tuple[int, int]
    is_brief: bool = False
    """A command holds the lock, to write one note while no daemon runs."""
    socket: str = ""
    """Where the daemon answers commands, which may have another runtime directory; empty for a command."""


class _Held(NamedTuple):
    """The open lock file. `name` is the socket that stands for its lock on a file system without locks."""

    file: int
    name: int | None

    def close(self) -> None:
        """Release the lock."""
        os.close(self.file)
        if self.name is not None:
            os.close(self.name)


class SingleInstance:
    """The lock, held until `release` or the end of the process."""

    def __init__(self, path: Path, *, is_brief: bool = False, socket: Path | None = None) -> None:
        """Take the lock, as soon as no command holds it briefly. Raises `AlreadyRunning`, `Unsafe` or `OSError`.

        `socket`: where this daemon answers commands.
        """
        self._path = path
        self._aside = lock_aside(path)
        self._is_brief = is_brief
        self._socket = os.fspath(socket) if socket else ""
        until = time.monotonic() + BRIEFLY
        while True:
            try:
                self._directory, self._held = self._take()
            except AlreadyRunning as error:
                if not error.is_brief or time.monotonic() > until:
                    raise
                time.sleep(RETRY)
            else:
                return

    def keep(self) -> None:
        """Take the lock again if its file or directory was deleted, or can be written now.

        Raises `AlreadyRunning`, `Unsafe` or `OSError`; `DirectoryGone` after the lock was taken elsewhere.
        """
        is_gone = False
        if self._directory is None or not _is_at(self._path.parent, self._directory):
            taken = self._take_directory()
            is_gone = taken is None and self._directory is not None
            if taken is not None:
                if self._directory is not None:
                    os.close(self._directory)
                self._directory = taken
        if not _is_at(self._path, self._held.file):
            self._move_file()
        if is_gone:
            raise DirectoryGone(str(self._path.parent))

    def _move_file(self) -> None:
        """Take the lock file at its place, or else in the runtime directory."""
        try:
            held = self._take_file(self._path)
        except OSError:
            if _is_at(self._aside, self._held.file):
                return
            held = self._take_file(self._aside)
        self._release_file()
        self._held = held

    def release(self) -> None:
        """Release the lock. The file stays: if it were deleted, two daemons could lock two files of one name."""
        self._release_file()
        if self._directory is not None:
            os.close(self._directory)

    def _release_file(self) -> None:
        with suppress(OSError):  # the disk may have become read-only; a process that has ended holds nothing
            os.ftruncate(self._held.file, 0)
        self._held.close()

    def _take(self) -> tuple[int | None, _Held]:
        """Lock the directory and then the file, and return both. Raises `AlreadyRunning`, `Unsafe` or `OSError`."""
        if holder := _living_holder(self._aside):
            raise AlreadyRunning(holder)
        directory = self._take_directory()
        try:
            try:
                return directory, self._take_file(self._path)
            except OSError as error:
                try:
                    return directory, self._take_file(self._aside)
                except (OSError, Unsafe):
                    raise error from None
        except BaseException:
            if directory is not None:
                os.close(directory)
            raise

    def _take_directory(self) -> int | None:
        """Lock the directory and return it; None if it cannot be made. Raises `AlreadyRunning` or `Unsafe`."""
        try:
            private_directory(self._path.parent, holding=(LOCK, LEDGER))
            directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            _lock_directory(directory, self._path)
        except BaseException:
            os.close(directory)
            raise
        return directory

    def _take_file(self, path: Path) -> _Held:
        """Lock the file and write our name into it. Raises `AlreadyRunning`, `Unsafe` or `OSError`."""
        private_directory(path.parent, holding=(LOCK, LEDGER))
        private_file(path)
        file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            held = _Held(file, _lock(file))
        except BaseException:
            os.close(file)
            raise
        try:
            pid = os.getpid()
            _write(file, Holder(pid, _began(pid), _boot(), _identity(file), self._is_brief, self._socket))
        except BaseException:
            held.close()
            raise
        return held


def running(path: Path) -> int | None:
    """Return the process that holds the lock, None if there is none. This changes nothing."""
    if sys.platform == "win32":
        return None
    holder = _holder(path)
    return holder.pid if holder else None


def socket_of(paths: Paths) -> Path:
    """Return the control socket of the running daemon, which may have been started with another runtime directory."""
    if sys.platform == "win32" or paths.socket.exists():
        return paths.socket
    holder = _holder(paths.lock)
    return Path(holder.socket) if holder and holder.socket else paths.socket


def _holder(path: Path) -> Holder | None:
    """Return who holds the lock at this path, or in its place in the runtime directory."""
    return _living_holder(path) or _living_holder(lock_aside(path))


def _living_holder(path: Path) -> Holder | None:
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        holder = _read(file)
        return holder if holder and _is_alive(holder, file) else None
    finally:
        os.close(file)


def _lock(file: int) -> int | None:
    """Lock the file. Raises `AlreadyRunning`; on a file system without locks, if its content names a live process.

    There it returns the socket that stands for the lock.
    """
    import fcntl  # does not exist on Windows, where `running` must work

    holder = _read(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunning(holder) from None
    except OSError:
        if holder and _is_alive(holder, file):
            raise AlreadyRunning(holder) from None
        return _named_socket(file)
    return None


def _named_socket(file: int) -> int | None:
    """Return a socket with a name that one process can have at a time. Raises `AlreadyRunning`; None without Linux."""
    if sys.platform != "linux":
        return None
    device, inode = _identity(file)
    with socket.socket(socket.AF_UNIX) as named:
        try:
            named.bind(f"\0slowrise-{os.geteuid()}-{device}-{inode}")
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise AlreadyRunning(_read(file)) from None
            return None
        return named.detach()


def _lock_directory(directory: int, path: Path) -> None:
    """Lock the directory of the lock file. Raises `AlreadyRunning`."""
    import fcntl

    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunning(_holder(path)) from None
    except OSError:
        pass  # a network file system may lock files only


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


def _is_at(path: Path, file: int) -> bool:
    """Return whether this open file or directory is the one at the path."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == _identity(file)


def _read(file: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(file, 1000, 0), type=Holder)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def _write(file: int, holder: Holder) -> None:
    os.ftruncate(file, 0)
    os.pwrite(file, msgspec.json.encode(holder), 0)
