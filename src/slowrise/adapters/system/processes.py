"""The processes of this machine, as /proc lists them: name, start and owner. Never a command line or an environment.

psutil completes a name of 15 letters from the command line, which may hold what no other program should read. So this
module reads `comm` and `stat` itself.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")

_TICKS = os.sysconf("SC_CLK_TCK")
_ENDED = ("Z", "X")
"""The states of a process that has ended and whose parent has not asked for its exit code yet."""


class Process(NamedTuple):
    """A process that runs. `started` is in seconds on CLOCK_BOOTTIME."""

    pid: int
    started: float
    parent: int


def pids() -> set[int]:
    """Return the numbers of all processes that can be seen; none if too many files are open."""
    try:
        return {int(name) for name in os.listdir(PROC) if name.isdecimal()}  # noqa: PTH208 - five times faster
    except OSError:
        return set()


def name_of(pid: int) -> str:
    """Return the name of the program, at most 15 letters; an empty text if the process has ended."""
    try:
        with open(f"{PROC}/{pid}/comm", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - as above
            return file.read().removesuffix("\n")
    except OSError:
        return ""


def process_of(pid: int) -> Process | None:
    """Return the process; None if it has ended."""
    try:
        # The name, in brackets, may hold blanks and brackets.
        fields = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        state, parent, started = fields[0], int(fields[1]), int(fields[19])
    except (OSError, ValueError, IndexError):
        return None
    return None if state in _ENDED else Process(pid, started / _TICKS, parent)


def user_of(pid: int) -> int | None:
    """Return the number of the user who started the process, also of a setuid program; None if it has ended."""
    return _number_in(pid, "status", r"^Uid:\s*(\d+)")


def session_of(pid: int) -> str | None:
    """Return the logind session of the process; None if it has ended or belongs to none, as a user's services do."""
    found = _found_in(pid, "cgroup", r"/session-([^/]+)\.scope")
    return found[1] if found else None


def _number_in(pid: int, file: str, pattern: str) -> int | None:
    found = _found_in(pid, file, pattern)
    return int(found[1]) if found else None


def _found_in(pid: int, file: str, pattern: str) -> re.Match[str] | None:
    try:
        return re.search(pattern, (PROC / str(pid) / file).read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    except OSError:
        return None
