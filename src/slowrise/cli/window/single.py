"""One window for each data directory. A later command hands its page to the window that is open.

Both meet in a private directory of the session: a lock that the open window holds, and a file in which the later
command names its page. The window watches that directory, so neither needs a socket, and Qt is not loaded to hand over.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import Self

import msgspec

from slowrise.adapters.system import files
from slowrise.adapters.system.files import Unsafe, private_directory
from slowrise.adapters.system.paths import Page, Paths

LOCK, PAGE = "lock", "page"
PATIENCE = 5.0
"""Seconds in which the open window shows the page. Judgement: it takes some hundredths, on a busy machine one."""
_EVERY = 0.02


class Wish(msgspec.Struct, frozen=True):
    """What a later command wants the open window to show."""

    page: Page
    token: str = ""
    """The desktop's activation token, by which the window may take the focus on Wayland."""


class OneWindow:
    """The place where windows of one data directory meet. `claim` it or `hand_over`."""

    def __init__(self, paths: Paths) -> None:
        # Not the daemon's own directory: systemd removes that when the daemon stops.
        self.directory = paths.runtime.with_name(f"{paths.runtime.name}-{paths.socket.stem}-window")
        self._lock: int | None = None

    def claim(self) -> bool:
        """Become the one window. Returns False if another is open. Where nothing can be locked, all may open."""
        if sys.platform == "win32":
            return True
        import fcntl

        try:
            private_directory(self.directory, holding=(LOCK,))
            lock = os.open(self.directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, files.FILE)
        except (OSError, Unsafe):
            return True
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            return not isinstance(error, BlockingIOError)
        self._lock = lock
        self.take()  # What a window that ended left unread is of no use now.
        return True

    def hand_over(self, wish: Wish) -> bool:
        """Ask the open window to show the page. Returns whether it did; it did not if it closes or hangs."""
        with suppress(OSError):
            files.write(self.directory / PAGE, msgspec.json.encode(wish))
            end = time.monotonic() + PATIENCE
            while (self.directory / PAGE).exists():
                if time.monotonic() > end:
                    return False
                time.sleep(_EVERY)
            return True
        return False

    def take(self) -> Wish | None:
        """Return and remove what a later command wants; None if there is nothing."""
        path = self.directory / PAGE
        try:
            wish = msgspec.json.decode(files.text(path, 4096), type=Wish)
        except (OSError, ValueError, msgspec.MsgspecError):
            wish = None
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return wish

    def release(self) -> None:
        """Let the next command open a window."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
