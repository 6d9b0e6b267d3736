"""Names of days, and the words of a week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from slowrise.cli.views.sentences import day_sentences, days_name, period_sentences
from slowrise.core.metrics.period import period
from slowrise.core.metrics.summary import summarize
from slowrise.core.metrics.summary_json import as_json
from support.day_strategies import spans_of

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (MONDAY, MONDAY, "Monday 2 March 2026"),
        (MONDAY, date(2026, 3, 8), "2 to 8 March 2026"),
        (date(2026, 2, 23), date(2026, 3, 1), "23 February to 1 March 2026"),
        (date(2025, 12, 29), date(2026, 1, 4), "29 December 2025 to 4 January 2026"),
    ],
)
def test_a_period_of_days_has_a_name(first: date, last: date, name: str) -> None:
    assert days_name(first, last) == name


def test_the_exponent_of_the_sits_is_in_the_data_only() -> None:
    days = [summarize(spans_of("s4 a5 " * 6), day=MONDAY + timedelta(days=n), break_min=120.0) for n in range(2)]
    # Twelve sits of twice the break rule: 1 + 1 / ln 2, and a twelfth of its variance.
    assert as_json(period(days))["alpha"] == pytest.approx(2.44, abs=0.01)
    assert not any("exponent" in line for line in period_sentences(period(days), exact=True))
    assert as_json(period(days[:1]))["alpha"] is None


def test_a_mean_without_today_is_labelled() -> None:
    days = [summarize(spans_of(f"s{n} a5"), day=MONDAY + timedelta(days=n), break_min=120.0) for n in (60, 30, 5)]
    assert "45 min a day, of the 2 that are over." in period_sentences(period(days, unfinished=days[2].day), exact=True)
    assert "1 h a day, of the one that is over." in period_sentences(
        period(days[:2], unfinished=days[1].day), exact=True
    )
    assert "32 min a day." in period_sentences(period(days), exact=True)


def test_breaks_per_hour_need_half_an_hour_of_sitting() -> None:
    short, long = (summarize(spans_of(text), day=MONDAY, break_min=120.0) for text in ("s14 a5 s14", "s15 a5 s15"))
    assert "Sits: 2; breaks of 2 min or more: 1." in day_sentences(short, exact=True)
    assert "Sits: 2; breaks of 2 min or more: 1 (2.0 per sitting hour)." in day_sentences(long, exact=True)
