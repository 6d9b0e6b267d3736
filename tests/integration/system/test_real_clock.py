"""The machine's clocks when they are set to what no clock shows, and zones that are no zones."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from slowrise.adapters.system import clock
from slowrise.adapters.system.clock import RealClock
from slowrise.core.model.timestamps import Timestamper

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
YEAR_9999 = 253402300799.0


def test_a_clock_set_to_the_year_9999_and_back_is_no_step_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    clock._log_once.cache_clear()
    wall, boot = NOON.timestamp(), 100.0
    real = RealClock(lambda: wall, lambda: boot)
    stamps = Timestamper(real.now())
    for impossible in (YEAR_9999, YEAR_9999 + 60, -62135596800.0, 1e18):
        wall, boot = impossible, boot + 60
        moment = real.now()
        assert stamps.step(moment) is None
        assert stamps.label(boot) == moment.wall
    boot, wall = boot + 60, NOON.timestamp() + 300
    assert stamps.step(real.now()) is None
    assert stamps.label(boot) == NOON + timedelta(minutes=5)
    assert len(caplog.messages) == 1
    assert "1969-2099" in caplog.messages[0]


def test_a_first_start_with_an_impossible_clock_begins_at_the_epoch() -> None:
    boot = 100.0
    real = RealClock(lambda: YEAR_9999, lambda: boot)
    assert real.now().wall == clock.EPOCH
    boot += 5
    assert real.now().wall == clock.EPOCH + timedelta(seconds=5)


@pytest.mark.parametrize("zone", ["UTC+24", "UTC-25", "XX+23:59:30", "XX-0:44:30", "UTC-14", "UTC+12", "nowhere", ":"])
def test_every_zone_gives_a_time_that_a_trace_can_hold(zone: str) -> None:
    code = (
        "from slowrise.adapters.system.clock import RealClock; from slowrise.history import trace; "
        "from slowrise.core.model.events import Active; from datetime import datetime; "
        "print(trace.parse(trace.written_line(Active(at=RealClock().now().wall)).encode()).at.isoformat()); "
        "print(datetime.now().astimezone().isoformat())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    ours, python = map(datetime.fromisoformat, done.stdout.split())
    assert abs(ours - python) < timedelta(seconds=10)
    assert ("uses UTC" in done.stderr) == (zone in ("UTC+24", "UTC-25"))
