"""The day and the week in numbers, against values worked out by hand."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.metrics.summary import Summary, SymptomNote, as_json, period, summarize, usual
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
    assert day.sitting_share == pytest.approx(144 / 244)
    assert day.first_sitting == datetime(2026, 3, 2, 10, 4, tzinfo=WINTER)
    assert day.last_sitting == datetime(2026, 3, 2, 13, 24, tzinfo=WINTER)
    assert (day.open_start, day.open_end) == (False, False)
    assert (day.standing_bouts, day.standing_20, day.standing_40) == (1, 1, 0)
    assert day.standing_longest_seconds == 22 * MIN
    assert day.bout_lengths == (42 * MIN, 63 * MIN, 9 * MIN, 30 * MIN)
    assert day.break_lengths == (5 * MIN, 25 * MIN)
    pattern = day.bout_metrics
    assert (pattern.bouts, pattern.breaks) == (4, 2)
    assert pattern.fragmentation == pytest.approx(2 / 2.4)
    assert (pattern.prolonged_30, pattern.prolonged_30_seconds) == (3, 135 * MIN)
    assert (pattern.prolonged_60, pattern.prolonged_60_seconds) == (1, 63 * MIN)
    assert pattern.longest_seconds == day.longest_low == day.longest_high == 63 * MIN
    assert (pattern.mean_bout_seconds, pattern.median_bout_seconds) == (36 * MIN, 36 * MIN)
    # Shares up to 9, 30, 42, 63 min: 0.06, 0.27, 0.56, 1.
    assert pattern.usual_bout_seconds == 42 * MIN
    # Ranked, 9 + 60 + 126 + 252 are 447; twice that over four times 144.
    assert pattern.gini == pytest.approx(894 / 576 - 1.25)
    assert pattern.gini_unbiased == pytest.approx((894 / 576 - 1.25) * 4 / 3)
    assert pattern.transition_probability == pytest.approx(4 / 144)
    assert (pattern.break_median_seconds, pattern.break_total_seconds) == (15 * MIN, 30 * MIN)
    assert day.good_day is False


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


@pytest.mark.parametrize("text", ["", "?600", "a60 u30 a60"])
def test_without_a_bout_there_is_no_pattern(text: str) -> None:
    day = as_json(summary_of(text))
    assert (day["bouts"], day["breaks"], day["sitting_seconds"], day["low"], day["high"]) == (0, 0, 0, 0, 0)
    assert [day[name] for name in PATTERN] == [None] * len(PATTERN)
    assert day["good_day"] is None


PATTERN = [
    *("fragmentation", "prolonged_30", "prolonged_30_seconds", "prolonged_60", "prolonged_60_seconds"),
    *("longest_seconds", "longest_low", "longest_high", "mean_bout_seconds", "median_bout_seconds"),
    *("usual_bout_seconds", "gini", "gini_unbiased", "transition_probability"),
    *("break_median_seconds", "break_total_seconds", "first_sitting", "last_sitting"),
]


def test_a_single_bout_has_a_usual_length_and_no_inequality() -> None:
    pattern = summary_of("a5 s17 a5").bout_metrics
    assert (pattern.usual_bout_seconds, pattern.gini, pattern.gini_unbiased) == (17 * MIN, None, None)
    assert (pattern.breaks, pattern.fragmentation, pattern.break_median_seconds) == (0, 0, None)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("s45 a60 s30 a30", True),
        ("s46 a60 s30 a30", False),
        ("s45 a30 s30", None),
        ("a300", None),
    ],
)
def test_a_good_day_has_no_sit_over_the_line_and_was_seen_for_two_hours(text: str, good: bool | None) -> None:
    assert summary_of(text).good_day is good


def test_a_sit_of_an_hour_is_over_any_line() -> None:
    spans = spans_of("s60 a60")
    assert summarize(spans, day=MONDAY, break_min=120, good_longest=90 * MIN).good_day is False


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


@given(days())
def test_the_summary_is_json_with_the_same_names_every_day(spans: tuple[Span, ...]) -> None:
    full = as_json(summarize(spans, day=MONDAY, break_min=120.0))
    assert json.loads(json.dumps(full)) == full
    assert list(full) == list(as_json(summary_of("")))
    assert "-0.0" not in json.dumps(full)


def test_json_has_plain_values() -> None:
    note = SymptomNote(datetime(2026, 3, 2, 10, tzinfo=WINTER), "numbness", "left", 3)
    spans = spans_of("s20 a5 s10.005")
    day = as_json(summarize(spans, day=MONDAY, break_min=120, prompts={"sit-soft": 1}, symptoms=[note]))
    assert day["day"] == "2026-03-02"
    assert day["sitting_seconds"] == 1800.3
    assert day["first_sitting"] == "2026-03-02T09:00:00.000+01:00"
    assert day["coverage"] == 1.0
    assert day["prompts"] == {"sit-soft": 1}
    assert day["symptoms"] == [{"at": "2026-03-02T10:00:00.000+01:00", "kind": "numbness", "side": "left", "level": 3}]


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


def test_the_usual_day_is_the_middle_of_at_least_five() -> None:
    days_of = [summary_of(f"s{minutes} a5 s1 a200") for minutes in (30, 50, 20, 70, 40)]
    middle = usual([*days_of, summary_of("s10")])
    assert middle is not None
    assert (middle.days, middle.sitting_seconds, middle.longest_seconds, middle.breaks) == (5, 41 * MIN, 40 * MIN, 1)
    assert usual(days_of[:4]) is None
