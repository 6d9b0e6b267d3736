"""Report each change of the wall clock, by a timer that the kernel cancels when the clock is set (timerfd_create(2)).

Jobs are due by the wall clock, so a clock set back would delay all of them until they are armed again.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

ABSTIME_CANCEL_ON_SET = 1 | 2
"""TFD_TIMER_ABSTIME and TFD_TIMER_CANCEL_ON_SET of timerfd_create(2)."""
FAR_FUTURE = 2**62
"""Seconds since 1970. The timer must be armed to be cancelled, and must never expire by itself."""


class _TimerSpec(ctypes.Structure):
    """`struct itimerspec`: the interval and the first expiry, seconds and nanoseconds of each."""

    _fields_ = tuple((name, ctypes.c_long) for name in ("interval", "interval_ns", "first", "first_ns"))


class ClockChanges:
    """Call `changed` each time the wall clock is set.

    Where the kernel has no such timer nothing is called; the daemon's heartbeat notices the step later.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._timer = self._open() if sys.platform == "linux" else None

    def fileno(self) -> int | None:
        """Return the descriptor that becomes readable when the clock is set; None where there is no timer."""
        return self._timer

    def heard(self) -> None:
        """Handle a readable descriptor."""
        if self._timer is None:
            return
        try:
            os.read(self._timer, 8)
        except OSError:  # ECANCELED: the clock was set
            self._arm(self._timer)
            self._changed()

    def close(self) -> None:
        """Close the timer."""
        if self._timer is not None:
            os.close(self._timer)
            self._timer = None

    def _open(self) -> int | None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        timer = self._libc.timerfd_create(time.CLOCK_REALTIME, os.O_NONBLOCK | os.O_CLOEXEC)
        if timer < 0 or not self._arm(timer):
            log.info("the kernel does not report clock changes: %s", os.strerror(ctypes.get_errno()))
            return None
        return int(timer)

    def _arm(self, timer: int) -> bool:
        spec = _TimerSpec(0, 0, FAR_FUTURE, 0)
        return bool(self._libc.timerfd_settime(timer, ABSTIME_CANCEL_ON_SET, ctypes.byref(spec), None) == 0)
