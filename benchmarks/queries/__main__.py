"""How fast a ledger of ten years answers: process time of the whole command, beside that of a bare interpreter.

A slower machine, or a busy one, is slower at both: the budgets are in seconds on a machine whose interpreter starts in
`BARE` seconds, and are stretched by how much slower this one is.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from timing import BARE, TIMES, cpu_seconds

YEARS = 10.0


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
    """Print each query with its time and budget; 1 if one took too long. `data`: a directory with such a ledger."""
    with tempfile.TemporaryDirectory() as scratch:
        if data is None:
            from queries.ten_year_ledger import fill

            data = Path(scratch) / "data"
            print(f"making a ledger of {YEARS:g} years ...", flush=True)
            # It ends yesterday evening, so that today is asked of a ledger in use.
            fill(data, YEARS, (datetime.now(UTC) - timedelta(days=1)).date())
        print(f"{(data / 'ledger.sqlite3').stat().st_size / YEARS / 1e6:.1f} MB a year of events")
        _run(["summary", "year"], data)  # what a daemon has concluded day by day
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
    print(f"{size:.1f} MB a year with what was concluded (budget 5)")
    return int(late > 0 or size > 5)


def _run(words: list[str], data: Path) -> float:
    return cpu_seconds([sys.executable, "-m", "slowrise", *words, "--data-dir", str(data)])


@contextmanager
def _daemon(data: Path) -> Iterator[None]:
    """One that answers `status` as the daemon does, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--daemon", str(data)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.terminate()
        process.wait()


async def _serve(data: Path) -> None:
    """A daemon with an idle source, for `_daemon`."""
    from slowrise.adapters.system.paths import paths
    from slowrise.adapters.system.single_instance import SingleInstance
    from slowrise.config.parse import parse
    from slowrise.daemon.app import build
    from slowrise.daemon.control_server import ControlServer
    from slowrise.daemon.requests import Requests

    here = paths(data=data)
    instance = SingleInstance(here.lock)
    daemon = await build(here, parse(""), say=print, source="terminal")
    requests = Requests(daemon)
    server = ControlServer(here.socket, requests.answer)
    await server.start()
    running = asyncio.ensure_future(daemon.run())
    await asyncio.sleep(1)
    print("ready", flush=True)
    try:
        await running
    finally:
        await server.close()
        instance.release()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--daemon"]:
        asyncio.run(_serve(Path(sys.argv[2])))
    else:
        sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
