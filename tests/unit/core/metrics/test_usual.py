"""The usual sitting by some time of the day, against values worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.metrics.summary import Summary, summarize
from slowrise.core.metrics.usual import sitting_by, usual_sitting
from slowrise.core.model.spans import Span
from support.day_strategies import WINTER, days, spans_of

MIN = 60.0
HOUR = 60 * MIN
MONDAY = date(2026, 3, 2)
SIX = datetime(2026, 3, 2, 18, tzinfo=WINTER)


def day_of(text: str, *, back: int = 0) -> Summary:
    """Return the summary of a day that begins at nine, `back` days before Monday."""
    day = MONDAY - timedelta(days=back)
    return summarize(spans_of(text, datetime(day.year, day.month, day.day, 9, tzinfo=WINTER)), day=day, break_min=120.0)


TODAY = day_of("s240 a60 s120")


def test_the_usual_is_the_median_of_the_days_before_by_that_time() -> None:
    # From nine on: an hour each, and at six the last of them has gone on since four.
    known = [day_of(text, back=back) for back, text in enumerate(("s240 a180 s600",) * 5, start=1)]
    assert usual_sitting(known, SIX, TODAY) == pytest.approx((4 + 2) * HOUR)
    assert usual_sitting(known, SIX + timedelta(hours=2), TODAY) == pytest.approx((4 + 4) * HOUR)


def test_a_day_that_is_over_is_compared_with_whole_days() -> None:
    known = [day_of("s240 a180 s600", back=back) for back in range(1, 6)]
    assert usual_sitting(known, SIX + timedelta(days=1), TODAY) == pytest.approx(14 * HOUR)


def test_an_even_number_of_days_has_the_mean_of_the_middle_two() -> None:
    known = [day_of(f"s{60 * hours} a60", back=hours) for hours in range(2, 8)]
    assert usual_sitting(known, SIX, TODAY) == pytest.approx(4.5 * HOUR)


def test_four_days_are_too_few_and_others_do_not_count() -> None:
    four = [day_of("s240", back=back) for back in range(1, 5)]
    assert usual_sitting(four, SIX, TODAY) is None
    others = [day_of("s240", back=0), day_of("s240", back=29), day_of("s60 a59", back=6), day_of("s240", back=-1)]
    assert usual_sitting([*four, *others], SIX, TODAY) is None
    assert usual_sitting([*four, day_of("s240", back=28)], SIX, TODAY) == pytest.approx(4 * HOUR)


@given(days(), st.floats(0, 40 * HOUR), st.floats(0, 40 * HOUR))
def test_more_time_is_never_less_sitting(spans: tuple[Span, ...], one: float, other: float) -> None:
    day = summarize(spans, day=date(2026, 3, 1), break_min=120.0)
    early, late = sitting_by(day, min(one, other)), sitting_by(day, max(one, other))
    assert -1e-6 <= early <= late + 1e-6
    assert late <= day.sitting_seconds + 1e-6
