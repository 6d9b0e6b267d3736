"""The format of an event in the ledger's file: compact, and without loss. No I/O here.

An event's time is stored as milliseconds since the midnight of its date. Consecutive events share this midnight and
their UTC offset as a run, so a time costs four bytes. Most events need at most one small number more.
Midnights are milliseconds since 1970 UTC, offsets are seconds east of UTC.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

import msgspec

from slowrise.core.model import events
from slowrise.core.model.events import Event, fault_of
from slowrise.core.model.safe_text import shown
from slowrise.core.model.timestamps import ACCEPTED_YEARS, EARLIEST, LATEST, iso, rounded

KINDS: tuple[type[Event], ...] = (
    events.Started,
    events.Stopped,
    events.Active,
    events.Idle,
    events.Lull,
    events.Locked,
    events.Unlocked,
    events.Suspended,
    events.Resumed,
    events.CallStarted,
    events.CallEnded,
    events.Inhibited,
    events.Uninhibited,
    events.StandingDeclared,
    events.SittingDeclared,
    events.Paused,
    events.Unpaused,
    events.ClockStepped,
    events.PolicyChanged,
    events.QuietUntil,
    events.Answered,
    events.Snoozed,
    events.Acknowledged,
    events.Dismissed,
    events.Symptom,
    events.FlareUp,
    events.ProfileChosen,
    events.Clinician,
    events.Drive,
    events.RedFlags,
    events.NoticeStays,
)
"""A kind's index is its number on disk: append new kinds, never move or remove one.

A new kind also needs a migration of the view `events_readable`, which has their names.
"""

CODES = {kind: code for code, kind in enumerate(KINDS)}
KIND_OF = dict(enumerate(KINDS))
"""Unlike the tuple it has nothing below 0."""

NEARBY: dict[type[Event], str] = {
    events.Started: "since",
    events.Idle: "since",
    events.Lull: "since",
    events.Locked: "since",
    events.QuietUntil: "until",
    events.Snoozed: "until",
}
"""Kinds whose only fact is a second time; it is stored as milliseconds from `at`. An unseen `idle` has one more."""

TIMES = frozenset({"since", "until", "from", "to"})
"""Facts that are times."""

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - both local times and UTC count from it
MILLISECOND = timedelta(milliseconds=1)
OLDEST, NEWEST = (int(bound.timestamp()) * 1000 for bound in (EARLIEST, LATEST))
"""The bound on instants, in milliseconds since 1970 UTC."""
SECOND = timedelta(seconds=1)


class Run(NamedTuple):
    """What consecutive events share: the midnight from which their times count, and the UTC offset."""

    midnight: int
    offset: int


class Packed(NamedTuple):
    """One event: milliseconds since its run's midnight, the number of its kind, and its other facts.

    `rest` is milliseconds from `at` to the second time, JSON text, or None for an event without other facts.
    """

    run: Run
    ms: int
    code: int
    rest: int | str | None


class Unreadable(ValueError):
    """A stored row holds no event."""


def instant(time: datetime) -> int:
    """Return milliseconds since 1970 UTC, rounded down."""
    return (time.replace(tzinfo=None) - EPOCH - _offset(time)) // MILLISECOND


def pack(event: Event) -> Packed:
    """Encode the event; its times are cut to milliseconds. Raises `ValueError` for a time without an offset."""
    offset = _offset(event.at) // SECOND
    local = event.at.replace(tzinfo=None)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    run = Run((midnight - EPOCH) // MILLISECOND - offset * 1000, offset)
    return Packed(run, (local - midnight) // MILLISECOND, CODES[type(event)], _rest(event))


def unpack(midnight: int, offset: int, ms: int, code: int, rest: int | str | None) -> Event:
    """Decode an event; its times have fixed offsets. Raises `Unreadable`.

    It takes plain arguments for speed: reading a year calls it 200 000 times.
    """
    try:
        at = _midnight(midnight, offset) + timedelta(milliseconds=ms)
        kind = KIND_OF[code]
        if rest is None and OLDEST <= midnight + ms < NEWEST:
            return kind(at=at)
        if isinstance(rest, int) and OLDEST <= midnight + ms < NEWEST and OLDEST <= midnight + ms + rest < NEWEST:
            return kind(at=at, **{NEARBY[kind]: at + timedelta(milliseconds=rest)})
        if not isinstance(rest, str | bytes):
            raise Unreadable(f"its time is not in the years {ACCEPTED_YEARS}")
        facts = {key: _fact(key, value) for key, value in msgspec.json.decode(rest, type=dict[str, object]).items()}
        event = msgspec.convert({"event": kind.__struct_config__.tag, "at": at, **facts}, kind)
        if fault := fault_of(event):
            raise Unreadable(fault)
    except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        # It is data from outside: only its beginning is named, and nothing of it that a terminal obeys.
        raise Unreadable(f"{shown(str((midnight, offset, ms, code, rest)), 120)}: {shown(str(error))}") from error
    return event


def as_read_back(event: Event) -> Event:
    """Return the event as the ledger will read it: times cut to milliseconds, in fixed offsets."""
    run, ms, code, rest = pack(event)
    return unpack(*run, ms, code, rest)


def _rest(event: Event) -> int | str | None:
    if event.__struct_fields__ == ("at",):
        return None
    is_nearby = type(event) in NEARBY and not (isinstance(event, events.Idle) and event.unseen)
    other = getattr(event, NEARBY[type(event)]) if is_nearby else None
    if isinstance(other, datetime) and other.utcoffset() == event.at.utcoffset():
        return (rounded(other) - rounded(event.at)) // MILLISECOND
    facts = msgspec.to_builtins(event, builtin_types=(datetime,))
    del facts["event"], facts["at"]
    if facts == {"since": None}:
        return None
    return msgspec.json.encode({key: _written(value) for key, value in facts.items()}).decode()


def _written(value: object) -> object:
    """Return the value for JSON. The JSON library cannot write an offset with seconds, as in 1900; `iso` can."""
    if not isinstance(value, datetime):
        return value
    _offset(value)
    return iso(value)


def _fact(key: str, value: object) -> object:
    return datetime.fromisoformat(value) if key in TIMES and isinstance(value, str) else value


def _offset(time: datetime) -> timedelta:
    offset = time.utcoffset()
    if offset is None:
        raise ValueError(f"{time} has no offset from UTC")
    return offset


@lru_cache(maxsize=16)
def _midnight(midnight: int, offset: int) -> datetime:
    zone = timezone(timedelta(seconds=offset))
    return (EPOCH + timedelta(milliseconds=midnight, seconds=offset)).replace(tzinfo=zone)
