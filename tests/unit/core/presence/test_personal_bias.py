"""The personal bias: how a user's own silences and answers shift the odds."""

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
    """Return the log-odds, by a table made for most, for a user who stays in that share of their silences."""
    draw = np.random.default_rng(seed)
    separation = 2.0
    usual = log_odds_of(MOST.stayed)
    signs = [1 if draw.random() < stayed else -1 for _ in range(many)]
    return [usual + float(draw.normal(sign * separation**2 / 2, separation)) for sign in signs]


def histogram_of(odds: list[float]) -> SilenceHistogram:
    histogram = SilenceHistogram()
    for each in odds:
        histogram.note(each)
    return histogram


def test_without_silences_and_answers_there_is_no_bias() -> None:
    assert estimate_bias([], SilenceHistogram(), MOST) == 0


def test_a_user_like_most_is_judged_like_most() -> None:
    assert estimate_bias([], histogram_of(silences(0.84)), MOST) == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("stayed", [0.6, 0.7, 0.93, 0.97])
def test_a_user_who_leaves_more_or_less_than_most_is_recognised_but_not_overestimated(stayed: float) -> None:
    true = log_odds_of(stayed) - log_odds_of(MOST.stayed)
    bias = estimate_bias([], histogram_of(silences(stayed)), MOST)
    assert 0.1 * abs(true) < abs(bias) < abs(true)
    assert (bias > 0) == (true > 0)


def test_a_few_silences_move_little() -> None:
    few, many = (abs(estimate_bias([], histogram_of(silences(0.6, many)), MOST)) for many in (20, KEPT))
    assert few < 0.25 < many


def test_a_changed_habit_is_learnt_again() -> None:
    changed = histogram_of(silences(0.95, KEPT) + silences(0.6, 8 * KEPT, seed=2))
    always = histogram_of(silences(0.6, 8 * KEPT, seed=2))
    assert estimate_bias([], changed, MOST) == pytest.approx(estimate_bias([], always, MOST), abs=0.01)


def test_answers_outweigh_silences() -> None:
    histogram = histogram_of(silences(0.7, 60))
    answers = [(0.0, True)] * 20
    assert estimate_bias([], histogram, MOST) < 0 < estimate_bias(answers, histogram, MOST)


odds = st.floats(-30, 30)


@given(st.lists(odds, max_size=300), st.lists(st.tuples(odds, st.booleans()), max_size=60))
def test_the_bias_stays_within_its_bounds(seen: list[float], answers: list[tuple[float, bool]]) -> None:
    assert abs(estimate_bias(answers, histogram_of(seen), weights())) <= weights().bias_limit


def test_log_odds_beyond_all_bins_count_in_the_outermost() -> None:
    histogram = histogram_of([-50.0, FARTHEST, 50.0])
    assert histogram.counts[0] == pytest.approx(1, abs=0.01)
    assert histogram.counts[-1] == pytest.approx(2, abs=0.01)
