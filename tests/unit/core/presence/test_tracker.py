"""The tracker: what ends a silence, and into which pieces it is cut. Times are minutes after nine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from slowrise.adapters.system.resources import weights
from slowrise.core.model import events as e
from slowrise.core.presence import tracker
from slowrise.core.presence.tracker import DEVICE_TOUCHES, MOST_TOUCHES, Phase, PresenceState, evenly_spaced

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
RESOLUTION = 0.25
SECOND = 1 / 60


def time_of(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


class Watched:
    """A tracker that is fed by minute, and decides when it is time."""

    def __init__(self) -> None:
        self.presence = PresenceState(table=weights(), verdicts=[])
        self.tell(e.Started(at=BEGIN))

    def tell(self, *events: e.Event) -> Watched:
        for event in events:
            at = tracker.event_time(self.presence, event)
            self.pass_until(at)
            tracker.apply(self.presence, event, at)
        return self

    def pass_until(self, at: float) -> None:
        if self.presence.decide_at is not None and self.presence.decide_at <= at:
            tracker.decide(self.presence, self.presence.decide_at)

    def input(self, begin: float, end: float) -> Watched:
        """Add input between two minutes."""
        return self.tell(e.Active(at=time_of(begin)), e.Idle(at=time_of(end + RESOLUTION), since=time_of(end)))

    def silences(self, now: float) -> list[tuple[float, float]]:
        """Return the pieces judged so far that last more than two minutes, and those still open."""
        at = time_of(now).timestamp()
        self.pass_until(at)
        found = [*(self.presence.verdicts or ()), *tracker.verdicts(self.presence, at)]
        minutes = [((one.start - BEGIN.timestamp()) / 60, (one.end - BEGIN.timestamp()) / 60) for one in found]
        return [(round(begin, 2), round(end, 2)) for begin, end in minutes if end - begin > 2]

    def probability(self, now: float) -> float:
        return tracker.probability_now(self.presence, time_of(now).timestamp())

    def sure_presence(self, now: float) -> float:
        """Return the minutes up to `now` in which the user was certainly there."""
        at = time_of(now).timestamp()
        self.pass_until(at)
        parts = [*self.presence.segments, *tracker.provisional(self.presence, at)]
        return round(sum(part.end - part.start for part in parts if part.probability == 1.0) / 60, 2)


# -- input that ends no silence ----------------------------------------------------------------------------------------


def test_input_of_no_length_is_nothing() -> None:
    desk = Watched().input(0, 40).input(45, 45).input(50, 50).input(55, 65)
    assert desk.silences(70) == [(40, 55), (65, 70)]
    assert desk.presence.verdicts is not None
    assert desk.presence.verdicts[0].silence.touches == 0


def test_a_touch_goes_on_with_the_silence_and_is_remembered() -> None:
    desk = Watched().input(0, 40).input(45, 45 + 0.1 * SECOND).input(50, 50 + 0.9 * SECOND)
    assert desk.presence.phase is Phase.SILENT
    assert desk.silences(54) == [(40, 54)]
    desk.input(55, 65)
    assert desk.silences(67) == [(40, 55)]
    assert desk.presence.verdicts is not None
    silence = desk.presence.verdicts[0].silence
    assert (silence.touches, silence.quiet) == (2, 5 * 60)


def test_a_second_of_input_is_a_return() -> None:
    assert Watched().input(0, 40).input(45, 45 + SECOND).input(50, 60).silences(65) == [(40, 45), (45.02, 50), (60, 65)]


def test_a_touch_soon_after_a_return_does_not_undo_the_return() -> None:
    desk = Watched().input(0, 10).input(20, 20.3).input(21, 21 + 0.1 * SECOND)
    assert desk.silences(24) == [(10, 20), (20.3, 24)]
    assert desk.input(25, 30).silences(32) == [(10, 20), (20.3, 25)]


def test_a_device_is_recognised_by_its_even_touches() -> None:
    desk = Watched().input(0, 10)
    for number in range(1, 2 * MOST_TOUCHES):
        desk.input(10 + number, 10 + number + 0.1 * SECOND)
        assert evenly_spaced(desk.presence.touches) == (number >= DEVICE_TOUCHES)
        assert len(desk.presence.touches) <= MOST_TOUCHES
    assert desk.probability(10 + 2 * MOST_TOUCHES) == 0


# -- locks -------------------------------------------------------------------------------------------------------------


def test_long_input_behind_a_lock_ends_at_the_lock() -> None:
    """A mouse that streams behind a lock is no user, before the unlock and after it."""
    desk = Watched().tell(e.Active(at=time_of(0)), e.Locked(at=time_of(5)))
    assert desk.probability(7) == 1
    assert desk.probability(9) == 0
    assert desk.sure_presence(240) == 5
    desk.tell(e.Unlocked(at=time_of(480)), e.Idle(at=time_of(490.25), since=time_of(490)))
    assert desk.silences(492) == [(5, 480)]
    assert desk.sure_presence(492) == 15


@pytest.mark.parametrize("lasts", [0.13, 30.0])
def test_input_behind_a_lock_is_no_return_without_an_unlock(lasts: float) -> None:
    desk = Watched().input(0, 20).tell(e.Locked(at=time_of(20.1))).input(32, 32 + lasts)
    assert desk.silences(70) == [(20, 70)]
    desk.tell(e.Active(at=time_of(75)), e.Unlocked(at=time_of(75.1)))
    desk.tell(e.Idle(at=time_of(85.25), since=time_of(85)))
    assert desk.silences(87) == [(20, 75)]


def test_a_password_typed_within_minutes_is_a_return() -> None:
    desk = Watched().input(0, 20).tell(e.Locked(at=time_of(20.1)))
    desk.tell(e.Active(at=time_of(30)), e.Unlocked(at=time_of(32)), e.Idle(at=time_of(40.25), since=time_of(40)))
    assert desk.silences(42) == [(20, 30)]


def test_a_lock_that_is_noticed_late_judges_as_one_noticed_at_once() -> None:
    """Two lockers report nothing: one is found as input stops, one behind the first input after it."""
    live = (
        Watched()
        .input(0, 20)
        .tell(e.Locked(at=time_of(25)))
        .tell(e.Active(at=time_of(60)), e.Unlocked(at=time_of(60.2)))
    )
    late = Watched().input(0, 20).tell(e.Locked(at=time_of(60), since=time_of(25)))
    late.tell(e.Active(at=time_of(60)), e.Unlocked(at=time_of(60.2)))
    assert late.probability(60.1) == live.probability(60.1)
    for desk in (live, late):
        desk.pass_until(time_of(70).timestamp())
    assert late.presence.verdicts is not None
    assert [(one.start, one.silence, one.probability) for one in late.presence.verdicts] == [
        (one.start, one.silence, one.probability) for one in live.presence.verdicts or ()
    ]


def test_input_recorded_before_the_lock_over_it_is_noticed_was_no_return() -> None:
    desk = Watched().input(0, 20).tell(e.Active(at=time_of(40)))
    desk.tell(e.Locked(at=time_of(40.01), since=time_of(25)), e.Idle(at=time_of(40.5), since=time_of(40.2)))
    assert desk.silences(50) == [(20.0, 50.0)]
    desk.tell(e.Active(at=time_of(60)), e.Unlocked(at=time_of(60.1)))
    assert desk.silences(70) == [(20.0, 60.0)]


@pytest.mark.parametrize("since", [-60.0, 5.0, 19.0, 30.0, 90.0])
def test_a_late_lock_changes_nothing_that_is_final(since: float) -> None:
    desk = Watched().input(0, 1).input(10, 20)
    desk.pass_until(time_of(15).timestamp())
    desk.tell(e.Locked(at=time_of(29), since=time_of(since)))
    locks = desk.presence.signals.locks
    assert locks.starts == [max(time_of(20), min(time_of(since), time_of(29))).timestamp()]
    desk.tell(e.Unlocked(at=time_of(29.5)), e.Locked(at=time_of(29.6), since=time_of(22)))
    assert locks.starts[1] == locks.ends[0] == time_of(29.5).timestamp()


def test_input_on_a_screen_that_was_locked_before_the_run_is_away() -> None:
    desk = Watched().tell(e.Locked(at=time_of(1))).input(10, 12)
    assert desk.sure_presence(30) == 0


# -- suspends ----------------------------------------------------------------------------------------------------------


def test_input_ends_a_sleep_whose_end_was_not_reported() -> None:
    desk = Watched().tell(e.Suspended(at=time_of(0)), e.Active(at=time_of(60)))
    assert desk.sure_presence(540) == 480


def test_input_while_the_machine_falls_asleep_is_ignored() -> None:
    desk = Watched().input(0, 20).tell(e.Suspended(at=time_of(21)), e.Active(at=time_of(21.5)))
    assert desk.presence.phase is Phase.SILENT
    desk.tell(e.Resumed(at=time_of(80)), e.Active(at=time_of(80.1)))
    assert desk.sure_presence(81) == 20 + 0.9


# -- pieces ------------------------------------------------------------------------------------------------------------


def test_a_silence_is_cut_where_a_call_ends() -> None:
    desk = Watched().tell(e.CallStarted(at=time_of(1))).input(0, 10)
    desk.tell(e.CallEnded(at=time_of(40))).input(60, 70)
    assert desk.silences(72) == [(10, 40), (40, 60)]
    assert desk.presence.verdicts is not None
    call, plain = (verdict.silence for verdict in desk.presence.verdicts)
    assert (call.context, call.begins, call.ends) == ("call", "input", "hung up")
    assert (plain.context, plain.begins, plain.ends, plain.since_call) == ("plain", "hung up", "input", 0)
    assert call.whole == plain.whole == 50 * 60


@pytest.mark.parametrize("edge", [-20 * SECOND, 3 * SECOND, 20 * SECOND])
def test_an_edge_beside_the_hands_cuts_nothing(edge: float) -> None:
    """A film that is taken and let go with the silence covers it, whichever came first."""
    desk = Watched().tell(e.Active(at=time_of(0)))
    events = [
        e.Inhibited(at=time_of(10 + edge)),
        e.Idle(at=time_of(10.25), since=time_of(10)),
        e.Uninhibited(at=time_of(100 + edge)),
        e.Active(at=time_of(100)),
        e.Idle(at=time_of(110.25), since=time_of(110)),
    ]
    desk.tell(*sorted(events, key=lambda event: event.at))
    assert desk.silences(112) == [(10, 100)]
    assert desk.presence.verdicts is not None
    assert desk.presence.verdicts[0].silence.context == "film"
    assert desk.presence.verdicts[0].probability > 0.5


def test_an_inhibitor_under_which_the_user_typed_is_music() -> None:
    desk = Watched().tell(e.Inhibited(at=time_of(1))).input(0, 30).input(60, 70)
    assert desk.silences(72) == [(30, 60)]
    assert desk.presence.verdicts is not None
    assert desk.presence.verdicts[0].silence.context == "music"


def test_a_lock_is_the_context_whatever_else_is_on() -> None:
    desk = Watched().tell(e.CallStarted(at=time_of(1)), e.Inhibited(at=time_of(1))).input(0, 30)
    desk.tell(e.Locked(at=time_of(30.5))).tell(e.Active(at=time_of(60)), e.Unlocked(at=time_of(60.1)))
    assert [one.silence.context for one in tracker.verdicts(desk.presence, time_of(60.2).timestamp())] == ["locked"]


def test_silences_in_the_rhythm_of_a_reader_are_counted() -> None:
    desk = Watched().input(0, 10)
    for begin in (16, 22.5, 29):
        desk.input(begin, begin + 0.3)
    desk.silences(36)
    assert [one.silence.rhythm for one in desk.presence.verdicts or () if one.silence.length > 120] == [0, 1, 2]


def test_more_input_within_half_a_minute_of_a_touch_makes_the_touch_the_return() -> None:
    desk = Watched().input(0, 10).input(15, 15 + 0.1 * SECOND).input(20, 20 + 0.1 * SECOND).input(20.4, 30)
    assert desk.silences(32) == [(10, 20)]
    assert desk.presence.verdicts is not None
    assert desk.presence.verdicts[0].silence.touches == 1


def test_two_touches_of_no_length_are_no_return() -> None:
    desk = Watched().input(0, 40).input(45, 45).input(45.4, 45.4).input(55, 65)
    assert desk.silences(70) == [(40, 55), (65, 70)]


def test_a_touch_at_the_end_of_a_run_is_forgotten_with_it() -> None:
    desk = Watched().input(0, 20).input(25, 25 + 0.1 * SECOND)
    desk.tell(e.Stopped(at=time_of(25.5)), e.Started(at=time_of(25.6))).input(25.7, 33)
    desk.tell(e.Stopped(at=time_of(33.5)))
    parts = desk.presence.segments
    assert all(before.end == after.start for before, after in pairwise(parts))


@pytest.mark.parametrize("gap", [1 * SECOND, 30 * SECOND])
def test_a_call_that_is_interrupted_for_seconds_goes_on(gap: float) -> None:
    desk = Watched().input(0, 20).tell(e.CallStarted(at=time_of(20.3)), e.CallEnded(at=time_of(50)))
    desk.tell(e.CallStarted(at=time_of(50 + gap)), e.CallEnded(at=time_of(80))).input(80, 90)
    assert desk.silences(92) == [(20, 80)]
    assert desk.presence.verdicts is not None
    assert desk.presence.verdicts[0].probability > 0.8


def test_a_second_idle_proves_that_there_was_input() -> None:
    """A source that misses every return: the silences are between the inputs it does know."""
    desk = Watched().input(0, 20)
    for at in (25, 30, 35):
        desk.tell(e.Idle(at=time_of(at + RESOLUTION), since=time_of(at)))
    assert desk.silences(37) == [(20, 25), (25, 30), (30, 35)]
