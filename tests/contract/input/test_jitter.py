from __future__ import annotations

import pytest

from slowrise.adapters.input.jitter import BRIEF, JUDGED_FOR, InputBurst


def stretch(*inputs: tuple[float, tuple[int, int] | None]) -> InputBurst:
    stretch = InputBurst()
    for at, place in inputs:
        stretch.add(at, place)
    return stretch


def test_one_key_is_by_hand_but_no_return() -> None:
    one = stretch((10.0, None))
    assert one.counts(lasting=0)
    assert not one.counts(lasting=BRIEF)


def test_keys_for_a_second_are_a_return() -> None:
    assert stretch((10.0, None), (10.0 + BRIEF, None)).counts(lasting=BRIEF)


@pytest.mark.parametrize("step", [1, 2])
def test_a_pointer_that_trembles_is_not_moved_by_hand(step: int) -> None:
    shaking = [(10 + each / 10, (500 + step * (each % 2), 500)) for each in range(20)]
    assert not stretch(*shaking).counts(lasting=0)


def test_a_pointer_that_goes_three_pixels_is_moved_by_hand() -> None:
    assert stretch((10.0, (500, 500)), (10.1, (501, 500)), (10.2, (500, 503))).counts(lasting=0)


def test_each_step_of_a_slow_drift_is_a_burst_of_its_own() -> None:
    """A sensor that drifts by a pixel now and then moves the pointer any distance in an hour."""
    current, counted = InputBurst(), False
    for each in range(100):
        at = each * (JUDGED_FOR + 0.1)
        if current.is_over(at):
            current = InputBurst()
        current.add(at, (500 + each, 500))
        counted |= current.counts(lasting=0)
    assert not counted


def test_a_burst_goes_on_while_inputs_are_close_in_time() -> None:
    assert not stretch((10.0, None)).is_over(10.0 + JUDGED_FOR)
    assert stretch((10.0, None)).is_over(10.1 + JUDGED_FOR)
    assert not InputBurst().is_over(10.0)
