"""Told when the wall clock is set, by the kernel and at once: a timer that is cancelled by it (timerfd_create(2)).

Without it a clock set back would hold every job for as long, because they are due by the wall clock.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Callable

log = logging.getLogger(__name__)

ABSTIME_CANCEL_ON_SET = 1 | 2
FAR_OFF = 2**62
"""Seconds since the epoch at which the timer would expire by itself: never, as far as the kernel can count."""


class _Times(ctypes.Structure):
    """itimerspec: the interval, and the first time; seconds and nanoseconds of each."""

    _fields_ = tuple((name, ctypes.c_long) for name in ("every", "every_ns", "first", "first_ns"))


class ClockChanges:
    """Watches the wall clock being set. Where the kernel cannot tell, nothing is told: the heartbeat notices."""

    def __init__(self, told: Callable[[], None]) -> None:
        self._told = told
        self._libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
        self._file = self._open()

    def fileno(self) -> int | None:
        """What becomes readable when the clock was set; None where the kernel cannot tell."""
        return self._file

    def heard(self) -> None:
        """To be called when it is readable."""
        if self._file is None:
            return
        try:
            os.read(self._file, 8)
        except OSError:  # ECANCELED: that is the message
            self._arm(self._file)
            self._told()

    def close(self) -> None:
        """Let go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> int | None:
        if self._libc is None:
            return None
        import time

        file = self._libc.timerfd_create(time.CLOCK_REALTIME, os.O_NONBLOCK | os.O_CLOEXEC)
        if file < 0 or not self._arm(file):
            log.info("the kernel does not tell when the clock is set: %s", os.strerror(ctypes.get_errno()))
            return None
        return int(file)

    def _arm(self, file: int) -> bool:
        times = _Times(0, 0, FAR_OFF, 0)
        return self._libc is not None and (
            self._libc.timerfd_settime(file, ABSTIME_CANCEL_ON_SET, ctypes.byref(times), None) == 0
        )
