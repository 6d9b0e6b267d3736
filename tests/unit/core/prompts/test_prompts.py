"""When prompts are shown: rules that hold on every day, and single days as examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby, pairwise
from math import inf
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slowrise.adapters.system.resources import weights
from slowrise.config.config import Config
from slowrise.config.parse import from_differences
from slowrise.core import engine
from slowrise.core.engine import totals_at
from slowrise.core.model import events as e
from slowrise.core.model.policy import PROFILES, Policy
from slowrise.core.model.spans import day_of
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import asks_to_move, is_minor
from slowrise.history.checkpoint import decode_checkpoint, encode_checkpoint
from slowrise.history.monitor import Monitor
from slowrise.history.replay import replay
from support.person import (
    ACTIONS,
    IN_THE_SAME_PLACE,
    MONDAY,
    RESOLUTION,
    Action,
    PersonDay,
    actions,
    config,
    events_of,
    inputs,
    monitor_after,
    now,
    slow,
)

MINUTE = 60.0
SIT = ("sit-soft", "sit-repeat", "sit-firm")
PLAIN = config(notifications={"wait_for_pause": "0s"})
TIPS = config(notifications={"wait_for_pause": "0s", "return_tip": True})
UNSETTLED = {"settings", "flare-up", "profile"}
"""These change the limits that a property checks."""
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
"""Days without a doubtful silence."""


def prompts_of(monitor: Monitor, *kinds: str) -> list[Prompt]:
    return [prompt for prompt in monitor.prompts if not kinds or prompt.kind in kinds]


def minor_of(monitor: Monitor) -> list[Prompt]:
    return [prompt for prompt in monitor.prompts if is_minor(prompt.kind)]


def kinds_and_minutes(desk: PersonDay, settings: Config = PLAIN) -> list[tuple[str, float]]:
    """Return each prompt of the day with its minute, to a tenth."""
    monitor = monitor_after(desk.events, settings)
    return [(prompt.kind, round((prompt.shown_at - MONDAY).total_seconds() / MINUTE, 1)) for prompt in monitor.prompts]


def asking(**notifications: Any) -> Config:
    """Return settings in which no prompt to stand up is near a question."""
    limits = {"sit_soft": "8h", "sit_firm": "8h", "day_budget": "20h"}
    usual = {"wait_for_pause": "0s", "questions": 3, "others_a_day": 9}
    return config(notifications=usual | notifications, limits=limits)


CLICKS = (0.15, 0.4, 0.6, 0.85)
"""When there is a click in a doubtful silence, as shares of its length. Evenly spaced ones would be a machine's."""


def click_now_and_then(desk: PersonDay, minutes: float, seconds: float = 0.2) -> None:
    """Give no input for these minutes, after `type_for`, but for a few clicks: paper, or a walk and a bumped table."""
    begin = desk.passed - RESOLUTION - 0.001
    for share in CLICKS:
        desk.wait(begin + share * minutes * MINUTE - desk.passed)
        desk.type_for(seconds)
    desk.wait(begin + minutes * MINUTE - desk.passed)


def look_at_a_film(desk: PersonDay, minutes: float) -> None:
    """Give no input for these minutes, after `type_for`, with a film on for nearly all of them."""
    desk.emit(e.Inhibited)
    desk.wait(minutes * MINUTE - RESOLUTION - 0.001)
    desk.emit(e.Uninhibited)


def be_gone(desk: PersonDay, minutes: float) -> None:
    """Give no input for these minutes, after `type_for`."""
    desk.wait(minutes * MINUTE - RESOLUTION - 0.001)


def after_an_absence(minutes: float, pass_it: Callable[[PersonDay, float], None] = click_now_and_then) -> PersonDay:
    """Return a day with an absence of this length from the input at minute 20, which has just ended."""
    desk = at_desk()
    desk.type_for(20 * MINUTE)
    pass_it(desk, minutes)
    desk.emit(e.Active)
    return desk


@cache
def doubtful() -> int:
    """Return how many minutes of `click_now_and_then` are most in doubt: the answer moves the day by 6 or more."""
    moved = {minutes: _moved_by(minutes) for minutes in range(10, 41)}
    most = max(moved, key=moved.__getitem__)
    assert moved[most] >= 6 * MINUTE
    return most


def _moved_by(minutes: int) -> float:
    """Return the seconds by which the likelier answer moves the day."""
    desk = after_an_absence(minutes)
    desk.wait(2 * MINUTE)
    monitor = monitor_after(_ended(desk).events, asking())
    begin = monitor.state.timeline.starts[0] + 20 * MINUTE
    judged = [one for one in monitor.state.segments if begin <= one.start and one.end <= begin + minutes * MINUTE]
    return sum(min(one.probability, 1 - one.probability) * (one.end - one.start) for one in judged)


def at_desk() -> PersonDay:
    desk = PersonDay()
    desk.emit(e.Started)
    return desk


# -- never -------------------------------------------------------------------------------------------------------------


@slow
@given(actions(SETTLED))
def test_prompts_are_shown_only_during_input_or_in_a_call(day: list[Action]) -> None:
    events = events_of(day)
    calls, call_at = 0, []
    for event in events:
        calls = max(calls + isinstance(event, e.CallStarted) - isinstance(event, e.CallEnded), 0)
        calls = 0 if isinstance(event, e.Started) else calls
        call_at.append((event.at, calls))
    for prompt in monitor_after(events).prompts:
        there = any(begin <= prompt.shown_at <= end for begin, end in inputs(events))
        in_call = any(on for at, on in call_at if at <= prompt.shown_at)
        assert there or in_call


@slow
@given(certain)
def test_no_prompt_to_stand_up_before_enough_sitting_or_soon_after_a_break(day: list[Action]) -> None:
    """Calls are left out: with one, a suspended machine proves no absence."""
    policy = monitor_after([]).state.policy
    monitor = monitor_after(events_of([one for one in day if one[0] not in ("call", "hang-up")]))
    spans = monitor.spans(now(monitor))
    for prompt in prompts_of(monitor, *SIT):
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
        # It was shown before the source could see that input had stopped. Doubt about a silence is small.
        assert load >= policy.sit_soft * 2 / 3 - RESOLUTION
        assert free_since is None or (prompt.shown_at - free_since).total_seconds() >= policy.sit_soft * 2 / 3 - 0.01


@slow
@given(actions(SETTLED))
def test_prompts_to_move_keep_their_spacing_except_after_a_snooze(day: list[Action]) -> None:
    events = events_of(day)
    monitor = monitor_after(events)
    snoozes = [event.at for event in events if isinstance(event, e.Snoozed)]
    moves = [prompt for prompt in monitor.prompts if asks_to_move(prompt.kind) and not is_minor(prompt.kind)]
    for before, after in pairwise(moves):
        put_off = after.kind in SIT and any(before.shown_at <= at <= after.shown_at for at in snoozes)
        assert put_off or after.at - before.at >= monitor.state.policy.spacing - 0.001


@slow
@given(actions(SETTLED))
def test_a_minor_notice_keeps_its_spacing_from_every_notice_before_it(day: list[Action]) -> None:
    monitor = monitor_after(events_of(day))
    for before, after in pairwise(monitor.prompts):
        assert not is_minor(after.kind) or after.at - before.at >= monitor.state.policy.spacing - 0.001


@slow
@given(actions(SETTLED))
def test_minor_notices_change_no_prompt_to_move(day: list[Action]) -> None:
    """With them and without, the same prompts come at the same times."""
    events = events_of(day)
    many, none = (
        monitor_after(events, config(notifications={"others_a_day": most, "questions": 3})) for most in (50, 0)
    )
    moves = [[(one.kind, one.at) for one in each.prompts if not is_minor(one.kind)] for each in (many, none)]
    assert moves[0] == moves[1]
    assert minor_of(none) == []


@slow
@given(actions(SETTLED), st.integers(0, 4))
def test_no_more_minor_notices_a_day_than_the_limit(day: list[Action], most: int) -> None:
    monitor = monitor_after(events_of(day), config(notifications={"others_a_day": most, "questions": 3}))
    days = [day_of(prompt.shown_at, monitor.state.policy.day_starts) for prompt in minor_of(monitor)]
    assert all(len(list(same)) <= most for _, same in groupby(days))


@slow
@given(actions(SETTLED))
def test_nothing_is_shown_on_a_locked_screen(day: list[Action]) -> None:
    events = events_of(day)
    monitor = monitor_after(events, config(notifications={"in_calls": "prompt", "return_tip": True}))
    for prompt in monitor.prompts:
        is_locked = False
        for event in events:
            if event.at < prompt.shown_at:
                is_locked = (is_locked or isinstance(event, e.Locked)) and not isinstance(event, e.Unlocked | e.Started)
        assert not is_locked


@slow
@given(actions(SETTLED))
def test_the_first_prompt_to_stand_up_is_never_later_if_the_user_wants_it_sooner(day: list[Action]) -> None:
    events = events_of(day)
    first = [
        next(
            (
                prompt.at
                for prompt in prompts_of(monitor_after(events, config(notifications={"eagerness": name})), *SIT)
            ),
            inf,
        )
        for name in ("insistent", "balanced", "relaxed")
    ]
    assert first == sorted(first)


@slow
@given(actions(), st.sampled_from([["08:00-12:00"], ["12:00-14:00", "22:00-07:00"], ["20:00-10:30"]]))
def test_no_prompt_in_quiet_hours_or_on_days_off(day: list[Action], quiet: list[str]) -> None:
    settings = config(notifications={"quiet_hours": quiet, "workdays": ["mon", "tue", "thu"]})
    monitor = monitor_after(events_of([one for one in day if one[0] != "settings"]), settings)
    for prompt in monitor.prompts:
        assert day_of(prompt.shown_at, monitor.state.policy.day_starts).strftime("%a") in {"Mon", "Tue", "Thu"}
        for hours in quiet:
            begin, end = hours.split("-")
            clock = prompt.shown_at.strftime("%H:%M")
            assert not (begin <= clock < end if begin < end else clock >= begin or clock < end)


@slow
@given(actions(SETTLED))
def test_tips_summaries_and_budgets_are_not_repeated(day: list[Action]) -> None:
    monitor = monitor_after(events_of(day))
    for before, after in pairwise(prompts_of(monitor, "return")):
        assert after.at - before.at >= 2 * 3600
    summaries = [prompt.day for prompt in prompts_of(monitor, "summary")]
    assert summaries == sorted(set(summaries))
    for _, prompts in groupby(prompts_of(monitor, "budget"), key=lambda prompt: day_of(prompt.shown_at, 4 * 3600)):
        shares = [prompt.share for prompt in prompts]
        assert shares in ([0.8], [1.0], [0.8, 1.0])


@slow
@given(certain)
def test_prompts_of_one_bout_never_get_softer(day: list[Action]) -> None:
    monitor = monitor_after(events_of(day))
    spans = monitor.spans(now(monitor))
    prompts = prompts_of(monitor, *SIT)
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
@given(actions(SETTLED))
@example([("office", 1.0), ("office", 1.0), ("office", 3.0), ("film", 600), ("call", 1.0), ("office", 22.0)])
def test_no_prompt_is_shown_in_the_first_ninety_minutes_of_a_call(day: list[Action]) -> None:
    """The example is a summary that was due before the call, while the user was away."""
    monitor = Monitor.under(config(), weights())
    begun: float | None = None
    for event in events_of(day):
        before = len(monitor.prompts)
        monitor.handle(event)
        for prompt in monitor.prompts[before:]:
            if begun is not None and prompt.at < now(monitor):
                assert prompt.at - begun >= 90 * MINUTE - 0.001
        calls = monitor.state.presence.signals.calls
        begun = calls.starts[-1] if calls.is_on else None


# -- stories -----------------------------------------------------------------------------------------------------------


def test_prompts_are_soft_then_repeated_then_firm() -> None:
    desk = at_desk()
    desk.type_for(105 * MINUTE)
    assert kinds_and_minutes(desk) == [
        ("sit-soft", 30.0),
        ("sit-repeat", 40.0),
        ("sit-firm", 50.0),
        ("sit-firm", 70.0),
        ("sit-firm", 90.0),
    ]


@pytest.mark.parametrize("seconds", range(40, 120, 10))
def test_the_third_prompt_is_firm_though_a_short_silence_counts_by_a_fraction(seconds: float) -> None:
    """The sum of input and of the silence's expected sitting may fall short of `sit_firm` by a rounding error."""
    desk = at_desk()
    desk.type_for(20 * MINUTE, seconds)
    desk.type_for(40 * MINUTE)
    assert [kind for kind, _ in kinds_and_minutes(desk)] == ["sit-soft", "sit-repeat", "sit-firm"]


@pytest.mark.parametrize("minor", [0, 50])
@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_in_five_hours_of_typing_no_hour_passes_without_a_prompt(profile: str, minor: int) -> None:
    desk = at_desk()
    desk.type_for(300 * MINUTE)
    settings = from_differences({"profile": profile, "notifications": {"others_a_day": minor, "questions": 3}})
    monitor = monitor_after(desk.events, settings)
    shown = [prompt.at - monitor.state.timeline.starts[0] for prompt in prompts_of(monitor, *SIT)]
    assert max(after - before for before, after in pairwise([0.0, *shown, 300 * MINUTE])) < 36 * MINUTE
    firm = [prompt.at for prompt in prompts_of(monitor, "sit-firm")]
    # Each waits for a pause in the input, which does not come.
    again = 2 * monitor.state.policy.sit_repeat + monitor.state.policy.wait_for_pause
    assert [after - before for before, after in pairwise(firm)] == [again] * (len(firm) - 1)
    assert len(firm) > 10


def test_a_silence_in_doubt_moves_a_prompt_by_minutes() -> None:
    """The sit was 15 minutes long when the silence began."""
    desk = at_desk()
    desk.type_for(15 * MINUTE)
    click_now_and_then(desk, doubtful())
    desk.type_for(40 * MINUTE)
    at = next(minute for kind, minute in kinds_and_minutes(desk) if kind in SIT)
    assert at - max(30, 15 + doubtful()) < 15


def test_the_first_prompt_of_a_sit_is_soft_unless_the_sit_is_long() -> None:
    """A call held the prompt: for 50 minutes of sitting it comes firm, for 40 it comes soft."""
    for minutes, kind in ((18, "sit-soft"), (32, "sit-firm")):
        desk = at_desk()
        desk.emit(e.Active)
        desk.wait(20 * MINUTE)
        desk.emit(e.CallStarted)
        desk.wait(minutes * MINUTE)
        desk.emit(e.CallEnded)
        desk.wait(MINUTE)
        (prompt,) = monitor_after(_ended(desk).events, PLAIN).prompts
        assert (prompt.kind, prompt.unsure) == (kind, False)


def test_a_prompt_after_a_doubtful_silence_is_soft_and_says_that_it_is_not_sure() -> None:
    desk = at_desk()
    desk.type_for(20 * MINUTE)
    click_now_and_then(desk, doubtful())
    desk.type_for(25 * MINUTE)
    first = prompts_of(monitor_after(desk.events, PLAIN), *SIT)[0]
    assert first.unsure
    assert first.bout_seconds >= 20 * MINUTE


def test_a_break_begins_a_new_ladder() -> None:
    desk = at_desk()
    desk.type_for(45 * MINUTE)
    desk.do(("lock", 10))
    back = desk.passed / MINUTE
    desk.type_for(35 * MINUTE)
    assert kinds_and_minutes(desk)[:2] == [("sit-soft", 30.0), ("sit-repeat", 40.0)]
    (kind, minute) = kinds_and_minutes(desk)[-1]
    assert kind == "sit-soft"
    assert minute - back == pytest.approx(30, abs=0.2)


def test_a_break_of_two_minutes_takes_twenty_off_the_load() -> None:
    desk = at_desk()
    desk.type_for(60 * MINUTE)
    desk.emit(e.Locked)
    desk.wait(125)
    desk.emit(e.Unlocked)
    desk.type_for(30 * MINUTE)
    after = [(kind, minute) for kind, minute in kinds_and_minutes(desk) if kind in SIT and minute > 60]
    assert after[0][0] == "sit-soft"
    assert after[0][1] >= 62 + 20


def test_a_due_prompt_waits_for_a_pause_in_the_input() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(31 * MINUTE)
    desk.emit(e.Lull, since=desk.label(desk.passed - 5))
    desk.wait(5 * MINUTE)
    desk.emit(e.Idle, since=desk.label(desk.passed - 15))
    assert kinds_and_minutes(desk, config()) == [("sit-soft", 31.0)]


def test_a_due_prompt_is_shown_without_a_pause_after_its_wait() -> None:
    desk = at_desk()
    desk.type_for(36 * MINUTE)
    assert kinds_and_minutes(desk, config()) == [("sit-soft", 33.0)]


def test_a_due_prompt_is_not_shown_if_the_user_leaves() -> None:
    desk = at_desk()
    desk.type_for(31 * MINUTE, 30 * MINUTE)
    desk.type_for(10 * MINUTE)
    assert kinds_and_minutes(desk, config()) == []


def test_a_snooze_delays_a_prompt_within_its_budget() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(30.5 * MINUTE)
    for _ in range(5):
        desk.emit(e.Snoozed, until=desk.label(desk.passed + 5 * MINUTE))
        desk.wait(5.5 * MINUTE)
    desk.emit(e.Idle, since=desk.label())
    shown = kinds_and_minutes(desk)
    assert shown[:4] == [("sit-soft", 30.0), ("sit-repeat", 35.5), ("sit-repeat", 41.0), ("sit-repeat", 46.5)]
    assert shown[4] == ("sit-firm", 56.5)


def test_a_snooze_without_budget_changes_nothing() -> None:
    settings = config(notifications={"wait_for_pause": "0s", "snooze": "1m", "snooze_budget": "1m"})
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(31 * MINUTE)
    for _ in range(3):
        desk.emit(e.Snoozed, until=desk.label(desk.passed + MINUTE))
        desk.wait(2 * MINUTE)
    desk.emit(e.Idle, since=desk.label())
    assert kinds_and_minutes(desk, settings) == [("sit-soft", 30.0), ("sit-repeat", 32.0)]


def hung_up() -> PersonDay:
    """Return a day with 20 minutes of input and then 50 of a call, just ended."""
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(20 * MINUTE)
    desk.emit(e.CallStarted)
    desk.wait(50 * MINUTE)
    desk.emit(e.CallEnded)
    return desk


def test_a_prompt_held_by_a_call_is_shown_half_a_minute_after_it() -> None:
    desk = hung_up()
    desk.wait(MINUTE)
    desk.emit(e.Idle, since=desk.label())
    monitor = monitor_after(desk.events, PLAIN)
    assert kinds_and_minutes(desk) == [("sit-firm", 70.5)]
    assert monitor.prompts[0].bout_seconds == 70.5 * MINUTE


def test_no_prompt_if_the_user_stands_up_on_hanging_up() -> None:
    desk = hung_up()
    left = desk.label()
    desk.wait(5)
    desk.emit(e.Lull, since=left)
    desk.wait(10)
    desk.emit(e.Idle, since=left)
    desk.wait(10 * MINUTE)
    assert kinds_and_minutes(desk) == []


@pytest.mark.parametrize("lasts", [10, 70])
def test_repeated_calls_hold_a_prompt_for_ninety_minutes_in_all(lasts: float) -> None:
    """Uses of the microphone under a minute are dictation and hold nothing."""
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(25 * MINUTE)
    while desk.passed < 200 * MINUTE:
        desk.emit(e.CallStarted)
        desk.wait(lasts)
        desk.emit(e.CallEnded)
        desk.wait(20)
    first = kinds_and_minutes(desk)[0][1]
    assert first <= 31 if lasts < MINUTE else 119 <= first <= 122


def test_no_prompt_waits_for_the_end_of_a_call_if_calls_hold_nothing() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(28 * MINUTE)
    desk.emit(e.CallStarted)
    desk.wait(118)
    desk.emit(e.CallEnded)
    desk.wait(5 * MINUTE)
    desk.emit(e.Idle, since=desk.label())
    at_once = config(notifications={"wait_for_pause": "0s", "in_calls": "prompt"})
    assert [minutes for kind, minutes in kinds_and_minutes(desk, at_once)] == [30.0]


def test_a_prompt_held_by_a_silent_call_is_shown_at_the_next_input() -> None:
    desk = at_desk()
    desk.type_for(20 * MINUTE)
    desk.emit(e.CallStarted)
    desk.wait(30 * MINUTE)
    desk.emit(e.CallEnded)
    desk.wait(10)
    desk.type_for(10 * MINUTE)
    monitor = monitor_after(desk.events, PLAIN)
    if prompts_of(monitor, *SIT):  # if the call is believed to have been sat through
        assert prompts_of(monitor, *SIT)[0].at - 16 >= monitor.state.timeline.starts[0] + 50 * MINUTE


def test_a_call_holds_a_prompt_for_at_most_ninety_minutes() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.emit(e.CallStarted)
    desk.wait(200 * MINUTE)
    assert next(iter(kinds_and_minutes(_ended(desk)))) == ("sit-firm", 120.0)


def test_an_open_microphone_holds_nothing_after_three_hours() -> None:
    """Noise suppression keeps it open all day."""
    desk = at_desk()
    desk.emit(e.CallStarted)
    desk.emit(e.Locked)
    desk.wait(200 * MINUTE)
    desk.emit(e.Unlocked)
    desk.emit(e.Active)
    desk.wait(31 * MINUTE)
    assert kinds_and_minutes(_ended(desk)) == [("sit-soft", 230.0)]


def test_prompts_are_shown_in_calls_if_so_configured() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.emit(e.CallStarted)
    desk.wait(35 * MINUTE)
    assert kinds_and_minutes(_ended(desk), config(notifications={"in_calls": "prompt", "wait_for_pause": "0s"})) == [
        ("sit-soft", 30.0)
    ]


def test_a_film_does_not_hold_a_prompt_during_input() -> None:
    desk = at_desk()
    desk.emit(e.Inhibited)
    desk.type_for(35 * MINUTE)
    assert kinds_and_minutes(desk) == [("sit-soft", 30.0)]


def test_a_hold_delays_prompts_and_keeps_counting() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(20 * MINUTE)
    desk.emit(e.QuietUntil, until=desk.label(desk.passed + 25 * MINUTE))
    desk.wait(30 * MINUTE)
    assert kinds_and_minutes(_ended(desk)) == [("sit-soft", 45.0)]


def test_a_hold_until_a_time_in_the_past_does_nothing() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(20 * MINUTE)
    desk.emit(e.QuietUntil, until=desk.label(desk.passed - 25 * MINUTE))
    desk.wait(15 * MINUTE)
    assert kinds_and_minutes(_ended(desk)) == [("sit-soft", 30.0)]


def test_standing_has_its_own_ladder() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(10 * MINUTE)
    desk.emit(e.StandingDeclared)
    desk.wait(45 * MINUTE)
    desk.emit(e.SittingDeclared)
    desk.wait(31 * MINUTE)
    shown = kinds_and_minutes(_ended(desk))
    assert shown == [("stand-soft", 30.0), ("stand-firm", 50.0), ("sit-soft", 85.0)]
    assert [prompt.bout_seconds for prompt in monitor_after(desk.events, PLAIN).prompts] == [20 * 60, 40 * 60, 30 * 60]


STANDING_KINDS = ("stand-soft", "stand-firm", "stand-budget", "standing-question")


def standing_on(desk: PersonDay, confirmed: Sequence[float], until: float) -> PersonDay:
    """Stand from the beginning, confirm it after so many minutes, and go on until so many."""
    desk.emit(e.Active)
    for minutes in (0.0, *(each for each in confirmed if each < until)):
        desk.wait(minutes * MINUTE - desk.passed)
        desk.emit(e.StandingDeclared)
    desk.wait(until * MINUTE - desk.passed)
    return _ended(desk)


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({}, (20, 40, 60, 80, 100)),
        ({"profile": "recovery"}, (15, 30, 50, 70)),
        ({"profile": "flare-up"}, (10, 20, 30, 40, 50)),
        ({"limits": {"stand_repeat": "35m"}}, (20, 40, 75)),
    ],
)
def test_who_stands_on_is_asked_again_and_again(settings: dict[str, Any], shown: tuple[float, ...]) -> None:
    desk = standing_on(at_desk(), [25, 50, 75, 100], shown[-1] + 5)
    kinds = ["stand-soft", *["stand-firm"] * (len(shown) - 1)]
    found = kinds_and_minutes(desk, config(**settings, notifications={"wait_for_pause": "0s"}))
    assert found == list(zip(kinds, shown, strict=True))


def test_the_used_budget_and_the_reminder_to_change_position_do_not_come_together() -> None:
    """Three and a half hours, confirmed now and then."""
    desk = standing_on(at_desk(), [50, 100, 150, 200], 210)
    shown = [each for each in kinds_and_minutes(desk) if each[0] in STANDING_KINDS]
    assert ("stand-budget", 130.0) in shown
    assert [minutes for kind, minutes in shown if kind == "stand-firm"] == [40, 60, 80, 100, 120, 150, 170, 190, 210]


def test_who_was_asked_whether_they_stand_is_not_told_to_change_at_once() -> None:
    """Standing falls into doubt after an hour. The user confirms it a minute after the question, twice."""
    desk = standing_on(at_desk(), [61, 122], 150)
    shown = [(kind, round(minutes)) for kind, minutes in kinds_and_minutes(desk) if kind in STANDING_KINDS]
    assert shown[:5] == [
        ("stand-soft", 20),
        ("stand-firm", 40),
        ("standing-question", 60),
        ("stand-firm", 80),
        ("stand-firm", 100),
    ]


def test_a_new_standing_bout_begins_a_new_ladder() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    for _ in range(2):
        desk.emit(e.StandingDeclared)
        desk.wait(22 * MINUTE)
        desk.emit(e.SittingDeclared)
        desk.wait(10 * MINUTE)
    assert kinds_and_minutes(_ended(desk)) == [("stand-soft", 20.0), ("stand-soft", 52.0)]


def test_doubtful_standing_is_asked_about_once_and_counts_as_sitting() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.emit(e.StandingDeclared)
    desk.wait(100 * MINUTE)
    shown = kinds_and_minutes(_ended(desk))
    assert shown[:3] == [("stand-soft", 20.0), ("stand-firm", 40.0), ("standing-question", 60.0)]
    assert [kind for kind, _ in shown[3:]] == ["sit-soft", "sit-repeat"]


def test_standing_before_a_long_absence_is_not_asked_about() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.emit(e.StandingDeclared)
    desk.wait(30 * MINUTE)
    desk.emit(e.Suspended)
    desk.wait(6 * 60 * MINUTE)
    desk.emit(e.Resumed)
    desk.emit(e.Active)
    desk.wait(20 * MINUTE)
    assert [kind for kind, _ in kinds_and_minutes(_ended(desk), TIPS)] == ["stand-soft", "return"]


def test_the_standing_of_a_day_has_a_budget() -> None:
    desk = at_desk()
    for _ in range(5):
        desk.emit(e.Active)
        desk.emit(e.StandingDeclared)
        desk.wait(30 * MINUTE)
        desk.emit(e.SittingDeclared)
        desk.wait(10 * MINUTE)
    monitor = monitor_after(_ended(desk).events, PLAIN)
    (prompt,) = prompts_of(monitor, "stand-budget")
    assert 120 * MINUTE <= prompt.day_seconds < 135 * MINUTE


def test_the_budget_is_reported_at_four_fifths_and_when_used_up() -> None:
    settings = config(
        limits={"day_budget": "2h", "sit_soft": "60m", "sit_firm": "90m"}, notifications={"wait_for_pause": "0s"}
    )
    desk = at_desk()
    for _ in range(4):
        desk.type_for(40 * MINUTE, 20 * MINUTE)
    monitor = monitor_after(desk.events, settings)
    found = [(prompt.share, round(prompt.day_seconds / MINUTE)) for prompt in prompts_of(monitor, "budget")]
    assert [share for share, _ in found] == [0.8, 1.0]
    assert 96 <= found[0][1] <= 99
    assert 120 <= found[1][1] <= 124


def test_the_summary_is_shown_in_the_evening() -> None:
    desk = at_desk()
    for _ in range(20):
        desk.type_for(28 * MINUTE, 6 * MINUTE)
    (prompt,) = prompts_of(monitor_after(desk.events, PLAIN), "summary")
    assert prompt.shown_at.hour == 18
    assert prompt.day == "2026-03-02"


def test_a_summary_in_a_replay_covers_the_day_up_to_the_prompt() -> None:
    desk = at_desk()
    for _ in range(20):
        desk.type_for(28 * MINUTE, 6 * MINUTE)
    desk.emit(e.Stopped)
    told_again = replay(desk.events, weights(), PLAIN)
    ((prompt, summary),) = ((p, s) for p, s in zip(told_again.prompts, told_again.summed, strict=True) if s is not None)
    assert summary.end == prompt.shown_at
    assert told_again.summary is not None
    assert summary.sitting_seconds < told_again.summary.sitting_seconds - 60 * MINUTE


def test_a_summary_that_was_missed_is_shown_the_next_morning() -> None:
    desk = at_desk()
    for _ in range(5):
        desk.type_for(28 * MINUTE, 6 * MINUTE)
    desk.emit(e.Suspended)
    desk.wait(21 * 3600)
    desk.emit(e.Resumed)
    desk.type_for(2 * MINUTE)
    (prompt,) = prompts_of(monitor_after(desk.events), "summary")
    assert prompt.day == "2026-03-02"
    assert prompt.shown_at.date().isoformat() == "2026-03-03"


def test_a_day_observed_for_less_than_two_hours_has_no_summary() -> None:
    desk = at_desk()
    desk.type_for(100 * MINUTE)
    desk.emit(e.Paused)
    desk.wait(9 * 3600)
    desk.emit(e.Unpaused)
    desk.type_for(5 * MINUTE)
    assert prompts_of(monitor_after(desk.events), "summary") == []


def test_return_tips_are_two_hours_apart() -> None:
    desk = at_desk()
    for _ in range(8):
        desk.type_for(15 * MINUTE)
        desk.do(("lock", 30))
    desk.type_for(15 * MINUTE)
    minutes = [minute for kind, minute in kinds_and_minutes(desk, TIPS) if kind == "return"]
    assert minutes[0] == pytest.approx(46.3, abs=0.5)
    assert len(minutes) == 3
    assert all(after - before >= 120 for before, after in pairwise(minutes))
    assert [minute for kind, minute in kinds_and_minutes(desk) if kind == "return"] == []


def test_there_is_no_tip_at_a_return_that_may_be_none() -> None:
    desk = at_desk()
    desk.type_for(15 * MINUTE)
    click_now_and_then(desk, doubtful())
    desk.type_for(5 * MINUTE)
    assert prompts_of(monitor_after(desk.events, TIPS), "return") == []


@slow
@given(actions(SETTLED))
def test_no_prompt_counts_sitting_through_a_tip_at_a_return(day: list[Action]) -> None:
    """It said that the user is back, so the sit begins there, unless an answer says otherwise."""
    events = [event for event in events_of(day) if not isinstance(event, e.Answered)]
    monitor = monitor_after(events, TIPS)
    tips = prompts_of(monitor, "return")
    for prompt in prompts_of(monitor, *SIT):
        before = [tip.at for tip in tips if tip.at < prompt.at]
        if before:
            assert prompt.bout_seconds <= prompt.at - before[-1] + 5 * MINUTE


# -- a question about an absence in doubt ------------------------------------------------------------------------------


def question_minutes(desk: PersonDay, settings: Config | None = None) -> list[float]:
    """Return the minutes after the absence at which the question was asked."""
    shown = kinds_and_minutes(desk, settings or asking())
    return [round(minute - 20 - doubtful(), 1) for kind, minute in shown if kind == "question"]


@slow
@given(actions(SETTLED), st.integers(0, 3))
@example([("touch", 5.0), ("touch", 0.25), ("touch", 12.0), ("office", 3.0)], 1)
def test_questions_are_few_and_about_what_is_in_doubt(day: list[Action], most: int) -> None:
    """The example is an absence that is judged late, because only touches follow it."""
    events = events_of(day)
    monitor = monitor_after(events, config(notifications={"questions": most}))
    questions = prompts_of(monitor, "question")
    starts = monitor.state.policy.day_starts
    assert all(len(list(same)) <= most for _, same in groupby(day_of(one.shown_at, starts) for one in questions))
    for question in questions:
        assert question.since is not None
        assert question.until is not None
        assert question.until - question.since >= timedelta(minutes=10)
        assert timedelta(minutes=1) <= question.shown_at - question.until <= timedelta(minutes=16)
        begin, end = (monitor.state.timeline.find(label) for label in (question.since, question.until))
        judged = [
            segment for segment in monitor.state.segments if begin < segment.end - 0.01 and segment.start < end - 0.01
        ]
        assert all(0.25 <= segment.probability <= 0.75 for segment in judged)
        moved = (min(one.probability, 1 - one.probability) * (one.end - one.start) for one in judged)
        assert sum(moved) >= 5 * MINUTE - 0.01


@slow
@given(actions(SETTLED))
@example([("call", 1.0), ("office", 45.0), ("office", 47.0), ("office", 80.0), ("in doubt", 1.0)])
def test_a_question_is_never_asked_in_the_first_three_hours_of_a_call(day: list[Action]) -> None:
    """The example is a microphone left open: after three hours it counts as no call any more."""
    events = events_of(day)
    monitor = monitor_after(events, config(notifications={"in_calls": "prompt"}))
    for question in prompts_of(monitor, "question"):
        calls, begun = 0, MONDAY
        for event in events:
            if event.at < question.shown_at:
                begun = event.at if isinstance(event, e.CallStarted) and not calls else begun
                calls = max(calls + isinstance(event, e.CallStarted) - isinstance(event, e.CallEnded), 0)
                calls = 0 if isinstance(event, e.Started) else calls
        assert calls == 0 or question.shown_at - begun >= timedelta(hours=3)


def test_an_absence_in_doubt_is_asked_about_once_it_is_judged() -> None:
    desk = after_an_absence(doubtful())
    desk.wait(10 * MINUTE)
    (question,) = prompts_of(monitor_after(_ended(desk).events, asking()), "question")
    assert (question.shown_at - MONDAY).total_seconds() == (21 + doubtful()) * MINUTE
    begin = MONDAY + timedelta(minutes=20)
    assert (question.since, question.until) == (begin, begin + timedelta(minutes=doubtful()))


def test_silences_separated_by_a_click_are_asked_about_as_one() -> None:
    """With input of two seconds instead of each click they are several, and all too short for a question."""
    found = []
    for seconds in (0.2, 2.0):
        desk = at_desk()
        desk.type_for(20 * MINUTE)
        click_now_and_then(desk, doubtful(), seconds)
        desk.type_for(5 * MINUTE)
        found.append(prompts_of(monitor_after(desk.events, asking()), "question"))
    ((question,), none) = found
    begin = MONDAY + timedelta(minutes=20)
    assert (question.since, question.until) == (begin, begin + timedelta(minutes=doubtful()))
    assert none == []


def test_the_question_waits_for_a_pause_in_the_input() -> None:
    desk = after_an_absence(doubtful())
    desk.wait(100)
    desk.emit(e.Lull, since=desk.label(desk.passed - 5))
    assert question_minutes(desk, asking(wait_for_pause="3m")) == [1.7]


@pytest.mark.parametrize(
    ("pass_it", "minutes"),
    [
        *((click_now_and_then, 6), (be_gone, 4), (be_gone, 9), (be_gone, 40)),
        *((look_at_a_film, 9), (look_at_a_film, 40), (look_at_a_film, 175)),
    ],
)
def test_an_absence_whose_answer_moves_little_is_not_asked_about(
    pass_it: Callable[[PersonDay, float], None], minutes: float
) -> None:
    """It is short, or it is clear: one answer would move the day, but nobody would give it."""
    desk = after_an_absence(minutes, pass_it)
    desk.wait(10 * MINUTE)
    assert prompts_of(monitor_after(_ended(desk).events, asking()), "question") == []


def test_a_question_held_for_over_a_quarter_of_an_hour_is_dropped() -> None:
    for begun, ended in ((e.CallStarted, e.CallEnded), (e.QuietUntil, e.QuietUntil)):
        for length, minutes in ((10, [10.5]), (20, [])):
            desk = after_an_absence(doubtful())
            desk.wait(30)
            quiet = {"until": desk.label(desk.passed + length * MINUTE)} if begun is e.QuietUntil else {}
            desk.emit(begun, **quiet)
            desk.wait(length * MINUTE)
            if ended is e.CallEnded:
                desk.emit(ended)
            desk.wait(30)
            assert question_minutes(_ended(desk), asking(in_calls="prompt")) == minutes


def test_a_question_gives_way_to_a_prompt_to_stand_up() -> None:
    """The prompt comes as it would without, and the question after it, or not at all."""
    desk = after_an_absence(doubtful())
    desk.wait(40 * MINUTE)
    shown = kinds_and_minutes(_ended(desk), config(notifications={"wait_for_pause": "0s", "questions": 3}))
    without = kinds_and_minutes(desk, config(notifications={"wait_for_pause": "0s", "questions": 0}))
    assert [each for each in shown if each[0] in SIT] == [each for each in without if each[0] in SIT] != []


def test_no_question_in_quiet_hours_while_standing_or_when_turned_off() -> None:
    desk = after_an_absence(doubtful())
    desk.wait(20 * MINUTE)
    _ended(desk)
    assert question_minutes(desk) == [1.0]
    assert question_minutes(desk, asking(questions=0)) == []
    assert question_minutes(desk, asking(others_a_day=0)) == []
    assert question_minutes(desk, asking(quiet_hours=["09:10-13:00"])) == []
    desk.events.insert(-2, e.StandingDeclared(at=desk.events[-2].at))
    assert question_minutes(desk) == []


def test_one_question_a_day_unless_the_user_wants_more() -> None:
    desk = at_desk()
    for _ in range(5):
        desk.type_for(20 * MINUTE)
        click_now_and_then(desk, doubtful())
    desk.type_for(5 * MINUTE)
    assert Policy().questions == 1
    assert [len(question_minutes(desk, asking(questions=most))) for most in (1, 2)] == [1, 2]


def test_an_unanswered_question_is_withdrawn() -> None:
    monitor = monitor_after(after_an_absence(doubtful()).events, asking())
    returned = now(monitor)
    (question,) = monitor.advance_to(returned + 3 * MINUTE)
    assert isinstance(question, Prompt)
    assert monitor.advance_to(returned + 5.9 * MINUTE) == []
    assert monitor.advance_to(returned + 6 * MINUTE) == [engine.Withdraw(returned + 6 * MINUTE)]
    assert monitor.advance_to(returned + 23 * MINUTE - 1) == []


def test_a_question_is_withdrawn_when_the_user_leaves() -> None:
    desk = after_an_absence(doubtful())
    desk.wait(90)
    monitor = monitor_after(_ended(desk).events, asking())
    left = now(monitor)
    assert monitor.advance_to(left + 33 * MINUTE) == [engine.Withdraw(left + 2 * MINUTE)]


def test_an_answer_withdraws_the_question_and_changes_totals_and_bias() -> None:
    for was, sitting in (("sitting", 21.0 + doubtful()), ("away", 21.0)):
        desk = after_an_absence(doubtful())
        monitor = monitor_after(desk.events, asking())
        monitor.advance_to(now(monitor) + MINUTE)
        (question,) = prompts_of(monitor, "question")
        desk.wait(MINUTE)
        answer = e.Answered(at=desk.label(), from_=question.since, to=question.until, was=was)  # type: ignore[arg-type]
        assert monitor.handle(answer) == [engine.Withdraw(now(monitor))]
        assert totals_at(monitor.state, now(monitor)).sitting == pytest.approx(sitting * MINUTE, abs=1)
        assert (monitor.state.presence.bias.log_odds > 0) == (was == "sitting")
        assert 0 < abs(monitor.state.presence.bias.log_odds) <= monitor.state.presence.table.bias_limit


def test_an_absence_that_was_answered_before_is_not_asked_about() -> None:
    desk = after_an_absence(doubtful())
    desk.wait(30)
    desk.emit(e.Answered, from_=desk.label(19 * MINUTE), to=desk.label(), was="away")
    desk.wait(10 * MINUTE)
    assert question_minutes(_ended(desk)) == []


def test_a_waiting_question_is_dropped_if_the_user_answers_first() -> None:
    for begin, minutes in ((19, []), (10, [4.0])):
        desk = after_an_absence(doubtful())
        desk.wait(90)
        desk.emit(e.Answered, from_=desk.label(begin * MINUTE), to=desk.label((begin + 9) * MINUTE), was="away")
        desk.wait(10 * MINUTE)
        assert question_minutes(_ended(desk), asking(wait_for_pause="3m")) == minutes


# -- the personal bias from answers ------------------------------------------------------------------------------------


def absences_in_doubt(number: int) -> PersonDay:
    """Return a day with this many absences of seven minutes, at 20, 47, 74 minutes and so on."""
    desk = at_desk()
    for _ in range(number):
        desk.type_for(20 * MINUTE, 7 * MINUTE)
    desk.type_for(20 * MINUTE, 1.0)
    return desk


def answered(desk: PersonDay, number: int, was: e.Was) -> None:
    begin = (20 + 27 * number) * MINUTE
    desk.emit(e.Answered, from_=desk.label(begin), to=desk.label(begin + 7 * MINUTE), was=was)
    desk.wait(1.0)


def test_the_order_of_answers_does_not_change_the_bias() -> None:
    """Each silence enters with its log-odds from before any answer."""
    leans = []
    for order in ((0, 1, 2, 3), (3, 1, 0, 2)):
        desk = absences_in_doubt(4)
        for number in order:
            answered(desk, number, "away" if number == 1 else "sitting")
        leans.append(round(monitor_after(desk.events, PLAIN).state.presence.bias.log_odds, 9))
    assert leans[0] == leans[1] != 0


def test_a_later_answer_replaces_an_earlier_one_in_the_bias() -> None:
    once, twice = absences_in_doubt(2), absences_in_doubt(2)
    answered(once, 0, "sitting")
    answered(twice, 0, "away")
    answered(twice, 0, "sitting")
    leans = [monitor_after(desk.events, PLAIN).state.presence.bias.log_odds for desk in (once, twice)]
    assert leans[0] == leans[1] > 0


def test_an_answer_about_an_open_silence_counts_once_it_is_judged() -> None:
    minutes = doubtful()
    desk = after_an_absence(minutes)
    desk.wait(30)
    desk.emit(e.Answered, from_=desk.label(20 * MINUTE), to=desk.label((20 + minutes) * MINUTE), was="sitting")
    monitor = monitor_after(desk.events, PLAIN)
    assert monitor.state.presence.bias.log_odds == 0
    monitor.advance_to(monitor.state.timeline.starts[0] + (22 + minutes) * MINUTE)
    later = after_an_absence(minutes)
    later.wait(2 * MINUTE)
    later.emit(e.Answered, from_=later.label(20 * MINUTE), to=later.label((20 + minutes) * MINUTE), was="sitting")
    assert monitor.state.presence.bias.log_odds == monitor_after(later.events, PLAIN).state.presence.bias.log_odds > 0


def test_the_bias_never_exceeds_its_limit() -> None:
    desk = absences_in_doubt(40)
    for number in range(40):
        answered(desk, number, "sitting")
    sitting = monitor_after(desk.events, PLAIN).state.presence
    assert 0 < sitting.bias.log_odds <= sitting.table.bias_limit


def test_the_bias_is_the_same_with_a_checkpoint_and_without() -> None:
    desk = absences_in_doubt(1)
    desk.wait(4 * 24 * 3600)
    desk.type_for(20 * MINUTE, 1.0)
    whole = monitor_after(desk.events, PLAIN)
    again = decode_checkpoint(encode_checkpoint(whole), weights())
    assert again is not None
    answered(desk, 0, "sitting")
    for monitor in (whole, again):
        monitor.handle(desk.events[-1])
    assert whole.state.presence.bias.log_odds == again.state.presence.bias.log_odds


def test_a_shown_prompt_is_withdrawn_once_the_silence_has_become_a_break() -> None:
    desk = at_desk()
    desk.type_for(31 * MINUTE)
    monitor = monitor_after(desk.events, PLAIN)
    end = now(monitor)
    assert monitor.advance_to(end + 100) == []
    assert monitor.advance_to(end + 110) == [engine.Withdraw(monitor.state.timeline.starts[0] + 33 * MINUTE)]


@pytest.mark.parametrize(("in_calls", "due"), [("prompt", 30), ("hold", 120)])
def test_a_prompt_due_on_a_locked_screen_in_a_call_is_shown_once_it_is_unlocked(in_calls: str, due: int) -> None:
    """After the 90 minutes that a call holds prompts, too. A lock of two minutes ends no sit."""
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(5 * MINUTE)
    desk.emit(e.CallStarted)
    desk.wait((due - 6) * MINUTE)
    desk.emit(e.Locked)
    desk.wait(2 * MINUTE)
    settings = config(notifications={"wait_for_pause": "0s", "in_calls": in_calls})
    assert kinds_and_minutes(desk, settings) == []
    desk.emit(e.Unlocked)
    desk.wait(MINUTE)
    assert [minute for _, minute in kinds_and_minutes(_ended(desk), settings)] == [due + 1]


@pytest.mark.parametrize("in_calls", ["hold", "prompt"])
def test_a_long_lock_in_a_call_shows_nothing_and_ends_the_sit(in_calls: str) -> None:
    """Input goes on behind the lock. It is no person's, so the prompt comes after half an hour of sitting since."""
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(25 * MINUTE)
    desk.emit(e.CallStarted)
    desk.emit(e.Locked)
    desk.wait(120 * MINUTE)
    settings = config(notifications={"wait_for_pause": "0s", "in_calls": in_calls})
    monitor = monitor_after(desk.events, settings)
    monitor.advance_to(now(monitor) + 120 * MINUTE)
    assert monitor.prompts == []
    desk.emit(e.Unlocked)
    desk.emit(e.CallEnded)
    desk.wait(31 * MINUTE)
    assert kinds_and_minutes(_ended(desk), settings) == [("sit-soft", 175.0)]


def test_a_prompt_is_withdrawn_at_a_lock_during_input() -> None:
    """The keys that lock the screen are input, so the source has not reported `idle` yet."""
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(31 * MINUTE)
    monitor = monitor_after(desk.events, PLAIN)
    decided = monitor.handle(e.Locked(at=desk.label()))
    assert [type(each) for each in decided] == [Prompt, engine.Withdraw]


def test_a_prompt_is_withdrawn_at_a_lock_and_not_on_new_input() -> None:
    desk = at_desk()
    desk.type_for(31 * MINUTE, 40)
    monitor = monitor_after(desk.events, PLAIN)
    assert monitor.handle(e.Active(at=desk.label())) == []
    desk.wait(60)
    assert monitor.handle(e.Idle(at=desk.label(), since=desk.label(desk.passed - 15))) == []
    assert len(monitor.handle(e.Locked(at=desk.label()))) == 1


def test_new_settings_do_not_change_earlier_prompts() -> None:
    desk = at_desk()
    desk.emit(e.Active)
    desk.wait(40.5 * MINUTE)
    desk.emit(e.PolicyChanged, settings={"limits": {"sit_soft": "45m"}, "notifications": {"wait_for_pause": "0s"}})
    desk.wait(5 * MINUTE)
    assert kinds_and_minutes(_ended(desk)) == [("sit-soft", 30.0), ("sit-repeat", 40.0)]


def test_an_answer_about_the_last_silence_corrects_the_load() -> None:
    desk = at_desk()
    desk.type_for(25 * MINUTE)
    desk.emit(e.Locked)
    desk.wait(20 * MINUTE)
    desk.emit(e.Unlocked)
    desk.emit(e.Active)
    desk.wait(5 * MINUTE)
    assert [kind for kind, _ in kinds_and_minutes(_ended(desk)) if kind in SIT] == []
    del desk.events[-1]
    desk.emit(e.Answered, from_=desk.label(25 * MINUTE), to=desk.label(46 * MINUTE), was="sitting")
    desk.wait(12 * MINUTE)
    assert [kind for kind, _ in kinds_and_minutes(_ended(desk)) if kind in SIT] == ["sit-firm"]


def test_a_pause_rests_the_load_like_a_break() -> None:
    desk = at_desk()
    desk.type_for(29 * MINUTE)
    desk.emit(e.Paused)
    desk.wait(60 * MINUTE)
    desk.emit(e.Unpaused)
    desk.type_for(29 * MINUTE)
    assert kinds_and_minutes(desk) == []


def _ended(desk: PersonDay) -> PersonDay:
    desk.emit(e.Idle, since=desk.label())
    return desk


def test_every_doing_makes_events() -> None:
    """Every name in `DOINGS` makes an event or lets time pass."""
    for name in ACTIONS:
        desk = PersonDay()
        desk.do((name, 7.0))
        assert desk.events or desk.passed or name == "travel"
    assert timedelta(0) == MONDAY.replace(tzinfo=None) - datetime(2026, 3, 2, 9)  # noqa: DTZ001 - Monday, nine o'clock
