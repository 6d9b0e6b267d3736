"""Jobs run on time whatever the clocks do, and nothing wakes the process before the next is due."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

import slowrise
from slowrise.adapters.system.clock import boot_seconds
from slowrise.daemon.timers import Timers
from support.notices import until
from support.wall_clock import fake_wall_clock


def in_loop(work: Callable[[Timers], Awaitable[None]]) -> None:
    """Run an async piece of work with timers of its own."""

    async def whole() -> None:
        timers = Timers(boot_seconds)
        try:
            await work(timers)
        finally:
            await timers.close()

    asyncio.run(whole())


def test_a_job_runs_once_when_it_is_due_and_not_before() -> None:
    async def work(timers: Timers) -> None:
        runs: list[float] = []
        due = boot_seconds() + 0.3
        timers.arm("job", due, lambda: runs.append(boot_seconds()))
        await until(lambda: runs, "the job")
        await asyncio.sleep(0.2)
        assert len(runs) == 1
        assert runs[0] >= due

    in_loop(work)


def test_the_loop_standing_still_for_longer_than_the_usual_grace_loses_no_job() -> None:
    """APScheduler drops what it is late for by more than a second, unless told otherwise."""

    async def work(timers: Timers) -> None:
        runs: list[str] = []
        for name in ("a", "b"):
            timers.arm(name, boot_seconds() + 0.1, lambda name=name: runs.append(name))  # type: ignore[misc]
        time.sleep(1.6)  # noqa: ASYNC251 - that is what a suspend or a busy disk does to the loop
        await until(lambda: len(runs) == 2, "both runs")
        assert sorted(runs) == ["a", "b"]

    in_loop(work)


def test_many_missed_are_one_run() -> None:
    async def work(timers: Timers) -> None:
        runs: list[float] = []

        def again() -> None:
            runs.append(boot_seconds())
            if len(runs) < 2:
                timers.arm("beat", boot_seconds() + 0.1, again)
                time.sleep(0.5)

        timers.arm("beat", boot_seconds(), again)
        await until(lambda: len(runs) == 2, "both runs")
        await asyncio.sleep(0.3)
        assert len(runs) == 2

    in_loop(work)


def test_a_job_takes_the_place_of_the_one_of_its_name_and_can_be_taken_back() -> None:
    async def work(timers: Timers) -> None:
        runs: list[str] = []
        timers.arm("decide", boot_seconds() + 0.1, lambda: runs.append("first"))
        timers.arm("decide", boot_seconds() + 0.2, lambda: runs.append("second"))
        timers.arm("taken back", boot_seconds() + 0.1, lambda: runs.append("taken back"))
        timers.disarm("taken back")
        timers.disarm("never armed")
        await until(lambda: runs, "the job")
        await asyncio.sleep(0.2)
        assert runs == ["second"]

    in_loop(work)


def test_one_that_is_due_and_taken_back_in_the_same_moment_does_not_run(caplog: pytest.LogCaptureFixture) -> None:
    async def work(timers: Timers) -> None:
        timers.arm("a", boot_seconds() + 0.05, lambda: timers.disarm("b"))
        timers.arm("b", boot_seconds() + 0.05, lambda: timers.disarm("a"))
        time.sleep(0.2)  # noqa: ASYNC251 - so that both are due at once
        await asyncio.sleep(0.3)

    in_loop(work)
    assert not caplog.records


def test_one_that_is_due_at_the_end_does_not_run_and_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async def whole() -> None:
        timers = Timers(boot_seconds)
        timers.arm("late", boot_seconds() + 0.05, lambda: pytest.fail("it ran"))
        await asyncio.sleep(0)
        time.sleep(0.2)  # noqa: ASYNC251 - so that it is due when the timers are closed
        await timers.close()
        await asyncio.sleep(0.05)

    asyncio.run(whole())
    assert not caplog.records


def test_what_is_due_beyond_all_dates_waits() -> None:
    async def work(timers: Timers) -> None:
        timers.arm("never", boot_seconds() + 1e12, lambda: pytest.fail("it ran"))
        await asyncio.sleep(0.05)

    in_loop(work)


def test_a_job_that_fails_ends_no_other() -> None:
    async def work(timers: Timers) -> None:
        runs: list[str] = []
        timers.arm("wrong", boot_seconds(), [].pop)
        timers.arm("right", boot_seconds() + 0.1, lambda: runs.append("right"))
        await until(lambda: runs, "the job")

    in_loop(work)


def test_one_that_fails_leaves_the_others_of_its_turn_and_is_said(caplog: pytest.LogCaptureFixture) -> None:
    async def work(timers: Timers) -> None:
        runs: list[str] = []
        timers.arm("wrong", boot_seconds() + 0.05, [].pop)
        timers.arm("right", boot_seconds() + 0.06, lambda: runs.append("right"))
        time.sleep(0.2)  # noqa: ASYNC251 - so that both are due at once
        await until(lambda: runs, "the job")

    in_loop(work)
    assert [record.getMessage() for record in caplog.records] == ["the job wrong failed"]


def test_due_together_they_run_in_the_order_they_are_due_and_each_may_arm_itself_anew() -> None:
    async def work(timers: Timers) -> None:
        runs: list[str] = []
        begun = boot_seconds()

        def beat() -> None:
            runs.append("beat")
            if runs.count("beat") < 2:
                timers.arm("beat", begun + 0.6, beat)

        timers.arm("beat", begun + 0.1, beat)
        timers.arm("sooner", begun + 0.05, lambda: runs.append("sooner"))
        timers.arm("later", begun + 0.3, lambda: runs.append("later"))
        time.sleep(0.2)  # noqa: ASYNC251 - so that the first two are due at once
        await until(lambda: len(runs) == 4, "all four runs")
        assert runs == ["sooner", "beat", "later", "beat"]

    in_loop(work)


def test_nothing_wakes_while_the_next_job_is_an_hour_away() -> None:
    async def work(timers: Timers) -> None:
        timers.arm("far", boot_seconds() + 3600, lambda: None)
        await asyncio.sleep(0.3)  # what begins is over
        before = resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw
        await asyncio.sleep(3)
        # One is the end of this very sleep; a poll a second would make three more.
        assert resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw - before <= 2

    in_loop(work)


STEPPED = """
import asyncio, sys
from pathlib import Path
from datetime import datetime
from slowrise.adapters.system.clock import boot_seconds
from slowrise.daemon.timers import Timers

async def main(by):
    runs = []
    timers = Timers(boot_seconds)
    begun, before = boot_seconds(), datetime.now()
    timers.arm("decide", begun + 1.0, lambda: runs.append(boot_seconds() - begun))
    Path(sys.argv[2]).write_text(f"{by:+d}")
    while abs((datetime.now() - before).total_seconds() - by) > 60:
        await asyncio.sleep(0.01)
    timers.rearm()
    async with asyncio.timeout(20):
        while not runs:
            await asyncio.sleep(0.01)
    await timers.close()
    print(runs[0])

asyncio.run(main(int(sys.argv[1])))
"""


def test_what_is_asked_for_after_the_end_is_no_error_and_never_runs() -> None:
    async def work() -> None:
        runs: list[str] = []
        timers = Timers(boot_seconds)
        await timers.close()
        timers.arm("job", boot_seconds(), lambda: runs.append("job"))
        timers.rearm()
        timers.disarm("job")
        timers.arm("job", boot_seconds(), lambda: runs.append("job"))
        await asyncio.sleep(0.1)
        assert not runs

    asyncio.run(work())


@pytest.mark.real("faketime")
@pytest.mark.parametrize("by", [7200, -7200])
def test_a_job_comes_on_time_although_the_wall_clock_was_set(tmp_path: Path, by: int) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0")
    done = subprocess.run(
        [sys.executable, "-c", STEPPED, str(by), str(clock)],
        env={**os.environ, "PYTHONPATH": str(Path(slowrise.__file__).parents[1]), **fake_wall_clock(clock)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert 1.0 <= float(done.stdout) < 20


def test_starting_asks_no_package_for_plugins_and_leaves_the_question_to_others() -> None:
    script = """
import sys
import slowrise.daemon.timers
assert "importlib.metadata" not in sys.modules and "email.message" not in sys.modules
from importlib import metadata
assert metadata.version("apscheduler").startswith("3.")
assert metadata.entry_points(group="apscheduler.triggers")
"""
    subprocess.run([sys.executable, "-c", script], check=True)
