"""Films under which a desktop shows no input: events in, record and prompts out. Times are minutes after nine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from slowrise.adapters.system.resources import weights
from slowrise.cli.views.explanation import explained_text
from slowrise.config.config import Config
from slowrise.core.model import events as e
from slowrise.core.model.spans import State
from slowrise.core.presence.tracker import is_observed, probability_now
from slowrise.history.explain import Explained, Explainer
from slowrise.history.monitor import Monitor
from slowrise.history.trace import parse, written_line

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
FOUND = 1.25
"""Minutes after which a source finds at the latest that it is shown no input."""
FOUND_AT_RETURN = 0.25
"""The same after a return, when the source looks at once."""
A_FILM = 90


def time_of(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


def film(begin: float, end: float | None) -> list[e.Event]:
    """Input from nine, and a film under which the desktop shows none; None if it goes on."""
    events = [
        e.Started(at=BEGIN),
        e.Active(at=BEGIN),
        e.Idle(at=time_of(begin + FOUND), since=time_of(begin), unseen=True),
    ]
    return events if end is None else [*events, e.Idle(at=time_of(end), since=time_of(end))]


def after(events: list[e.Event]) -> Monitor:
    monitor = Monitor.under(Config(), weights())
    for event in events:
        monitor.handle(event)
    return monitor


def states(monitor: Monitor, minute: float) -> list[tuple[State, float]]:
    """Return each state and when it began."""
    monitor.advance_to(time_of(minute).timestamp())
    return [
        (span.state, (span.start - BEGIN).total_seconds() / 60) for span in monitor.spans(time_of(minute).timestamp())
    ]


def probability(monitor: Monitor, minute: float) -> float:
    return probability_now(monitor.state.presence, time_of(minute).timestamp())


def test_a_film_is_a_silence_covered_by_a_film_and_no_input() -> None:
    hidden = after([*film(20, 20 + A_FILM), e.Active(at=time_of(21 + A_FILM))])
    plain = after(
        [
            e.Started(at=BEGIN),
            e.Active(at=BEGIN),
            e.Inhibited(at=time_of(20)),
            e.Idle(at=time_of(20.25), since=time_of(20)),
            e.Uninhibited(at=time_of(20 + A_FILM)),
            e.Active(at=time_of(21 + A_FILM)),
        ]
    )
    minute = 23 + A_FILM
    assert states(hidden, minute) == states(plain, minute)
    assert 0.5 < hidden.spans(time_of(minute).timestamp())[1].confidence < 1.0


def test_a_user_who_left_in_the_film_is_away_from_its_end() -> None:
    monitor = after([*film(20, 20 + A_FILM), e.Active(at=time_of(60 + A_FILM))])
    assert states(monitor, 65 + A_FILM)[-2:] == [("away", 20 + A_FILM), ("sitting", 60 + A_FILM)]


def test_input_right_after_the_film_makes_it_no_input() -> None:
    monitor = after([*film(20, 50), e.Active(at=time_of(50.05))])
    spans = monitor.spans(time_of(52).timestamp())
    assert [span.confidence < 1.0 for span in spans] == [False, True, False]


def test_nothing_is_known_of_a_film_of_more_than_two_hours() -> None:
    monitor = after([*film(20, 20 + 121), e.Active(at=time_of(142))])
    assert ("unobserved", 20) in states(monitor, 145)
    going_on = after(film(20, None))
    assert is_observed(going_on.state.presence, time_of(139).timestamp())
    assert not is_observed(going_on.state.presence, time_of(141).timestamp())


def test_the_short_silence_after_a_long_film_is_judged_by_itself() -> None:
    monitor = after([*film(20, 20 + 200), e.Active(at=time_of(221))])
    assert {state for state, begin in states(monitor, 225) if begin >= 220} == {"sitting"}


def test_a_film_is_neither_certain_presence_nor_absence_while_it_runs() -> None:
    assert 0.5 < probability(after(film(20, None)), 60) < 1.0


def test_who_may_be_typing_under_a_film_is_reminded() -> None:
    monitor = after(film(20, None))
    monitor.advance_to(time_of(100).timestamp())
    assert [prompt.kind for prompt in monitor.prompts][:2] == ["sit-soft", "sit-repeat"]


@pytest.mark.parametrize("back", [e.Idle(at=time_of(90), since=time_of(90)), e.Active(at=time_of(90))])
def test_nothing_is_known_of_a_film_that_runs_already_when_slowrise_starts(back: e.Event) -> None:
    monitor = after([e.Started(at=BEGIN), e.Idle(at=time_of(0.25), since=BEGIN, unseen=True)])
    presence = monitor.state.presence
    assert monitor.state.next_prompt is None
    monitor.advance_to(time_of(89).timestamp())
    assert not monitor.prompts
    assert not is_observed(presence, time_of(89).timestamp())
    assert presence.signals.unseen.is_on
    for event in (back, e.Active(at=time_of(91)), e.Idle(at=time_of(100), since=time_of(100))):
        monitor.handle(event)
    assert states(monitor, 100)[0] == ("unobserved", 0)
    assert states(monitor, 100)[-1] == ("sitting", 91 if isinstance(back, e.Idle) else 90)
    assert not presence.signals.unseen.is_on


def test_a_run_that_sees_only_a_film_leaves_nothing_on() -> None:
    hidden = e.Idle(at=time_of(0.25), since=BEGIN, unseen=True)
    presence = after([e.Started(at=BEGIN), hidden, e.Paused(at=time_of(10))]).state.presence
    assert not presence.signals.unseen.is_on


def test_a_film_that_is_seen_through_brings_no_prompt() -> None:
    monitor = after(
        [
            e.Started(at=BEGIN),
            e.Active(at=BEGIN),
            e.Inhibited(at=time_of(20)),
            e.Idle(at=time_of(20.25), since=time_of(20)),
        ]
    )
    monitor.advance_to(time_of(100).timestamp())
    assert not monitor.prompts


def test_nobody_is_reminded_in_a_film_without_end() -> None:
    monitor = after(film(20, None))
    monitor.advance_to(time_of(600).timestamp())
    assert all(prompt.shown_at < time_of(20 + 121) for prompt in monitor.prompts)


def test_a_user_who_works_beside_a_film_for_hours_is_reminded_if_they_close_a_reminder_now_and_then() -> None:
    monitor = after(film(20, None))
    for minute in range(21, 260):
        shown = len(monitor.prompts)
        monitor.advance_to(time_of(minute).timestamp())
        if len(monitor.prompts) > shown and len(monitor.prompts) % 3 == 0:
            monitor.handle(e.Dismissed(at=time_of(minute + 0.5)))
    gaps = pairwise(prompt.shown_at for prompt in monitor.prompts)
    assert max(later - earlier for earlier, later in gaps) <= timedelta(minutes=21)
    assert monitor.prompts[-1].shown_at > time_of(235)
    assert {state for state, _ in states(monitor, 262)} == {"sitting"}


@pytest.mark.parametrize("button", [e.Acknowledged, e.Dismissed, e.Snoozed])
def test_the_button_of_a_reminder_is_input_where_the_desktop_shows_none(button: type[e.Event]) -> None:
    until = {"until": time_of(65)} if button is e.Snoozed else {}
    monitor = after([*film(20, None), button(at=time_of(60), **until)])
    presence = monitor.state.presence
    assert presence.since == time_of(60).timestamp()
    assert presence.signals.unseen.since == presence.signals.inhibitors.since == time_of(20).timestamp()
    assert is_observed(presence, time_of(179).timestamp())


def test_a_button_says_nothing_new_where_the_desktop_shows_input() -> None:
    shown = after([e.Started(at=BEGIN), e.Active(at=BEGIN), e.Idle(at=time_of(20), since=time_of(20))])
    shown.handle(e.Dismissed(at=time_of(30)))
    assert shown.state.presence.since == time_of(20).timestamp()


def test_who_often_leaves_may_still_type_under_a_film() -> None:
    monitor = after(film(20, None))
    monitor.state.presence.bias.log_odds = -1.0
    monitor.advance_to(time_of(100).timestamp())
    assert 0.5 < probability(monitor, 60) < 0.8
    assert monitor.prompts


def playlist(length: float, *, key: float | None) -> list[e.Event]:
    """Return eight hours of films that the desktop hides input under, with pauses of six seconds between.

    `key`: seconds of input that are seen in each pause; None without any, 0 if it is as long as nothing.
    """
    events, begin, pause = film(20, None), 20 + length, 0.1
    while begin < 480:
        events.append(e.Idle(at=time_of(begin), since=time_of(begin)))
        hidden = begin + pause
        if key is not None:
            events.append(e.Active(at=time_of(begin + 0.01)))
            hidden = begin + 0.01 + key / 60
        events.append(e.Idle(at=time_of(hidden + FOUND_AT_RETURN), since=time_of(hidden), unseen=True))
        begin += pause + length
    return events


@pytest.mark.parametrize("length", [4, 25])
def test_a_key_between_two_films_is_a_return_though_its_end_is_hidden(length: float) -> None:
    monitor = after(playlist(length, key=0.3))
    assert {state for state, _ in states(monitor, 480)} == {"sitting"}
    assert monitor.prompts[-1].shown_at > time_of(450)


@pytest.mark.parametrize("key", [None, 0])
@pytest.mark.parametrize("length", [4, 25])
def test_a_list_of_films_that_nobody_touches_is_one_film(length: float, key: float | None) -> None:
    monitor = after(playlist(length, key=key))
    assert states(monitor, 480)[1:] == [("unobserved", 20)]
    assert all(prompt.shown_at < time_of(20 + 121) for prompt in monitor.prompts)


def test_a_prompt_stays_while_no_input_is_shown() -> None:
    monitor = after([e.Started(at=BEGIN), e.Active(at=BEGIN)])
    monitor.advance_to(time_of(34).timestamp())
    assert monitor.prompts
    monitor.handle(e.Idle(at=time_of(36), since=time_of(34.75), unseen=True))
    assert not [each for each in monitor.advance_to(time_of(44).timestamp()) if type(each).__name__ == "Withdraw"]


@pytest.mark.parametrize("listed", [False, True], ids=["hidden-only", "also-listed"])
def test_a_film_that_the_desktop_lists_too_ends_once(listed: bool) -> None:
    events = film(20, 50)
    if listed:
        events[2:2] = [e.Inhibited(at=time_of(20.5)), e.Uninhibited(at=time_of(20.75))]
    presence = after([*events, e.Active(at=time_of(60))]).state.presence
    assert not presence.signals.inhibitors.is_on
    assert not presence.signals.unseen.is_on
    assert presence.signals.inhibitors.starts == sorted(presence.signals.inhibitors.starts)


def test_a_run_that_ends_in_a_film_leaves_nothing_on() -> None:
    presence = after([*film(20, None), e.Stopped(at=time_of(50)), e.Started(at=time_of(60))]).state.presence
    assert not presence.signals.unseen.is_on
    assert not presence.signals.inhibitors.is_on


def test_why_can_say_that_no_input_was_shown() -> None:
    events = [*film(20, 50), e.Active(at=time_of(60)), e.Stopped(at=time_of(90))]
    explainer = Explainer(Monitor.under(Config(), weights()), iter(enumerate(events)))
    explainer.replay_all()
    found = explainer.at(time_of(30))
    assert isinstance(found, Explained)
    assert found.verdict.silence.unseen == pytest.approx(30 * 60)
    text = explained_text(found)
    assert "no input to be seen from 09:20:00 to 09:50:00" in text
    assert "Your desktop did not report input for 30 min of it" in text


def test_why_gives_no_evidence_about_a_time_of_which_nothing_is_known() -> None:
    events = [*film(20, 200), e.Active(at=time_of(201)), e.Stopped(at=time_of(230))]
    explainer = Explainer(Monitor.under(Config(), weights()), iter(enumerate(events)))
    explainer.replay_all()
    found = explainer.at(time_of(30))
    assert isinstance(found, Explained)
    text = explained_text(found)
    assert "nothing is known" in text
    assert "not watched" in text
    assert "likely" not in text


def test_an_idle_of_before_is_read_and_written_as_it_was() -> None:
    line = '{"at":"2026-03-02T08:51:40.451+01:00","event":"idle","since":"2026-03-02T08:51:25.451+01:00"}'
    assert msgspec.json.decode(written_line(parse(line.encode()))) == msgspec.json.decode(line)
    unseen = parse(line.replace("}", ',"unseen":true}').encode())
    assert parse(written_line(unseen).encode()) == unseen
