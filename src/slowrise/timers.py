"""Timed work, by APScheduler: each job is one date that is armed anew, so nothing wakes while nothing is due.

APScheduler compares the wall clock but sleeps on one that stands still in suspend, and drops what it missed unless
told otherwise: hence no grace, one run for many missed, and `rearm` after every resume and step of the clock.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import ceil
from types import ModuleType


@contextmanager
def _no_search_for_plugins() -> Iterator[None]:
    """APScheduler asks every installed package for plugins when it is imported, at 50 ms and 2.2 MB. We have none."""
    name = "importlib.metadata"
    if name in sys.modules:  # that cost has been paid
        yield
        return
    empty = ModuleType(name)
    vars(empty).update(entry_points=lambda **_: (), version=lambda _: "3", PackageNotFoundError=ImportError)
    sys.modules[name] = empty
    try:
        yield
    finally:
        del sys.modules[name]


with _no_search_for_plugins():
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.date import DateTrigger

LONGEST = 7 * 86400.0
"""Seconds: nothing is armed further ahead, so that no date can overflow."""
SAME = 0.01
"""Seconds by which a time that was worked out anew may differ and be the same: labels are rounded to milliseconds."""


class Timers:
    """Named jobs, each due once. Made and used within the running loop."""

    def __init__(self, now: Callable[[], float], speed: float = 1.0) -> None:
        """`now` reads seconds on the clock that jobs are due by; `speed` of them pass in a real one."""
        self._now = now
        self._speed = speed
        self._jobs: dict[str, tuple[float, Callable[[], None]]] = {}
        self._scheduler = AsyncIOScheduler(
            # A job may arm itself anew while it runs. That is no second instance to be skipped, so many are allowed.
            timezone=UTC,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 100},
        )
        # Each run of a job is a line at INFO there; ours are said by whoever does the work.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler.start()

    def arm(self, name: str, due: float, run: Callable[[], None]) -> None:
        """Run it at `due` on our clock, at once if that has passed; in place of what was armed under that name."""
        armed = self._jobs.get(name)
        if armed is not None and abs(armed[0] - due) < SAME and armed[1] == run:
            return
        self._jobs[name] = (due, run)
        self._schedule(name, due)

    def disarm(self, name: str) -> None:
        """Not after all."""
        if self._jobs.pop(name, None) is not None and self._scheduler.get_job(name) is not None:
            self._scheduler.remove_job(name)

    def rearm(self) -> None:
        """The clocks have moved against each other: every job is placed anew."""
        for name, (due, _) in list(self._jobs.items()):
            self._schedule(name, due)

    async def close(self) -> None:
        """Nothing runs any more."""
        self._jobs.clear()
        self._scheduler.remove_all_jobs()
        # What is due this very moment comes to nothing in its turn; cancelled, it would be logged as an error.
        await asyncio.sleep(0)
        self._scheduler.shutdown(wait=False)

    def _schedule(self, name: str, due: float) -> None:
        left = min(max(due - self._now(), 0.0) / self._speed, LONGEST)
        self._scheduler.add_job(
            self._run,
            # Rounded up: what is due in less than a microsecond would be due at once, and not yet, without end.
            DateTrigger(datetime.now(UTC) + timedelta(microseconds=ceil(left * 1e6)), UTC),
            args=(name,),
            id=name,
            replace_existing=True,
        )

    async def _run(self, name: str) -> None:
        if name not in self._jobs:  # disarmed after it was due and before its turn came
            return
        due, run = self._jobs[name]
        if due > self._now():  # the far end of a long wait, or a clock that ran fast
            self._schedule(name, due)
            return
        del self._jobs[name]
        run()
