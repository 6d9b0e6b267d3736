"""Several days together: the hours of the week, the lengths of sits, the responses to prompts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.metrics.day_record import DayRecord, ShownPrompt
from slowrise.core.metrics.report_stats import bout_bins, hours_of_week, responses
from slowrise.core.metrics.summary import summarize
from slowrise.core.model.spans import Span
from support.day_strategies import NINE, days, spans_of

MONDAY = date(2026, 3, 2)


def record_of(spans: tuple[Span, ...], *prompts: float) -> DayRecord:
    """`prompts`: minutes after nine."""
    shown = tuple(ShownPrompt(NINE + timedelta(minutes=minutes), "sit-soft", 1800.0) for minutes in prompts)
    return DayRecord(summarize(spans, day=MONDAY, break_min=120.0), spans, shown)


def test_an_hour_of_the_week_is_sat_by_what_was_seen_of_it() -> None:
    found = hours_of_week([record_of(spans_of("s30 a30 ?30 s15@0.8 a15"))])
    assert [(cell.weekday, cell.hour) for cell in found] == [(0, 9), (0, 10)]
    assert [cell.share for cell in found] == [pytest.approx(0.5), pytest.approx(0.8 * 0.5)]
    assert found[1].observed_seconds == 1800


def test_work_past_midnight_is_in_the_row_of_its_evening() -> None:
    late = spans_of("s180", NINE.replace(hour=22, minute=30))
    assert [(cell.weekday, cell.hour) for cell in hours_of_week([record_of(late)])] == [
        (0, 22),
        (0, 23),
        (0, 24),
        (0, 25),
    ]


def test_an_hour_hardly_seen_is_left_blank() -> None:
    (cell,) = hours_of_week([record_of(spans_of("?51 s9"))])
    assert cell.share is None


@given(st.lists(days(max_size=12), max_size=2))
def test_the_hours_hold_all_that_was_seen_and_sat(lives: list[tuple[Span, ...]]) -> None:
    records = [record_of(spans) for spans in lives]
    found = hours_of_week(records)
    assert sum(c.sitting_seconds for c in found) == pytest.approx(
        sum(r.summary.sitting_seconds for r in records), abs=0.01
    )
    assert sum(c.observed_seconds for c in found) == pytest.approx(
        sum(r.summary.observed_seconds for r in records), abs=0.01
    )
    assert all(c.share is None or 0 <= c.share <= 1 + 1e-9 for c in found)


@given(st.lists(st.floats(1, 20_000)))
def test_every_sit_is_in_one_bin(lengths: list[float]) -> None:
    bins = bout_bins(lengths)
    assert sum(each.bouts for each in bins) == len(lengths)
    assert sum(each.seconds for each in bins) == pytest.approx(sum(lengths))


def test_a_sit_of_30_minutes_is_a_prolonged_one() -> None:
    bins = {each.least: each.bouts for each in bout_bins([1799.9, 1800.0, 3599.9, 3600.0, 7200.0])}
    assert (bins[20], bins[30], bins[45], bins[60], bins[120]) == (1, 1, 1, 1, 1)


def test_a_prompt_is_answered_when_its_sit_ends() -> None:
    found = responses([record_of(spans_of("s60 a1 s4 a10 s40"), 30, 50, 64)])
    assert found.seconds == (35 * 60, 15 * 60, 60)
    assert (found.within(5), found.within(15), found.within(30)) == (1, 2, 2)
    assert found.median_seconds == 900


def test_a_sit_whose_end_nobody_saw_answers_nothing() -> None:
    found = responses([record_of(spans_of("s60 a10 s40"), 100)])
    assert (found.seconds, found.unseen, found.median_seconds) == ((), 1, None)


def test_prompts_that_only_inform_are_not_answered() -> None:
    spans = spans_of("s60 a10 s40")
    record = record_of(spans)._replace(prompts=(ShownPrompt(NINE, "budget", 0.0), ShownPrompt(NINE, "stand-soft", 0.0)))
    assert responses([record]).prompts == 0
