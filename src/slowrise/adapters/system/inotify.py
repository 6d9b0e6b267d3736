"""File notification by the Linux kernel (inotify(7)), which Python's standard library does not offer."""

from __future__ import annotations

import asyncio
import ctypes
import errno
import os
import struct
from enum import IntFlag
from typing import NamedTuple

from slowrise.ports.probe import Unavailable

_EVENT = struct.Struct("iIII")
"""`struct inotify_event` without its name: watch, mask, cookie, length of the name."""
_CHUNK = 16384


class Mask(IntFlag):
    """Kinds of events, with the numbers of inotify(7)."""

    ACCESS = 0x1
    ATTRIB = 0x4
    CLOSE = 0x18
    OPEN = 0x20
    CREATE = 0x100
    DELETE = 0x200
    IGNORED = 0x8000


class InotifyEvent(NamedTuple):
    """One event of the watch with the number `watch`."""

    watch: int
    mask: Mask
    name: str = ""
    """The file in a watched directory; empty for the directory itself."""


class Inotify:
    """One inotify instance."""

    def __init__(self) -> None:
        """Raises `Unavailable`."""
        try:
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._fd = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, AttributeError) as error:
            raise Unavailable("this system has no inotify", "use the source `pynput`") from error
        if self._fd < 0:
            raise Unavailable(
                f"no inotify instance is left ({os.strerror(ctypes.get_errno())})",
                "raise the limit: sysctl fs.inotify.max_user_instances",
            )

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when there are events."""
        return int(self._fd)

    def add(self, path: str, mask: Mask) -> int | None:
        """Watch `path` and return the number of the watch; None if the path is gone or may not be read."""
        watch = self._libc.inotify_add_watch(self._fd, os.fsencode(path), int(mask))
        return None if watch < 0 else int(watch)

    async def readable(self) -> None:
        """Wait until there is an event to read."""
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self)

    def read(self) -> list[InotifyEvent]:
        """Return the new events, without waiting."""
        try:
            data = os.read(self._fd, _CHUNK)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return []
            raise
        events, offset = [], 0
        while offset < len(data):
            watch, mask, _, name_length = _EVENT.unpack_from(data, offset)
            offset += _EVENT.size
            name = os.fsdecode(data[offset : offset + name_length].rstrip(b"\0"))
            events.append(InotifyEvent(watch, Mask(mask), name))
            offset += name_length
        return events

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self._fd)
