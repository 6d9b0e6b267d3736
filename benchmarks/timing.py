"""Process time of commands, and the start of an interpreter that time budgets are scaled by."""

from __future__ import annotations

import compileall
import resource
import subprocess
from pathlib import Path

BARE = 0.010
"""Seconds of process time that `python -I -S -c pass` takes on the machine the budgets were set for."""
TIMES = 5
"""Runs of each command. The shortest counts, because only disturbances make a run longer."""


def cpu_seconds(command: list[str]) -> float:
    """Return the process time of the command and its children. Raise if the command fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def compile_program() -> None:
    """Write the program's bytecode, which an installation has: compiling would count as CPU time and as memory."""
    compileall.compile_dir(Path(__file__).parents[1] / "src", quiet=2)
