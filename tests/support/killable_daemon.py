"""A daemon that a test can kill at any moment and start again at once, on a fast clock.

Run as a program, this module loads everything once. Each line on its input is a request: it forks a daemon, kills it
after the requested time, and prints a report of one line. The daemon is the one of `slowrise run`, with its lock, its
control socket and its ledger on disk. Only its clock and its input are simulated.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

SPEED = 600.0
"""Seconds on the daemon's clock in one real second."""
STALLED = 600.0
"""Seconds of the day by which the daemon's heartbeat must be late; half a minute passes when the machine is busy."""
EVENING = datetime(2026, 3, 2, 23, tzinfo=timezone(timedelta(hours=1)))
"""When the first daemon starts. A new day begins a few seconds later."""


class KilledRun(NamedTuple):
    """What a daemon had stored and logged when it was killed."""

    kept: list[str]
    """The events that the ledger had confirmed as stored, as trace lines."""
    killed: datetime
    log: str


class KillableDaemon:
    """Runs the daemon repeatedly, all on one clock and one ledger."""

    def __init__(self, forks: subprocess.Popen[str]) -> None:
        self._forks = forks

    def run_and_kill(self, seconds: float, *, begun: bool = True, frozen: float = 0.0) -> KilledRun:
        """Run a daemon for these real seconds, counted from its first stored event if `begun`, else from its start.

        In the middle, the daemon is stopped for `frozen` seconds.
        """
        assert self._forks.stdin
        assert self._forks.stdout
        self._forks.stdin.write(f"{seconds} {frozen} {begun:d}\n")
        self._forks.stdin.flush()
        report = json.loads(self._forks.stdout.readline())
        return KilledRun(report["kept"], datetime.fromisoformat(report["killed"]), report["log"])


@contextmanager
def killable_daemon(data: Path, *, under: Sequence[str] = ()) -> Iterator[KillableDaemon]:
    """Yield a daemon with its ledger in `data`. `under` is a command that runs this module, such as strace."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [*under, sys.executable, str(Path(__file__)), str(data)]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forks:
        try:
            yield KillableDaemon(forks)
        finally:
            assert forks.stdin
            forks.stdin.close()
            forks.wait(30)


# -- the program ----------------------------------------------------------------------------------------------------


class RandomInput:
    """A source of random input and silences."""

    name = "random"
    displays = ()
    unseen = ()
    resolution = 15.0

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self._chance = random.Random()  # noqa: S311 - simulation

    def want_lull(self, wanted: bool) -> None:
        """Ignore the request: this source has no lulls."""

    async def watch(self, emit: Any) -> None:
        """Type until the process is killed."""
        import asyncio

        from slowrise.ports.input import Sighting

        while True:
            emit(Sighting("active", self._clock.boot()))
            await asyncio.sleep(self._chance.choice((1, 10, 60)))
            last = self._clock.boot()
            await asyncio.sleep(15)
            emit(Sighting("idle", self._clock.boot(), last))
            await asyncio.sleep(self._chance.choice((1, 10, 40)))


class ReportingLedger:
    """A ledger that writes each event to a file once it has stored it."""

    def __init__(self, inner: Any, sink: int) -> None:
        self._inner = inner
        self._sink = sink

    def append(self, event: Any) -> None:
        """Store the event, then report it."""
        from slowrise.history.trace import written_line

        self._inner.append(event)
        os.write(self._sink, f"{written_line(event)}\n".encode())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def main(data: Path) -> None:
    """Fork, kill and report a daemon for each line."""
    from slowrise.adapters.system import paths as p
    from support.fast_time import FastClock

    paths = p.paths(data=data)
    clock = FastClock(EVENING, SPEED)
    _load_everything()
    for line in sys.stdin:
        seconds, frozen, begun = map(float, line.split())
        kept, log = (os.memfd_create(name) for name in ("kept", "log"))
        child = os.fork()
        if child == 0:
            _be_the_daemon(paths, clock, kept, log)
        while begun and not os.fstat(kept).st_size and os.waitpid(child, os.WNOHANG) == (0, 0):
            time.sleep(0.005)
        time.sleep(seconds / 2)
        if frozen:
            os.kill(child, signal.SIGSTOP)
            time.sleep(frozen)
            os.kill(child, signal.SIGCONT)
        time.sleep(seconds / 2)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed = clock.now().wall
        assert os.WTERMSIG(status) == signal.SIGKILL, f"it ended by itself: {status} {_read(log)}"
        report = {"kept": _read(kept).splitlines(), "killed": killed.isoformat(), "log": _read(log)}
        print(json.dumps(report), flush=True)  # noqa: T201 - the report


def _read(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    with os.fdopen(file, "rb", closefd=False) as whole:
        return whole.read().decode()


def _load_everything() -> None:
    """Import the modules of the daemon, so that each fork starts at once."""
    from importlib import import_module

    for name in (
        *("adapters.system.clock_changes", "cli.commands.run"),
        *("daemon.app", "daemon.control_server", "daemon.housekeeping", "daemon.requests"),
    ):
        import_module(f"slowrise.{name}")


def _be_the_daemon(paths: Any, clock: Any, kept: int, log: int) -> None:
    """Run the daemon until it is killed."""
    import asyncio
    import logging

    from support.fast_time import FastLoop

    os.dup2(log, 2)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        with asyncio.Runner(loop_factory=lambda: FastLoop(clock)) as runner:
            runner.run(_serve(paths, clock, kept))
    finally:
        os._exit(1)


async def _serve(paths: Any, clock: Any, kept: int) -> None:
    import logging

    from slowrise.adapters.notify.console import ConsoleNotifier
    from slowrise.adapters.system.single_instance import SingleInstance
    from slowrise.config.parse import parse
    from slowrise.daemon import app, daemon
    from support.simulated_daemon import simulated

    daemon.STALLED = STALLED
    SingleInstance(paths.lock)
    settings = parse("")
    ledger: Any = ReportingLedger(app.open_ledger(paths, lambda text: logging.getLogger().warning("%s", text)), kept)
    hands = RandomInput(clock)
    living = simulated(
        clock,
        lambda: hands,
        config=settings,
        ledger=ledger,
        notifier=ConsoleNotifier(),
        monitor=app.restore_monitor(ledger, clock, settings),
        paths=paths,
    )
    await living.serve(hands)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
