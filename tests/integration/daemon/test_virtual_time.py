"""Virtual time: the clock jumps from timer to timer, stands still while code runs, and ignores the real time."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import inf

from slowrise.daemon.threaded_notifier import ThreadedNotifier
from slowrise.daemon.timers import Timers
from slowrise.daemon.virtual_time import VirtualClock, VirtualLoop
from slowrise.ports.notifier import AnswerKey, Notice, OnAnswer
from support.person import MONDAY
from support.simulated_daemon import run_virtually

DAY = 86400.0


def test_a_day_passes_at_once_and_exactly() -> None:
    async def day(clock: VirtualClock) -> tuple[float, timedelta]:
        begun = clock.now()
        await asyncio.sleep(DAY)
        return clock.boot() - begun.boot, clock.now().wall - begun.wall

    begun = time.monotonic()
    assert run_virtually(MONDAY, day) == (DAY, timedelta(days=1))
    assert time.monotonic() - begun < DAY / 100


def test_no_time_passes_while_code_runs() -> None:
    async def busy(clock: VirtualClock) -> float:
        begun = clock.boot()
        time.sleep(0.05)  # noqa: ASYNC251 - the code that runs
        await asyncio.sleep(0)
        return clock.boot() - begun

    assert run_virtually(MONDAY, busy) == 0.0


def test_timers_fire_when_they_are_due() -> None:
    async def armed(clock: VirtualClock) -> list[float]:
        timers, begun = Timers(clock.boot), clock.boot()
        fired: list[float] = []
        for seconds in (3600.0, 0.25, 8 * DAY):
            timers.arm(str(seconds), begun + seconds, lambda: fired.append(clock.boot() - begun))
        await asyncio.sleep(9 * DAY)
        await timers.close()
        return [round(seconds, 3) for seconds in fired]

    assert run_virtually(MONDAY, armed) == [0.25, 3600.0, 8 * DAY]


def test_the_speed_changes_the_wait_and_not_the_time() -> None:
    loop = VirtualLoop(speed=100.0)
    begun = time.monotonic()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(asyncio.sleep(20.0))
        assert loop.time() == 20.0
    assert time.monotonic() - begun >= 0.2


def test_at_speed_0_no_time_passes_while_a_thread_works() -> None:
    loop = VirtualLoop()

    async def work() -> tuple[float, float]:
        timer = asyncio.ensure_future(asyncio.sleep(1e-6))
        await asyncio.sleep(0)
        loop.speed = 0.0
        with ThreadPoolExecutor(1) as thread:
            await loop.run_in_executor(thread, time.sleep, 0.05)
        waited = loop.time()
        loop.speed = inf
        await timer
        return waited, loop.time()

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        assert runner.run(work()) == (0.0, 1e-6)


class Slow:
    """A notifier that takes its real time."""

    name = "slow"
    reports_end = False

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        await asyncio.sleep(0.1)
        self.shown.append((notice.kind, threading.current_thread().name))
        answer(AnswerKey("dismissed"))

    async def withdraw(self) -> None: ...

    async def close(self) -> None: ...


def test_showing_a_notice_takes_real_time_in_another_thread_and_none_of_ours() -> None:
    slow = Slow()
    answers: list[str] = []

    async def make() -> Slow:
        return slow

    async def show(clock: VirtualClock) -> float:
        begun = clock.boot()
        notifier = await ThreadedNotifier.start(make)
        await notifier.show(Notice("sit-soft", "title", "body"), answers.append)
        await notifier.withdraw()
        await notifier.close()
        return clock.boot() - begun

    assert run_virtually(MONDAY, show) == 0.0
    assert slow.shown == [("sit-soft", "notifier")]
    assert answers == [], "an answer would change what follows"
