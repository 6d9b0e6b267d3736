"""Symptoms that were logged soon after long sits and stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from slowrise.core.metrics.summary import SymptomNote
from slowrise.core.metrics.symptom_counts import Before, SymptomDays, before, bouts_of, symptom_days
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
STOOD: tuple[tuple[State, float], ...] = (("sitting", 20.0), ("standing", 65.0), ("away", 90.0))


@pytest.mark.parametrize(
    ("minutes", "follows"),
    [(49, False), (50, True), (60, True), (90, True), (91, False)],
    ids=["before it was long", "while it was", "at its end", "half an hour after", "later"],
)
def test_a_symptom_follows_a_long_sit_from_when_it_is_long_to_half_an_hour_after(minutes: int, follows: bool) -> None:
    days = [([pain(minutes)], spans(*LONG)), ([pain(30, 1)], spans(*SHORT, day=1))]
    assert symptom_days(days, 120.0) == [SymptomDays("pain", 2, int(follows), 0, 2 - int(follows))]


@pytest.mark.parametrize(("minutes", "follows"), [(59, False), (60, True), (85, True), (115, True), (116, False)])
def test_a_symptom_follows_a_long_stand_in_the_same_way(minutes: int, follows: bool) -> None:
    days = [([pain(minutes)], spans(*STOOD)), ([pain(10, 1)], spans(*SHORT, day=1))]
    assert symptom_days(days, 120.0) == [SymptomDays("pain", 2, 0, int(follows), 2 - int(follows))]


def test_a_day_may_be_after_both() -> None:
    both = [pain(55), pain(110)], spans(("sitting", 60.0), ("standing", 50.0), ("away", 60.0))
    assert symptom_days([both, ([pain(10, 1)], spans(*SHORT, day=1))], 120.0) == [SymptomDays("pain", 2, 1, 1, 1)]


def test_days_are_counted_and_not_entries() -> None:
    days = [([pain(55), pain(58)], spans(*LONG)), ([pain(55, 1)], spans(*LONG, day=1)), ([], spans(*LONG, day=2))]
    assert symptom_days(days, 120.0) == [SymptomDays("pain", 2, 2, 0, 0)]


def test_a_single_day_says_nothing_and_none_is_no_symptom() -> None:
    assert symptom_days([([pain(55)], spans(*LONG))], 120.0) == []
    quiet = [([pain(55, day, level=0)], spans(*LONG, day=day)) for day in range(3)]
    assert symptom_days(quiet, 120.0) == []


@pytest.mark.parametrize(
    ("minutes", "did"),
    [
        (10, Before("sitting", 600.0)),
        (20.5, Before("sitting", 1200.0)),
        (30, Before("standing", 600.0)),
        (100, Before("standing", 3900.0)),
        (160, None),
    ],
)
def test_what_came_before_is_the_last_of_sitting_and_standing(minutes: float, did: Before | None) -> None:
    assert before(after(minutes), bouts_of(spans(*STOOD), 120.0)) == did
