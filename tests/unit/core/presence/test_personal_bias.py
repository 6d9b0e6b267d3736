"""What a person's own silences and answers shift the odds by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.adapters.system.resources import weights
from slowrise.core.presence.evidence import log_odds_of
from slowrise.core.presence.evidence_table import Table
from slowrise.core.presence.personal_bias import FARTHEST, KEPT, SilenceHistogram, estimate_bias

MOST = Table({}, {}, person_sd=0.4, stayed=0.84, bias_limit=1.5)


def silences(stayed: float, many: int = KEPT, seed: int = 1) -> list[float]:
    """Log-odds by a table made for most, of somebody who stays through that share of their silences."""
    draw = np.random.default_rng(seed)
    told_apart = 2.0
    usual = log_odds_of(MOST.stayed)
    signs = [1 if draw.random() < stayed else -1 for _ in range(many)]
    return [usual + float(draw.normal(sign * told_apart**2 / 2, told_apart)) for sign in signs]


def habit_of(odds: list[float]) -> SilenceHistogram:
    habit = SilenceHistogram()
    for each in odds:
        habit.note(each)
    return habit


def test_nothing_seen_and_nothing_said_is_no_lean() -> None:
    assert estimate_bias([], SilenceHistogram(), MOST) == 0


def test_somebody_like_most_is_judged_like_most() -> None:
    assert estimate_bias([], habit_of(silences(0.84)), MOST) == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("stayed", [0.6, 0.7, 0.93, 0.97])
def test_who_leaves_more_or_less_than_most_is_known_by_it_and_never_overdone(stayed: float) -> None:
    true = log_odds_of(stayed) - log_odds_of(MOST.stayed)
    bias = estimate_bias([], habit_of(silences(stayed)), MOST)
    assert 0.1 * abs(true) < abs(bias) < abs(true)
    assert (bias > 0) == (true > 0)


def test_a_few_silences_move_little() -> None:
    few, many = (abs(estimate_bias([], habit_of(silences(0.6, many)), MOST)) for many in (20, KEPT))
    assert few < 0.25 < many


def test_a_changed_habit_is_learnt_anew() -> None:
    changed = habit_of(silences(0.95, KEPT) + silences(0.6, 8 * KEPT, seed=2))
    always = habit_of(silences(0.6, 8 * KEPT, seed=2))
    assert estimate_bias([], changed, MOST) == pytest.approx(estimate_bias([], always, MOST), abs=0.01)


def test_answers_outweigh_silences() -> None:
    habit = habit_of(silences(0.7, 60))
    said = [(0.0, True)] * 20
    assert estimate_bias([], habit, MOST) < 0 < estimate_bias(said, habit, MOST)


odds = st.floats(-30, 30)


@given(st.lists(odds, max_size=300), st.lists(st.tuples(odds, st.booleans()), max_size=60))
def test_it_stays_within_its_bounds_whatever_was_seen_and_said(
    seen: list[float], said: list[tuple[float, bool]]
) -> None:
    assert abs(estimate_bias(said, habit_of(seen), weights())) <= weights().bias_limit


def test_what_is_beyond_all_bins_is_in_the_last() -> None:
    habit = habit_of([-50.0, FARTHEST, 50.0])
    assert habit.counts[0] == pytest.approx(1, abs=0.01)
    assert habit.counts[-1] == pytest.approx(2, abs=0.01)
