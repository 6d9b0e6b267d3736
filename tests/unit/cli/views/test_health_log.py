"""The health log in words: counts, levels and dates, and nothing that they might mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from slowrise.adapters.system.resources import read_guidance
from slowrise.cli.views.health_log import ROWS, day_name, for_clinician, log_rows
from slowrise.core.metrics.day_record import DayRecord, day_record
from slowrise.core.model.events import Clinician, Event, FlareUp, Side, Symptom, SymptomKind
from slowrise.core.model.spans import Span

GUIDANCE = read_guidance()
NOW = datetime(2026, 3, 30, 18, tzinfo=UTC)
BREAK = 120.0


def note(day: int, kind: SymptomKind, side: Side, level: int, hour: int = 12) -> Symptom:
    return Symptom(at=datetime(2026, 3, day, hour, tzinfo=UTC), kind=kind, side=side, level=level)


def sat(day: int, hours: int = 2) -> DayRecord:
    """Return a day with one sit that ends at noon."""
    end = datetime(2026, 3, day, 12, tzinfo=UTC)
    spans = (Span("sitting", end - timedelta(hours=hours), end), Span("away", end, end + timedelta(hours=1)))
    return day_record(end.date(), spans, break_min=BREAK, good_longest=3600, person_sd=0)


def told(*events: Event) -> list[str]:
    return for_clinician(events, [], GUIDANCE, BREAK, NOW)


def test_each_symptom_and_side_has_a_line_with_its_levels_and_dates() -> None:
    assert told(note(9, "pain", "middle", 3), note(12, "numbness", "left", 2), note(20, "pain", "middle", 6)) == [
        "low back pain, in the middle: 2 times from 9 Mar 2026 to 20 Mar 2026, from 3 to 6 of 10, last 6",
        "numbness in the leg or foot, left: 2 of 10 on 12 Mar 2026",
    ]


def test_a_level_that_never_changed_is_said_once() -> None:
    assert told(note(9, "pain", "left", 3), note(12, "pain", "left", 3)) == [
        "low back pain, left: 2 times from 9 Mar 2026 to 12 Mar 2026, always 3 of 10"
    ]


def test_what_is_older_than_four_weeks_is_left_out() -> None:
    assert told(note(1, "pain", "left", 3)) == []


def test_flare_ups_are_named_with_their_days() -> None:
    at = {day: datetime(2026, 3, day, 9, tzinfo=UTC) for day in (10, 14, 28)}
    events = FlareUp(at=at[10], on=True), FlareUp(at=at[14], on=False), FlareUp(at=at[28], on=True)
    assert told(*events) == ["Flare-up since 28 Mar 2026", "Flare-up from 10 Mar 2026 to 14 Mar 2026"]


def test_the_rows_are_newest_first_and_say_what_came_before() -> None:
    events = note(9, "pain", "middle", 3), note(10, "pain", "middle", 4), Clinician(at=NOW, knows="history")
    rows = log_rows(events, [sat(9), sat(10, hours=1)], GUIDANCE, BREAK)
    assert [tuple(row) for row in rows] == [
        ("10 Mar 2026, 12:00", "low back pain", "in the middle", "4 of 10", "sitting, 1 h"),
        ("9 Mar 2026, 12:00", "low back pain", "in the middle", "3 of 10", "sitting, 2 h"),
    ]
    assert log_rows([note(11, "pain", "left", 1)], [sat(9)], GUIDANCE, BREAK)[0].before == ""


def test_a_long_log_shows_its_end() -> None:
    rows = log_rows([note(9, "pain", "left", level % 11) for level in range(ROWS + 5)], [], GUIDANCE, BREAK)
    assert len(rows) == ROWS
    assert rows[0].level == f"{(ROWS + 4) % 11} of 10"


def test_a_date_is_written_out() -> None:
    assert day_name(NOW.date()) == "30 Mar 2026"
