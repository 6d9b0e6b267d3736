"""A wall clock of a process's own that can be set (libfaketime); its other clocks are the machine's."""

from __future__ import annotations

from pathlib import Path

_LIBRARY = "/usr/$LIB/faketime/libfaketime.so.1"


def faked(clock: Path, *, all_clocks: bool = False) -> dict[str, str]:
    """The environment of a process whose wall clock is off by what stands in the file, such as `-3600`, in seconds.

    With `all_clocks` those that cannot be set are off as well, as if that time had passed.
    """
    spared = str(int(not all_clocks))
    return {
        "LD_PRELOAD": _LIBRARY,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": spared,
        "FAKETIME_DONT_FAKE_MONOTONIC": spared,
    }
