"""Symptoms that were logged soon after long sits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from slowrise.core.metrics.summary import SymptomNote
from slowrise.core.metrics.symptom_counts import SymptomAfterSits, symptoms_after_long_sits
from slowrise.core.model.spans import Span, State

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def after(minutes: float, day: int = 0) -> datetime:
    return NINE + timedelta(days=day, minutes=minutes)


def spans(*parts: tuple[State, float], day: int = 0) -> list[Span]:
    made, at = [], 0.0
    for state, minutes in parts:
        made.append(Span(state, after(at, day), after(at + minutes, day)))
        at += minutes
    return made


def pain(minutes: float, day: int = 0, *, level: int = 4) -> SymptomNote:
    return SymptomNote(after(minutes, day), "pain", "left", level)


LONG: tuple[tuple[State, float], ...] = (("sitting", 60.0), ("away", 90.0))
SHORT: tuple[tuple[State, float], ...] = (("sitting", 40.0), ("away", 90.0))


@pytest.mark.parametrize(
    ("minutes", "beside"),
    [(49, False), (50, True), (60, True), (90, True), (91, False)],
    ids=["before it was long", "while it was", "at its end", "half an hour after", "later"],
)
def test_a_symptom_is_beside_a_long_sit_from_when_it_is_long_to_half_an_hour_after(minutes: int, beside: bool) -> None:
    days = [([pain(minutes)], spans(*LONG)), ([pain(30, 1)], spans(*SHORT, day=1))]
    assert symptoms_after_long_sits(days, 120.0) == [SymptomAfterSits("pain", int(beside), 2)]


def test_days_are_counted_and_not_entries() -> None:
    days = [([pain(55), pain(58)], spans(*LONG)), ([pain(55, 1)], spans(*LONG, day=1)), ([], spans(*LONG, day=2))]
    assert symptoms_after_long_sits(days, 120.0) == [SymptomAfterSits("pain", 2, 2)]


def test_a_single_day_says_nothing_and_none_is_no_symptom() -> None:
    assert symptoms_after_long_sits([([pain(55)], spans(*LONG))], 120.0) == []
    quiet = [([pain(55, day, level=0)], spans(*LONG, day=day)) for day in range(3)]
    assert symptoms_after_long_sits(quiet, 120.0) == []
