"""What happened: everything the rules learn is one of these events, and nothing else reaches them.

An event is a label and at most two plain facts. None has room for a key, a coordinate, a title or a program name:
that is how the privacy promise is kept. The names, and the keys they carry, are those of a trace line.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from slowrise.core.model.policy import ProfileName

Was = Literal["sitting", "away", "standing"]
Side = Literal["left", "right", "both"]
SymptomKind = Literal["pain", "radiating-pain", "numbness", "reduced-sensation", "odd-sensation", "weakness"]
"""What can be logged; there is no free text. Numbness of the saddle is none of them: it is a red flag, and no entry."""
Level = Annotated[int, msgspec.Meta(ge=0, le=10)]


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", forbid_unknown_fields=True):
    """Something that happened at `at`, an aware label on the clock of that moment."""

    at: datetime


class Started(Event, frozen=True, tag="started"):
    """The monitor runs. After a crash `since` is the last sign of life of the run before."""

    since: datetime | None = None


class Stopped(Event, frozen=True, tag="stopped"):
    """The monitor stops; until the next `Started` the time is unobserved."""


class Active(Event, frozen=True, tag="active"):
    """The first input after idle."""


class Idle(Event, frozen=True, tag="idle"):
    """No input since `since`; told when the source's resolution has passed."""

    since: datetime


class Lull(Event, frozen=True, tag="lull"):
    """No input for some seconds; told only while a prompt waits for its moment."""

    since: datetime


class Locked(Event, frozen=True, tag="locked"):
    """The screen was locked."""


class Unlocked(Event, frozen=True, tag="unlocked"):
    """The screen was unlocked."""


class Suspended(Event, frozen=True, tag="suspended"):
    """The machine goes to sleep."""


class Resumed(Event, frozen=True, tag="resumed"):
    """The machine is awake again, which says nothing about a person."""


class CallStarted(Event, frozen=True, tag="call-started"):
    """A microphone or camera came into use. Counted, not a flag: two may overlap."""


class CallEnded(Event, frozen=True, tag="call-ended"):
    """A microphone or camera went out of use."""


class Inhibited(Event, frozen=True, tag="inhibited"):
    """Something (film, slides, music) holds an idle inhibitor. Counted, not a flag."""


class Uninhibited(Event, frozen=True, tag="uninhibited"):
    """An idle inhibitor was let go."""


class Standing(Event, frozen=True, tag="standing"):
    """The person stands at the desk, as declared or sensed."""


class Sitting(Event, frozen=True, tag="sitting"):
    """The person sits again, as declared or sensed."""


class Paused(Event, frozen=True, tag="paused"):
    """The user stopped the watching."""


class Unpaused(Event, frozen=True, tag="unpaused"):
    """The watching goes on."""


class ClockStepped(Event, frozen=True, tag="clock-stepped"):
    """The wall clock was set by `by` seconds; `at` is on the new clock."""

    by: float


class PolicyChanged(Event, frozen=True, tag="policy"):
    """The settings in force changed; `settings` is what differs from the defaults, in the shape of the file."""

    settings: dict[str, Any] = {}


class QuietUntil(Event, frozen=True, tag="held"):
    """The user asked for quiet until `until`; counting goes on."""

    until: datetime


class Answered(Event, frozen=True, tag="answered", rename={"from_": "from"}):
    """The user said what they did between `from_` and `to`."""

    from_: datetime
    to: datetime
    was: Was


class Snoozed(Event, frozen=True, tag="snoozed"):
    """The user put the current prompt off until `until`."""

    until: datetime


class Acknowledged(Event, frozen=True, tag="acknowledged"):
    """The user said *Standing up*; only what the input shows afterwards earns anything."""


class Dismissed(Event, frozen=True, tag="dismissed"):
    """The user closed the prompt."""


class Symptom(Event, frozen=True, tag="symptom"):
    """A health note: `level` is 0 (none) to 10 (the worst there can be)."""

    kind: SymptomKind
    side: Side
    level: Level


class FlareUp(Event, frozen=True, tag="flare-up"):
    """The flare-up profile was switched on or off."""

    on: bool


class Profile(Event, frozen=True, tag="profile"):
    """The profile was chosen."""

    name: ProfileName


class Clinician(Event, frozen=True, tag="clinician"):
    """The user spoke to a clinician: about this flare-up, or so that all symptoms noted so far are known (`history`).

    `nothing` takes the latter back.
    """

    knows: Literal["flare-up", "history", "nothing"]


AnyEvent = (
    Started
    | Stopped
    | Active
    | Idle
    | Lull
    | Locked
    | Unlocked
    | Suspended
    | Resumed
    | CallStarted
    | CallEnded
    | Inhibited
    | Uninhibited
    | Standing
    | Sitting
    | Paused
    | Unpaused
    | ClockStepped
    | PolicyChanged
    | QuietUntil
    | Answered
    | Snoozed
    | Acknowledged
    | Dismissed
    | Symptom
    | FlareUp
    | Profile
    | Clinician
)

AnyHealth = Symptom | FlareUp | Profile | Clinician

HEALTH = (Symptom, FlareUp, Profile, Clinician)
"""Health notes: an export leaves them out unless they are asked for."""


def name_of(event: Event) -> str:
    """The event's name as a trace line has it."""
    return str(event.__struct_config__.tag)


def name_of_kind(kind: type[Event]) -> str:
    """The name that events of this class have in a trace."""
    return str(kind.__struct_config__.tag)
