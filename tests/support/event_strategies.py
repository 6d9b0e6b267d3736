"""Hypothesis strategies for events of every kind, with timestamps in many time zones."""

from __future__ import annotations

import typing
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import assume
from hypothesis import strategies as st

from slowrise.core.model.events import MAX_STEP, AnyEvent, Event, fault_of
from slowrise.core.model.timestamps import iso, rounded

ZONES = (
    *(timezone(timedelta(minutes=minutes)) for minutes in (-720, -210, 0, 60, 345, 840)),
    timezone(timedelta(seconds=1172)),  # Amsterdam until 1937
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("Australia/Lord_Howe"),  # summer time shifts by half an hour
)

KINDS: tuple[type[Event], ...] = typing.get_args(AnyEvent)

labels = st.datetimes(
    min_value=datetime(1969, 1, 2),  # noqa: DTZ001 - the zone is drawn
    max_value=datetime(2099, 12, 31),  # noqa: DTZ001 - the zone is drawn
    timezones=st.sampled_from(ZONES),
)
near = st.integers(-(10**9), 10**9)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
settings = st.dictionaries(texts, st.recursive(scalars | texts, lambda inner: st.lists(inner, max_size=3)), max_size=3)


def _values(kind: type[Event], name: str) -> st.SearchStrategy[object]:
    hint = typing.get_type_hints(kind)[name]
    if name == "settings":
        return settings
    if hint == datetime | None:
        return st.none() | labels
    if hint is datetime:
        return labels
    if hint is float:
        return st.floats(-MAX_STEP, MAX_STEP)
    if typing.get_origin(hint) is typing.Literal:
        return st.sampled_from(typing.get_args(hint))
    if type(None) in typing.get_args(hint):
        literal, _none = typing.get_args(hint)
        return st.none() | st.sampled_from(typing.get_args(literal))
    plain: dict[type, st.SearchStrategy[object]] = {str: texts, int: st.integers(0, 10), bool: st.booleans()}
    return plain[hint]


@st.composite
def some_event(draw: st.DrawFn) -> Event:
    """Draw a possible event. In half of them all timestamps are close together in one zone, as in real traces."""
    kind = draw(st.sampled_from(KINDS))
    facts: dict[str, Any] = {name: draw(_values(kind, name)) for name in kind.__struct_fields__}
    at = facts["at"]
    assert isinstance(at, datetime)
    if draw(st.booleans()):
        for name, value in facts.items():
            if isinstance(value, datetime):
                facts[name] = at + timedelta(milliseconds=draw(near) if name != "at" else 0)
    event = kind(**facts)
    assume(not fault_of(event))
    return event


def as_text(event: Event) -> dict[str, object]:
    """Return the fields of the event as a trace writes them: timestamps with offset, to the millisecond."""
    facts = msgspec.to_builtins(event, builtin_types=(datetime,))
    return {key: iso(rounded(value)) if isinstance(value, datetime) else value for key, value in facts.items()}
