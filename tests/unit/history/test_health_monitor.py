"""Health notes in the monitor: changes of the profile, and suggestions that suit the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from slowrise.adapters.system.resources import read_guidance, weights
from slowrise.config.parse import parse
from slowrise.core.engine import next_deadline
from slowrise.core.model import events as e
from slowrise.core.model.policy import ProfileName
from slowrise.core.presence.tracker import event_time
from slowrise.core.prompts.avoid import AVOID, line_of
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import asks_to_stand_up
from slowrise.core.prompts.suggestions import STANDING, SUGGESTIONS
from slowrise.history.day_records import day_records
from slowrise.history.monitor import ANSWERED_WITHIN, Monitor
from slowrise.history.replay import replay

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def input_between(begin: float, end: float) -> list[e.Event]:
    idle = e.Idle(at=at(end) + timedelta(seconds=15), since=at(end))
    return [e.Unlocked(at=at(begin)), e.Active(at=at(begin)), idle, e.Locked(at=at(end) + timedelta(seconds=16))]


def told(*events: e.Event, config: str = "") -> tuple[Monitor, list[Prompt]]:
    """Return the monitor after these events, and its prompts to stand up."""
    monitor = Monitor.under(parse(config), weights())
    for event in sorted(events, key=lambda event: event.at):
        monitor.handle(event)
    return monitor, [prompt for prompt in monitor.prompts if prompt.kind.startswith("sit-")]


def sits(times: int, *, first: int = 0) -> list[e.Event]:
    """Sits of 36 minutes, each with a prompt, and breaks of 9 minutes."""
    return [event for sit in range(first, first + times) for event in input_between(45 * sit, 45 * sit + 36)]


def pain(minutes: float, level: int = 4) -> e.Symptom:
    return e.Symptom(at=at(minutes), kind="pain", side="left", level=level)


def test_suggestions_take_their_turns() -> None:
    _, prompts = told(e.Started(at=NINE), *sits(4))
    assert [prompt.suggestion for prompt in prompts] == list(SUGGESTIONS)[:4]


@pytest.mark.parametrize(
    ("minutes", "lowered"),
    [
        (40, True),  # in the break
        (74, True),  # half an hour after it, less a minute
        (76, False),
        (30, False),  # before it
    ],
)
def test_a_suggestion_that_brought_on_a_symptom_is_passed_over(minutes: float, lowered: bool) -> None:
    """The first break is from 09:36 to 09:45."""
    back = [e.Unlocked(at=at(45)), e.Active(at=at(45))]
    monitor, prompts = told(e.Started(at=NINE), *sits(1), *back, pain(minutes))
    assert [prompt.suggestion for prompt in prompts][:1] == ["walk"]
    assert monitor.turns.lowered == (["walk"] if lowered else [])


def test_a_level_of_none_is_no_symptom_to_a_suggestion() -> None:
    monitor, _ = told(e.Started(at=NINE), *sits(1), pain(40, 0))
    assert monitor.turns.lowered == []


def test_a_flare_up_suggests_no_exercise() -> None:
    flare_up = e.FlareUp(at=at(1), on=True)
    _, prompts = told(e.Started(at=NINE), flare_up, *sits(8))
    assert len(prompts) >= 8
    assert all(prompt.gently and SUGGESTIONS[prompt.suggestion] != "no" for prompt in prompts)


def test_a_day_with_a_symptom_is_as_gentle() -> None:
    _, before = told(e.Started(at=NINE), *sits(5))
    _, after = told(e.Started(at=NINE), pain(1), *sits(5))
    assert "phone-call" in [prompt.suggestion for prompt in before]
    assert all(prompt.gently and SUGGESTIONS[prompt.suggestion] != "no" for prompt in after)


@pytest.mark.parametrize(
    "change",
    [
        e.FlareUp(at=at(35), on=True),
        e.ProfileChosen(at=at(35), name="flare-up"),
        e.PolicyChanged(at=at(35), settings={"profile": "flare-up"}),
        pain(35),
    ],
    ids=lambda change: type(change).__name__,
)
def test_a_replay_suggests_what_was_suggested_live_whatever_is_changed_afterwards(change: e.Event) -> None:
    """The prompt of 09:33 comes before the change of 09:35. A replay hears of nothing between the two."""
    events = sorted([e.Started(at=NINE), change, *sits(6)], key=lambda event: event.at)
    live = Monitor.under(parse(""), weights())
    for event in events:
        while (wake := next_deadline(live.state)) is not None and wake < event_time(live.state.presence, event):
            live.advance_to(wake)
        live.handle(event)
    assert [prompt.gently for prompt in live.prompts if asks_to_stand_up(prompt.kind)][:2] == [False, True]
    assert replay(events, weights()).prompts == live.prompts


def two_weeks() -> list[e.Event]:
    """Return ten working days of three sits each, from nine o'clock on."""
    days = (*range(5), *range(7, 12))
    return [event for day in days for event in (e.Started(at=at(1440 * day)), *sits(3, first=32 * day), stop(day))]


def stop(day: int) -> e.Event:
    return e.Stopped(at=at(1440 * day + 140))


def avoided(*events: e.Event, config: str = "") -> list[tuple[int, str]]:
    """Return the day of the month and the name of each line on what to avoid."""
    return [(prompt.shown_at.day, prompt.avoid) for prompt in told(*events, config=config)[1] if prompt.avoid]


def test_two_working_weeks_name_all_that_is_to_be_avoided() -> None:
    lines = avoided(*two_weeks())
    assert [day for day, _ in lines] == [*range(2, 7), *range(9, 14)], "one a day"
    assert {line for _, line in lines} == set(AVOID)
    statements = {ground for _, line in lines for ground in read_guidance().avoid[line].from_}
    assert statements >= {"G21", "G22", "G23", "G24", "G25a", "G25b", "G26a", "G26b", "G27"}


def test_a_replay_of_one_day_names_what_was_named_that_day() -> None:
    events = two_weeks()
    third = [event for event in events if event.at.day == 4]
    assert avoided(*third) == [each for each in avoided(*events) if each[0] == 4]


def test_what_to_avoid_is_in_the_first_soft_prompt_at_a_time_that_fits() -> None:
    day = next(day for day in range(14) if line_of((NINE + timedelta(days=day)).date()) == "bags")
    at_nine = [e.Started(at=at(1440 * day)), *sits(12, first=32 * day)]
    (prompt,) = [each for each in told(*at_nine)[1] if each.avoid]
    assert (prompt.kind, prompt.shown_at.hour) == ("sit-soft", 9)
    at_noon = [event for event in at_nine if event.at.hour >= 12]
    (prompt,) = [each for each in told(*at_noon)[1] if each.avoid]
    assert (prompt.kind, prompt.shown_at.hour) == ("sit-soft", 15)


def test_the_break_after_it_has_the_same_line_and_later_breaks_have_none() -> None:
    monitor, prompts = told(e.Started(at=NINE), *sits(1))
    assert prompts[-1].avoid == monitor.avoid_in_the_break == line_of(NINE.date())
    monitor, prompts = told(e.Started(at=NINE), *sits(2))
    assert prompts[-1].avoid == monitor.avoid_in_the_break == ""
    monitor, _ = told(e.Started(at=NINE), *sits(1), stop(0), e.Started(at=at(1440)), e.Active(at=at(1441)))
    assert monitor.avoid_in_the_break == ""


def test_one_setting_turns_what_to_avoid_off() -> None:
    assert avoided(*two_weeks(), config="[notifications]\navoid_line = false") == []


def test_the_break_has_the_suggestion_of_its_prompt() -> None:
    assert told(e.Started(at=NINE))[0].for_the_break(NINE) == ("walk", False)
    monitor, prompts = told(e.Started(at=NINE), *sits(2))
    assert monitor.for_the_break(at(85)) == (prompts[-1].suggestion, False)
    assert prompts[-1].suggestion != "walk"


def suggested(*events: e.Event, config: str = "") -> set[str]:
    """Return the suggestions of a day of ten sits with these events."""
    return {prompt.suggestion for prompt in told(e.Started(at=NINE), *events, *sits(14), config=config)[1]}


def test_one_who_has_stood_enough_today_is_not_told_to_stand() -> None:
    stood = '[limits]\nstand_budget = "10m"'
    standing = [e.StandingDeclared(at=at(10)), e.SittingDeclared(at=at(19))]
    longer = [e.StandingDeclared(at=at(10)), e.SittingDeclared(at=at(21))]
    assert suggested(*standing, config=stood) >= STANDING
    assert not suggested(*longer, config=stood) & STANDING


def test_nobody_is_told_to_stand_in_one_place_for_a_day_after_a_weak_leg() -> None:
    weak = e.Symptom(at=at(1), kind="weakness", side="left", level=2)
    none_today = e.Symptom(at=at(1), kind="weakness", side="left", level=0)
    assert "shift-weight" in suggested(pain(1))
    assert not suggested(weak) & STANDING
    assert suggested(none_today) >= STANDING
    _, later = told(e.Started(at=NINE), weak, *sits(8, first=33))
    assert "shift-weight" in {prompt.suggestion for prompt in later}


def test_lying_down_is_suggested_only_where_the_user_says_that_it_is_possible() -> None:
    assert "lie-down" not in suggested()
    assert "lie-down" in suggested(config="[breaks]\nlie_down = true")


def test_a_break_suggests_no_standing_once_the_leg_is_weak() -> None:
    monitor, _ = told(e.Started(at=NINE), *sits(3))
    assert monitor.for_the_break(at(130)) == ("shift-weight", False)
    monitor.handle(e.Symptom(at=at(130), kind="weakness", side="left", level=2))
    assert monitor.for_the_break(at(131)) == ("walk", True)


def test_a_symptom_after_the_prompt_makes_the_break_gentle() -> None:
    monitor, _ = told(e.Started(at=NINE), *sits(8))
    while SUGGESTIONS[monitor.prompts[-1].suggestion] != "no":
        monitor.prompts.pop()
    monitor.handle(pain(45 * 8))
    assert monitor.for_the_break(at(45 * 8)) == ("walk", True)


@pytest.mark.parametrize(
    ("config", "back"),
    [("", "standard"), ('profile = "recovery"', "recovery"), ('profile = "flare-up"', "standard")],
)
def test_recovery_lasts_fourteen_days_and_then_the_file_holds_again(config: str, back: ProfileName) -> None:
    monitor, _ = told(e.FlareUp(at=NINE, on=True), e.FlareUp(at=at(60), on=False), config=config)
    assert monitor.state.policy.profile == "recovery"
    assert monitor.recovered(at(60) + timedelta(days=14, seconds=-1)) is None
    assert monitor.recovered(at(60) + timedelta(days=14)) == back
    monitor.handle(e.ProfileChosen(at=at(60) + timedelta(days=14), name=back))
    assert monitor.state.policy.profile == back
    assert monitor.recovered(at(60) + timedelta(days=99)) is None


@pytest.mark.parametrize(
    "ends",
    [
        e.FlareUp(at=at(90), on=True),
        e.ProfileChosen(at=at(90), name="standard"),
        e.ProfileChosen(at=at(90), name="recovery"),
    ],
)
def test_what_is_chosen_in_recovery_stays(ends: e.Event) -> None:
    monitor, _ = told(e.FlareUp(at=at(60), on=False), ends)
    assert monitor.recovered(at(60) + timedelta(days=99)) is None


def test_a_file_that_names_another_profile_ends_recovery() -> None:
    monitor, _ = told(
        e.FlareUp(at=at(60), on=False),
        e.PolicyChanged(at=at(90), settings={"profile": "flare-up"}),
        e.PolicyChanged(at=at(91)),
    )
    assert monitor.state.policy.profile == "standard"
    assert monitor.recovered(at(60) + timedelta(days=99)) is None


def days_asked(*events: e.Event) -> list[tuple[str, int, bool]]:
    monitor, _ = told(*events)
    return [
        (f"{prompt.shown_at:%d}", prompt.flare_up_day, prompt.clinician_told)
        for prompt in monitor.prompts
        if prompt.kind == "flare-up"
    ]


FROM_FILE = e.PolicyChanged(at=at(1), settings={"profile": "flare-up"})


def test_a_flare_up_in_the_settings_file_is_asked_about_like_one_by_command() -> None:
    days = [event for day in range(5) for event in a_day(day)]
    by_file = [FROM_FILE, *(msgspec.structs.replace(FROM_FILE, at=at(1440 * day + 1)) for day in range(1, 5))]
    asked = [("03", 2, False), ("04", 3, False), ("05", 4, False), ("06", 5, False)]
    assert days_asked(*days, *by_file) == days_asked(*days, e.FlareUp(at=at(1), on=True)) == asked
    told_of = e.Clinician(at=at(2 * 1440 + 12.5), knows="flare-up")
    assert days_asked(*days, *by_file, told_of)[2:] == [("05", 4, True), ("06", 5, True)]
    monitor = Monitor.under(parse('profile = "flare-up"'), weights(), fixed=True)
    for event in days:
        monitor.handle(event)
    assert [prompt.flare_up_day for prompt in monitor.prompts if prompt.kind == "flare-up"] == [2, 3, 4, 5]


def test_a_flare_up_in_the_file_ends_with_recovery_until_the_file_changes() -> None:
    over = e.FlareUp(at=at(60), on=False)
    again = e.PolicyChanged(at=at(90), settings={"profile": "flare-up"})
    monitor, _ = told(FROM_FILE, over, again)
    assert monitor.state.policy.profile == "recovery"
    assert monitor.recovered(at(60) + timedelta(days=14)) == "standard"
    changed = e.PolicyChanged(at=at(91))
    monitor, _ = told(FROM_FILE, over, again, changed, e.PolicyChanged(at=at(92), settings={"profile": "flare-up"}))
    assert monitor.state.policy.profile == "flare-up"


def test_what_the_file_said_before_the_replay_begins_holds() -> None:
    monitor = Monitor.under(parse(""), weights())
    monitor.recall(FROM_FILE)
    monitor.recall(e.Clinician(at=at(2), knows="flare-up"))
    for event in a_day(100):
        monitor.handle(event)
    asked = [prompt for prompt in monitor.prompts if prompt.kind == "flare-up"]
    assert [(prompt.flare_up_day, prompt.clinician_told) for prompt in asked] == [(101, True)]


OVER = e.FlareUp(at=at(-60), on=False)
"""The recovery is from the second of March at 08:00 to the sixteenth."""


def limits_at(monitor: Monitor) -> tuple[float, float, float]:
    policy = monitor.state.policy
    return policy.sit_soft / 60, policy.sit_firm / 60, policy.day_budget / 3600


@pytest.mark.parametrize(
    ("day", "limits"),
    [(0, (25, 40, 5)), (6, (25, 40, 5)), (7, (27, 45, 5.5)), (13, (27, 45, 5.5))],
)
def test_in_the_second_week_of_a_recovery_the_limits_are_halfway_back(
    day: int, limits: tuple[float, float, float]
) -> None:
    monitor, _ = told(e.Started(at=at(-90)), OVER, *a_day(day))
    assert limits_at(monitor) == limits
    assert monitor.state.policy.profile == "recovery"


def test_the_limits_rise_with_the_day_and_not_with_the_next_event() -> None:
    """Input without a pause over the start of the day, which is at four in the morning."""
    started = datetime(2026, 3, 9, 2, 30, tzinfo=UTC)
    events = [OVER, e.Started(at=started), e.Active(at=started)]
    monitor, _ = told(*events)
    monitor.advance_to(datetime(2026, 3, 9, 3, 59, tzinfo=UTC).timestamp())
    assert limits_at(monitor) == (25, 40, 5)
    monitor.advance_to(datetime(2026, 3, 9, 4, 1, tzinfo=UTC).timestamp())
    assert limits_at(monitor) == (27, 45, 5.5)


def test_the_way_back_does_not_depend_on_when_the_monitor_is_woken() -> None:
    script = [OVER, e.Started(at=at(6 * 1440 + 900)), *input_between(6 * 1440 + 901, 7 * 1440 + 200)]
    _, at_once = told(*script)
    monitor = Monitor.under(parse(""), weights())
    woken = 0.0
    for event in script:
        while monitor.state.presence.now and woken < event.at.timestamp() - 60:
            woken = max(woken, monitor.state.presence.now) + 60
            monitor.advance_to(woken)
        monitor.handle(event)
    often = [prompt for prompt in monitor.prompts if prompt.kind.startswith("sit-")]
    assert at_once == often
    assert len(often) > 10


def test_limits_of_the_user_hold_in_every_week_of_a_recovery() -> None:
    own = '[limits]\nsit_soft = "20m"\nday_budget = "8h"\n'
    for day in (0, 7):
        monitor, _ = told(e.Started(at=at(-90)), OVER, *a_day(day), config=own)
        assert monitor.state.policy.sit_soft == 20 * 60
        assert monitor.state.policy.day_budget == 8 * 3600


def test_after_a_crash_nothing_is_decided_in_the_time_that_was_not_seen() -> None:
    begun, again = at(6 * 1440), at(8 * 1440)
    crashed = e.Started(at=again, since=begun + timedelta(minutes=5))
    monitor, prompts = told(OVER, e.Started(at=begun), e.Active(at=begun), crashed)
    assert prompts == []
    assert limits_at(monitor) == (27, 45, 5.5)


def clinician_days(*events: e.Event, config: str = "") -> list[tuple[str, str | None, int]]:
    monitor, _ = told(*events, config=config)
    return [
        (f"{prompt.shown_at:%d}", prompt.concern, prompt.symptom_days)
        for prompt in monitor.prompts
        if prompt.kind == "clinician"
    ]


def test_the_clinician_is_named_once_on_each_day_after_a_reason_until_it_is_ticked() -> None:
    days = [event for day in range(7) for event in a_day(day)]
    notes = [pain(1440 * day + 12.2) for day in range(3)]
    assert clinician_days(*days, *notes) == [(day, "many-days", 3) for day in ("05", "06", "07", "08")]
    tick = e.Clinician(at=at(3 * 1440 + 12.5), knows="symptoms")
    assert clinician_days(*days, *notes, tick) == [("05", "many-days", 3)]


def test_strong_leg_pain_names_the_clinician_and_a_flare_up_takes_its_place() -> None:
    days = [event for day in range(3) for event in a_day(day)]
    strong = e.Symptom(at=at(5), kind="radiating-pain", side="left", level=7)
    assert clinician_days(*days, strong) == [("03", "leg-pain", 1), ("04", "leg-pain", 1)]
    flare_up = e.FlareUp(at=at(1440 + 12.5), on=True)
    assert clinician_days(*days, strong, flare_up) == [("03", "leg-pain", 1)]
    assert days_asked(*days, strong, flare_up) == [("04", 2, False)]


def a_day(day: int) -> list[e.Event]:
    begin = day * 1440
    return [e.Started(at=at(begin)), *input_between(begin, begin + 12), e.Stopped(at=at(begin + 13))]


def test_a_flare_up_is_asked_about_once_on_each_day_after_the_first() -> None:
    events = [event for day in range(4) for event in a_day(day)]
    on, clinician = e.FlareUp(at=at(5), on=True), e.Clinician(at=at(2 * 1440 + 12.5), knows="flare-up")
    assert days_asked(*events, on, clinician) == [("03", 2, False), ("04", 3, False), ("05", 4, True)]


def test_one_that_is_over_is_not_asked_about() -> None:
    events = [event for day in range(3) for event in a_day(day)]
    over = e.FlareUp(at=at(1440 + 12.5), on=False)
    assert days_asked(*events, e.FlareUp(at=at(5), on=True), over) == [("03", 2, False)]


def test_the_next_flare_up_asks_for_a_clinician_anew() -> None:
    first = [e.FlareUp(at=at(5), on=True), e.Clinician(at=at(6), knows="flare-up"), e.FlareUp(at=at(7), on=False)]
    again = e.FlareUp(at=at(8), on=True)
    assert days_asked(*a_day(0), *first, again, *a_day(1)) == [("03", 2, False)]


def test_one_that_began_before_any_run_is_counted_from_there() -> None:
    assert days_asked(e.FlareUp(at=at(-1440), on=True), *a_day(1)) == [("03", 3, False)]


def test_a_profile_chosen_long_before_the_story_holds() -> None:
    monitor = Monitor.under(parse(""), weights())
    monitor.recall(e.FlareUp(at=NINE, on=True))
    for event in a_day(100):
        monitor.handle(event)
    assert monitor.state.policy.profile == "flare-up"
    assert [prompt.flare_up_day for prompt in monitor.prompts] == [101]


def answered(*events: e.Event) -> list[str | None]:
    """Return the answers to the prompts of a sit of 55 minutes in which these things happen."""
    _, prompts = told(e.Started(at=NINE), e.Active(at=NINE), *events, e.Idle(at=at(55.25), since=at(55)))
    return [prompt.answer for prompt in prompts]


def test_the_last_prompt_before_an_answer_is_answered() -> None:
    assert answered() == [None, None]
    first, *_ = told(e.Started(at=NINE), *input_between(0, 55))[1]
    soon = first.shown_at + timedelta(minutes=1)
    assert answered(e.Acknowledged(at=soon))[0] == "followed"
    assert answered(e.Snoozed(at=soon, until=soon + timedelta(minutes=5)))[0] == "later"
    assert answered(e.StandingDeclared(at=soon))[0] == "followed"
    assert answered(e.SittingDeclared(at=soon))[0] is None
    assert answered(e.Dismissed(at=soon))[0] is None
    later = soon + timedelta(minutes=1)
    assert answered(e.Acknowledged(at=soon), e.Dismissed(at=later))[0] is None
    assert answered(e.Acknowledged(at=soon), e.Dismissed(at=soon + timedelta(minutes=9)))[0] == "followed"


def test_what_is_pressed_long_after_a_prompt_is_no_answer_to_it() -> None:
    monitor, prompts = told(e.Started(at=NINE), *input_between(0, 36))
    monitor.handle(e.Acknowledged(at=prompts[-1].shown_at + ANSWERED_WITHIN + timedelta(minutes=1)))
    assert [prompt.answer for prompt in monitor.prompts] == [None for _ in monitor.prompts]


@pytest.mark.parametrize(
    ("on", "off"),
    [
        (e.FlareUp(at=at(5), on=True), e.FlareUp(at=at(2885), on=False)),
        (e.ProfileChosen(at=at(5), name="flare-up"), e.ProfileChosen(at=at(2885), name="standard")),
        (e.PolicyChanged(at=at(5), settings={"profile": "flare-up"}), e.PolicyChanged(at=at(2885))),
    ],
    ids=["command", "profile", "file"],
)
def test_the_days_of_a_flare_up_are_noted_however_it_was_turned_on(on: e.Event, off: e.Event) -> None:
    days = [event for day in range(4) for event in input_between(1440 * day + 10, 1440 * day + 20)]
    monitor, _ = told(e.Started(at=NINE), on, off, *days)
    spans = monitor.spans(monitor.state.presence.now)
    assert [record.summary.flare_up for record in day_records(monitor, spans)] == [True, True, True, False]
