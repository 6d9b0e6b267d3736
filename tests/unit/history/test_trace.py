"""Traces: which lines are refused and how the error names them; a written event reads back unchanged."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.model import events as e
from slowrise.history.trace import MAX_LINE, TraceError, parse, read, written, written_line
from support.event_strategies import some_event
from support.person import Action, actions, events_of, slow

AT = '{"at": "2026-03-02T08:45:01.210+01:00", "event": '
ACCEPTED = 'Accepted: {"at": "2026-03-02T08:45:01.210+01:00", "event": "active"}'

REFUSED = {
    "no label": ('{"event": "active"}', "Object missing required field `at`"),
    "a label that is none": ('{"at": "yesterday", "event": "active"}', "Invalid RFC3339 encoded datetime - at `$.at`"),
    "a thirteenth month": ('{"at": "2026-13-02T08:45:01Z", "event": "active"}', "Invalid RFC3339 encoded datetime"),
    "a number for a label": ('{"at": 5, "event": "active"}', "Expected `datetime`, got `int` - at `$.at`"),
    "a label without offset": ('{"at": "2026-03-02T08:45:01.210", "event": "active"}', "`at` has no offset from UTC"),
    "a second one without": (AT + '"idle", "since": "2026-03-02T08:45:01"}', "`since` has no offset from UTC"),
    "long ago": ('{"at": "1066-03-02T08:45:01Z", "event": "active"}', "`at` is in the year 1066, accepted are 1969"),
    "no event": ('{"at": "2026-03-02T08:45:01.210+01:00"}', "Object missing required field `event`"),
    "an unknown event": (AT + '"actve"}', "Invalid value 'actve' - at `$.event`"),
    "an unknown key": (AT + '"active", "key": "a"}', "Object contains unknown field `key`"),
    "a missing key": (AT + '"idle"}', "Object missing required field `since`"),
    "a hundred years and more": (AT + '"clock-stepped", "by": 1e300}', "`by` is 1e+300 s, accepted are up to"),
    "no number": (AT + '"clock-stepped", "by": 1e999}', "Number out of range - at `$.by`"),
    "words for seconds": (AT + '"clock-stepped", "by": "2h"}', "Expected `float`, got `str` - at `$.by`"),
    "an unknown answer": (
        AT + '"answered", "from": "2026-03-02T08:00:00Z", "to": "2026-03-02T09:00:00Z", "was": "asleep"}',
        "Invalid enum value 'asleep' - at `$.was`",
    ),
    "an answer the wrong way round": (
        AT + '"answered", "from": "2026-03-02T09:00:00Z", "to": "2026-03-02T08:00:00Z", "was": "away"}',
        "`to` is not after `from`",
    ),
    "an unknown profile": (AT + '"profile", "name": "lazy"}', "Invalid enum value 'lazy' - at `$.name`"),
    "worse than the worst": (AT + '"symptom", "kind": "pain", "side": "left", "level": 11}', "Expected `int` <= 10"),
    "a list": ("[]", "Expected `object`, got `array`"),
    "nothing": ("null", "Expected `object`, got `null`"),
    "half an object": ('{"at": "2026', "no JSON object (Input data was truncated)"),
    "two objects": (AT + '"active"} {}', "no JSON object (JSON is malformed: trailing characters"),
    "no text": ("\0", "no JSON object"),
    "without end": (AT + '"policy", "settings": ' + '{"a":' * 9000, "Accepted: "),  # how deep is too deep: Python knows
    "too long": (AT + '"active"}' + " " * MAX_LINE, f"longer than {MAX_LINE} bytes"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_line_is_refused_by_its_number(case: str) -> None:
    line, wrong = REFUSED[case]
    lines = [AT.encode() + b'"started"}\n', b"\n", line.encode()]
    with pytest.raises(TraceError) as refused:
        list(read(lines, where="day.jsonl"))
    assert str(refused.value).startswith("day.jsonl, line 3: ")
    assert wrong in str(refused.value)


def test_a_character_of_another_encoding_is_named_by_its_column() -> None:
    line = (AT + '"policy", "settings": {"share": {"name": "Büro"}}}').encode("latin-1")
    with pytest.raises(TraceError, match=f"line 1: the character at column {line.index(b'B') + 2} is not UTF-8. Acc"):
        list(read([line]))


def test_a_refusal_shows_what_is_accepted() -> None:
    with pytest.raises(TraceError, match="Accepted: ") as refused:
        parse(b"?")
    assert ACCEPTED in str(refused.value)
    assert parse(ACCEPTED.removeprefix("Accepted: ").encode()) is not None


def test_time_may_go_back_at_a_step_of_the_clock_alone() -> None:
    later, sooner = '{"at": "2026-03-02T09:00:00Z", ', '{"at": "2026-03-02T10:59:00+02:00", '
    back = [(later + '"event": "active"}').encode(), (sooner + '"event": "active"}').encode()]
    with pytest.raises(TraceError, match=r"line 2: `at` 2026-03-02T10:59:00.000\+02:00 is before the line above"):
        list(read(back))
    back[1] = (sooner + '"event": "clock-stepped", "by": -60}').encode()
    assert len(list(read(back))) == 2


def test_what_lies_before_a_wrong_line_is_told_first() -> None:
    events = read([AT.encode() + b'"active"}', b"{}"])
    assert isinstance(next(events), e.Active)
    with pytest.raises(TraceError):
        next(events)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_an_event_or_refused(line: bytes) -> None:
    with suppress(TraceError):
        parse(line)


@given(st.data())
def test_any_damage_to_a_line_is_an_event_or_refused(data: st.DataObject) -> None:
    events = events_of([("sleep", 40), ("sat", 3), ("settings", 4)])
    line = bytearray(written_line(data.draw(st.sampled_from(events))).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))
    with suppress(TraceError):
        parse(bytes(line))


@slow
@given(actions())
def test_what_is_written_reads_back_the_same(day: list[Action]) -> None:
    events = events_of(day)
    lines = [written_line(event).encode() for event in events]
    assert list(read(lines)) == events


def test_every_event_there_is_can_be_written_and_read() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=-9, minutes=-30)))
    known = {
        "since": at, "until": at, "by": -0.5, "from_": at - timedelta(hours=1), "to": at.astimezone(UTC), "was": "away",
        "kind": "numbness", "side": "both", "level": 0, "on": False, "name": "flare-up", "knows": "flare-up",
        "seconds": 7200.0, "unseen": True, "up": True, "notice": "sit-firm",
        "settings": {"limits": {"sit_soft": "20m"}},
    }  # fmt: skip
    for kind in get_args(e.AnyEvent):
        event = kind(at=at, **{name: known[name] for name in kind.__struct_fields__ if name != "at"})
        assert parse(written_line(event).encode()) == event


@given(st.lists(some_event(), max_size=12))
def test_whatever_is_in_a_record_its_export_is_read_again(events: list[e.Event]) -> None:
    """Also a part of it, in which the step is missing after which time goes back."""
    lines = list(written(events))
    of_events = list(map(written_line, events))
    assert [line for line in lines if line in of_events] == of_events
    assert len(list(read(line.encode() for line in lines))) == len(lines)
