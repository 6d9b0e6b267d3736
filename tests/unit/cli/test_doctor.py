"""The text of the doctor about the cost of the daemon."""

import pytest

from slowrise.cli.commands.doctor import cpu_text


@pytest.mark.parametrize(
    ("seconds", "age", "expected"),
    [
        (0.61, 40.0, "0.61 s in 40 s"),
        (0.61, 3599.0, "0.61 s in 1 h"),
        (1.5, 3 * 3600.0, "1.50 s in 3 h, 0.50 s an hour"),
    ],
)
def test_an_hourly_cost_is_shown_only_after_an_hour(seconds: float, age: float, expected: str) -> None:
    assert cpu_text(seconds, age) == expected
