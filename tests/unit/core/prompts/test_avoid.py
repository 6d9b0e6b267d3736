"""The line of the day on what to avoid: all of them within two working weeks, each at a time that fits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.prompts.avoid import AVOID, fits, line_of

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@given(DAYS)
def test_two_working_weeks_have_every_line_whatever_the_days_of_work(first: date) -> None:
    days = [first + timedelta(days=7 * week + day) for week in range(2) for day in range(5)]
    assert {line_of(day) for day in days} == set(AVOID)


@given(DAYS)
def test_two_days_in_a_row_have_different_lines(day: date) -> None:
    assert line_of(day) != line_of(day + timedelta(days=1))


@pytest.mark.parametrize(("at", "is_fitting"), [("07:30", True), ("10:59", True), ("11:00", False), ("15:00", True)])
def test_bags_and_boxes_are_named_towards_the_ways_to_work_and_home(at: str, is_fitting: bool) -> None:
    assert fits("bags", datetime.fromisoformat(f"2026-03-02T{at}+01:00")) is is_fitting


@given(st.sampled_from([line for line in AVOID if line != "bags"]), st.datetimes())
def test_all_others_fit_any_time(line: str, at: datetime) -> None:
    assert fits(line, at)
