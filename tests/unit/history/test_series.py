"""What one day shows must not move another: a series of days against the same days one by one."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from slowrise.adapters.system.resources import weights
from slowrise.core.model import events as e
from slowrise.history.replay import replay
from support.person import MONDAY, PersonDay

DAYS = 8
HABITS = {
    "types all day": (600, 45),
    "reads in long silences": (40, 300),
    "leaves every few minutes": (240, 420),
    "leaves for long": (1200, 1500),
    "restless": (25, 60),
}
"""Typical seconds of input and of silence."""


def day_of(habit: tuple[float, float], number: int) -> list[e.Event]:
    chance = random.Random(f"{habit} {number}")  # noqa: S311 - simulation
    desk = PersonDay(MONDAY + timedelta(days=number))
    desk.emit(e.Started)
    while desk.passed < 8 * 3600:
        desk.type_for(habit[0] * chance.lognormvariate(0, 0.8), habit[1] * chance.lognormvariate(0, 1))
    desk.emit(e.Stopped)
    return desk.events


@pytest.mark.parametrize("habit", HABITS)
def test_a_series_of_days_is_judged_like_the_days_alone(habit: str) -> None:
    days = [day_of(HABITS[habit], number) for number in range(DAYS)]
    alone = [replay(day, weights()).summary for day in days]
    together = replay([event for day in days for event in day], weights()).days
    assert len(together) == DAYS
    for one, other in zip(alone, together, strict=True):
        assert one is not None
        assert other.sitting_seconds == pytest.approx(one.sitting_seconds, rel=0.03)
        assert other.high - other.low == pytest.approx(one.high - one.low, rel=0.05)
