"""A long trace takes time in proportion to its length."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from time import process_time

from slowrise.adapters.system.resources import weights
from slowrise.core.model import events as e
from slowrise.history.replay import replay
from slowrise.history.trace import read, written

START = datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=1)))


def short_silences(count: int) -> Iterator[e.Event]:
    """Input that pauses each 14 seconds, for days."""
    yield e.Started(at=START)
    for number in range(count // 2):
        at = START + timedelta(seconds=14 * number)
        yield e.Active(at=at)
        yield e.Idle(at=at + timedelta(seconds=7), since=at + timedelta(seconds=2))


def seconds_of(count: int) -> float:
    """Return the processor time of a replay of so many events."""
    lines = [line.encode() for line in written(short_silences(count))]
    begin = process_time()
    replay(read(lines), weights())
    return process_time() - begin


def test_eight_times_the_events_take_about_eight_times_as_long() -> None:
    seconds_of(100)  # what the first replay loads
    assert seconds_of(24_000) < 24 * seconds_of(3_000)  # 64 times, if each event looked at all before it
