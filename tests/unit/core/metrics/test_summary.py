"""One day in numbers, against values worked out by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given

from slowrise.core.metrics.summary import Summary, summarize
from slowrise.core.model.spans import Span, split_by_day
from support.day_strategies import SUMMER, WINTER, days, spans_of

MIN = 60.0
HOUR = 3600.0
MONDAY = date(2026, 3, 2)


def summary_of(text: str, *, day: date = MONDAY, open_end: bool = False) -> Summary:
    return summarize(spans_of(text), day=day, break_min=2 * MIN, open_end=open_end)


def test_a_day_by_hand() -> None:
    """Four sits of 42, 63, 9 and 30 min; breaks of 5 and 25 min; the third sit ends in unobserved time."""
    day = summary_of("?60 a4 s40 a1 s2 a5 s63 u22 a3 s9 ?20 a5 s30 a60 ?300")
    assert (day.begin, day.end) == (
        datetime(2026, 3, 2, 10, tzinfo=WINTER),
        datetime(2026, 3, 2, 14, 24, tzinfo=WINTER),
    )
    assert day.sitting_seconds == day.low == day.high == 144 * MIN
    assert day.standing_seconds == 22 * MIN
    assert day.away_seconds == (4 + 1 + 5 + 3 + 5 + 60) * MIN
    assert day.observed_seconds == 244 * MIN
    assert day.unobserved_seconds == 20 * MIN
    assert day.coverage == pytest.approx(244 / 264)
    assert (day.open_start, day.open_end) == (False, False)
    assert day.standing_lengths == (22 * MIN,)
    assert day.standing_longest_seconds == 22 * MIN
    assert day.bout_lengths == (42 * MIN, 63 * MIN, 9 * MIN, 30 * MIN)
    assert day.break_lengths == (5 * MIN, 25 * MIN)
    metrics = day.bout_metrics
    assert (metrics.bouts, metrics.breaks) == (4, 2)
    assert metrics.fragmentation == pytest.approx(2 / 2.4)
    assert (metrics.prolonged_30, metrics.prolonged_30_seconds) == (3, 135 * MIN)
    assert (metrics.prolonged_60, metrics.prolonged_60_seconds) == (1, 63 * MIN)
    assert metrics.longest_seconds == day.longest_low == day.longest_high == 63 * MIN
    assert metrics.mean_bout_seconds == 36 * MIN
    # Shares up to 9, 30, 42, 63 min: 0.06, 0.27, 0.56, 1.
    assert metrics.usual_bout_seconds == 42 * MIN


@pytest.mark.parametrize(
    ("text", "observed", "unobserved"),
    [
        ("?60 s10 ?20 a10 ?60", 20, 20),
        ("?600", 0, 0),
        ("", 0, 0),
        ("a10 ?5", 10, 0),
    ],
)
def test_unobserved_time_before_and_after_the_observed_is_outside(
    text: str, observed: float, unobserved: float
) -> None:
    day = summary_of(text)
    assert (day.observed_seconds, day.unobserved_seconds) == (observed * MIN, unobserved * MIN)


def test_a_pause_that_goes_on_now_is_inside() -> None:
    assert summary_of("s10 ?20", open_end=True).unobserved_seconds == 20 * MIN


@given(days())
def test_the_kinds_of_time_add_up_to_the_day(spans: tuple[Span, ...]) -> None:
    for day, of_day in split_by_day(spans, 4 * HOUR).items():
        summary = summarize(of_day, day=day, break_min=120.0)
        whole = (summary.end - summary.begin).total_seconds() if summary.begin and summary.end else 0.0
        parts = summary.sitting_seconds + summary.standing_seconds + summary.away_seconds
        assert parts == pytest.approx(summary.observed_seconds)
        assert parts + summary.unobserved_seconds == pytest.approx(whole)
        assert summary.low <= summary.sitting_seconds <= summary.high
        assert min(parts, summary.away_seconds, summary.low) >= 0


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        (datetime(2026, 3, 28, 4, tzinfo=WINTER), datetime(2026, 3, 29, 4, tzinfo=SUMMER), 23),
        (datetime(2026, 10, 24, 4, tzinfo=SUMMER), datetime(2026, 10, 25, 4, tzinfo=WINTER), 25),
    ],
)
def test_a_night_through_a_clock_change_is_as_long_as_it_was(begin: datetime, end: datetime, hours: float) -> None:
    day = summarize([Span("sitting", begin, end)], day=begin.date(), break_min=120)
    assert day.sitting_seconds == day.observed_seconds == hours * HOUR
