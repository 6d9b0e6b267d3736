"""Sleep that nobody announces or ends, and clocks that are set late, twice, or behind a lock: the whole daemon.

The first is systemd/systemd#30666, the second balena-os/balena-supervisor#488.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.clock import RealClock
from slowrise.adapters.system.resources import weights
from slowrise.core.model.events import ClockStepped, Event, Stopped, name_of
from slowrise.core.model.spans import Span
from slowrise.core.model.timestamps import Moment
from slowrise.core.model.units import MINUTE
from slowrise.history.replay import replay
from slowrise.ports.input import What
from support.killable_daemon import EVENING
from system.faults.test_stopped import HOUR, Asleep, lived

Turn = tuple[float, What]


class Hibernating(Asleep):
    """Clocks of a machine that sleeps whenever an hour passes."""

    def __init__(self) -> None:
        super().__init__()
        self._seen = self.seconds

    def now(self) -> Moment:
        passed, self._seen = self.seconds - self._seen, self.seconds
        if passed >= HOUR:
            self.slept += passed
        return super().now()


def names(recorded: Sequence[Event]) -> list[str]:
    return [name_of(event) for event in recorded[2:]]


def spans(recorded: Sequence[Event]) -> list[Span]:
    return replay([*recorded, Stopped(at=recorded[-1].at)], weights()).spans


def seconds_of(recorded: Sequence[Event], state: str) -> float:
    return sum(span.seconds for span in spans(recorded) if span.state == state)


# -- sleep -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["idle", "active", "locked"])
def test_a_sleep_that_nobody_announced_is_known_from_the_clocks(first: What) -> None:
    clock = Hibernating()
    recorded = lived((5.0, "active"), (60.0, "lull"), (8 * HOUR, first), (5.0, "active"), clock=clock)
    others = ["locked"] if first == "locked" else []
    assert names(recorded) == ["active", "lull", "suspended", "resumed", *others, "active"]
    suspended, resumed = recorded[4:6]
    assert resumed.at - suspended.at == timedelta(hours=8)
    assert clock.watches == 2, "the source is watched anew"
    assert seconds_of(recorded, "unobserved") == 0
    assert seconds_of(recorded, "away") == pytest.approx(8 * HOUR, abs=10)


def test_input_counts_again_after_a_sleep_whose_end_nobody_told() -> None:
    turns: list[Turn] = [(5.0, "active"), (1.0, "suspended"), (HOUR, "active"), (1.0, "active"), (60.0, "idle")]
    recorded = lived(*turns, clock=Hibernating())
    assert names(recorded) == ["active", "suspended", "resumed", "active", "idle"]
    assert seconds_of(recorded, "sitting") == pytest.approx(61, abs=2)


def test_a_sleep_whose_end_the_clocks_show_and_logind_tells_ends_once() -> None:
    turns: list[Turn] = [(5.0, "active"), (1.0, "suspended"), (HOUR, "resumed"), (5.0, "active")]
    assert names(lived(*turns, clock=Hibernating())) == ["active", "suspended", "resumed", "active"]


def test_a_suspend_that_never_came_does_not_hide_a_standstill() -> None:
    """Its end is never told, but there is input long after it. Then the program stops for an hour."""
    turns: list[Turn] = [(5.0, "suspended"), (70.0, "active"), (20.0, "lull"), (HOUR, "locked")]
    recorded = lived(*turns, clock=Asleep())
    assert names(recorded) == ["suspended", "active", "lull", "paused", "unpaused", "locked"]


def test_the_real_clock_counts_the_sleep_of_the_machine() -> None:
    boot, awake = 100.0, 90.0
    clock = RealClock(EVENING.timestamp, lambda: boot, lambda: awake)
    before = clock.now().slept
    boot, awake = boot + HOUR, awake + 60.0
    assert clock.now().slept - before == pytest.approx(HOUR - 60)
    real = RealClock()
    assert real.now().slept == pytest.approx(real.now().slept, abs=0.1)


# -- clocks ------------------------------------------------------------------------------------------------------------


def watched(
    turns: Sequence[Turn], clock: Asleep, zeros: dict[int, datetime], past: Sequence[Event] = ()
) -> list[Event]:
    """Return what is recorded while a minute at most passes between two looks at the clock.

    `zeros`: to what the wall clock is set before a turn. `past`: what the ledger has of earlier runs.
    """
    look: Turn = (MINUTE, "unquieted")
    steps: list[Turn] = []
    settings: list[datetime] = []
    zero = clock.zero
    for number, (seconds, what) in enumerate(turns):
        zero = zeros.get(number, zero)
        whole, rest = divmod(seconds, MINUTE)
        steps += [look] * int(whole) + [(rest, what)]
        settings += [zero] * (int(whole) + 1)
    ledger = SqliteLedger.in_memory()
    ledger.append_all(past)
    return lived(*steps, clock=clock, zeros=settings, ledger=ledger, begun=len(past))


def test_a_first_clock_of_hours_ago_moves_no_earlier_run() -> None:
    """No battery: at boot the time is that of the last shutdown, and the network sets it to the next morning."""
    work: list[Turn] = [(5.0, "active"), (1500.0, "idle"), (20.0, "locked")]
    yesterday = watched(work, Asleep(), {})
    yesterday.append(Stopped(at=yesterday[-1].at))
    before = [(span.state, span.start, span.end) for span in replay(yesterday, weights()).spans]

    clock = Asleep()
    clock.zero = yesterday[-1].at - timedelta(seconds=clock.seconds + 59.5)
    morning = clock.zero + timedelta(hours=15)
    turns: list[Turn] = [(10.0, "unlocked"), (10.0, "active"), (1500.0, "idle"), (1.0, "locked")]
    both = watched(turns, clock, {0: morning}, yesterday)
    assert [event.by for event in both if isinstance(event, ClockStepped)] == pytest.approx([-59.5, 15 * HOUR], abs=0.1)
    found = [(span.state, span.start, span.end) for span in spans(both)]
    assert found[: len(before)] == before
    assert [start for state, start, _ in found if state == "sitting"][-1] == morning + timedelta(seconds=1020)


@pytest.mark.parametrize("hours", [(2, 2), (15, 14.5), (-3, 4)], ids=["once", "twice", "back and forth"])
def test_steps_in_one_run_change_no_length(hours: tuple[float, float]) -> None:
    first, second = (EVENING + timedelta(hours=each) for each in hours)
    turns: list[Turn] = [(5.0, "active"), (60.0, "lull"), (60.0, "lull"), (600.0, "idle"), (900.0, "active")]
    recorded = watched([*turns, (90.0, "idle")], Asleep(), {1: first, 3: second})
    assert names(recorded).count("clock-stepped") == len(set(hours))
    assert seconds_of(recorded, "sitting") == pytest.approx(720 + 90, abs=1)
    assert seconds_of(recorded, "away") == pytest.approx(5 + 900, abs=1)


@pytest.mark.parametrize("hours", [-2, 9])
def test_a_step_behind_a_lock_changes_no_length(hours: int) -> None:
    turns: list[Turn] = [(5.0, "active"), (600.0, "idle"), (1.0, "locked"), (600.0, "unquieted"), (600.0, "unlocked")]
    recorded = watched([*turns, (0.5, "active"), (300.0, "idle")], Asleep(), {3: EVENING + timedelta(hours=hours)})
    assert "clock-stepped" in names(recorded)
    assert seconds_of(recorded, "away") == pytest.approx(5 + 1201.5, abs=1)
    assert seconds_of(recorded, "sitting") == pytest.approx(900, abs=1)
