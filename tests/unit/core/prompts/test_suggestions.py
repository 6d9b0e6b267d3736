"""Each suggestion comes once before one comes again; one that brought on a symptom is skipped once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.prompts.suggestions import SUGGESTIONS, SuggestionRota

GENTLE = {name for name, suits in SUGGESTIONS.items() if suits != "no"}


@pytest.mark.parametrize(("gently", "names"), [(False, set(SUGGESTIONS)), (True, GENTLE)])
def test_a_suggestion_comes_again_only_after_all_others(gently: bool, names: set[str]) -> None:
    turns = SuggestionRota()
    for _ in range(3):
        assert {turns.take(gently=gently) for _ in names} == names


@given(st.lists(st.sampled_from(["take", "gently", "lower"]), max_size=200))
def test_no_suggestion_is_repeated_early_and_a_flare_up_has_gentle_ones(days: list[str]) -> None:
    turns = SuggestionRota()
    had: list[str] = []
    """The suggestions that were given or skipped, in order."""
    for deed in days:
        if deed == "lower":
            turns.lower()
            continue
        allowed = GENTLE if deed == "gently" else set(SUGGESTIONS)
        before = list(turns.lowered)
        turn = turns.take(gently=deed == "gently")
        assert turn in allowed
        had += [name for name in before if name not in turns.lowered]
        if turn in had:
            since = had[len(had) - had[::-1].index(turn) :]
            assert allowed - {turn} <= set(since)
        had.append(turn)


def test_a_suggestion_that_brought_on_a_symptom_is_skipped_once() -> None:
    turns = SuggestionRota()
    walk = turns.take(gently=False)
    turns.lower()
    others = [turns.take(gently=False) for _ in range(2 * (len(SUGGESTIONS) - 1))]
    assert walk not in others
    assert turns.take(gently=False) == walk
    again = [turns.take(gently=False) for _ in SUGGESTIONS]
    assert again[-1] == walk


def test_a_skipped_suggestion_is_given_if_no_other_is_left() -> None:
    turns = SuggestionRota()
    for _ in SUGGESTIONS:
        turns.take(gently=False)
        turns.lower()
    assert turns.take(gently=True) in GENTLE
