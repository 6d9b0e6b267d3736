"""A process with its own wall clock that a test can set (libfaketime)."""

from __future__ import annotations

from pathlib import Path

_LIBRARY = "/usr/$LIB/faketime/libfaketime.so.1"


def fake_wall_clock(clock: Path, *, all_clocks: bool = False) -> dict[str, str]:
    """Return the environment for a process whose wall clock is shifted by the seconds in the file, such as `-3600`.

    With `all_clocks` the monotonic clocks are shifted as well, as if that time had passed.
    """
    real_monotonic = str(int(not all_clocks))
    return {
        "LD_PRELOAD": _LIBRARY,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": real_monotonic,
        "FAKETIME_DONT_FAKE_MONOTONIC": real_monotonic,
    }
