"""Summaries as `--json` prints them: stable names, plain values, and the metrics that only JSON has."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from hypothesis import given

from slowrise.core.metrics.period import period
from slowrise.core.metrics.summary import Summary, SymptomNote, summarize
from slowrise.core.metrics.summary_json import as_json
from slowrise.core.model.spans import Span
from support.day_strategies import WINTER, days, spans_of

MIN = 60.0
MONDAY = date(2026, 3, 2)


def summary_of(text: str) -> Summary:
    return summarize(spans_of(text), day=MONDAY, break_min=2 * MIN)


def test_the_metrics_of_a_day_by_hand() -> None:
    """Four sits of 42, 63, 9 and 30 min; breaks of 5 and 25 min; 244 min observed, 22 of them standing."""
    day = as_json(summary_of("?60 a4 s40 a1 s2 a5 s63 u22 a3 s9 ?20 a5 s30 a60 ?300"))
    assert day["sitting_share"] == round(144 / 244, 4)
    assert day["first_sitting"] == "2026-03-02T10:04:00.000+01:00"
    assert day["last_sitting"] == "2026-03-02T13:24:00.000+01:00"
    assert (day["standing_bouts"], day["standing_20"], day["standing_40"]) == (1, 1, 0)
    assert day["median_bout_seconds"] == 36 * MIN
    # Ranked, 9 + 60 + 126 + 252 are 447; twice that over four times 144.
    assert day["gini"] == round(894 / 576 - 1.25, 4)
    assert day["gini_unbiased"] == round((894 / 576 - 1.25) * 4 / 3, 4)
    assert day["transition_probability"] == round(4 / 144, 4)
    assert (day["break_median_seconds"], day["break_total_seconds"]) == (15 * MIN, 30 * MIN)
    assert day["good_day"] is False


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
    day = as_json(summary_of("a5 s17 a5"))
    assert (day["usual_bout_seconds"], day["gini"], day["gini_unbiased"]) == (17 * MIN, None, None)
    assert (day["breaks"], day["fragmentation"], day["break_median_seconds"]) == (0, 0, None)


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
    assert as_json(summary_of(text))["good_day"] is good


def test_a_sit_of_an_hour_is_over_any_line() -> None:
    spans = spans_of("s60 a60")
    summary = summarize(spans, day=MONDAY, break_min=120, good_longest=90 * MIN)
    assert as_json(summary)["good_day"] is False


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


def test_a_period_counts_its_good_days_and_pools_its_bouts() -> None:
    together = as_json(period([summary_of(text) for text in ("s45 a60 s30 a30", "s46 a60 s30 a30", "?60", "s44 a90")]))
    assert (together["days"], together["good_days"]) == (3, 2)
    assert (together["bouts"], together["median_bout_seconds"]) == (5, 44 * MIN)
    assert (together["break_median_seconds"], together["break_total_seconds"]) == (60 * MIN, 120 * MIN)
