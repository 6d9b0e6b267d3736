"""What the doctor says of the cost of the daemon."""

import pytest

from slowrise.cli.commands.doctor import spent


@pytest.mark.parametrize(
    ("seconds", "age", "said"),
    [
        (0.61, 40.0, "0.61 s in the 40 s that it runs"),
        (0.61, 3599.0, "0.61 s in the 1 h that it runs"),
        (1.5, 3 * 3600.0, "1.50 s in the 3 h that it runs, 0.50 s an hour"),
    ],
)
def test_the_start_is_not_taken_for_what_an_hour_costs(seconds: float, age: float, said: str) -> None:
    assert spent(seconds, age) == said
