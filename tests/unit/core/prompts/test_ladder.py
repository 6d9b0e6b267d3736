"""The prompts to stand up of one sit: when each comes, and which sit it names."""

from __future__ import annotations

import pytest

from slowrise.config.config import Config
from slowrise.core.model import events as e
from support.person import MONDAY, PersonDay, config, monitor_after

MINUTE = 60.0


def at_once(**limits: str) -> Config:
    """Return settings in which no prompt waits for a pause."""
    return config(limits=limits, notifications={"wait_for_pause": "0s"})


def typing_for(minutes: int) -> PersonDay:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(minutes * MINUTE, 20.0)
    return desk


def prompts(desk: PersonDay, settings: Config) -> list[tuple[str, int]]:
    """Return each prompt of the day with its minute."""
    shown = monitor_after(desk.events, settings).prompts
    return [(prompt.kind, round((prompt.shown_at - MONDAY).total_seconds() / MINUTE)) for prompt in shown]


def test_the_firm_prompt_comes_after_sit_firm_though_a_repeat_comes_later() -> None:
    settings = at_once(sit_soft="30m", sit_repeat="20m", sit_firm="45m")
    assert prompts(typing_for(90), settings) == [("sit-soft", 30), ("sit-firm", 45), ("sit-firm", 85)]


def test_the_firm_prompt_keeps_its_distance_from_the_one_before() -> None:
    settings = at_once(sit_soft="40m", sit_repeat="20m", sit_firm="45m", spacing="10m")
    assert prompts(typing_for(70), settings) == [("sit-soft", 40), ("sit-firm", 50)]


def test_a_repeat_names_the_same_sit_as_the_prompt_before() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(10 * MINUTE, 3 * MINUTE)  # in doubt: a break, or not
    desk.type_for(50 * MINUTE, 20.0)
    first, *repeats = monitor_after(desk.events, at_once()).prompts
    began = first.at - first.bout_seconds
    assert first.unsure
    assert began < first.at - 13 * MINUTE, "not the sit since the silence"
    assert len(repeats) >= 2
    for repeat in repeats:
        assert abs(repeat.at - repeat.bout_seconds - began) < 1.0, "a later prompt names a shorter sit"


def test_a_repeat_names_another_sit_once_the_user_left_in_that_silence() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(10 * MINUTE, 3 * MINUTE)
    desk.type_for(20 * MINUTE, 20.0)
    desk.emit(e.Active)
    desk.wait(30.0)
    desk.emit(e.Answered, from_=desk.label(10 * MINUTE), to=desk.label(13 * MINUTE), was="away")
    desk.wait(30 * MINUTE)
    *_, last = monitor_after(
        [*desk.events, e.Lull(at=desk.label(), since=desk.label(desk.passed - 5))], at_once()
    ).prompts
    assert not last.unsure
    assert abs((last.shown_at - MONDAY).total_seconds() - last.bout_seconds - 13 * MINUTE) < 1.0


def test_after_two_repeats_it_becomes_firm_though_no_sit_is_surely_so_long() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    for _ in range(30):
        desk.type_for(12 * MINUTE, 130.0)
    kinds = [kind for kind, _ in prompts(desk, at_once())]
    assert kinds[:4] == ["sit-soft", "sit-repeat", "sit-repeat", "sit-firm"]


def test_a_dead_machine_prompts_nobody() -> None:
    """It was typed on until a power cut at minute 20, and started again four hours later."""
    desk = PersonDay()
    desk.emit(e.Started)
    desk.emit(e.Active)
    desk.wait(20 * MINUTE)
    died = desk.label()
    desk.wait(240 * MINUTE)
    desk.emit(e.Started, since=died)
    desk.wait(10.0)
    desk.type_for(25 * MINUTE, 20.0)
    assert prompts(desk, at_once()) == []


def test_nothing_is_shown_while_suspended_in_a_call() -> None:
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(32 * MINUTE)
    desk.emit(e.CallStarted)
    desk.wait(20 * MINUTE)
    desk.emit(e.Suspended)
    desk.wait(140 * MINUTE)
    desk.emit(e.Resumed)
    desk.type_for(10 * MINUTE, 20.0)
    assert [minute for _, minute in prompts(desk, at_once()) if 53 <= minute <= 192] == []


@pytest.mark.parametrize("promised", [True, False])
def test_a_user_who_follows_a_prompt_is_left_alone(promised: bool) -> None:
    """A break of five minutes without a signal is in doubt. Right after a prompt it is hardly so."""
    desk = PersonDay()
    desk.emit(e.Started)
    desk.type_for(30 * MINUTE + 30.0)
    if promised:
        desk.emit(e.Acknowledged)
    desk.wait(5.5 * MINUTE)
    back = desk.passed / MINUTE
    desk.type_for(40 * MINUTE, 20.0)
    shown = [minute for _, minute in prompts(desk, at_once())]
    assert shown[0] == 30
    assert shown[1] >= back + 28


@pytest.mark.parametrize("taken_back", [True, False])
def test_whoever_cannot_get_up_after_all_has_promised_nothing(taken_back: bool) -> None:
    """A silence that begins a moment later is then as likely a break as one without a word."""

    def sits(*said: type[e.Event] | None) -> list[float]:
        desk = PersonDay()
        desk.emit(e.Started)
        desk.type_for(20 * MINUTE, 0)
        for each in said:
            if each is not None:
                desk.emit(each)
            desk.type_for(30.0, 0)
        desk.wait(4 * MINUTE)
        desk.type_for(5 * MINUTE, 20.0)
        return [round(sit.probability, 6) for sit in monitor_after(desk.events).state.snapshot.sits]

    assert (sits(e.Acknowledged, e.Dismissed if taken_back else None) == sits(None, None)) is taken_back
