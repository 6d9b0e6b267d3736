"""Bouts, breaks and days, cut from spans."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.model.spans import (
    Span,
    State,
    bouts_and_breaks,
    bouts_between,
    clip,
    day_bounds,
    day_of,
    split_by_day,
)
from support.day_strategies import SUMMER, WINTER, days, spans_of

HOUR = 3600.0
FOUR = 4 * HOUR
DAY = 24 * HOUR
BERLIN = ZoneInfo("Europe/Berlin")
MIN = 60.0


def minutes(text: str, break_min: float = 2 * MIN, state: State = "sitting") -> list[float]:
    return [bout.seconds / 60 for bout in bouts_between(spans_of(text), break_min=break_min, state=state)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s20 a1.9 s10", [30]),
        ("s20 a2 s10", [20, 10]),
        ("s20 u1 a1 s10", [20, 10]),
        ("s20 u1.5 s10", [30]),
        ("s20 ?1.9 s10", [30]),
        ("s20 ?60 s10", [20, 10]),
        ("s20 a1.5 ?1.5 s10", [30]),
        ("a5 u20 a5", []),
        ("", []),
    ],
)
def test_only_a_break_or_unobserved_time_of_at_least_break_min_ends_a_bout(text: str, expected: list[float]) -> None:
    assert minutes(text) == expected


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("a5 s20 a5", [(False, False)]),
        ("s20", [(True, True)]),
        ("a1 s20 a1", [(True, True)]),
        ("a5 s20 ?60 s20 a5", [(False, True), (True, False)]),
        ("a5 s20 a1 ?60 a5 s20 a5", [(False, True), (False, False)]),
        ("a5 s20 ?1 a5 s20 ?5", [(False, False), (False, True)]),
        ("a5 s20 a5 ?60 s20 a5", [(False, False), (True, False)]),
    ],
)
def test_an_end_that_was_not_observed_is_open(text: str, flags: list[tuple[bool, bool]]) -> None:
    bouts = bouts_between(spans_of(text), break_min=2 * MIN)
    assert [(bout.open_start, bout.open_end) for bout in bouts] == flags


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a30 s20 a5 s10 a60", [5]),
        ("s20 ?60 s10", []),
        ("s20 a5 ?60 s10", [5]),
        ("s20 ?60 a5 s10", []),
        ("s20 a1 s10 a3 u4 s5", [7]),
    ],
)
def test_a_break_is_observed_and_has_sitting_on_both_sides(text: str, expected: list[float]) -> None:
    _, breaks = bouts_and_breaks(spans_of(text), break_min=2 * MIN)
    assert [pause.seconds / 60 for pause in breaks] == expected


def test_standing_has_bouts_of_its_own() -> None:
    assert minutes("u20 s1 u10 s5 u3", state="standing") == [30, 3]


@given(days(), st.sampled_from([60.0, 120.0, 300.0]))
def test_bouts_are_ordered_disjoint_and_hold_all_sitting(spans: tuple[Span, ...], break_min: float) -> None:
    bouts = bouts_between(spans, break_min=break_min)
    assert all(one.end < two.start for one, two in pairwise(bouts))
    assert all(0 < bout.seconds <= (bout.end - bout.start).total_seconds() + 1e-6 for bout in bouts)
    sitting = sum(span.seconds for span in spans if span.state == "sitting")
    assert sum(bout.seconds for bout in bouts) == pytest.approx(sitting)


@given(days(), st.sampled_from([60.0, 120.0, 300.0]))
def test_between_two_bouts_is_a_break_or_unobserved_time(spans: tuple[Span, ...], break_min: float) -> None:
    """A naive second implementation: look at everything between two bouts, and everything inside one."""
    bouts = bouts_between(spans, break_min=break_min)

    def lengths(begin: datetime, end: datetime) -> tuple[float, float]:
        inside = clip(spans, begin, end)
        unobserved = sum(span.seconds for span in inside if span.state == "unobserved")
        return sum(span.seconds for span in inside if span.state in ("away", "standing")), unobserved

    for one, two in pairwise(bouts):
        assert max(lengths(one.end, two.start)) >= break_min
    for bout in bouts:
        sits = [span for span in clip(spans, bout.start, bout.end) if span.state == "sitting"]
        assert all(max(lengths(a.end, b.start)) < break_min for a, b in pairwise(sits))


@given(days())
def test_a_longer_break_rule_only_joins_bouts(spans: tuple[Span, ...]) -> None:
    strict, loose = (bouts_between(spans, break_min=rule) for rule in (60.0, 300.0))
    assert {bout.start for bout in loose} <= {bout.start for bout in strict}
    assert {bout.end for bout in loose} <= {bout.end for bout in strict}


@given(days(), st.sampled_from([120.0, 300.0]))
def test_a_break_follows_every_bout_whose_end_was_observed(spans: tuple[Span, ...], break_min: float) -> None:
    bouts, breaks = bouts_and_breaks(spans, break_min=break_min)
    assert bouts == bouts_between(spans, break_min=break_min)
    assert [pause.start for pause in breaks] == [bout.end for bout in bouts[:-1] if not bout.open_end]
    assert all(pause.seconds >= break_min for pause in breaks)


@given(days())
def test_cutting_a_span_in_two_changes_no_bout(spans: tuple[Span, ...]) -> None:
    halves = [
        half
        for span in spans
        for middle in [span.start + (span.end - span.start) / 2]
        for half in (span._replace(end=middle), span._replace(start=middle))
    ]
    whole, cut = (bouts_between(some, break_min=120.0) for some in (spans, halves))
    assert [bout._replace(seconds=0) for bout in cut] == [bout._replace(seconds=0) for bout in whole]


@given(days(), st.integers(0, 30_000), st.integers(0, 30_000))
def test_clip_keeps_the_inside_and_nothing_empty(spans: tuple[Span, ...], skip: int, length: int) -> None:
    if not spans:
        return
    begin = spans[0].start + timedelta(seconds=skip)
    end = begin + timedelta(seconds=length)
    kept = clip(spans, begin, end)
    assert all(begin <= span.start < span.end <= end for span in kept)
    before, after = clip(spans, spans[0].start, begin), clip(spans, end, spans[-1].end + timedelta(seconds=1))
    assert sum(span.seconds for span in before + kept + after) == pytest.approx(sum(span.seconds for span in spans))


@given(days(), st.sampled_from([0.0, FOUR, 12.5 * HOUR]))
def test_splitting_at_the_days_start_loses_nothing(spans: tuple[Span, ...], day_starts: float) -> None:
    split = split_by_day(spans, day_starts)
    assert list(split) == sorted(split)
    segments = [span for of_day in split.values() for span in of_day]
    assert all(one.end == two.start for one, two in pairwise(segments))
    assert all(span.start < span.end for span in segments)
    assert sum(span.seconds for span in segments) == pytest.approx(sum(span.seconds for span in spans))
    inner = {segment.start for segment in segments} - {span.start for span in spans}
    assert {segment.start for segment in segments} - inner == {span.start for span in spans}
    assert inner <= {of_day[0].start for of_day in split.values()}
    assert all((start.replace(tzinfo=None) - start.min).total_seconds() % DAY == day_starts for start in inner)


@given(days())
def test_without_a_clock_change_every_span_is_within_its_day(spans: tuple[Span, ...]) -> None:
    here = [span._replace(start=span.start.astimezone(WINTER), end=span.end.astimezone(WINTER)) for span in spans]
    for day, segments in split_by_day(here, FOUR).items():
        begin, end = day_bounds(day, FOUR, WINTER)
        assert all(begin <= span.start and span.end <= end for span in segments)
        assert all(day_of(span.start, FOUR) == day for span in segments)


def test_a_bout_over_the_days_start_is_open_on_both_sides() -> None:
    spans = spans_of("a5 s60 a5", begin=datetime(2026, 3, 3, 3, 25, tzinfo=WINTER))
    before, after = split_by_day(spans, FOUR).values()
    assert [bout[2:] for bout in bouts_between(before, break_min=120)] == [(30 * MIN, False, True)]
    assert [bout[2:] for bout in bouts_between(after, break_min=120)] == [(30 * MIN, True, False)]


@pytest.mark.parametrize(
    ("label", "day"),
    [
        ("2026-03-02T04:00:00+01:00", date(2026, 3, 2)),
        ("2026-03-02T03:59:59.999+01:00", date(2026, 3, 1)),
        ("2026-03-02T23:00:00-05:00", date(2026, 3, 2)),
    ],
)
def test_the_day_comes_from_the_offset_of_the_wall_time(label: str, day: date) -> None:
    assert day_of(datetime.fromisoformat(label), FOUR) == day


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 23), (date(2026, 3, 29), 24), (date(2026, 10, 24), 25), (date(2026, 7, 1), 24)],
)
def test_a_day_is_23_to_25_hours_where_clocks_change(day: date, hours: int) -> None:
    begin, end = day_bounds(day, FOUR, BERLIN)
    assert (end - begin) == timedelta(hours=hours)
    assert (begin.hour, end.hour) == (4, 4)


def test_a_day_with_a_fixed_offset_is_24_hours() -> None:
    begin, end = day_bounds(date(2026, 3, 28), FOUR, WINTER)
    assert end - begin == timedelta(hours=24)


def test_the_night_of_the_clock_change_is_cut_at_the_new_four_o_clock() -> None:
    """Saturday evening to Sunday morning, clocks forward at two: Saturday ends at 04:00 summer time."""
    night = Span("away", datetime(2026, 3, 28, 22, tzinfo=WINTER), datetime(2026, 3, 29, 9, tzinfo=SUMMER))
    split = split_by_day([night], FOUR)
    four = datetime(2026, 3, 29, 4, tzinfo=SUMMER)
    assert split == {
        date(2026, 3, 28): (night._replace(end=four),),
        date(2026, 3, 29): (night._replace(start=four),),
    }
    assert four == day_bounds(date(2026, 3, 29), FOUR, BERLIN)[0]


def test_a_span_that_ends_as_the_day_does_leaves_nothing_behind() -> None:
    four = datetime(2026, 3, 3, 4, tzinfo=WINTER)
    night = Span("away", four - timedelta(hours=6), four)
    assert split_by_day([night], FOUR) == {date(2026, 3, 2): (night,)}


def test_flying_west_makes_the_day_longer() -> None:
    west = timezone(timedelta(hours=-6))
    flight = Span(
        "away",
        datetime(2026, 3, 2, 4, 30, tzinfo=WINTER),
        datetime(2026, 3, 2, 3, tzinfo=west),
    )
    typing = Span("sitting", flight.end, flight.end + timedelta(hours=1))
    earlier = Span("sitting", flight.start - timedelta(minutes=10), flight.start)
    assert list(split_by_day([earlier, flight, typing], FOUR)) == [date(2026, 3, 2)]


def test_a_weekend_with_the_machine_off_has_its_days() -> None:
    off = Span("unobserved", datetime(2026, 3, 6, 17, tzinfo=WINTER), datetime(2026, 3, 9, 8, tzinfo=WINTER))
    assert {day: sum(span.seconds for span in of) / 3600 for day, of in split_by_day([off], FOUR).items()} == {
        date(2026, 3, 6): 11,
        date(2026, 3, 7): 24,
        date(2026, 3, 8): 24,
        date(2026, 3, 9): 4,
    }


@pytest.mark.parametrize("hour", [9, 4])
def test_of_a_gap_of_years_only_the_first_and_the_last_day_are_days(hour: int) -> None:
    begin, end = datetime(1970, 1, 1, 9, tzinfo=WINTER), datetime(2026, 3, 2, hour, tzinfo=WINTER)
    work = Span("sitting", end, end + timedelta(hours=1))
    split = split_by_day([Span("unobserved", begin, end), work], FOUR)
    last = date(2026, 3, 2)
    before = () if hour == 4 else (Span("unobserved", datetime(2026, 3, 2, 4, tzinfo=WINTER), end),)
    assert next(iter(split)) == date(1970, 1, 1)
    assert split[last] == (*before, work)
    assert list(split)[1:-1] == ([date(2026, 3, 1)] if hour == 4 else [])


def test_a_year_away_from_the_computer_has_its_days() -> None:
    begin = datetime(2025, 3, 2, 9, tzinfo=WINTER)
    assert len(split_by_day([Span("away", begin, begin + timedelta(days=365))], FOUR)) == 366
