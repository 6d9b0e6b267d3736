"""Bout metrics against other ways to compute the same number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.metrics.bouts import alpha, bout_metrics, gini, usual_bout

bouts_of = st.lists(st.floats(0.5, 30_000), min_size=1, max_size=40)


@given(bouts_of)
def test_gini_is_half_the_relative_mean_difference(bouts: list[float]) -> None:
    plain, unbiased = gini(bouts), gini(bouts, unbiased=True)
    n = len(bouts)
    if n == 1:
        assert plain is unbiased is None
        return
    difference = sum(abs(one - other) for one in bouts for other in bouts)
    assert plain == pytest.approx(difference / (2 * n * sum(bouts)), abs=1e-9)
    assert unbiased == pytest.approx(difference / (2 * (n - 1) * sum(bouts)), abs=1e-9)
    assert plain is not None
    assert unbiased is not None
    assert 0 <= plain <= unbiased <= 1


def test_gini_of_equal_bouts_is_zero() -> None:
    assert gini([0.1] * 7) == pytest.approx(0, abs=1e-12)


@given(bouts_of)
def test_the_usual_bout_holds_the_share_closest_to_a_half(bouts: list[float]) -> None:
    def miss(length: float) -> float:
        return abs(sum(bout for bout in bouts if bout <= length) / sum(bouts) - 0.5)

    usual = usual_bout(bouts)
    assert usual in bouts
    assert miss(usual) == pytest.approx(min(map(miss, bouts)), abs=1e-9)


def test_bouts_of_one_length_count_together() -> None:
    """As in the field's packages: bouts up to 4 min hold 12 of 32 minutes, bouts up to 20 min all."""
    assert usual_bout([4, 20, 4, 4]) == 4


def test_alpha_by_hand() -> None:
    """Ten bouts of e times the shortest: one over the mean logarithm is one."""
    found = alpha([2.718281828459045] * 10, 1.0)
    assert found is not None
    assert (found.alpha, found.standard_error) == pytest.approx((2.0, 1 / 10**0.5))


@pytest.mark.parametrize("bouts", [[], [5.0] * 9, [5.0] * 9 + [0.5] * 9, [1.0] * 20])
def test_no_alpha_of_few_bouts_or_of_the_shortest_alone(bouts: list[float]) -> None:
    assert alpha(bouts, 1.0) is None


@given(bouts_of, st.lists(st.floats(120, 9000), max_size=10))
def test_the_pattern_agrees_with_itself(bouts: list[float], breaks: list[float]) -> None:
    found = bout_metrics(bouts, breaks)
    assert found.fragmentation == pytest.approx(len(breaks) * 3600 / sum(bouts))
    assert found.mean_bout_seconds is not None
    assert found.mean_bout_seconds * found.bouts == pytest.approx(sum(bouts))
    assert found.prolonged_30_seconds == pytest.approx(sum(bout for bout in bouts if bout >= 1800))
    assert found.prolonged_60 == sum(bout >= 3600 for bout in bouts)
