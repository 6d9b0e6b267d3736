"""One user at several computers: each instant counts once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.metrics.day_record import DayRecord, ShownPrompt
from slowrise.core.metrics.estimate import sitting_chance
from slowrise.core.metrics.summary import SymptomNote, summarize
from slowrise.core.model.spans import Span, State
from slowrise.history.merge import merge_day, merge_spans
from slowrise.ports.shared_days import RemoteDay
from support.day_strategies import NINE, days, spans_of

MONDAY = date(2026, 3, 2)


def told(*lives: str) -> list[tuple[State, float]]:
    return [(span.state, span.seconds / 60) for span in merge_spans([spans_of(life) for life in lives])]


def test_sitting_at_two_at_once_is_counted_once() -> None:
    assert told("s60", "s60") == [("sitting", 60)]
    assert told("s40 a20", "a20 s40") == [("sitting", 60)]


def test_away_is_who_is_away_from_all() -> None:
    assert told("s20 a40", "a40 s20") == [("sitting", 20), ("away", 20), ("sitting", 20)]


def test_what_one_did_not_see_another_may_have_seen() -> None:
    assert told("s20 ?40", "?10 s20 a10 ?20") == [("sitting", 30), ("away", 10), ("unobserved", 20)]


def test_standing_is_believed_where_nobody_sits_for_sure() -> None:
    assert told("u30", "a30") == [("standing", 30)]
    assert told("u30", "a30@0.7") == [("standing", 30)]
    assert told("u30", "s30") == [("sitting", 30)]


def test_between_two_lives_nobody_watched() -> None:
    later = spans_of("s10", NINE + timedelta(hours=2))
    found = merge_spans([spans_of("s10"), later])
    assert [(span.state, span.seconds / 60) for span in found] == [
        ("sitting", 10),
        ("unobserved", 110),
        ("sitting", 10),
    ]


def test_a_span_without_length_changes_nothing() -> None:
    empty = Span("away", NINE + timedelta(minutes=10), NINE + timedelta(minutes=10))
    one = spans_of("s20")
    split = (one[0]._replace(end=empty.start), empty, one[0]._replace(start=empty.end))
    assert merge_spans([split, spans_of("a20")]) == one


@given(st.lists(days(max_size=10), max_size=3))
def test_what_is_joined_is_in_order_and_no_instant_sits_less_than_anywhere(lives: list[tuple[Span, ...]]) -> None:
    found = merge_spans(lives)
    lives = [life for life in lives if life]
    assert all(before.end == after.start for before, after in pairwise(found))
    if lives:
        assert (found[0].start, found[-1].end) == (
            min(life[0].start for life in lives),
            max(life[-1].end for life in lives),
        )
    for instant in [span.start + (span.end - span.start) / 2 for life in lives for span in life]:
        chances = [chance_at(life, instant) for life in lives]
        assert chance_at(found, instant) >= max(chances) - 1e-9 or state_at(found, instant) == "standing"


def chance_at(life: tuple[Span, ...], instant: datetime) -> float:
    return next((sitting_chance(span) for span in life if span.start <= instant < span.end), 0.0)


def state_at(life: tuple[Span, ...], instant: datetime) -> State:
    return next(span.state for span in life if span.start <= instant < span.end)


@given(days(max_size=10))
def test_joined_with_itself_or_with_nothing_a_life_stays_what_it_was(life: tuple[Span, ...]) -> None:
    whole = sum(span.seconds * sitting_chance(span) for span in life)
    for lives in ([life], [life, life], [life, ()]):
        found = merge_spans(lives)
        assert abs(sum(span.seconds * sitting_chance(span) for span in found) - whole) < 0.01


def record_of(life: str, *, symptoms: tuple[SymptomNote, ...] = ()) -> DayRecord:
    spans = spans_of(life)
    return DayRecord(summarize(spans, day=MONDAY, break_min=180.0, symptoms=symptoms), spans)


def test_a_day_is_joined_under_our_own_rule_with_our_own_notes_and_all_prompts() -> None:
    note = SymptomNote(NINE, "pain", "left", 2)
    prompt = ShownPrompt(NINE + timedelta(minutes=30), "sit-soft", 1800.0)
    own = record_of("s30 a30", symptoms=(note,))
    other = RemoteDay(MONDAY, spans_of("a30 s20 a10"), (prompt,))
    found = merge_day(own, [[other]], day_starts=4 * 3600.0, person_sd=0.5)
    assert found.summary.sitting_seconds == 50 * 60
    assert found.summary.break_rule_seconds == 180
    assert found.summary.symptoms == (note,)
    assert found.summary.prompts == {"sit-soft": 1}
    assert merge_day(own, [[]], day_starts=4 * 3600.0, person_sd=0.5) == own


def test_a_day_cut_elsewhere_at_another_hour_is_cut_anew() -> None:
    night = spans_of("s120", NINE.replace(day=3, hour=3))
    others = [RemoteDay(date(2026, 3, 3), night)]
    found = merge_day(record_of("s30"), [others], day_starts=4 * 3600.0, person_sd=0.5)
    assert found.summary.sitting_seconds == 90 * 60
