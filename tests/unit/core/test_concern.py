"""When symptoms ask for a clinician without any profile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.concern import Concern, Reason, concern_of
from slowrise.core.model.events import Clinician, Event, Symptom, SymptomKind

FIRST = datetime(2026, 3, 2, 12, tzinfo=UTC)
FOUR = 4 * 3600.0


def note(day: int, level: int = 3, kind: SymptomKind = "pain", *, hour: int = 12) -> Symptom:
    at = FIRST + timedelta(days=day, hours=hour - 12)
    return Symptom(at=at, kind=kind, side="left", level=level)


def told(day: int) -> Clinician:
    return Clinician(at=FIRST + timedelta(days=day, hours=1), knows="symptoms")


def asked(*events: Event, until: int = 20) -> list[int]:
    """Return the days on which the clinician is asked for, from the first day on."""
    return [day for day in range(until) if _asks(events, day)]


def _asks(events: tuple[Event, ...], day: int) -> bool:
    end = FIRST + timedelta(days=day, hours=12)
    return concern_of([event for event in events if event.at < end], FOUR).asks(date(2026, 3, 2 + day))


def test_symptoms_on_three_days_of_seven_ask_until_they_are_no_longer() -> None:
    assert asked(note(0), note(1)) == []
    assert asked(note(0), note(3), note(6)) == [6]
    assert asked(note(0), note(1), note(2)) == [2, 3, 4, 5, 6]
    assert asked(note(0), note(0, hour=14), note(0, hour=16)) == [], "they are of one day"
    assert asked(note(0), note(0, hour=27), note(1)) == [], "03:00 is of the day before"


def test_none_today_is_no_day_with_a_symptom() -> None:
    assert asked(note(0), note(1, 0), note(2)) == []


@pytest.mark.parametrize(
    ("kind", "level", "days"), [("radiating-pain", 7, 7), ("radiating-pain", 6, 0), ("pain", 9, 0)]
)
def test_strong_pain_down_the_leg_asks_for_a_week(kind: SymptomKind, level: int, days: int) -> None:
    assert asked(note(0, level, kind)) == list(range(days))


def test_a_tick_holds_until_no_reason_is_left() -> None:
    assert asked(note(0), note(1), note(2), told(3), note(4), note(5), note(8)) == [2]
    assert asked(note(0), note(1), note(2), told(3), *(note(day) for day in (12, 13, 14)), until=15) == [2, 14]


def test_a_stronger_reason_asks_in_spite_of_the_tick() -> None:
    days = [note(0), note(1), note(2), told(2)]
    assert asked(*days, note(4, 8, "radiating-pain"), until=6) == [4, 5]
    assert asked(note(0, 8, "radiating-pain"), told(0), note(1), note(2), note(3)) == [], "it was about more than that"


def test_a_clinician_told_of_the_flare_up_is_told_of_this() -> None:
    assert asked(note(0), note(1), note(2), Clinician(at=FIRST + timedelta(days=2, hours=1), knows="flare-up")) == []


def test_a_notice_comes_on_the_days_after_an_entry_and_once_on_each() -> None:
    concern = concern_of([note(0), note(1), note(2)], FOUR)
    assert not concern.is_to_ask(date(2026, 3, 4)), "the entry itself said it"
    assert concern.is_to_ask(date(2026, 3, 5))
    concern.asked_on = "2026-03-05"
    assert not concern.is_to_ask(date(2026, 3, 5))
    assert concern.is_to_ask(date(2026, 3, 6))


def test_an_entry_under_a_clock_that_was_years_ahead_silences_nothing() -> None:
    concern = Concern()
    concern.note(note(0), date(2030, 1, 1))
    for day in (2, 3, 4):
        concern.note(note(0), date(2026, 3, day))
    assert concern.is_to_ask(date(2026, 3, 5))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 10)), max_size=15).map(sorted))
def test_the_reason_is_that_of_the_last_seven_days(entries: list[tuple[int, int]]) -> None:
    concern = Concern()
    today = date(2026, 3, 2) + timedelta(days=20)
    for day, level in entries:
        concern.note(note(day, level, "radiating-pain"), date(2026, 3, 2) + timedelta(days=day))
    week = [(day, level) for day, level in entries if day > 13 and level]
    expected: Reason | None = "many-days" if len({day for day, _ in week}) >= 3 else None
    assert concern.reason(today) == ("leg-pain" if any(level >= 7 for _, level in week) else expected)


@pytest.mark.parametrize(
    ("notes", "days"),
    [
        ([note(0, kind="weakness")], range(7)),
        ([note(0, kind="saddle-numbness")], range(7)),
        ([msgspec.structs.replace(note(0, kind="numbness"), side="middle")], range(7)),
        ([msgspec.structs.replace(note(0, kind="numbness"), side="both")], range(7)),
        ([note(0), msgspec.structs.replace(note(3), side="right")], range(3, 7)),
        ([note(0), msgspec.structs.replace(note(3), side="middle")], ()),
        ([note(0, 0, kind="weakness")], ()),
    ],
)
def test_weakness_both_sides_and_between_the_legs_are_serious_for_a_week(
    notes: list[Symptom], days: Iterable[int]
) -> None:
    found = []
    for day in range(20):
        past = [each for each in notes if each.at <= FIRST + timedelta(days=day)]
        if concern_of(past, FOUR).is_serious(date(2026, 3, 2) + timedelta(days=day)):
            found.append(day)
    assert found == list(days)


def test_thousands_of_entries_on_a_day_leave_the_strongest_of_each_kind_and_side() -> None:
    entries = [note(0, 1 + index % 9, "radiating-pain") for index in range(2000)]
    concern = concern_of([*entries, note(0, 2), note(1, 4, "radiating-pain")], FOUR)
    assert sorted((day.day, each.kind, each.level) for day, each in concern.noted) == [
        (2, "pain", 2),
        (2, "radiating-pain", 9),
        (3, "radiating-pain", 4),
    ]
