"""The kernel's file notification, which Python's library does not have."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from enum import IntFlag
from typing import NamedTuple

from slowrise.ports.probe import Unavailable

_EVENT = struct.Struct("iIII")
_CHUNK = 16384


class Mask(IntFlag):
    """What can be asked for and is told; the numbers are those of inotify(7)."""

    ACCESS = 0x1
    ATTRIB = 0x4
    CLOSE = 0x18
    OPEN = 0x20
    CREATE = 0x100
    DELETE = 0x200
    IGNORED = 0x8000


class InotifyEvent(NamedTuple):
    """One event of the watch numbered `watch`. Names are left out: nobody here needs them."""

    watch: int
    mask: Mask


class Inotify:
    """One inotify instance, readable through `fileno`."""

    def __init__(self) -> None:
        try:
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._fd = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, AttributeError) as error:
            raise Unavailable("this system has no inotify", "use the source `pynput`") from error
        if self._fd < 0:
            raise Unavailable(
                f"no inotify instance is left ({os.strerror(ctypes.get_errno())})",
                "raise fs.inotify.max_user_instances by sysctl",
            )

    def fileno(self) -> int:
        """The descriptor that becomes readable when something is told."""
        return int(self._fd)

    def add(self, path: str, mask: Mask) -> int | None:
        """The number of the watch on `path`; None if that is gone or may not be read."""
        watch = self._libc.inotify_add_watch(self._fd, os.fsencode(path), int(mask))
        return None if watch < 0 else int(watch)

    def read(self) -> list[InotifyEvent]:
        """What was told since the last time, without waiting."""
        try:
            data = os.read(self._fd, _CHUNK)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return []
            raise
        told, offset = [], 0
        while offset < len(data):
            watch, mask, _, length = _EVENT.unpack_from(data, offset)
            told.append(InotifyEvent(watch, Mask(mask)))
            offset += _EVENT.size + length
        return told

    def close(self) -> None:
        """Let go of the descriptor."""
        os.close(self._fd)
