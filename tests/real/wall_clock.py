"""A wall clock of a process's own that can be set (libfaketime); its other clocks are the machine's."""

from __future__ import annotations

from pathlib import Path

_LIBRARY = "/usr/$LIB/faketime/libfaketime.so.1"


def faked(clock: Path) -> dict[str, str]:
    """The environment of a process whose wall clock is off by what stands in the file, such as `-3600`, in seconds."""
    return {
        "LD_PRELOAD": _LIBRARY,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
