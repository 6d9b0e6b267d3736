"""The table of weights: curves between their knots, and mistakes that are named."""

from __future__ import annotations

import pytest

from slowrise.core.presence.evidence_table import Curve, parse_table

PERSON = '[person]\nsd = 0.5\nbias_limit = 1.5\norigin = "test"\n'
LENGTH = '[length]\nknots = [10, 20]\nweights = [1, 3]\norigin = "test"\n'
LOCK = '[lock]\nweights = { soon = -2 }\norigin = "test"\n'


@pytest.mark.parametrize(("size", "weight"), [(0, 1), (10, 1), (15, 2), (20, 3), (99, 3)])
def test_a_curve_is_linear_between_its_knots_and_constant_beyond(size: float, weight: float) -> None:
    assert Curve((10, 20), (1, 3)).at(size) == weight


def test_evidence_that_the_table_does_not_know_weighs_nothing() -> None:
    table = parse_table(PERSON + LENGTH + LOCK)
    asked = (("length", 15.0), ("lock", "soon"), ("lock", "never"), ("film", 3.0), ("film", "on"))
    assert [table.weight(evidence) for evidence in asked] == [2, -2, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (LENGTH, "person"),
        (PERSON + LENGTH.replace("10, 20", "20, 10"), "length.*rising knots"),
        (PERSON + LENGTH.replace("1, 3", "1"), "length.*one weight for each"),
        (PERSON + LOCK.replace("origin", "source"), "lock.*origin"),
        (PERSON + LOCK.replace("-2", '"much"'), "much"),
    ],
)
def test_a_mistake_is_named(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        parse_table(text)
