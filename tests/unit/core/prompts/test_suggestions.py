"""Each suggestion comes once before one comes again, and only where it fits the moment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.prompts.suggestions import LYING, STANDING, SUGGESTIONS, WALK, Moment, SuggestionRota

GENTLE = {name for name, suits in SUGGESTIONS.items() if suits != "no"}
ANYTHING = Moment(may_lie_down=True)
ALL = set(SUGGESTIONS)

moments = st.builds(Moment, st.booleans(), st.booleans(), st.booleans())


@pytest.mark.parametrize(
    ("moment", "names"),
    [
        (ANYTHING, ALL),
        (Moment(), ALL - {"lie-down"}),
        (Moment(gently=True, may_lie_down=True), GENTLE),
        (Moment(may_stand=False), ALL - {"shift-weight", "phone-call", "hands", "lie-down"}),
        (Moment(gently=True, may_stand=False), GENTLE - {"shift-weight", "hands", "lie-down"}),
    ],
)
def test_a_suggestion_that_fits_comes_again_only_after_all_others(moment: Moment, names: set[str]) -> None:
    turns = SuggestionRota()
    for _ in range(3):
        assert {turns.take(moment) for _ in names} == names


def test_nothing_for_the_chair_is_suggested_with_a_prompt_to_stand() -> None:
    assert not ALL & {"ankles", "shoulders", "breathe"}


def test_they_come_in_the_order_of_the_table() -> None:
    turns = SuggestionRota()
    assert [turns.take(ANYTHING) for _ in range(2 * len(SUGGESTIONS))] == 2 * list(SUGGESTIONS)


@given(st.lists(moments | st.just("lower"), max_size=200))
def test_no_suggestion_is_repeated_early_and_each_fits_its_moment(days: list[Moment | str]) -> None:
    turns = SuggestionRota()
    had: list[str] = []
    """The suggestions that were given or skipped, in order."""
    for moment in days:
        if not isinstance(moment, Moment):
            turns.lower()
            continue
        before = list(turns.lowered)
        turn = turns.take(moment)
        assert not (moment.gently and turn not in GENTLE)
        assert moment.may_stand or turn not in STANDING
        assert moment.may_lie_down or turn not in LYING
        had += [name for name in before if name not in turns.lowered]
        if turn in had:
            since = had[len(had) - had[::-1].index(turn) :]
            assert {name for name in SUGGESTIONS if moment.allows(name)} - {turn} <= set(since)
        had.append(turn)


@given(moments, st.sampled_from([*SUGGESTIONS, "one of an earlier version"]))
def test_what_does_not_fit_any_more_becomes_a_walk(moment: Moment, name: str) -> None:
    found = moment.instead_of(name)
    assert moment.allows(found)
    assert found in {name, WALK}


def test_a_suggestion_that_brought_on_a_symptom_is_skipped_once() -> None:
    turns = SuggestionRota()
    walk = turns.take(ANYTHING)
    turns.lower()
    others = [turns.take(ANYTHING) for _ in range(2 * (len(SUGGESTIONS) - 1))]
    assert walk not in others
    assert turns.take(ANYTHING) == walk
    again = [turns.take(ANYTHING) for _ in SUGGESTIONS]
    assert again[-1] == walk


def test_a_skipped_suggestion_is_given_if_no_other_is_left() -> None:
    turns = SuggestionRota()
    for _ in SUGGESTIONS:
        turns.take(ANYTHING)
        turns.lower()
    assert turns.take(Moment(gently=True)) in GENTLE


def test_a_symptom_before_any_suggestion_lowers_none() -> None:
    turns = SuggestionRota()
    turns.lower()
    assert turns.lowered == []
