"""Process time of whole commands, and how much slower this machine is than the one the budgets were set on."""

from __future__ import annotations

import resource
import subprocess

BARE = 0.010
"""Seconds of process time that `python -I -S -c pass` takes on the machine the budgets were set for."""
TIMES = 5
"""Each is run so often; the least counts, for nothing but disturbance makes one longer than another."""


def cpu_seconds(command: list[str]) -> float:
    """Process time of the command, its children's included. A command that fails is no measurement."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
