"""What is said, and when: the rules a prompt never breaks, and the stories behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.adapters.system.resources import weights
from slowrise.config.config import Config
from slowrise.core import engine
from slowrise.core.model import events as e
from slowrise.core.model.spans import day_of
from slowrise.core.prompts.prompt_state import Prompt
from slowrise.core.state import totals_at
from slowrise.history.checkpoint import decode_checkpoint, encode_checkpoint
from slowrise.history.monitor import Monitor
from slowrise.history.replay import replay
from support.person import (
    DOINGS,
    IN_THE_SAME_PLACE,
    MONDAY,
    RESOLUTION,
    Doing,
    PersonDay,
    config,
    doings,
    inputs,
    lived,
    now,
    slow,
    told,
)

MINUTE = 60.0
SIT = ("sit-soft", "sit-repeat", "sit-firm")
PLAIN = config(notifications={"wait_for_pause": "0s"})
UNSETTLED = {"settings", "flare-up", "profile"}
"""They change the very limits a property is about."""
SETTLED = tuple(name for name in IN_THE_SAME_PLACE if name not in UNSETTLED)

certain = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["type", "lull"]), st.floats(1, 50).map(round)),
        st.tuples(st.sampled_from(["type", "lull"]), st.floats(1, 50).map(round)),
        st.tuples(st.sampled_from(["lock", "sleep", "pause", "restart"]), st.floats(7, 90).map(round)),
        st.tuples(st.sampled_from(["snooze", "hold", "call", "hang-up", "press"]), st.floats(1, 30).map(round)),
    ),
    max_size=30,
)
"""Days on which no silence leaves a doubt."""


def said(monitor: Monitor, *kinds: str) -> list[Prompt]:
    return [prompt for prompt in monitor.prompts if not kinds or prompt.kind in kinds]


def heard(desk: PersonDay, settings: Config = PLAIN) -> list[tuple[str, float]]:
    """Each prompt of the day with its minute, to a tenth."""
    monitor = told(desk.events, settings)
    return [(prompt.kind, round((prompt.shown_at - MONDAY).total_seconds() / MINUTE, 1)) for prompt in monitor.prompts]


def at_desk() -> PersonDay:
    desk = PersonDay()
    desk.emit(e.Started)
    return desk


# -- never -------------------------------------------------------------------------------------------------------------


@slow
@given(doings(SETTLED))
def test_never_to_an_empty_chair(day: list[Doing]) -> None:
    events = lived(day)
    calls, call_at = 0, []
    for event in events:
        calls = max(calls + isinstance(event, e.CallStarted) - isinstance(event, e.CallEnded), 0)
        calls = 0 if isinstance(event, e.Started) else calls
        call_at.append((event.at, calls))
    for prompt in told(events).prompts:
        there = any(begin <= prompt.shown_at <= end for begin, end in inputs(events))
        in_call = any(on for at, on in call_at if at <= prompt.shown_at)
        assert there or in_call


@slow
@given(certain)
def test_never_before_enough_sitting_nor_soon_after_a_break(day: list[Doing]) -> None:
    policy = told([]).state.policy
    monitor = told(lived(day))
    spans = monitor.spans(now(monitor))
    for prompt in said(monitor, *SIT):
        load = rest = 0.0
        free_since: datetime | None = None
        for span in spans:
            if span.start >= prompt.shown_at:
                break
            seconds = (min(span.end, prompt.shown_at) - span.start).total_seconds()
            if span.state == "sitting":
                load, rest = load + seconds, 0.0
            else:
                rest += seconds
            if rest >= policy.break_full:
                load = 0.0
                free_since = min(span.end, prompt.shown_at)
        # Shown before the source could tell that input had paused for good.
        assert load >= policy.sit_soft - RESOLUTION
        assert free_since is None or (prompt.shown_at - free_since).total_seconds() >= policy.sit_soft * 2 / 3 - 0.01


@slow
@given(doings(SETTLED))
def test_prompts_keep_their_distance_but_for_a_snooze(day: list[Doing]) -> None:
    events = lived(day)
    monitor = told(events)
    snoozes = [event.at for event in events if isinstance(event, e.Snoozed)]
    for before, after in pairwise(monitor.prompts):
        put_off = after.kind in SIT and any(before.shown_at <= at <= after.shown_at for at in snoozes)
        assert put_off or after.at - before.at >= monitor.state.policy.spacing - 0.001


@slow
@given(doings(SETTLED), st.integers(1, 4))
def test_no_more_than_so_many_a_day(day: list[Doing], most: int) -> None:
    monitor = told(lived(day), config(notifications={"most_a_day": most}))
    days = [day_of(prompt.shown_at, monitor.state.policy.day_starts) for prompt in monitor.prompts]
    assert all(len(list(same)) <= most for _, same in groupby(days))


@slow
@given(doings(), st.sampled_from([["08:00-12:00"], ["12:00-14:00", "22:00-07:00"], ["20:00-10:30"]]))
def test_nothing_is_said_in_quiet_hours_nor_on_other_days(day: list[Doing], quiet: list[str]) -> None:
    settings = config(notifications={"quiet_hours": quiet, "workdays": ["mon", "tue", "thu"]})
    monitor = told(lived([one for one in day if one[0] != "settings"]), settings)
    for prompt in monitor.prompts:
        assert day_of(prompt.shown_at, monitor.state.policy.day_starts).strftime("%a") in {"Mon", "Tue", "Thu"}
        for hours in quiet:
            begin, end = hours.split("-")
            clock = prompt.shown_at.strftime("%H:%M")
            assert not (begin <= clock < end if begin < end else clock >= begin or clock < end)


@slow
@given(doings(SETTLED))
def test_tips_and_summaries_are_few(day: list[Doing]) -> None:
    monitor = told(lived(day))
    for before, after in pairwise(said(monitor, "return")):
        assert after.at - before.at >= 2 * 3600
    summaries = [prompt.day for prompt in said(monitor, "summary")]
    assert summaries == sorted(set(summaries))
    for _, prompts in groupby(said(monitor, "budget"), key=lambda prompt: day_of(prompt.shown_at, 4 * 3600)):
        shares = [prompt.share for prompt in prompts]
        assert shares in ([0.8], [1.0], [0.8, 1.0])


@slow
@given(certain)
def test_in_one_bout_the_ladder_only_rises(day: list[Doing]) -> None:
    monitor = told(lived(day))
    spans = monitor.spans(now(monitor))
    prompts = said(monitor, *SIT)
    for before, after in pairwise(prompts):
        apart = [
            span
            for span in spans
            if span.state != "sitting" and span.seconds >= 120 and before.shown_at <= span.end <= after.shown_at
        ]
        if apart:
            assert after.kind == "sit-soft" or after.bout_seconds >= monitor.state.policy.sit_firm
        else:
            assert after.kind != "sit-soft"
            assert before.kind != "sit-firm" or after.kind == "sit-firm"


@slow
@given(doings(SETTLED))
def test_a_call_holds_what_is_due_for_at_most_so_long(day: list[Doing]) -> None:
    """In a call nothing is said that fell due less than 90 minutes ago."""
    monitor = Monitor.under(config(), weights())
    begun: float | None = None
    for event in lived(day):
        before = len(monitor.prompts)
        monitor.handle(event)
        for prompt in monitor.prompts[before:]:
            if begun is not None and prompt.at < now(monitor):
                assert prompt.at - begun >= 87 * MINUTE
        calls = monitor.state.presence.calls
        begun = calls.starts[-1] if calls.is_on else None


# -- stories -----------------------------------------------------------------------------------------------------------


def test_asked_softly_then_again_then_firmly() -> None:
    desk = at_desk()
    desk.type_for(105 * MINUTE)
    assert heard(desk) == [("sit-soft", 30.0), ("sit-repeat", 40.0), ("sit-firm", 50.0), ("sit-firm", 100.0)]


def test_a_break_begins_a_new_ladder() -> None:
    desk = at_desk()
    desk.type_for(45 * MINUTE, 10 * MINUTE)
    desk.type_for(35 * MINUTE)
    assert heard(desk)[:2] == [("sit-soft", 30.0), ("sit-repeat", 40.0)]
    assert heard(desk)[-1] == ("sit-soft", 85.0)


def test_two_minutes_up_after_an_hour_pay_twenty_and_bring_no_prompt_on_return() -> None:
    desk = at_desk()
    desk.type_for(60 * MINUTE)
    desk.emit(e.Locked)
    desk.wait(125)
    desk.emit(e.Unlocked)
    desk.type_for(30 * MINUTE)
    after = [(kind, minute) for kind, minute in heard(desk) if kind in SIT and minute > 60]
    assert after[0][0] == "sit-soft"
    assert after[0][1] >= 62 + 20


def test_a_prompt_that_is_due_waits_for_a_pause_in_the_input() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(31 * MINUTE)
    desk.emit(e.Lull, since=desk.label(desk.passed - 5))
    desk.wait(5 * MINUTE)
    desk.emit(e.Idle, since=desk.label(desk.passed - 15))
    assert heard(desk, config()) == [("sit-soft", 31.0)]


def test_without_a_pause_it_is_shown_when_it_has_waited_long_enough() -> None:
    desk = at_desk()
    desk.type_for(36 * MINUTE)
    assert heard(desk, config()) == [("sit-soft", 33.0)]


def test_it_is_not_shown_to_who_leaves_while_it_waits() -> None:
    desk = at_desk()
    desk.type_for(31 * MINUTE, 30 * MINUTE)
    desk.type_for(10 * MINUTE)
    assert [kind for kind, _ in heard(desk, config())] == ["return"]
    assert heard(desk, config(notifications={"return_tip": False})) == []


def test_a_snooze_puts_it_off_within_its_budget() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(30.5 * MINUTE)
    for _ in range(5):
        desk.emit(e.Snoozed, until=desk.label(desk.passed + 5 * MINUTE))
        desk.wait(5.5 * MINUTE)
    desk.emit(e.Idle, since=desk.label())
    shown = heard(desk)
    assert shown[:4] == [("sit-soft", 30.0), ("sit-repeat", 35.5), ("sit-repeat", 41.0), ("sit-repeat", 46.5)]
    assert shown[4] == ("sit-firm", 56.5)


def test_a_snooze_with_nothing_left_brings_it_no_sooner() -> None:
    settings = config(notifications={"wait_for_pause": "0s", "snooze": "1m", "snooze_budget": "1m"})
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(31 * MINUTE)
    for _ in range(3):
        desk.emit(e.Snoozed, until=desk.label(desk.passed + MINUTE))
        desk.wait(2 * MINUTE)
    desk.emit(e.Idle, since=desk.label())
    assert heard(desk, settings) == [("sit-soft", 30.0), ("sit-repeat", 32.0)]


def hung_up() -> PersonDay:
    """After 20 minutes of input and 50 of a call."""
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(20 * MINUTE)
    desk.emit(e.CallStarted)
    desk.wait(50 * MINUTE)
    desk.emit(e.CallEnded)
    return desk


def test_what_a_call_held_is_delivered_half_a_minute_after_it_with_the_true_sitting_time() -> None:
    desk = hung_up()
    desk.wait(MINUTE)
    desk.emit(e.Idle, since=desk.label())
    monitor = told(desk.events, PLAIN)
    assert heard(desk) == [("sit-firm", 70.5)]
    assert monitor.prompts[0].bout_seconds == 70.5 * MINUTE


def test_who_rises_as_they_hang_up_is_told_nothing() -> None:
    """What the call held would be shown to an empty chair."""
    desk = hung_up()
    left = desk.label()
    desk.wait(5)
    desk.emit(e.Lull, since=left)
    desk.wait(10)
    desk.emit(e.Idle, since=left)
    desk.wait(10 * MINUTE)
    assert heard(desk) == []


@pytest.mark.parametrize("lasts", [10, 70])
def test_a_microphone_that_comes_and_goes_holds_prompts_for_as_long_as_a_call_and_no_longer(lasts: float) -> None:
    """Dictation holds nothing after it; what may be calls does, and all in all for 90 minutes."""
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(25 * MINUTE)
    while desk.passed < 200 * MINUTE:
        desk.emit(e.CallStarted)
        desk.wait(lasts)
        desk.emit(e.CallEnded)
        desk.wait(20)
    first = heard(desk)[0][1]
    assert first <= 31 if lasts < MINUTE else 119 <= first <= 122


def test_where_calls_hold_nothing_nothing_waits_for_their_end() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(28 * MINUTE)
    desk.emit(e.CallStarted)
    desk.wait(118)
    desk.emit(e.CallEnded)
    desk.wait(5 * MINUTE)
    desk.emit(e.Idle, since=desk.label())
    at_once = config(notifications={"wait_for_pause": "0s", "in_calls": "prompt"})
    assert [minutes for kind, minutes in heard(desk, at_once)] == [30.0]


def test_what_a_silent_call_held_is_delivered_at_the_next_input() -> None:
    desk = at_desk()
    desk.type_for(20 * MINUTE)
    desk.emit(e.CallStarted)
    desk.wait(30 * MINUTE)
    desk.emit(e.CallEnded)
    desk.wait(10)
    desk.type_for(10 * MINUTE)
    monitor = told(desk.events, PLAIN)
    if said(monitor, *SIT):  # if the call is believed to have been sat through
        assert said(monitor, *SIT)[0].at - 16 >= monitor.state.timeline.starts[0] + 50 * MINUTE


def test_a_call_holds_it_for_at_most_ninety_minutes() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.emit(e.CallStarted)
    desk.wait(200 * MINUTE)
    assert next(iter(heard(_ended(desk)))) == ("sit-firm", 120.0)


def test_a_microphone_that_is_left_open_holds_nothing_after_three_hours() -> None:
    """As a program does that takes the noise out of it, all day long."""
    desk = at_desk()
    desk.emit(e.CallStarted)
    desk.emit(e.Locked)
    desk.wait(200 * MINUTE)
    desk.emit(e.Unlocked)
    desk.emit(e.Active)
    desk.wait(31 * MINUTE)
    assert heard(_ended(desk)) == [("sit-soft", 230.0)]


def test_in_calls_it_is_said_at_once_if_so_configured() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.emit(e.CallStarted)
    desk.wait(35 * MINUTE)
    assert heard(_ended(desk), config(notifications={"in_calls": "prompt", "wait_for_pause": "0s"})) == [
        ("sit-soft", 30.0)
    ]


def test_a_film_does_not_hold_what_is_due_while_there_is_input() -> None:
    desk = at_desk()
    desk.emit(e.Inhibited)
    desk.type_for(35 * MINUTE)
    assert heard(desk) == [("sit-soft", 30.0)]


def test_held_until_a_time_keeps_counting() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(20 * MINUTE)
    desk.emit(e.QuietUntil, until=desk.label(desk.passed + 25 * MINUTE))
    desk.wait(30 * MINUTE)
    assert heard(_ended(desk)) == [("sit-soft", 45.0)]


def test_held_until_a_time_that_has_passed_holds_nothing() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(20 * MINUTE)
    desk.emit(e.QuietUntil, until=desk.label(desk.passed - 25 * MINUTE))
    desk.wait(15 * MINUTE)
    assert heard(_ended(desk)) == [("sit-soft", 30.0)]


def test_standing_has_its_own_ladder() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(10 * MINUTE)
    desk.emit(e.Standing)
    desk.wait(45 * MINUTE)
    desk.emit(e.Sitting)
    desk.wait(31 * MINUTE)
    shown = heard(_ended(desk))
    assert shown == [("stand-soft", 30.0), ("stand-firm", 50.0), ("sit-soft", 85.0)]
    assert [prompt.bout_seconds for prompt in told(desk.events, PLAIN).prompts] == [20 * 60, 40 * 60, 30 * 60]


def test_standing_anew_begins_its_ladder_anew() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    for _ in range(2):
        desk.emit(e.Standing)
        desk.wait(22 * MINUTE)
        desk.emit(e.Sitting)
        desk.wait(10 * MINUTE)
    assert heard(_ended(desk)) == [("stand-soft", 20.0), ("stand-soft", 52.0)]


def test_standing_in_doubt_is_asked_about_once_and_counts_as_sitting_again() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.emit(e.Standing)
    desk.wait(100 * MINUTE)
    shown = heard(_ended(desk))
    assert shown[:3] == [("stand-soft", 20.0), ("stand-firm", 40.0), ("standing-question", 60.0)]
    assert [kind for kind, _ in shown[3:]] == ["sit-soft", "sit-repeat"]


def test_standing_that_was_forgotten_over_a_night_is_not_asked_about() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.emit(e.Standing)
    desk.wait(30 * MINUTE)
    desk.emit(e.Suspended)
    desk.wait(6 * 60 * MINUTE)
    desk.emit(e.Resumed)
    desk.emit(e.Active)
    desk.wait(20 * MINUTE)
    assert [kind for kind, _ in heard(_ended(desk))] == ["stand-soft", "return"]


def test_the_standing_of_a_day_has_a_budget() -> None:
    desk = at_desk()
    for _ in range(5):
        desk.emit(e.Active)
        desk.emit(e.Standing)
        desk.wait(30 * MINUTE)
        desk.emit(e.Sitting)
        desk.wait(10 * MINUTE)
    monitor = told(_ended(desk).events, PLAIN)
    (prompt,) = said(monitor, "stand-budget")
    assert 120 * MINUTE <= prompt.day_seconds < 135 * MINUTE


def test_the_budget_is_told_at_four_fifths_and_when_it_is_used_up() -> None:
    settings = config(
        limits={"day_budget": "2h", "sit_soft": "60m", "sit_firm": "90m"}, notifications={"wait_for_pause": "0s"}
    )
    desk = at_desk()
    for _ in range(4):
        desk.type_for(40 * MINUTE, 20 * MINUTE)
    monitor = told(desk.events, settings)
    found = [(prompt.share, round(prompt.day_seconds / MINUTE)) for prompt in said(monitor, "budget")]
    assert [share for share, _ in found] == [0.8, 1.0]
    assert 96 <= found[0][1] <= 99
    assert 120 <= found[1][1] <= 124


def test_the_summary_is_shown_in_the_evening_to_who_is_there() -> None:
    desk = at_desk()
    for _ in range(20):
        desk.type_for(28 * MINUTE, 6 * MINUTE)
    (prompt,) = said(told(desk.events, PLAIN), "summary")
    assert prompt.shown_at.hour == 18
    assert prompt.day == "2026-03-02"


def test_a_replay_sums_the_day_up_as_far_as_it_had_gone_at_the_prompt() -> None:
    desk = at_desk()
    for _ in range(20):
        desk.type_for(28 * MINUTE, 6 * MINUTE)
    desk.emit(e.Stopped)
    told_again = replay(desk.events, weights(), PLAIN)
    ((prompt, summary),) = ((p, s) for p, s in zip(told_again.prompts, told_again.summed, strict=True) if s is not None)
    assert summary.end == prompt.shown_at
    assert told_again.summary is not None
    assert summary.sitting_seconds < told_again.summary.sitting_seconds - 60 * MINUTE


def test_a_summary_nobody_was_there_for_is_shown_the_next_morning() -> None:
    desk = at_desk()
    for _ in range(5):
        desk.type_for(28 * MINUTE, 6 * MINUTE)
    desk.emit(e.Suspended)
    desk.wait(21 * 3600)
    desk.emit(e.Resumed)
    desk.type_for(2 * MINUTE)
    (prompt,) = said(told(desk.events), "summary")
    assert prompt.day == "2026-03-02"
    assert prompt.shown_at.date().isoformat() == "2026-03-03"


def test_a_day_seen_for_less_than_two_hours_has_none() -> None:
    desk = at_desk()
    desk.type_for(100 * MINUTE)
    desk.emit(e.Paused)
    desk.wait(9 * 3600)
    desk.emit(e.Unpaused)
    desk.type_for(5 * MINUTE)
    assert said(told(desk.events), "summary") == []


def test_the_tip_at_a_return_comes_at_most_every_two_hours() -> None:
    desk = at_desk()
    for _ in range(12):
        desk.type_for(20 * MINUTE, 15 * MINUTE)
    minutes = [minute for kind, minute in heard(desk) if kind == "return"]
    assert minutes == [35.3, 175.3, 315.3]


# -- a question about an absence in doubt ------------------------------------------------------------------------------


def after_an_absence(minutes: float) -> PersonDay:
    """Somebody who was away from the input for so long, and is back."""
    desk = at_desk()
    desk.type_for(20 * MINUTE, minutes * MINUTE)
    desk.emit(e.Active)
    return desk


def asked(desk: PersonDay, settings: Config = PLAIN) -> list[float]:
    """The minutes at which the question was asked."""
    return [minute for kind, minute in heard(desk, settings) if kind == "question"]


@slow
@given(doings(SETTLED), st.integers(0, 3))
def test_questions_are_few_and_about_what_is_in_doubt(day: list[Doing], most: int) -> None:
    events = lived(day)
    monitor = told(events, config(notifications={"questions": most}))
    questions = said(monitor, "question")
    starts = monitor.state.policy.day_starts
    assert all(len(list(same)) <= most for _, same in groupby(day_of(one.shown_at, starts) for one in questions))
    for question in questions:
        assert question.since is not None
        assert question.until is not None
        assert question.until - question.since >= timedelta(minutes=5)
        assert timedelta(minutes=1) <= question.shown_at - question.until <= timedelta(minutes=16)
        begin, end = (monitor.state.timeline.find(label) for label in (question.since, question.until))
        judged = [
            segment for segment in monitor.state.segments if begin < segment.end - 0.01 and segment.start < end - 0.01
        ]
        assert all(0.25 <= segment.probability <= 0.75 for segment in judged)


@slow
@given(doings(SETTLED))
def test_a_question_is_never_asked_in_a_call(day: list[Doing]) -> None:
    events = lived(day)
    monitor = told(events, config(notifications={"in_calls": "prompt"}))
    for question in said(monitor, "question"):
        calls = 0
        for event in events:
            if event.at < question.shown_at:
                calls = max(calls + isinstance(event, e.CallStarted) - isinstance(event, e.CallEnded), 0)
                calls = 0 if isinstance(event, e.Started) else calls
        assert calls == 0


def test_an_absence_in_doubt_is_asked_about_once_it_is_judged_for_good() -> None:
    desk = after_an_absence(7)
    desk.wait(10 * MINUTE)
    (question,) = said(told(_ended(desk).events, PLAIN), "question")
    assert (question.shown_at - MONDAY).total_seconds() == 28 * MINUTE
    assert (question.since, question.until) == (MONDAY + timedelta(minutes=20), MONDAY + timedelta(minutes=27))


def test_the_question_waits_for_a_pause_in_the_input() -> None:
    desk = after_an_absence(7)
    desk.wait(100)
    desk.emit(e.Lull, since=desk.label(desk.passed - 5))
    assert asked(desk, config()) == [28.7]


def test_an_absence_shorter_or_out_of_doubt_is_not_asked_about() -> None:
    for minutes in (4, 40):
        desk = after_an_absence(minutes)
        desk.wait(10 * MINUTE)
        assert asked(_ended(desk)) == []


def test_silences_parted_by_a_click_are_asked_about_as_one() -> None:
    desk = at_desk()
    desk.type_for(20 * MINUTE, 4 * MINUTE)
    desk.type_for(0.2, 4 * MINUTE)
    desk.type_for(5 * MINUTE)
    (question,) = said(told(desk.events, PLAIN), "question")
    assert (question.since, question.until) == (MONDAY + timedelta(minutes=20), MONDAY + timedelta(seconds=1680.2))


def test_who_is_back_in_a_call_or_asked_for_quiet_is_asked_within_a_quarter_of_an_hour_or_not() -> None:
    for begun, ended in ((e.CallStarted, e.CallEnded), (e.QuietUntil, e.QuietUntil)):
        for length, minutes in ((10, [37.5]), (20, [])):
            desk = after_an_absence(7)
            desk.wait(30)
            quiet = {"until": desk.label(desk.passed + length * MINUTE)} if begun is e.QuietUntil else {}
            desk.emit(begun, **quiet)
            desk.wait(length * MINUTE)
            if ended is e.CallEnded:
                desk.emit(ended)
            desk.wait(30)
            settings = config(notifications={"wait_for_pause": "0s", "in_calls": "prompt"})
            assert asked(_ended(desk), settings) == minutes


def test_nobody_is_asked_in_quiet_hours_when_standing_or_when_it_is_turned_off() -> None:
    desk = after_an_absence(7)
    desk.wait(20 * MINUTE)
    _ended(desk)
    assert asked(desk) == [28.0]
    assert asked(desk, config(notifications={"questions": 0})) == []
    assert asked(desk, config(notifications={"quiet_hours": ["09:10-10:00"]})) == []
    desk.events.insert(-2, e.Standing(at=desk.events[-2].at))
    assert asked(desk) == []


def test_the_fourth_absence_in_doubt_of_a_day_is_not_asked_about() -> None:
    desk = at_desk()
    for _ in range(5):
        desk.type_for(15 * MINUTE, 7 * MINUTE)
    desk.type_for(5 * MINUTE)
    assert len(asked(desk)) == 3


def test_a_question_left_alone_is_taken_away() -> None:
    monitor = told(after_an_absence(7).events, PLAIN)
    begun = monitor.state.timeline.starts[0]
    (question,) = monitor.advance_to(begun + 30 * MINUTE)
    assert isinstance(question, Prompt)
    assert monitor.advance_to(begun + 32.9 * MINUTE) == []
    assert monitor.advance_to(begun + 33 * MINUTE) == [engine.Withdraw(begun + 33 * MINUTE)]
    assert monitor.advance_to(begun + 50 * MINUTE - 1) == []


def test_a_question_is_taken_away_when_its_user_leaves() -> None:
    desk = after_an_absence(7)
    desk.wait(90)
    monitor = told(_ended(desk).events, PLAIN)
    begun = monitor.state.timeline.starts[0]
    assert monitor.advance_to(begun + 60 * MINUTE) == [engine.Withdraw(begun + 30.5 * MINUTE)]


def test_an_answer_ends_the_question_counts_and_teaches() -> None:
    for was, sitting in (("sitting", 28.0), ("away", 21.0)):
        desk = after_an_absence(7)
        monitor = told(desk.events, PLAIN)
        monitor.advance_to(monitor.state.timeline.starts[0] + 28 * MINUTE)
        (question,) = said(monitor, "question")
        desk.wait(MINUTE)
        answer = e.Answered(at=desk.label(), from_=question.since, to=question.until, was=was)  # type: ignore[arg-type]
        assert monitor.handle(answer) == [engine.Withdraw(now(monitor))]
        assert totals_at(monitor.state, now(monitor)).sitting == sitting * MINUTE
        assert (monitor.state.presence.bias > 0) == (was == "sitting")
        assert 0 < abs(monitor.state.presence.bias) <= monitor.state.presence.table.bias_limit


def test_an_absence_the_user_spoke_of_already_is_not_asked_about() -> None:
    desk = after_an_absence(7)
    desk.wait(30)
    desk.emit(e.Answered, from_=desk.label(19 * MINUTE), to=desk.label(), was="away")
    desk.wait(10 * MINUTE)
    assert asked(_ended(desk)) == []


def test_nor_one_they_speak_of_while_the_question_waits_for_a_pause() -> None:
    for begin, minutes in ((19, []), (10, [31.0])):
        desk = after_an_absence(7)
        desk.wait(90)
        desk.emit(e.Answered, from_=desk.label(begin * MINUTE), to=desk.label((begin + 9) * MINUTE), was="away")
        desk.wait(10 * MINUTE)
        assert asked(_ended(desk), config()) == minutes


# -- what the user's answers teach -------------------------------------------------------------------------------------


def absences_in_doubt(number: int) -> PersonDay:
    """So many of seven minutes, at 20, 47, 74 minutes and so on."""
    desk = at_desk()
    for _ in range(number):
        desk.type_for(20 * MINUTE, 7 * MINUTE)
    desk.type_for(20 * MINUTE, 1.0)
    return desk


def answered(desk: PersonDay, number: int, was: e.Was) -> None:
    begin = (20 + 27 * number) * MINUTE
    desk.emit(e.Answered, from_=desk.label(begin), to=desk.label(begin + 7 * MINUTE), was=was)
    desk.wait(1.0)


def test_the_order_of_answers_makes_no_difference() -> None:
    """Each silence is weighed as it was without the answers, whatever they have come to since it was judged."""
    leans = []
    for order in ((0, 1, 2, 3), (3, 1, 0, 2)):
        desk = absences_in_doubt(4)
        for number in order:
            answered(desk, number, "away" if number == 1 else "sitting")
        leans.append(round(told(desk.events, PLAIN).state.presence.bias, 9))
    assert leans[0] == leans[1] != 0


def test_an_answer_taken_back_teaches_only_what_was_said_last() -> None:
    once, twice = absences_in_doubt(2), absences_in_doubt(2)
    answered(once, 0, "sitting")
    answered(twice, 0, "away")
    answered(twice, 0, "sitting")
    leans = [told(desk.events, PLAIN).state.presence.bias for desk in (once, twice)]
    assert leans[0] == leans[1] > 0


def test_an_answer_given_before_the_silence_is_judged_teaches_once_it_is() -> None:
    desk = after_an_absence(7)
    desk.wait(30)
    desk.emit(e.Answered, from_=desk.label(20 * MINUTE), to=desk.label(27 * MINUTE), was="sitting")
    monitor = told(desk.events, PLAIN)
    assert monitor.state.presence.bias == 0
    monitor.advance_to(monitor.state.timeline.starts[0] + 29 * MINUTE)
    later = after_an_absence(7)
    later.wait(2 * MINUTE)
    later.emit(e.Answered, from_=later.label(20 * MINUTE), to=later.label(27 * MINUTE), was="sitting")
    assert monitor.state.presence.bias == told(later.events, PLAIN).state.presence.bias > 0


def test_answers_never_teach_more_than_the_table_allows() -> None:
    desk = absences_in_doubt(40)
    for number in range(40):
        answered(desk, number, "sitting")
    sitting = told(desk.events, PLAIN).state.presence
    assert 0 < sitting.bias <= sitting.table.bias_limit


def test_what_is_learnt_of_an_old_silence_does_not_hang_on_how_long_the_daemon_has_run() -> None:
    desk = absences_in_doubt(1)
    desk.wait(4 * 24 * 3600)
    desk.type_for(20 * MINUTE, 1.0)
    whole = told(desk.events, PLAIN)
    again = decode_checkpoint(encode_checkpoint(whole), weights())
    assert again is not None
    answered(desk, 0, "sitting")
    for monitor in (whole, again):
        monitor.handle(desk.events[-1])
    assert whole.state.presence.bias == again.state.presence.bias


def test_the_first_prompt_to_stand_up_of_a_day_says_so() -> None:
    desk = at_desk()
    desk.type_for(20 * MINUTE, 10 * MINUTE)
    desk.type_for(55 * MINUTE)
    prompts = told(desk.events, PLAIN).prompts
    assert [(prompt.kind, prompt.first_of_day) for prompt in prompts] == [
        ("return", True),
        ("question", True),
        ("sit-soft", True),
        ("sit-repeat", False),
        ("sit-firm", False),
    ]


def test_a_shown_prompt_is_withdrawn_once_the_silence_has_become_a_break() -> None:
    desk = at_desk()
    desk.type_for(31 * MINUTE)
    monitor = told(desk.events, PLAIN)
    end = now(monitor)
    assert monitor.advance_to(end + 100) == []
    assert monitor.advance_to(end + 110) == [engine.Withdraw(monitor.state.timeline.starts[0] + 33 * MINUTE)]


def test_it_is_withdrawn_at_a_lock_and_stays_when_input_comes_again() -> None:
    desk = at_desk()
    desk.type_for(31 * MINUTE, 40)
    monitor = told(desk.events, PLAIN)
    assert monitor.handle(e.Active(at=desk.label())) == []
    desk.wait(60)
    assert monitor.handle(e.Idle(at=desk.label(), since=desk.label(desk.passed - 15))) == []
    assert len(monitor.handle(e.Locked(at=desk.label()))) == 1


def test_settings_told_by_an_event_leave_what_fell_due_before() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(40.5 * MINUTE)
    desk.emit(e.PolicyChanged, settings={"limits": {"sit_soft": "45m"}, "notifications": {"wait_for_pause": "0s"}})
    desk.wait(5 * MINUTE)
    assert heard(_ended(desk)) == [("sit-soft", 30.0), ("sit-repeat", 40.0)]


def test_an_answer_over_the_last_silence_corrects_the_clock() -> None:
    desk = at_desk()
    desk.type_for(25 * MINUTE)
    desk.emit(e.Locked)
    desk.wait(20 * MINUTE)
    desk.emit(e.Unlocked)
    desk.emit(e.Active)
    desk.wait(5 * MINUTE)
    assert [kind for kind, _ in heard(_ended(desk)) if kind in SIT] == []
    del desk.events[-1]
    desk.emit(e.Answered, from_=desk.label(25 * MINUTE), to=desk.label(46 * MINUTE), was="sitting")
    desk.wait(12 * MINUTE)
    assert [kind for kind, _ in heard(_ended(desk)) if kind in SIT] == ["sit-firm"]


def test_a_day_that_is_clean_of_breaks_by_pauses_says_nothing_in_them() -> None:
    desk = at_desk()
    desk.type_for(29 * MINUTE)
    desk.emit(e.Paused)
    desk.wait(60 * MINUTE)
    desk.emit(e.Unpaused)
    desk.type_for(29 * MINUTE)
    assert heard(desk) == []


def _ended(desk: PersonDay) -> PersonDay:
    desk.emit(e.Idle, since=desk.label())
    return desk


def test_every_doing_makes_events() -> None:
    """The generators reach everything they name."""
    for name in DOINGS:
        desk = PersonDay()
        desk.do((name, 7.0))
        assert desk.events or desk.passed or name == "travel"
    assert timedelta(0) == MONDAY.replace(tzinfo=None) - datetime(2026, 3, 2, 9)  # noqa: DTZ001 - Monday, nine o'clock
