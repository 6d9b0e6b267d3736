"""The day as rows of cells."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.cli.views.timeline import Mark, rows
from slowrise.core.model.spans import Span
from support.day_strategies import NINE, SUMMER, WINTER, days, spans_of

LETTER = {"sitting": "s", "part": "p", "standing": "u", "away": "a", "unobserved": "?", "doubtful": "d", "outside": " "}


def cells(text: str, columns: int = 60, begin: datetime = NINE) -> str:
    return "|".join("".join(LETTER[kind] for kind in row.cells) for row in rows(spans_of(text, begin), columns))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s20 a20 u8 ?12", "sssssaaaaauu???"),
        ("s20@0.74 s20@0.75 a20@0.6", "dddddsssssddddd"),
        ("s2 a2 s4", "ps"),
        ("a3 s1 a4", "pa"),
        ("a3.5 s0.5 a4", "aa"),
        ("s3.5 a0.5 s4", "ss"),
        ("u2 s2 u4", "uu"),
    ],
)
def test_a_cell_shows_what_took_most_of_it(text: str, expected: str) -> None:
    """Sixty columns hold four hours of fifteen cells, four minutes each."""
    assert cells(text) == expected


def test_a_row_begins_on_the_hour_and_unobserved_cells_are_blank() -> None:
    assert cells("s20", begin=NINE + timedelta(minutes=13)) == "   ssssss"


@pytest.mark.parametrize(("minutes", "row", "cell", "hours"), [(150, 0, 37, 3), (300, 1, 15, 2), (-90, 0, 7, 3)])
def test_a_symptom_outside_the_observed_time_is_shown(minutes: float, row: int, cell: int, hours: int) -> None:
    marks = [Mark(NINE + timedelta(minutes=minutes), "symptom")]
    found = rows(spans_of("s20"), 60, marks)
    assert [each.marks for each in found] == [{}] * row + [{cell: "symptom"}]
    assert len(found[row].hours.split()) == hours
    assert found[row].cells[cell] == "outside"


def test_a_longer_day_takes_more_rows() -> None:
    found = rows(spans_of("s300"), 60)
    assert [row.hours.split() for row in found] == [["09:00", "10:00", "11:00", "12:00"], ["13:00"]]
    assert [len(row.cells) for row in found] == [60, 15]


@pytest.mark.parametrize("columns", range(60, 201))
def test_no_empty_cell_follows_a_day_that_ends_with_a_cell(columns: int) -> None:
    """With any length of a cell: seventeen cells an hour have no whole number of seconds."""
    assert "outside" not in rows(spans_of("s900"), columns)[-1].cells


@pytest.mark.parametrize(("columns", "hours", "an_hour"), [(60, 4, 15), (80, 6, 13), (144, 12, 12), (200, 12, 16)])
def test_a_cell_is_five_minutes_at_most(columns: int, hours: int, an_hour: int) -> None:
    first = rows(spans_of("s900"), columns)[0]
    assert len(first.cells) == hours * an_hour
    assert len(first.hours) <= columns


@given(days(), st.integers(1, 250))
def test_rows_hold_the_whole_day_and_fit(spans: tuple[Span, ...], columns: int) -> None:
    found = rows(spans, columns)
    if not spans:
        assert found == []
        return
    assert all(max(len(row.cells), len(row.hours)) <= columns for row in found)
    begin = spans[0].start.replace(minute=0, second=0, microsecond=0)
    an_hour = columns // next((hours for hours in (24, 12, 8, 6, 4, 3, 2, 1) if columns // hours >= 12), 1)
    length = (spans[-1].end - begin) * max(1, an_hour) / timedelta(hours=1)
    assert sum(len(row.cells) for row in found) == ceil(length)


def test_a_mark_is_in_the_cell_of_its_time_and_a_symptom_hides_a_prompt() -> None:
    marks = [
        Mark(NINE + timedelta(minutes=5), "symptom"),
        Mark(NINE + timedelta(minutes=6), "prompt"),
        Mark(NINE + timedelta(hours=4), "prompt"),
        Mark(NINE - timedelta(minutes=1), "prompt"),
        Mark(NINE + timedelta(hours=9), "prompt"),
    ]
    assert [row.marks for row in rows(spans_of("s300"), 60, marks)] == [{1: "symptom"}, {0: "prompt"}]


@pytest.mark.parametrize(
    ("before", "after", "hours"),
    [
        (datetime(2026, 3, 29, 1, tzinfo=WINTER), SUMMER, ["01:00", "03:00", "04:00"]),
        (datetime(2026, 10, 25, 2, tzinfo=SUMMER), WINTER, ["02:00", "02:00", "03:00"]),
    ],
)
def test_on_a_clock_change_an_hour_is_missing_or_appears_twice(
    before: datetime, after: timezone, hours: list[str]
) -> None:
    change = (before + timedelta(hours=1)).astimezone(after)
    night = [Span("sitting", before, change), Span("away", change, change + timedelta(hours=2))]
    assert rows(night, 60)[0].hours.split() == hours


def test_with_a_half_hour_offset_rows_begin_on_the_local_hour() -> None:
    begin = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert rows(spans_of("s20", begin + timedelta(minutes=10)), 60)[0].hours.startswith("09:00")
