"""The one module that reads clocks."""

from __future__ import annotations

import time

_BOOT: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts through suspend and cannot be set. macOS has no such name; its CLOCK_MONOTONIC does the same."""


def boot_seconds() -> float:
    """Seconds since the machine started, time in suspend included."""
    return time.clock_gettime(_BOOT)
