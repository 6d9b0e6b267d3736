"""The kernel reports each change of the wall clock."""

from __future__ import annotations

import select
import time

import pytest

from slowrise.adapters.system.clock_changes import ClockChanges


def set_clock_to_itself() -> None:
    """Set the wall clock to its own time. It loses microseconds."""
    try:
        time.clock_settime(time.CLOCK_REALTIME, time.clock_gettime(time.CLOCK_REALTIME))
    except PermissionError:
        pytest.skip("setting the clock needs CAP_SYS_TIME")


def test_each_change_is_reported_once() -> None:
    changes: list[bool] = []
    clock_set = ClockChanges(lambda: changes.append(True))
    file = clock_set.fileno()
    assert file is not None
    assert not select.select([file], [], [], 0)[0]
    for times in (1, 2):
        set_clock_to_itself()
        assert select.select([file], [], [], 5)[0]
        clock_set.heard()
        assert len(changes) == times
        assert not select.select([file], [], [], 0)[0]
    clock_set.close()
    assert clock_set.fileno() is None
