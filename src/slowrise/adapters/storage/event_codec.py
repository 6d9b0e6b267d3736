"""Events as a ledger keeps them: small, and the same again when read. No I/O here.

An event's label is the midnight of its own date plus milliseconds. The midnight, with the offset it was made in, is
shared by a run of events, so that an event costs four bytes of label; what else it knows is mostly one small number.
Midnights are milliseconds of UTC since 1970, offsets are seconds east of UTC.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

import msgspec

from slowrise.core.model import events
from slowrise.core.model.events import Event
from slowrise.core.model.timestamps import iso, rounded

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
    events.Standing,
    events.Sitting,
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
    events.Profile,
    events.Clinician,
)
"""A kind's place is its number on disk: add at the end, never move or take away."""

CODES = {kind: code for code, kind in enumerate(KINDS)}

NEARBY: dict[type[Event], str] = {
    events.Started: "since",
    events.Idle: "since",
    events.Lull: "since",
    events.QuietUntil: "until",
    events.Snoozed: "until",
}
"""Kinds whose one fact is another label; kept as milliseconds from `at`."""

LABELS = frozenset({"since", "until", "from", "to"})

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local and UTC labels are counted from it alike
MILLISECOND = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)


class Run(NamedTuple):
    """What neighbouring events share: the midnight their labels count from, and the offset they are in."""

    midnight: int
    offset: int


class Packed(NamedTuple):
    """One event: milliseconds since its run's midnight, the number of its kind, and the rest.

    `rest` is a number (milliseconds from `at` to the other label), JSON text, or None where there is nothing more.
    """

    run: Run
    ms: int
    code: int
    rest: int | str | None


class Unreadable(ValueError):
    """What was kept is no event."""


def instant(label: datetime) -> int:
    """The label as milliseconds of UTC since 1970, cut to whole ones."""
    offset = _offset(label)
    return (label.replace(tzinfo=None) - EPOCH - offset) // MILLISECOND


def pack(event: Event) -> Packed:
    """The event, its labels cut to milliseconds. Raises `ValueError` for a label without an offset."""
    offset = _offset(event.at) // SECOND
    local = event.at.replace(tzinfo=None)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    run = Run((midnight - EPOCH) // MILLISECOND - offset * 1000, offset)
    return Packed(run, (local - midnight) // MILLISECOND, CODES[type(event)], _rest(event))


def unpack(midnight: int, offset: int, ms: int, code: int, rest: int | str | None) -> Event:
    """The event again, its labels in fixed offsets. Raises `Unreadable`.

    Plain arguments, because a year's reading is 200 000 calls.
    """
    try:
        at = _midnight(midnight, offset) + timedelta(milliseconds=ms)
        kind = KINDS[code]
        if rest is None:
            return kind(at=at)
        if isinstance(rest, int):
            return kind(at=at, **{NEARBY[kind]: at + timedelta(milliseconds=rest)})
        facts = {key: _fact(key, value) for key, value in msgspec.json.decode(rest, type=dict[str, object]).items()}
        return msgspec.convert({"event": kind.__struct_config__.tag, "at": at, **facts}, kind)
    except (ArithmeticError, LookupError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise Unreadable(f"{(midnight, offset, ms, code, rest)}: {error}") from error


def kept(event: Event) -> Event:
    """The event as it would be read back."""
    run, ms, code, rest = pack(event)
    return unpack(*run, ms, code, rest)


def within(event: Event, begin: datetime | None, end: datetime | None) -> bool:
    """Whether `begin <= at < end`, in whole milliseconds; None is open."""
    at = instant(event.at)
    return (begin is None or instant(begin) <= at) and (end is None or at < instant(end))


def _rest(event: Event) -> int | str | None:
    if event.__struct_fields__ == ("at",):
        return None
    other = getattr(event, NEARBY[type(event)]) if type(event) in NEARBY else None
    if isinstance(other, datetime) and other.utcoffset() == event.at.utcoffset():
        return (rounded(other) - rounded(event.at)) // MILLISECOND
    facts = msgspec.to_builtins(event, builtin_types=(datetime,))
    del facts["event"], facts["at"]
    if facts == {"since": None}:
        return None
    return msgspec.json.encode({key: _written(value) for key, value in facts.items()}).decode()


def _written(value: object) -> object:
    """Labels are written by us: an offset with seconds, as in 1900, is more than the JSON library knows."""
    if not isinstance(value, datetime):
        return value
    _offset(value)
    return iso(value)


def _fact(key: str, value: object) -> object:
    return datetime.fromisoformat(value) if key in LABELS and isinstance(value, str) else value


def _offset(label: datetime) -> timedelta:
    offset = label.utcoffset()
    if offset is None:
        raise ValueError(f"{label} has no offset from UTC")
    return offset


@lru_cache(maxsize=16)
def _midnight(midnight: int, offset: int) -> datetime:
    zone = timezone(timedelta(seconds=offset))
    return (EPOCH + timedelta(milliseconds=midnight, seconds=offset)).replace(tzinfo=zone)
