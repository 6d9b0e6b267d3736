"""Timed work on the daemon's clock, by APScheduler. Nothing wakes the process before the next job is due.

APScheduler reads the time as `datetime.now(timezone)`. It gets a time zone that answers with the daemon's clock, which
counts through suspend and cannot be set: setting the wall clock moves no job. Only the loop's sleep stands still in
suspend, hence `rearm` after it. There is no grace period, because APScheduler would drop jobs that it is late for.

All jobs here share one job of APScheduler's, placed at the earliest of them. One of its jobs for each, made again
whenever that is armed, took 0.45 of the 1.86 ms of a heartbeat, and it runs jobs that another one has just disarmed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from math import ceil, floor, inf

from slowrise.adapters.system.lean_imports import without

# APScheduler would search every installed package for plugins (20 ms of CPU, 2.1 MB), and load pools of processes
# (15 modules, 0.7 MB). No plugin and no pool is used here.
with (
    without("importlib.metadata", entry_points=lambda **_: (), version=lambda _: "3", PackageNotFoundError=ImportError),
    without("apscheduler.executors.pool", ThreadPoolExecutor=None),
):
    from apscheduler.executors.debug import DebugExecutor
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.base import BaseTrigger

log = logging.getLogger(__name__)

LONGEST = 7 * 86400.0
"""Seconds: no job is placed further ahead, so that no date can overflow."""
SAME = 0.01
"""Seconds. A job armed again with a time this close stays as it is: wall times are rounded to milliseconds."""
JOB = "run-due"


class _DaemonTime(tzinfo):
    """A time zone whose present is the daemon's. Dates in it are never converted: all dates here are in it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def date(self, seconds: float, *, rounded: Callable[[float], int] = ceil) -> datetime:
        """Return the date at which the daemon's clock shows so many seconds, rounded to microseconds."""
        return datetime(1970, 1, 1, tzinfo=self) + timedelta(microseconds=rounded(seconds * 1e6))

    def fromutc(self, _: datetime) -> datetime:
        """Return the daemon's present instead of the machine's: `datetime.now(zone)` calls this."""
        return self.date(self._now(), rounded=floor)

    def utcoffset(self, _: datetime | None) -> timedelta:
        """Return none, so that dates can be compared."""
        return timedelta(0)

    def dst(self, _: datetime | None) -> timedelta:
        """Return none."""
        return timedelta(0)

    def tzname(self, _: datetime | None) -> str:
        """Return a name; APScheduler refuses a zone without one."""
        return "daemon"


class _Earliest(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires when the earliest job is due."""

    def __init__(self, when: Callable[[], datetime]) -> None:
        self._when = when

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        # APScheduler asks until the answer lies after `now`, so an overdue job must not answer with its own time.
        return max(self._when(), now + timedelta(microseconds=1))


class Timers:
    """Named jobs, each due once. Create and use them within the running loop."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now` reads the clock, in seconds, that jobs are due by."""
        self._now = now
        self._jobs: dict[str, tuple[float, Callable[[], object]]] = {}
        self._placed = inf
        """The due time at which APScheduler's job is placed."""
        self._is_running = False
        self._is_closed = False
        self._time = _DaemonTime(now)
        self._scheduler = AsyncIOScheduler(timezone=self._time, executors={"default": DebugExecutor()})
        # APScheduler logs every run at INFO.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler.start()
        self._scheduler.add_job(self._run_due, _Earliest(self._date), id=JOB, coalesce=True, misfire_grace_time=None)

    def arm(self, name: str, due: float, run: Callable[[], object]) -> None:
        """Run `run` at `due`, or at once if that has passed. Replaces the job of that name."""
        armed = self._jobs.get(name)
        if armed is not None and abs(armed[0] - due) < SAME and armed[1] == run:
            return
        self._jobs[name] = (due, run)
        self._place()

    def disarm(self, name: str) -> None:
        """Cancel the job, if there is one of that name."""
        if self._jobs.pop(name, None) is not None:
            self._place()

    def rearm(self) -> None:
        """Sleep for the right time again after a suspend, in which the loop's own clock stood still."""
        self._place(always=True)

    async def close(self) -> None:
        """Cancel every job. From then on none runs: panels and commands may still ask while the daemon ends."""
        self._is_closed = True
        self._jobs.clear()
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # APScheduler shuts down in the next round of the loop

    def _date(self) -> datetime:
        """Return the date of the earliest job, for APScheduler."""
        self._placed = self._earliest()
        # Rounded up, and the present is rounded down: when this date comes, the job is due.
        return self._time.date(min(self._placed, self._now() + LONGEST))

    def _earliest(self) -> float:
        return min((due for due, _ in self._jobs.values()), default=inf)

    def _place(self, *, always: bool = False) -> None:
        # While jobs run, there is no need: APScheduler asks the trigger afterwards.
        if not self._is_running and not self._is_closed and (always or self._earliest() != self._placed):
            self._scheduler.modify_job(JOB, next_run_time=self._date())

    def _run_due(self) -> None:
        """Run the jobs that are due, in the order of their due times."""
        now = self._now()
        due = sorted((at, name) for name, (at, _) in self._jobs.items() if at <= now)
        self._is_running = True
        try:
            for at, name in due:
                armed = self._jobs.get(name)
                if armed is not None and armed[0] == at:  # an earlier job may have disarmed it or armed it again
                    del self._jobs[name]
                    self._run(name, armed[1])
        finally:
            self._is_running = False

    @staticmethod
    def _run(name: str, run: Callable[[], object]) -> None:
        try:
            run()
        except Exception:
            log.exception("the job %s failed", name)
