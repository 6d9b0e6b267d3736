"""Measure what a process and its children cost, from outside and without waking them."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

_VOLUNTARY = "voluntary_ctxt_switches:"


class Memory(NamedTuple):
    """Megabytes (of 1024 * 1024 bytes), and threads."""

    rss: float
    pss: float
    threads: int


class Effort(NamedTuple):
    """The average cost over some time."""

    wakeups_per_minute: float
    cpu_per_hour: float


def memory(root: int) -> Memory:
    """Measure the process and its descendants. RSS counts shared memory in full, PSS in proportion."""
    rss = pss = threads = 0
    for pid in tree(root):
        with suppress(OSError):
            lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines())
            kilobytes = {words[0]: int(words[1]) for words in lines if words[-1] == "kB"}
            rss, pss = rss + kilobytes["Rss:"], pss + kilobytes["Pss:"]
            threads += len(list(Path(f"/proc/{pid}/task").iterdir()))
    return Memory(rss / 1024, pss / 1024, threads)


def tree(root: int) -> list[int]:
    """Return the process and its descendants."""
    with suppress(psutil.NoSuchProcess):
        return [root, *(child.pid for child in psutil.Process(root).children(recursive=True))]
    return []


class Meter:
    """Counts what the process and its descendants do, from now on. CPU time of ended processes is left out.

    The kernel forgets the counts of a thread when it ends, so call `look` once a second.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._begun = time.monotonic()
        self._cpu = {pid: cpu(pid) for pid in tree(root)}
        self._first: dict[int, int] = {}
        self._last: dict[int, int] = {}
        for pid in self._cpu:
            self._first |= _wakeups(pid)

    def look(self) -> None:
        """Store the current counts of all threads."""
        for pid in tree(self._root):
            with suppress(OSError):
                self._last |= _wakeups(pid)

    def read(self) -> Effort:
        """Return the average cost since the meter was made."""
        self.look()
        seconds = time.monotonic() - self._begun
        spent = 0.0
        for pid in tree(self._root):
            with suppress(OSError):
                spent += cpu(pid) - self._cpu.get(pid, 0.0)
        wakeups = sum(count - self._first.get(thread, 0) for thread, count in self._last.items())
        return Effort(wakeups / seconds * 60, spent / seconds * 3600)


def cpu(pid: int) -> float:
    """Return the CPU seconds of all threads, ended ones too, from the kernel's clock of the process."""
    return time.clock_gettime(~pid << 3 | 2)


def _wakeups(pid: int) -> dict[int, int]:
    """Return how often each thread went to sleep by itself. That is how often something woke it, the disk included."""
    found: dict[int, int] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            status = (task / "status").read_text()
            found |= {
                int(task.name): int(line.split()[1]) for line in status.splitlines() if line.startswith(_VOLUNTARY)
            }
    return found
