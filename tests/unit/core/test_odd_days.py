"""Unusual days, malformed events, and the values that the engine is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.engine import Withdraw, totals_at
from slowrise.core.model import events as e
from slowrise.core.model.policy import Policy
from slowrise.core.model.quiet_hours import open_hours
from slowrise.core.model.spans import split_by_day
from slowrise.core.model.timeline import Timeline
from slowrise.core.model.timestamps import EARLIEST
from slowrise.core.presence.activity import Activity, OnOffHistory
from slowrise.core.presence.overlay import Answer, answers_between, lay_over
from slowrise.core.presence.silence import Touch
from slowrise.core.presence.tracker import Phase, evenly_spaced
from slowrise.history.monitor import Monitor
from support.person import PersonDay, config, monitor_after, now, summaries

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = 60.0
HOUR = 3600.0
QUIET = config(notifications={"wait_for_pause": "0s"})


class AtHome(PersonDay):
    """A desk in Berlin: each event has the offset that is in force at its time."""

    def label(self, passed: float | None = None) -> datetime:
        here = super().label(passed).astimezone(BERLIN)
        return datetime.fromisoformat(here.isoformat())


def states(monitor: Monitor) -> list[tuple[str, str, str]]:
    return [(span.state, f"{span.start:%H:%M}", f"{span.end:%H:%M}") for span in monitor.spans(now(monitor))]


def evening(desk: PersonDay, hours: float) -> None:
    """Add twenty minutes of input and ten away, again and again."""
    desk.emit(e.Started)
    for _ in range(int(hours * 2)):
        desk.type_for(20 * MINUTE)
        desk.do(("lock", 9))


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25)])
def test_a_day_of_a_clock_change_is_23_or_25_hours_long(day: date, hours: int) -> None:
    """It begins and ends at four, and has one summary."""
    desk = AtHome(datetime(day.year, day.month, day.day, 16, tzinfo=BERLIN))
    evening(desk, hours)
    monitor = monitor_after(desk.events, QUIET)
    parts = split_by_day(monitor.spans(now(monitor)), monitor.state.policy.day_starts)
    first, second = (parts[day], parts[day + timedelta(days=1)])
    assert (first[-1].end.hour, second[0].start.hour) == (4, 4)
    assert (first[-1].end - datetime(day.year, day.month, day.day, 4, tzinfo=BERLIN)) == timedelta(hours=hours)
    assert f"{monitor.state.timeline.of(monitor.state.today.start):%H:%M}" == "04:00"
    assert [(prompt.day, prompt.shown_at.hour) for prompt in monitor.prompts if prompt.kind == "summary"] == [
        (day.isoformat(), 18)
    ]


def test_work_past_midnight_belongs_to_the_evening_it_began_in() -> None:
    desk = PersonDay(datetime(2026, 3, 2, 21, tzinfo=UTC))
    evening(desk, 9)
    monitor = monitor_after(desk.events, QUIET)
    assert [day.day.isoformat() for day in summaries(monitor)] == ["2026-03-02", "2026-03-03"]
    assert monitor.state.today.name == "2026-03-03"
    assert totals_at(monitor.state, now(monitor)).sitting == pytest.approx(
        sum(day.sitting_seconds for day in summaries(monitor)[1:]), rel=0.02
    )


def test_a_new_day_begins_while_the_user_is_away() -> None:
    desk = PersonDay()
    evening(desk, 3)
    desk.emit(e.Locked)
    monitor = monitor_after(desk.events, QUIET)
    monitor.advance_to(now(monitor) + 20 * HOUR)
    assert monitor.state.today.name == "2026-03-03"
    assert totals_at(monitor.state, now(monitor)).sitting < 1
    assert monitor.state.prompt_state.summary.overdue == "2026-03-02"


def test_flying_west_makes_the_day_longer() -> None:
    desk = PersonDay()
    evening(desk, 3)
    desk.do(("suspend", 600))
    desk.travel(-8)
    desk.type_for(20 * MINUTE)
    monitor = monitor_after(desk.events, QUIET)
    assert monitor.state.today.name == "2026-03-02"
    assert [day.day for day in summaries(monitor)] == [date(2026, 3, 2)]
    assert totals_at(monitor.state, now(monitor)).sitting == pytest.approx(
        summaries(monitor)[0].sitting_seconds, rel=0.02
    )


def test_a_day_goes_on_after_the_clock_is_set_to_tomorrow_and_back() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(50 * MINUTE)
    desk.step(86400)
    desk.type_for(5 * MINUTE)
    desk.step(-86400)
    desk.type_for(5 * MINUTE)
    monitor = monitor_after(desk.events, QUIET)
    assert monitor.state.today.name == "2026-03-02"
    assert totals_at(monitor.state, now(monitor)).sitting == pytest.approx(60 * MINUTE, abs=MINUTE)


# -- events as they come -----------------------------------------------------------------------------------------------


def test_a_trace_that_begins_with_active_begins_while_running() -> None:
    desk = PersonDay()
    desk.emit(e.Active)
    desk.wait(31 * MINUTE)
    desk.emit(e.Idle, since=desk.label(desk.passed - 15))
    monitor = monitor_after(desk.events, QUIET)
    assert states(monitor)[0] == ("sitting", "09:00", "09:31")
    assert [prompt.kind for prompt in monitor.prompts] == ["sit-soft"]
    assert monitor.is_running


def test_a_trace_that_begins_with_idle_begins_in_a_silence() -> None:
    desk = PersonDay()
    desk.emit(e.Idle, since=desk.label(-15))
    desk.wait(10)
    desk.type_for(5 * MINUTE)
    monitor = monitor_after(desk.events)
    assert states(monitor) == [("sitting", "09:00", "09:05")]


@pytest.mark.parametrize("since", [-600, 600])
def test_the_end_of_input_is_not_before_its_start_or_in_the_future(since: float) -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.wait(60)
    desk.emit(e.Active)
    desk.wait(120)
    desk.emit(e.Idle, since=desk.label(desk.passed + since))
    monitor = monitor_after(desk.events)
    assert monitor.state.presence.since == monitor.state.timeline.starts[0] + (60 if since < 0 else 180)


def test_input_without_a_pause_for_a_day_is_unobserved_from_then_on() -> None:
    """A key is stuck, or a device moves the pointer. Reminders end; the next report of the source is believed again."""
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.Active)
    desk.wait(72 * HOUR)
    desk.emit(e.Idle, since=desk.label(desk.passed - 15))
    desk.wait(HOUR)
    desk.type_for(5 * MINUTE)
    monitor = monitor_after(desk.events, QUIET)
    assert states(monitor) == [
        ("sitting", "09:00", "09:00"),
        ("unobserved", "09:00", "09:00"),
        ("away", "09:00", "10:00"),
        ("sitting", "10:00", "10:05"),
    ]
    asked = [prompt.at for prompt in monitor.prompts if prompt.kind.startswith("sit-")]
    assert 23 * HOUR < max(asked) - monitor.state.timeline.starts[0] <= 24 * HOUR


def test_the_notice_is_withdrawn_when_input_is_no_longer_believed() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.Active)
    monitor = monitor_after(desk.events, QUIET)
    begun = now(monitor)
    decided = monitor.advance_to(begun + 100 * HOUR)
    assert decided[-1] == Withdraw(begun + 24 * HOUR)
    assert monitor.state.presence.phase is Phase.UNOBSERVED


@pytest.mark.parametrize("report", [e.Active, e.Unpaused, e.Started])
def test_input_is_believed_again_when_the_source_reports_or_the_watching_begins(report: type[e.Event]) -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.Active)
    desk.wait(48 * HOUR)
    desk.emit(report)
    desk.type_for(20 * MINUTE)
    assert states(monitor_after(desk.events, QUIET))[-1] == ("sitting", "09:00", "09:20")


def test_a_pause_in_input_that_is_not_believed_is_a_pause() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.Active)
    desk.wait(48 * HOUR)
    desk.emit(e.Paused)
    desk.type_for(20 * MINUTE)
    assert states(monitor_after(desk.events, QUIET))[-1] == ("unobserved", "09:00", "09:20")


def test_a_device_behind_a_lock_is_away_however_long() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(10 * MINUTE)
    desk.emit(e.Active)
    desk.emit(e.Locked)
    desk.wait(72 * HOUR)
    desk.emit(e.Unlocked)
    desk.wait(20 * MINUTE)
    desk.emit(e.Idle, since=desk.label())
    monitor = monitor_after(desk.events, QUIET)
    assert [state for state, _, _ in states(monitor)] == ["sitting", "away", "sitting"]


def test_a_clock_set_back_by_more_than_its_run_lasted_overflows_nothing() -> None:
    """The run then seems to begin in the year 700 before Christ. Its times stay within the bound."""
    timeline, begun = Timeline(), EARLIEST.timestamp()
    timeline.begin_run(begun, ended=begun)
    for _ in range(20):
        timeline.step(-130 * 365 * 24 * HOUR)
    assert timeline.of(begun) == EARLIEST


def test_input_after_stopped_is_ignored() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(5 * MINUTE)
    desk.emit(e.Stopped)
    desk.type_for(10 * MINUTE)
    monitor = monitor_after(desk.events)
    assert [state for state, _, _ in states(monitor)] == ["sitting", "away", "unobserved"]


def test_unpausing_does_not_start_a_stopped_monitor() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(5 * MINUTE)
    desk.emit(e.Stopped)
    desk.emit(e.Paused)
    desk.emit(e.Unpaused)
    desk.type_for(10 * MINUTE)
    monitor = monitor_after(desk.events)
    assert states(monitor)[-1][0] == "unobserved"
    assert not monitor.is_running


def test_a_repeated_pause_ends_at_the_first_unpause() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.Paused)
    desk.emit(e.Paused)
    assert monitor_after(desk.events).is_running
    desk.wait(60)
    desk.emit(e.Unpaused)
    desk.type_for(5 * MINUTE)
    assert [state for state, _, _ in states(monitor_after(desk.events))] == ["unobserved", "sitting", "away"][:2]


def test_a_crash_is_unobserved_from_the_last_sign_of_life() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.Active)
    desk.wait(10 * MINUTE)
    last = desk.label()
    desk.wait(30 * MINUTE)
    desk.emit(e.Started, since=last)
    desk.type_for(5 * MINUTE)
    assert states(monitor_after(desk.events))[:2] == [("sitting", "09:00", "09:10"), ("unobserved", "09:10", "09:40")]


def test_a_crash_without_a_last_sign_is_unobserved_from_the_last_event() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(5 * MINUTE, 20)
    desk.emit(e.Active)
    desk.wait(60 * MINUTE)
    desk.emit(e.Started)
    desk.type_for(5 * MINUTE)
    assert states(monitor_after(desk.events))[1] == ("unobserved", "09:05", "10:05")


def test_calls_are_counted() -> None:
    desk = PersonDay()
    desk.emit(e.CallStarted)
    desk.emit(e.CallStarted)
    desk.emit(e.CallEnded)
    monitor = monitor_after(desk.events)
    assert monitor.state.presence.signals.calls.is_on
    monitor.handle(e.CallEnded(at=desk.label()))
    monitor.handle(e.CallEnded(at=desk.label()))
    assert not monitor.state.presence.signals.calls.is_on


def test_an_open_microphone_is_no_evidence_after_three_hours() -> None:
    def day(*, is_unjudged: bool) -> list[tuple[str, str, str]]:
        desk = PersonDay()
        desk.emit(e.Started)
        if is_unjudged:
            desk.emit(e.CallStarted)
        desk.type_for(181 * MINUTE, 40 * MINUTE)
        desk.type_for(20 * MINUTE)
        return states(monitor_after(desk.events))

    assert ("away", "12:01", "12:41") in day(is_unjudged=True)
    assert day(is_unjudged=True) == day(is_unjudged=False)


def test_evenly_spaced_touches_are_a_machine() -> None:
    steady = [Touch(60.0 * turn, 0.1) for turn in range(6)]
    assert evenly_spaced(steady)
    assert not evenly_spaced(steady[:4])
    assert not evenly_spaced([Touch(at, 0.1) for at in (0.0, 20.0, 200.0, 215.0, 500.0, 501.0)])


def test_a_silence_is_judged_a_minute_after_it_ended() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(5 * MINUTE, 10 * MINUTE)
    desk.emit(e.Active)
    monitor = monitor_after(desk.events)
    assert monitor.state.presence.decide_at == now(monitor) + 60
    monitor.advance_to(now(monitor) + 59)
    assert monitor.state.presence.pending
    monitor.advance_to(now(monitor) + 1)
    assert not monitor.state.presence.pending


def test_a_touch_does_not_end_a_long_absence() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(10 * MINUTE)
    desk.emit(e.Locked)
    desk.wait(30 * MINUTE)
    desk.type_for(0.2, 30 * MINUTE)
    desk.emit(e.Unlocked)
    desk.type_for(5 * MINUTE)
    monitor = monitor_after(desk.events)
    assert [state for state, _ in groupby(state for state, _, _ in states(monitor))] == ["sitting", "away", "sitting"]


def test_unconfirmed_standing_is_doubted_until_the_user_sits_down() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.Active)
    desk.emit(e.StandingDeclared)
    desk.wait(90 * MINUTE)
    desk.emit(e.Idle, since=desk.label())
    monitor = monitor_after(desk.events)
    assert states(monitor) == [("standing", "09:00", "10:00"), ("sitting", "10:00", "10:30")]
    assert monitor.spans(now(monitor))[-1].confidence == 0.5
    monitor.handle(e.SittingDeclared(at=desk.label()))
    assert states(monitor) == [("standing", "09:00", "10:30")]
    assert totals_at(monitor.state, now(monitor)).standing == 90 * MINUTE


@pytest.mark.parametrize(
    ("declared", "before", "since"),
    [(e.StandingDeclared, "sitting", "standing"), (e.SittingDeclared, "standing", "sitting")],
)
def test_hours_of_standing_are_confirmed_by_sitting_down_only(
    declared: type[e.StandingDeclared | e.SittingDeclared], before: str, since: str
) -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.Active)
    desk.emit(e.StandingDeclared)
    desk.wait(4 * HOUR)
    desk.emit(declared)
    desk.wait(20 * MINUTE)
    desk.emit(e.Idle, since=desk.label())
    monitor = monitor_after(desk.events)
    assert [state for state, _, until in states(monitor) if until > "10:00"] == [before, since]
    assert states(monitor)[-1] == (since, "13:00", "13:20")


def test_doubtful_standing_ends_with_an_absence() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(10 * MINUTE)
    desk.emit(e.StandingDeclared)
    desk.type_for(30 * MINUTE)
    desk.do(("restart", 900))
    desk.type_for(30 * MINUTE)
    monitor = monitor_after(desk.events)
    assert monitor.state.posture.standing is None
    assert [state for state, _, _ in states(monitor) if state != "away"] == [
        "sitting",
        "standing",
        "unobserved",
        "sitting",
    ]


def test_standing_goes_on_over_a_short_absence() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.StandingDeclared)
    desk.type_for(10 * MINUTE)
    desk.do(("lock", 7))
    desk.type_for(10 * MINUTE)
    assert monitor_after(desk.events).state.posture.standing is not None


# -- values ------------------------------------------------------------------------------------------------------------

said_times = st.tuples(st.integers(0, 50), st.integers(1, 30), st.sampled_from(["sitting", "away", "standing"]))


@given(st.lists(said_times, max_size=8))
def test_the_later_of_two_answers_holds(times: list[tuple[int, int, e.Was]]) -> None:
    answers: list[Answer] = []
    for start, length, was in times:
        lay_over(answers, Answer(start, start + length, was))
    for at in range(90):
        last = next((was for start, length, was in reversed(times) if start <= at < start + length), None)
        holding = [answer.was for answer in answers if answer.start <= at < answer.end]
        assert holding == ([] if last is None else [last])
    assert answers == sorted(answers, key=lambda answer: answer.start)
    for begin in range(0, 80, 7):
        overlapping = [answer for answer in answers if answer.start < begin + 9 and begin < answer.end]
        assert answers_between(answers, begin, begin + 9) == overlapping


class Counting(list[Answer]):
    """A list that counts the answers that are looked at."""

    looked_at = 0

    def __getitem__(self, where: Any) -> Any:
        found = super().__getitem__(where)
        self.looked_at += len(found) if isinstance(where, slice) else 1
        return found

    def __iter__(self) -> Iterator[Answer]:
        self.looked_at += len(self)
        return super().__iter__()


def test_an_answer_looks_at_few_of_those_before() -> None:
    answers = Counting(Answer(10.0 * n, 10.0 * n + 5, "away") for n in range(10_000))
    lay_over(answers, Answer(50_002.0, 50_012.0, "sitting"))
    assert answers.looked_at < 40


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500), st.integers(-7200, 7200)), min_size=1, max_size=6))
def test_wall_times_rise_with_engine_time_and_lead_back_to_it(runs: list[tuple[int, int, int]]) -> None:
    labels = Timeline(shift=1.7e9)
    at = ended = 0.0
    for length, room, by in runs:
        at += room
        labels.begin_run(at, ended=ended)
        labels.step(by)
        at += length
        ended = at
    between = {(end + start) / 2 for end, start in zip(labels.ends, labels.starts[1:], strict=True)}
    edges = sorted({*labels.starts, *labels.ends, *between, *(x + 0.25 for x in labels.starts), at})
    found = [labels.of(x) for x in edges]
    assert found == sorted(found)
    for start, end in zip(labels.starts, [*labels.ends, at], strict=True):
        assert labels.find(labels.of(start)) == pytest.approx(start)
        assert (labels.of(end) - labels.of(start)).total_seconds() == pytest.approx(end - start) or end in labels.starts


@given(st.integers(0, 14 * 24 * 60), st.sets(st.integers(0, 6)), st.integers(0, 23), st.integers(0, 23))
def test_open_hours_are_the_first_that_are_open(minute: int, workdays: set[int], begin: int, end: int) -> None:
    policy = Policy(workdays=frozenset(workdays), quiet_hours=((begin * HOUR, end * HOUR),) if begin != end else ())
    at = minute * 60.0

    def is_unjudged(when: float) -> bool:
        label = datetime.fromtimestamp(when, UTC)
        quiet = begin != end and (begin <= label.hour < end if begin < end else label.hour >= begin or label.hour < end)
        return not quiet and (not workdays or (label - timedelta(hours=4)).weekday() in workdays)

    first = next(
        (x for x in [at, *range((minute // 60 + 1) * 3600, (minute + 10 * 24 * 60) * 60, 3600)] if is_unjudged(x)), None
    )
    assert open_hours(at, Timeline(), policy) == first


def test_activity_in_a_window_is_the_same_after_forgetting() -> None:
    activity = Activity()
    for turn in range(400):
        activity.add(turn * 100.0, turn * 100.0 + 40)
    before = activity.within(35000, 39000)
    activity.forget(36000)
    assert len(activity.starts) == 40
    assert before == 1600
    assert activity.within(37000, 39000) == 800
    assert activity.within(30000, 39000) == 1200


def test_the_history_finds_when_something_was_first_on() -> None:
    held = OnOffHistory()
    for start, end in ((10, 20), (30, 40)):
        held.begin(start)
        held.end(end)
    held.begin(50)
    assert [held.first(*window) for window in ((0, 5), (0, 15), (12, 15), (20, 30), (25, 60), (60, 70))] == [
        *(None, 10.0, -2.0, None),
        *(5.0, -10.0),
    ]
    assert not held.touches(41, 45)
    assert held.within(0, 60) == 30
