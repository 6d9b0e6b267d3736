"""Wall times follow the boot clock, and a step of the wall clock is reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.model.timestamps import Moment, Timestamper, rounded

NOON = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=timezone(timedelta(hours=1)))

readings = st.lists(
    st.tuples(st.floats(0, 5000), st.sampled_from([0.0, 0.0, 0.0, 0.3, -0.3, 7200.0, -3600.0])), min_size=1, max_size=20
)


@given(readings)
def test_wall_times_advance_with_the_boot_clock_except_at_a_step(passes: list[tuple[float, float]]) -> None:
    boot, off = 1000.0, 0.0
    stamper = Timestamper(Moment(boot, NOON))
    last = stamper.label(boot)
    for passed, by in passes:
        boot, off = boot + passed, off + by
        wall = NOON + timedelta(seconds=boot - 1000.0 + off)
        stepped = stamper.step(Moment(boot, wall))
        label = stamper.label(boot)
        apart = (label - last).total_seconds() - passed
        if stepped is None:
            assert label >= last
            assert abs(apart) <= 0.002
        else:
            assert abs(apart - stepped) <= 0.003
            assert label == rounded(wall)
        assert abs((label - wall).total_seconds()) < 1.01
        last = label


def test_a_wall_time_is_never_before_the_last() -> None:
    stamper = Timestamper(Moment(1000.0, NOON))
    assert stamper.label(1010.0) == stamper.label(1009.0) == stamper.past(1010.0)
    assert stamper.past(1009.0) < stamper.label(1010.0)


def test_after_travelling_wall_times_have_the_offset_of_the_new_place() -> None:
    stamper = Timestamper(Moment(1000.0, NOON))
    assert stamper.step(Moment(1060.0, (NOON + timedelta(seconds=60)).astimezone(UTC))) is None
    assert stamper.label(1060.0).utcoffset() == timedelta(0)
    assert stamper.label(1060.0) == rounded(NOON) + timedelta(seconds=60)
