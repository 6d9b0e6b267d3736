"""The personal bias: how a user's own answers shift the odds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.adapters.system.resources import weights
from slowrise.core.presence.evidence_table import Table
from slowrise.core.presence.personal_bias import estimate_bias

MOST = Table({}, {}, person_sd=0.4, bias_limit=1.5)


def test_without_answers_there_is_no_bias() -> None:
    assert estimate_bias([], MOST) == 0


@pytest.mark.parametrize("stayed", [True, False])
def test_answers_shift_the_odds_and_more_answers_shift_them_more(stayed: bool) -> None:
    few, many = (estimate_bias([(0.0, stayed)] * number, MOST) for number in (2, 20))
    assert 0 < abs(few) < abs(many)
    assert (few > 0) == (many > 0) == stayed


def test_expected_answers_teach_little() -> None:
    assert abs(estimate_bias([(4.0, True)] * 10, MOST)) < 0.1 < abs(estimate_bias([(4.0, False)] * 10, MOST))


odds = st.floats(-30, 30)


@given(st.lists(st.tuples(odds, st.booleans()), max_size=60))
def test_the_bias_stays_within_its_bounds(answers: list[tuple[float, bool]]) -> None:
    assert abs(estimate_bias(answers, weights())) <= weights().bias_limit
