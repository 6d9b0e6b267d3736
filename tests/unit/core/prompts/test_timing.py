"""The time of a prompt: a late word against an early one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.prompts.timing import EARLY_PRICE, Wish, best_time

MINUTE = 60.0
BALANCED = EARLY_PRICE["balanced"]


@st.composite
def some_wishes(draw: st.DrawFn) -> list[Wish]:
    """What a few possible sits want, in minutes that are whole and so often meet."""
    shares = draw(st.lists(st.integers(1, 9), min_size=1, max_size=5))
    found = []
    for share in shares:
        early_until = draw(st.integers(0, 60)) * MINUTE
        due = early_until + draw(st.integers(0, 20)) * MINUTE
        found.append(Wish(share / sum(shares), due, early_until))
    return found


def moved_by(stayed: float, price: float = BALANCED, sat: float = 25.0) -> float:
    """Return by how many minutes a silence that ends after `sat` minutes moves the prompt of a sit that goes on."""
    goes_on = Wish(stayed, (30 - sat) * MINUTE, float("-inf"))
    begins = Wish(1 - stayed, 30 * MINUTE, 20 * MINUTE)
    return round((best_time([goes_on, begins], price) - goes_on.due) / MINUTE, 1)


def test_a_sit_without_doubt_is_prompted_when_it_is_due() -> None:
    assert best_time([Wish(1.0, 1800.0, 1200.0)], BALANCED) == 1800.0


def test_a_doubtful_silence_moves_a_prompt_by_minutes() -> None:
    assert [moved_by(stayed) for stayed in (0.9, 0.6, 0.5, 0.45, 0.4, 0.36, 1 / 3)] == [0, 0, 0, 0, 3, 6.3, 9]


def test_after_a_likely_break_a_prompt_comes_once_it_is_early_for_no_sit() -> None:
    """At minute 20 of the sit that begins, which is 15 minutes after the other sit was due."""
    assert [moved_by(stayed) for stayed in (0.3, 0.25, 0.2)] == [15, 15, 15]
    assert [moved_by(stayed, EARLY_PRICE["insistent"]) for stayed in (0.2, 0.1, 0.09)] == [3, 15, 15]
    assert [moved_by(stayed, EARLY_PRICE["relaxed"]) for stayed in (0.5, 0.4, 0.38)] == [15, 15, 15]


def test_after_a_break_that_is_all_but_certain_the_user_gets_the_whole_of_the_next_sit() -> None:
    """At minute 30 of it. A sit with less than the share in `BEFORE_DUE` does not count."""
    assert [moved_by(stayed) for stayed in (0.19, 0.1, 0.02)] == [25, 25, 25]
    assert moved_by(0.07, EARLY_PRICE["insistent"]) == 25
    assert moved_by(0.37, EARLY_PRICE["relaxed"]) == 25


def test_a_doubtful_silence_never_moves_a_prompt_by_twenty_minutes() -> None:
    """Where it is in doubt: the user sat through it with a probability of 1/3 to 3/4."""
    for sat in range(31):
        assert max(moved_by(share / 100, sat=sat) for share in range(34, 76)) < 10


def test_the_price_moves_the_probability_from_which_a_prompt_does_not_wait() -> None:
    limits = {
        name: next(stay for stay in range(1, 101) if moved_by(stay / 100, price) == 0)
        for name, price in EARLY_PRICE.items()
    }
    assert limits == {"insistent": 24, "balanced": 45, "relaxed": 67}


@given(some_wishes())
def test_an_eager_prompt_is_never_later(wishes: list[Wish]) -> None:
    times = [best_time(wishes, EARLY_PRICE[name]) for name in ("insistent", "balanced", "relaxed")]
    assert times == sorted(times)


@given(some_wishes())
def test_it_is_never_before_a_sit_is_due_nor_after_all_are(wishes: list[Wish]) -> None:
    due = [wish.due for wish in wishes]
    assert min(due) <= best_time(wishes, BALANCED) <= max(due)


@given(some_wishes(), st.floats(-100, 100))
def test_it_moves_with_the_clock(wishes: list[Wish], by: float) -> None:
    moved = [Wish(one.probability, one.due + by, one.early_until + by) for one in wishes]
    assert best_time(moved, BALANCED) == pytest.approx(best_time(wishes, BALANCED) + by)
