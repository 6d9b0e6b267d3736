"""Several days together, against values worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.metrics.period import period, usual
from slowrise.core.metrics.summary import Summary, SymptomNote, summarize
from slowrise.core.metrics.summary_json import as_json
from slowrise.core.model.spans import Span
from support.day_strategies import WINTER, days, spans_of

MIN = 60.0
MONDAY = date(2026, 3, 2)


def summary_of(text: str, *, day: date = MONDAY) -> Summary:
    return summarize(spans_of(text), day=day, break_min=2 * MIN)


WEEK = ["s20 a5 s40 a5 s3", "s30 a5 s10 a5 s10", "?600", "s25 a5 s4 a5 s6 a5 s50@0.8 a60"]


def week_days() -> list[Summary]:
    return [summary_of(text, day=MONDAY + timedelta(days=index)) for index, text in enumerate(WEEK)]


def test_the_day_that_goes_on_is_in_the_sums_and_not_in_the_mean() -> None:
    days = week_days()
    together = period(days, unfinished=days[3].day)
    assert together.sitting_seconds == period(days).sitting_seconds
    assert together.sitting_seconds_a_day == pytest.approx((63 + 50) / 2 * MIN)
    assert together.days_over == 2
    alone = period(days[3:], unfinished=days[3].day)
    assert (alone.sitting_seconds_a_day, alone.days_over) == (days[3].sitting_seconds, 1)


def test_a_week_by_hand() -> None:
    together = period(week_days())
    assert (together.first_day, together.last_day, together.days) == (MONDAY, MONDAY + timedelta(days=3), 3)
    assert together.sitting_seconds == pytest.approx(188 * MIN)
    assert together.sitting_seconds_a_day == pytest.approx(188 / 3 * MIN)
    assert (together.bout_metrics.bouts, together.bout_metrics.breaks) == (10, 7)
    assert together.bout_metrics.longest_seconds == 50 * MIN
    lengths = [20, 40, 3, 30, 10, 10, 25, 4, 6, 50]
    exponent = 1 + 10 / sum(log(length / 2) for length in lengths)
    assert together.alpha == pytest.approx(exponent)
    assert together.alpha_standard_error == pytest.approx((exponent - 1) / 10**0.5)
    only = week_days()[3]
    assert together.high - together.sitting_seconds == pytest.approx(only.high - only.sitting_seconds)
    assert as_json(together)["first_day"] == "2026-03-02"


def test_alpha_needs_ten_bouts_of_at_least_the_break_rule() -> None:
    assert period(week_days()[:3]).alpha is None
    short = summary_of("s1 a5 " * 12)
    assert (short.bout_metrics.bouts, period([short]).alpha) == (12, None)


def test_the_person_errs_the_same_way_all_week_and_the_silences_do_not() -> None:
    day = summary_of("a3@0.7 s3@0.8 " * 20)
    five = period([day] * 5)
    assert five.high - five.sitting_seconds == pytest.approx(
        1.645 * (5 * day.sd_silences**2 + (5 * day.sd_person) ** 2) ** 0.5
    )


@given(st.lists(days(max_size=8), min_size=1, max_size=5))
def test_the_range_of_a_week_is_no_wider_than_those_of_its_days(drawn: list[tuple[Span, ...]]) -> None:
    of_days = [summarize(spans, day=MONDAY, break_min=120) for spans in drawn]
    together = period(of_days)
    assert together.low <= together.sitting_seconds <= together.high
    assert sum(day.low for day in of_days) <= together.low
    assert together.high <= sum(day.high for day in of_days)


def test_days_counted_by_different_rules_are_not_read_together() -> None:
    days_of = [*week_days(), summarize(spans_of("s20"), day=MONDAY, break_min=180)]
    assert period(days_of).break_rule_seconds is None
    assert period(days_of).alpha is None


def test_a_week_of_which_nothing_was_seen() -> None:
    nothing = period([summary_of("?60"), summary_of("")])
    assert (nothing.days, nothing.sitting_seconds, nothing.sitting_seconds_a_day, nothing.coverage) == (
        0,
        0,
        None,
        None,
    )
    assert nothing.bout_metrics.longest_seconds is None


def test_prompts_and_symptoms_of_a_week_are_kept() -> None:
    note = SymptomNote(datetime(2026, 3, 2, 10, tzinfo=WINTER), "pain", "right", 4)
    days_of = [
        summarize(spans_of("s20"), day=MONDAY, break_min=120, prompts=prompts, symptoms=symptoms)
        for prompts, symptoms in (({"sit-soft": 2}, [note]), ({"sit-soft": 1, "sit-firm": 1}, []))
    ]
    assert period(days_of).prompts == {"sit-soft": 3, "sit-firm": 1}
    assert period(days_of).symptoms == (note,)


def test_flare_ups_are_the_neighbouring_days_with_the_mode_on() -> None:
    days_of = [
        summarize((), day=MONDAY + timedelta(days=n), break_min=120, flare_up=on == "x", answers={"later": 1})
        for n, on in enumerate("-xx-x")
    ]
    together = period(days_of)
    assert together.flare_ups == (
        (MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)),
        (MONDAY + timedelta(days=4), MONDAY + timedelta(days=4)),
    )
    assert (as_json(together)["flare_up_days"], as_json(together)["answers"]) == (3, {"later": 5})
    assert [as_json(day)["flare_up"] for day in days_of] == [False, True, True, False, True]


def test_the_usual_day_is_the_middle_of_at_least_five() -> None:
    days_of = [summary_of(f"s{minutes} a5 s1 a200") for minutes in (30, 50, 20, 70, 40)]
    middle = usual([*days_of, summary_of("s10")])
    assert middle is not None
    assert (middle.days, middle.sitting_seconds, middle.longest_seconds, middle.breaks) == (5, 41 * MIN, 40 * MIN, 1)
    assert usual(days_of[:4]) is None
