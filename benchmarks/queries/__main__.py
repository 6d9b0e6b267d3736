"""Measure the commands on a ledger of ten years: process time of the whole command, beside a bare interpreter.

    python benchmarks/queries [DIRECTORY]

The budgets hold for a machine whose interpreter starts in `BARE` seconds. On a slower or busy machine, the measured
times are scaled down.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from timing import BARE, TIMES, compile_program, cpu_seconds

YEARS = 10.0
SLOWRISE = (sys.executable, "-m", "slowrise")
PATIENCE = 60.0
"""Seconds for the daemon to answer."""


class Query(NamedTuple):
    """A command, and the seconds it may take."""

    words: str
    budget: float
    times: int = TIMES


QUERIES = (
    Query("status", 0.15),
    Query("summary", 0.25),
    Query("summary yesterday --json", 0.25),
    Query("summary week", 0.35),
    Query("summary year", 1.0),
    Query("report --days 30 --html {data}/report.html", 3.0, times=2),
)


def main(data: Path | None = None) -> int:
    """Print each query with its time and budget. Return 1 if one took too long. `data`: a directory with a ledger."""
    compile_program()
    with tempfile.TemporaryDirectory() as scratch:
        if data is None:
            from queries.ten_year_ledger import fill

            data = Path(scratch) / "data"
            print(f"making a ledger of {YEARS:g} years ...", flush=True)
            # The last day is yesterday, so that `summary` computes a new day as in daily use.
            fill(data, YEARS, (datetime.now(UTC) - timedelta(days=1)).date())
        print(f"{(data / 'ledger.sqlite3').stat().st_size / YEARS / 1e6:.1f} MB a year of events")
        _run(["summary", "year"], data)  # fills the cache of days, as a daemon does every day
        with _daemon(data):
            return _measure(data)


def _measure(data: Path) -> int:
    late = 0
    for query in QUERIES:
        bare = min(cpu_seconds([sys.executable, "-I", "-S", "-c", "pass"]) for _ in range(TIMES))
        took = min(_run(query.words.format(data=data).split(), data) for _ in range(query.times))
        scaled = took / max(1.0, bare / BARE)
        late += scaled > query.budget
        verdict = "TOO SLOW" if scaled > query.budget else "ok"
        print(
            f"{query.words.split(' --')[0]:<20} {took:6.3f} s, {took / bare:4.0f} interpreters; "
            f"{scaled:6.3f} s of {query.budget:.2f}  {verdict}",
            flush=True,
        )
    size = (data / "ledger.sqlite3").stat().st_size / YEARS / 1e6
    print(f"{size:.1f} MB a year with cached days (budget 5)")
    return int(late > 0 or size > 5)


def _run(words: list[str], data: Path) -> float:
    return cpu_seconds([*SLOWRISE, *words, "--data-dir", str(data)])


def _answers(data: Path) -> bool:
    asked = subprocess.run([*SLOWRISE, "status", "--data-dir", str(data)], capture_output=True, check=False)
    return asked.returncode == 0


@contextmanager
def _daemon(data: Path) -> Iterator[None]:
    """Run a daemon that answers `status`."""
    command = [*SLOWRISE, "run", "--source", "terminal", "--data-dir", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + PATIENCE
        while not _answers(data):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < end, "the daemon does not answer"
        yield
    finally:
        process.terminate()
        process.communicate()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
