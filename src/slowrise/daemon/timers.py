"""Timed work, by APScheduler: one job of its, placed at the earliest of ours, so nothing wakes while nothing is due.

APScheduler compares the wall clock but sleeps on one that stands still in suspend, and drops what it missed unless
told otherwise: hence no grace, one run for many missed, and `rearm` after every resume and step of the clock. A job of
its for each of ours, made anew whenever that is armed, took a quarter of what a heartbeat cost (0.45 of 1.86 ms).
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import ceil, inf
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
    from apscheduler.executors.debug import DebugExecutor
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.base import BaseTrigger

log = logging.getLogger(__name__)

LONGEST = 7 * 86400.0
"""Seconds: nothing is placed further ahead, so that no date can overflow."""
SAME = 0.01
"""Seconds by which a time that was worked out anew may differ and be the same: labels are rounded to milliseconds."""
TURN = "turn"


class _Earliest(BaseTrigger):  # type: ignore[misc]  # APScheduler comes without types
    """When APScheduler is to give the next turn."""

    def __init__(self, when: Callable[[], datetime]) -> None:
        self._when = when

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        # Later than the turn it is asked in, always: with the wall clock set back meanwhile it would be asked forever.
        return max(self._when(), now + timedelta(microseconds=1))


class Timers:
    """Named jobs, each due once. Made and used within the running loop."""

    def __init__(self, now: Callable[[], float], speed: float = 1.0) -> None:
        """`now` reads seconds on the clock that jobs are due by; `speed` of them pass in a real one."""
        self._now = now
        self._speed = speed
        self._jobs: dict[str, tuple[float, Callable[[], object]]] = {}
        self._placed = self._earliest()
        """The due time by which APScheduler's job is placed."""
        self._in_turn = False
        self._scheduler = AsyncIOScheduler(timezone=UTC, executors={"default": DebugExecutor()})
        # Each turn is a line at INFO there; what was done in it is said by whoever does it.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler.start()
        self._scheduler.add_job(self._turn, _Earliest(self._date), id=TURN, coalesce=True, misfire_grace_time=None)

    def arm(self, name: str, due: float, run: Callable[[], object]) -> None:
        """Run it at `due` on our clock, at once if that has passed; in place of what was armed under that name."""
        armed = self._jobs.get(name)
        if armed is not None and abs(armed[0] - due) < SAME and armed[1] == run:
            return
        self._jobs[name] = (due, run)
        self._place()

    def disarm(self, name: str) -> None:
        """Not after all."""
        if self._jobs.pop(name, None) is not None:
            self._place()

    def rearm(self) -> None:
        """The clocks have moved against each other: what is due next is placed anew."""
        self._place(anew=True)

    async def close(self) -> None:
        """Nothing runs any more."""
        self._jobs.clear()
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # it shuts down in a turn of the loop

    def _earliest(self) -> float:
        return min((due for due, _ in self._jobs.values()), default=inf)

    def _date(self) -> datetime:
        """The earliest due time, on the wall clock."""
        self._placed = self._earliest()
        left = min(max(self._placed - self._now(), 0.0) / self._speed, LONGEST)
        # Rounded up: what is due in less than a microsecond would be due at once, and not yet, without end.
        return datetime.now(UTC) + timedelta(microseconds=ceil(left * 1e6))

    def _place(self, *, anew: bool = False) -> None:
        # Within a turn APScheduler asks by itself, at its end.
        if not self._in_turn and (anew or self._earliest() != self._placed):
            self._scheduler.modify_job(TURN, next_run_time=self._date())

    def _turn(self) -> None:
        """Run what is due, in the order it is."""
        now = self._now()
        due = sorted((each[0], name) for name, each in self._jobs.items() if each[0] <= now)
        self._in_turn = True
        try:
            for at, name in due:
                armed = self._jobs.get(name)
                if armed is not None and armed[0] == at:  # neither taken back nor armed anew in this turn
                    del self._jobs[name]
                    self._run(name, armed[1])
        finally:
            self._in_turn = False

    @staticmethod
    def _run(name: str, run: Callable[[], object]) -> None:
        try:
            run()
        except Exception:
            log.exception("the job %s failed", name)
