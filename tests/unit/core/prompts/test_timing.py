"""The time of a prompt: what a late and an early word cost together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.prompts.timing import EARLY_PRICE, Wish, best_time

MINUTE = 60.0
BALANCED = EARLY_PRICE["balanced"]


@st.composite
def wishes(draw: st.DrawFn) -> list[Wish]:
    """What a few possible sits want, in minutes that are whole and so often meet."""
    shares = draw(st.lists(st.integers(1, 9), min_size=1, max_size=5))
    found = []
    for share in shares:
        early_until = draw(st.integers(0, 60)) * MINUTE
        due = early_until + draw(st.integers(0, 20)) * MINUTE
        found.append(Wish(share / sum(shares), due, early_until))
    return found


def after_a_silence(stayed: float, *, ago: float, sat: float = 20.0) -> list[Wish]:
    """Return the wishes at minute 100. A silence ended `ago` minutes before; the sit was `sat` minutes long by then."""
    returned = 100 - ago
    return [
        Wish(stayed, (returned + 30 - sat) * MINUTE, float("-inf")),
        Wish(1 - stayed, (returned + 30) * MINUTE, (returned + 20) * MINUTE),
    ]


def minutes_late(stayed: float, price: float = BALANCED) -> float:
    """Return by how many minutes a silence moves the prompt of a sit that it did not end."""
    found = after_a_silence(stayed, ago=0)
    return (best_time(found, 100 * MINUTE, price) - found[0].due) / MINUTE


def test_a_sit_without_doubt_is_prompted_when_it_is_due() -> None:
    assert best_time([Wish(1.0, 1800.0, 1200.0)], 0.0, BALANCED) == 1800.0
    assert best_time([Wish(1.0, 1800.0, 1200.0)], 4000.0, BALANCED) == 1800.0


def test_a_doubtful_silence_moves_a_prompt_by_minutes() -> None:
    assert [minutes_late(stayed) for stayed in (0.9, 0.6, 0.5)] == [0, 0, 0]
    assert [minutes_late(stayed) for stayed in (0.35, 0.3, 0.25)] == [10, 10, 10]
    assert minutes_late(0.02) == 20, "a break that is all but certain"


def test_the_price_moves_the_limit() -> None:
    limits = {
        name: next(stay for stay in range(1, 101) if minutes_late(stay / 100, price) == 0)
        for name, price in EARLY_PRICE.items()
    }
    assert limits == {"insistent": 19, "balanced": 38, "relaxed": 55}


def test_waiting_is_worth_less_the_longer_it_would_take() -> None:
    """With the end of the early time near, it is waited for; with twenty minutes to go, it is not."""
    soon, late = after_a_silence(0.5, ago=15, sat=40), after_a_silence(0.5, ago=0, sat=40)
    assert best_time(soon, 100 * MINUTE, BALANCED) == 105 * MINUTE
    assert best_time(late, 100 * MINUTE, BALANCED) <= 100 * MINUTE


@given(wishes(), st.integers(0, 100))
def test_an_eager_prompt_is_never_later(wanted: list[Wish], now: int) -> None:
    times = [best_time(wanted, now * MINUTE, EARLY_PRICE[name]) for name in ("insistent", "balanced", "relaxed")]
    assert times == sorted(times)


@given(wishes(), st.integers(0, 100))
def test_it_is_never_before_a_sit_is_due_nor_after_all_are(wanted: list[Wish], now: int) -> None:
    due = [wish.due for wish in wanted]
    assert min(due) <= best_time(wanted, now * MINUTE, BALANCED) <= max(*due, now * MINUTE)


@given(wishes(), st.integers(0, 100), st.integers(0, 100))
def test_time_alone_changes_no_decision(wanted: list[Wish], now: int, later: int) -> None:
    """What was best at first is still best when the time comes, and a prompt that waits for a pause stays due."""
    best = best_time(wanted, now * MINUTE, BALANCED)
    again = best_time(wanted, max(best, now * MINUTE), BALANCED)
    assert again <= max(best, now * MINUTE)
    if best > now * MINUTE:
        between = min(best, (now + later) * MINUTE)
        assert best_time(wanted, between, BALANCED) == pytest.approx(best)
