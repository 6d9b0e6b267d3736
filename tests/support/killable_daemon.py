"""The daemon as a process that can be killed at any moment and started again at once, in a day that passes quickly.

Run as a program it loads everything once and waits: each line it reads says how long to let a daemon live, which it
forks, kills, and tells of in one line. The daemon is the one that `slowrise run` serves, with its lock, its control
socket and its ledger on disk; its clock is fast, and its input comes from hands that never rest for long.
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
"""Seconds of the day in a real one."""
STALLED = 1.0
"""Seconds for which a daemon must stand still to notice it; half a minute would be long in a test."""
EVENING = datetime(2026, 3, 2, 23, tzinfo=timezone(timedelta(hours=1)))
"""The day begins anew in the midst of the lives."""


class Life(NamedTuple):
    """What is known from outside of a daemon that was killed."""

    kept: list[str]
    """The events that the ledger had said were kept, as trace lines."""
    killed: datetime
    log: str


class Day:
    """Lives of the daemon, one after the other, on the clock of one day."""

    def __init__(self, forks: subprocess.Popen[str]) -> None:
        self._forks = forks

    def live(self, seconds: float, *, begun: bool = True, frozen: float = 0.0) -> Life:
        """Let a daemon live so long, counted from the first event it keeps, or else from the first instant.

        In the middle it may be stopped, as long as `frozen` says.
        """
        assert self._forks.stdin
        assert self._forks.stdout
        self._forks.stdin.write(f"{seconds} {frozen} {begun:d}\n")
        self._forks.stdin.flush()
        told = json.loads(self._forks.stdout.readline())
        return Life(told["kept"], datetime.fromisoformat(told["killed"]), told["log"])


@contextmanager
def day(data: Path, *, under: Sequence[str] = ()) -> Iterator[Day]:
    """A day whose ledger is in `data`; `under` is a command that runs it."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [*under, sys.executable, str(Path(__file__)), str(data)]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forks:
        try:
            yield Day(forks)
        finally:
            assert forks.stdin
            forks.stdin.close()
            forks.wait(30)


# -- the program ----------------------------------------------------------------------------------------------------


class Hands:
    """A source: typing and silences of every length, at random."""

    name = "hands"
    resolution = 15.0

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self._chance = random.Random()  # noqa: S311 - a life, not a secret

    def want_lull(self, wanted: bool) -> None:
        """It tells every idle as soon as any lull."""

    async def watch(self, emit: Any) -> None:
        """Type until somebody dies."""
        import asyncio

        from slowrise.ports.input import Sighting

        while True:
            emit(Sighting("active", self._clock.boot()))
            await asyncio.sleep(self._chance.choice((1, 10, 60)) / SPEED)
            last = self._clock.boot()
            await asyncio.sleep(15 / SPEED)
            emit(Sighting("idle", self._clock.boot(), last))
            await asyncio.sleep(self._chance.choice((1, 10, 40)) / SPEED)


class Telling:
    """A ledger that tells each event once it is kept."""

    def __init__(self, inner: Any, sink: int) -> None:
        self._inner = inner
        self._sink = sink

    def append(self, event: Any) -> None:
        """Keep it, then tell."""
        from slowrise.history.trace import written_line

        self._inner.append(event)
        os.write(self._sink, f"{written_line(event)}\n".encode())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def main(data: Path) -> None:
    """Fork, kill and tell, as long as lines come."""
    from slowrise.adapters.system import paths as p
    from slowrise.adapters.system.clock import FastClock
    from slowrise.adapters.system.resources import read_guidance

    paths = p.paths(data=data)
    clock = FastClock(EVENING, SPEED)
    _load_everything()
    guidance = read_guidance()
    for line in sys.stdin:
        seconds, frozen, begun = map(float, line.split())
        kept, log = (os.memfd_create(name) for name in ("kept", "log"))
        child = os.fork()
        if child == 0:
            _live(paths, clock, guidance, kept, log)
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
        told = {"kept": _read(kept).splitlines(), "killed": killed.isoformat(), "log": _read(log)}
        print(json.dumps(told), flush=True)  # noqa: T201 - this is how it tells


def _read(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    with os.fdopen(file, "rb", closefd=False) as whole:
        return whole.read().decode()


def _load_everything() -> None:
    """So that each fork has it."""
    from importlib import import_module

    for name in (
        *("adapters.system.clock_changes", "cli.commands.control", "cli.commands.run"),
        *("daemon.app", "daemon.control_server", "daemon.housekeeping", "daemon.requests"),
    ):
        import_module(f"slowrise.{name}")


def _live(paths: Any, clock: Any, guidance: Any, kept: int, log: int) -> None:
    """Be the daemon until killed."""
    import asyncio
    import logging

    os.dup2(log, 2)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        asyncio.run(_serve(paths, clock, guidance, kept))
    finally:
        os._exit(1)


async def _serve(paths: Any, clock: Any, guidance: Any, kept: int) -> None:
    import logging

    from slowrise.adapters.notify import choose as notifiers
    from slowrise.adapters.system.resources import read_guidance
    from slowrise.adapters.system.single_instance import SingleInstance
    from slowrise.cli.commands.run import serve
    from slowrise.config.parse import parse
    from slowrise.daemon import app, daemon

    daemon.STALLED = STALLED
    SingleInstance(paths.lock)
    settings = parse("")
    ledger: Any = Telling(app.open_ledger(paths, lambda told: logging.getLogger().warning("%s", told)), kept)

    async def make_source(_: object) -> Hands:
        return Hands(clock)

    parts = daemon.Parts(
        config=settings,
        clock=clock,
        ledger=ledger,
        notifier=await notifiers.choose("console"),
        guidance=guidance,
        make_source=make_source,
        make_signals=(),
        make_notifier=lambda wanted: notifiers.choose(wanted.use),
        make_guidance=read_guidance,
        reread=lambda: settings,
    )
    await serve(daemon.Daemon(parts, app.remembered(ledger, clock, settings)), paths, Hands(clock))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
