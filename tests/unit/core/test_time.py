"""Spans cover the time, and nothing depends on when the caller asks or wakes up."""

from __future__ import annotations

from itertools import pairwise, takewhile
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slowrise.adapters.system.resources import weights
from slowrise.config.config import Config
from slowrise.core import engine
from slowrise.core.model import events as e
from slowrise.core.model.spans import Span
from slowrise.core.presence import tracker
from slowrise.history.checkpoint import decode_checkpoint, encode_checkpoint
from slowrise.history.monitor import Monitor
from slowrise.history.replay import replay
from slowrise.history.trace import read, written_line
from support.person import (
    ACTIONS,
    IN_THE_SAME_PLACE,
    Action,
    PersonDay,
    actions,
    config,
    events_of,
    monitor_after,
    now,
    slow,
    summaries,
)

HOME = config(notifications={"quiet_hours": ["12:00-13:00", "22:00-07:00"], "workdays": ["mon", "tue", "wed", "sat"]})
PATIENT = config(limits={"spacing": "5m"}, notifications={"wait_for_pause": "10m", "return_tip": False})
HASTY = config(limits={"spacing": "1m"}, notifications={"wait_for_pause": "30s", "in_calls": "prompt"})
chances = st.randoms(use_true_random=False)


def whole(monitor: Monitor) -> tuple[object, ...]:
    """Return everything that the monitor concluded."""
    return monitor.spans(now(monitor)), monitor.prompts, summaries(monitor), engine.next_deadline(monitor.state)


def awake_until(monitor: Monitor, event: e.Event) -> float:
    """Return until when a daemon could act before this event: if the run crashed, until its last sign of life."""
    presence = monitor.state.presence
    at = tracker.event_time(presence, event)
    if isinstance(event, e.Started) and presence.running:
        return tracker.last_sign_of_life(presence, event, at)
    return at


def edges_agree(spans: list[Span]) -> bool:
    return all(before.end == after.start for before, after in pairwise(spans))


@slow
@given(actions())
def test_spans_cover_the_trace_in_order_without_hole_or_overlap(day: list[Action]) -> None:
    events = events_of(day)
    spans = monitor_after(events).spans(tracker.to_engine_time(monitor_after(events).state.presence, events[-1].at))
    assert all(span.start < span.end for span in spans)
    assert edges_agree(spans)
    assert spans[-1].end == events[-1].at
    if not any(isinstance(event, e.ClockStepped) for event in events):
        assert spans[0].start == events[0].at


@slow
@given(actions(), st.booleans())
@example([("office", 1.0), ("silence", 1.0), ("stray active", 1.0), ("stray idle", 1.0)], False)
def test_the_parts_add_up_to_the_whole(day: list[Action], whole: bool) -> None:
    monitor = monitor_after(events_of(day, whole=whole))
    parts = list(monitor.state.open_parts(now(monitor)))
    segments = [
        *monitor.state.segments,
        *tracker.provisional(monitor.state.presence, now(monitor)),
    ]
    begin = monitor.state.timeline.starts[0]
    assert sum(segment.end - segment.start for segment in segments) == pytest.approx(now(monitor) - begin)
    assert all(part.start < part.end and 0 <= part.probability <= 1 and 0 <= part.confidence <= 1 for part in parts)
    of_state = dict.fromkeys(("sitting", "standing", "away", "unobserved"), 0.0)
    for span in monitor.spans(now(monitor)):
        of_state[span.state] += span.seconds
    record = monitor.spans(now(monitor))
    if record:
        assert sum(of_state.values()) == pytest.approx((record[-1].end - record[0].start).total_seconds())


@slow
@given(actions(), chances)
@example([("call", 1.0), ("crash", 133)], Random(1))  # noqa: S311 - no secret
def test_extra_ticks_change_nothing(day: list[Action], chance: Random) -> None:
    events = events_of(day)
    ticked = Monitor.under(HOME, weights())
    for event in events:
        at = awake_until(ticked, event)
        for _ in range(chance.choice((0, 0, 1, 3))):
            ticked.advance_to(now(ticked) + chance.random() * (at - now(ticked)))
        ticked.handle(event)
    assert whole(ticked) == whole(monitor_after(events, HOME))


@slow
@given(actions(), chances)
def test_asking_changes_nothing(day: list[Action], chance: Random) -> None:
    events = events_of(day)
    asked = Monitor.under(HOME, weights())
    for event in events:
        asked.handle(event)
        if chance.random() < 0.6:
            engine.next_deadline(asked.state)
            asked.state.wants_lull(now(asked) + chance.random() * 600)
            asked.spans(now(asked) + 10)
    assert whole(asked) == whole(monitor_after(events, HOME))


def live(events: list[e.Event], settings: Config = HOME) -> Monitor:
    """Handle the events as the daemon does: wake at every deadline."""
    monitor = Monitor.under(settings, weights())
    for event in events:
        at = awake_until(monitor, event)
        while (due := engine.next_deadline(monitor.state)) is not None and due < at:
            monitor.advance_to(due)
        monitor.handle(event)
    return monitor


@slow
@given(actions(), st.sampled_from((HOME, PATIENT, HASTY)))
def test_replay_equals_live(day: list[Action], settings: Config) -> None:
    """A replay skips most snapshots; the daemon takes one after each event."""
    events = events_of(day)
    monitor = live(events, settings)
    again = replay(read([written_line(event).encode() for event in events]), weights(), settings)
    assert (again.spans, again.prompts, again.days) == (
        monitor.spans(now(monitor)),
        monitor.prompts,
        summaries(monitor),
    )


@slow
@given(actions())
def test_nothing_is_decided_before_the_deadline(day: list[Action]) -> None:
    monitor = Monitor.under(HOME, weights())
    for event in events_of(day):
        at = awake_until(monitor, event)
        stood: object = None
        while (due := engine.next_deadline(monitor.state)) is not None and due < at:
            assert due >= now(monitor)
            before, stood = stood, (due, encode_checkpoint(monitor))
            assert stood != before, "it is passed for ever"
            if due > now(monitor) + 0.01:
                assert monitor.advance_to((now(monitor) + due) / 2) == []
                assert engine.next_deadline(monitor.state) == due
            for decision in monitor.advance_to(due):
                assert decision.at == due
        monitor.handle(event)


@slow
@given(actions(), st.data())
def test_a_decoded_checkpoint_goes_on_like_the_original(day: list[Action], data: st.DataObject) -> None:
    events = events_of(day)
    cut = data.draw(st.integers(0, len(events)))
    monitor = Monitor.under(HOME, weights())
    for event in events[:cut]:
        monitor.handle(event)
    again = decode_checkpoint(encode_checkpoint(monitor), weights())
    assert again is not None
    told_before = len(monitor.prompts)
    kept = len(again.prompts)
    for event in events[cut:]:
        assert again.handle(event) == monitor.handle(event)
    assert again.prompts[kept:] == monitor.prompts[told_before:]
    assert engine.next_deadline(again.state) == engine.next_deadline(monitor.state)
    assert again.state.load == monitor.state.load
    assert again.state.today == monitor.state.today


@slow
@given(st.permutations(tuple(ACTIONS)), st.lists(st.sampled_from(tuple(ACTIONS)), max_size=20), st.booleans())
def test_no_order_of_known_events_is_an_error(names: list[str], more: list[str], whole: bool) -> None:
    events = events_of([(name, 0.1 if index % 3 else 7.0) for index, name in enumerate([*names, *more])], whole=whole)
    monitor = monitor_after(events)
    assert edges_agree(monitor.spans(now(monitor)))
    assert summaries(monitor)


def _has_input(desk: PersonDay) -> bool:
    """Return whether the desk was used since the last start. A step before that may say how long nothing ran."""
    since_start = takewhile(lambda event: not isinstance(event, e.Started), reversed(desk.events))
    return any(isinstance(event, e.Active) for event in since_start)


@slow
@given(actions(IN_THE_SAME_PLACE), st.data())
def test_durations_never_change_when_the_clock_is_set_after_input(day: list[Action], data: st.DataObject) -> None:
    steps = data.draw(st.dictionaries(st.integers(0, len(day)), st.sampled_from([-7200, -3600, -90, 90, 3600, 18000])))

    def observed(*, stepped: bool) -> list[Any]:
        desk = PersonDay()
        desk.emit(e.Started)
        desk.type_for(60.0, 20.0)
        for index, doing in enumerate(day):
            if index in steps and _has_input(desk):
                if stepped:
                    desk.step(steps[index])
                else:
                    desk.emit(e.ClockStepped, by=0)
            if doing[0] not in {"sat", "left", "stood"}:
                desk.do(doing)
        monitor = monitor_after(desk.events)
        found = [(x.state, x.seconds, x.confidence) for x in monitor.spans(now(monitor)) if x.state != "unobserved"]
        return [(state, pytest.approx(seconds, abs=0.0021), confidence) for state, seconds, confidence in found]

    assert observed(stepped=True) == observed(stepped=False)


A_MORNING_LATER = """
{"at":"2026-11-26T17:34:00+00:00","event":"started"}
{"at":"2026-11-26T17:35:00+00:00","event":"active"}
{"at":"2026-11-26T18:00:00+00:00","event":"stopped"}
{"at":"2026-11-26T18:00:00+00:00","event":"started"}
{"at":"2026-11-26T17:59:00.500+00:00","event":"clock-stepped","by":-59.5}
{"at":"2026-11-27T09:00:10.500+00:00","event":"clock-stepped","by":54060}
{"at":"2026-11-27T09:00:20+00:00","event":"active"}
{"at":"2026-11-27T09:20:20+00:00","event":"stopped"}
"""


def test_a_clock_that_is_set_before_the_first_input_moves_nothing_before_the_start() -> None:
    """The time of the last shutdown, then that of the network: balena-os/balena-supervisor#488."""
    found = replay(read(A_MORNING_LATER.encode().splitlines()), weights())
    assert [(span.state, f"{span.start:%d %H:%M:%S}") for span in found.spans] == [
        ("away", "26 17:34:00"),
        ("sitting", "26 17:35:00"),
        ("unobserved", "26 18:00:00"),
        ("away", "27 09:00:00"),
        ("sitting", "27 09:00:20"),
    ]
    assert [summary.sitting_seconds for summary in found.days] == [1500, 1200]
    assert [prompt.kind for prompt in found.prompts if prompt.kind.startswith("sit")] == []
