"""The events: the only input of the engine.

An event is a wall time and a few plain facts. No event has a field for a key, a coordinate, a window title or a program
name: this keeps the privacy promise. The tags and field names are those of a trace line.
"""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

import msgspec

from slowrise.core.model.policy import ProfileName
from slowrise.core.model.timestamps import ACCEPTED_YEARS, EARLIEST, LATEST, is_possible

Was = Literal["sitting", "away", "standing"]
Side = Literal["left", "middle", "right", "both"]
"""`middle` is the middle of the back; a leg has no middle."""
SymptomKind = Literal[
    "pain",
    "radiating-pain",
    "numbness",
    "reduced-sensation",
    "odd-sensation",
    "weakness",
    "saddle-numbness",
    "bladder-bowel",
]
"""What the user can log; there is no free text. The last two are red flags by themselves; their side is `middle`."""
Level = Annotated[int, msgspec.Meta(ge=0, le=10)]


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", forbid_unknown_fields=True):
    """Something that happened at `at`, an aware wall time by the clock of that moment."""

    at: datetime


class Started(Event, frozen=True, tag="started"):
    """The daemon started. After a crash, `since` is the last sign of life of the run before."""

    since: datetime | None = None


class Stopped(Event, frozen=True, tag="stopped"):
    """The daemon stopped. Time is unobserved until the next `Started`."""


class Active(Event, frozen=True, tag="active"):
    """The user gave input after an idle time."""


class Idle(Event, frozen=True, tag="idle", omit_defaults=True):
    """The user has given no input since `since`. The source reports this after its idle time-out.

    `unseen`: the desktop shows the source no input from then on, because a program keeps the screen on. There may be
    some. The next `active` or `idle` ends this; the `since` of that `idle` is when input was shown again.
    """

    since: datetime
    unseen: bool = False


class Lull(Event, frozen=True, tag="lull"):
    """The user has given no input for some seconds. Reported only while a prompt waits for such a pause."""

    since: datetime


class Locked(Event, frozen=True, tag="locked"):
    """The screen was locked; since `since`, if that was noticed late."""

    since: datetime | None = None


class Unlocked(Event, frozen=True, tag="unlocked"):
    """The screen was unlocked."""


class Suspended(Event, frozen=True, tag="suspended"):
    """The machine went to sleep."""


class Resumed(Event, frozen=True, tag="resumed"):
    """The machine woke up. This is no evidence that the user is there."""


class CallStarted(Event, frozen=True, tag="call-started"):
    """A microphone or camera came into use. Counted, because two may overlap."""


class CallEnded(Event, frozen=True, tag="call-ended"):
    """A microphone or camera went out of use."""


class Inhibited(Event, frozen=True, tag="inhibited"):
    """A program (film, slides, music) took an idle inhibitor. Counted, because two may overlap."""


class Uninhibited(Event, frozen=True, tag="uninhibited"):
    """A program released its idle inhibitor."""


class StandingDeclared(Event, frozen=True, tag="standing"):
    """The user stands at the desk, as declared or as a desk sensor reports."""


class SittingDeclared(Event, frozen=True, tag="sitting"):
    """The user sits again, as declared or as a desk sensor reports."""


class Paused(Event, frozen=True, tag="paused"):
    """Observation stopped: the user paused it, or the daemon cannot see the user."""


class Unpaused(Event, frozen=True, tag="unpaused"):
    """Observation goes on."""


class ClockStepped(Event, frozen=True, tag="clock-stepped"):
    """The wall clock was moved by `by` seconds; `at` is by the new setting."""

    by: float


class PolicyChanged(Event, frozen=True, tag="policy"):
    """The settings changed. `settings` holds what differs from the defaults, structured like the file."""

    settings: dict[str, Any] = {}


class QuietUntil(Event, frozen=True, tag="held"):
    """The user asked for no prompts until `until`. Observation goes on."""

    until: datetime


class Answered(Event, frozen=True, tag="answered", rename={"from_": "from"}):
    """The user reported what they did between `from_` and `to`."""

    from_: datetime
    to: datetime
    was: Was


class Snoozed(Event, frozen=True, tag="snoozed"):
    """The user snoozed the current prompt until `until`."""

    until: datetime


class Acknowledged(Event, frozen=True, tag="acknowledged"):
    """The user pressed *I'm getting up*. Only the absence that follows counts as a break, not the press."""


class Dismissed(Event, frozen=True, tag="dismissed"):
    """The user closed the prompt, or cannot get up after all. That takes back an `Acknowledged` shortly before."""


class Symptom(Event, frozen=True, tag="symptom"):
    """A health note. `level` is from 0 (none) to 10 (the worst imaginable)."""

    kind: SymptomKind
    side: Side
    level: Level


class FlareUp(Event, frozen=True, tag="flare-up"):
    """The user switched the flare-up profile on or off."""

    on: bool


class ProfileChosen(Event, frozen=True, tag="profile"):
    """The user chose a profile."""

    name: ProfileName


class Clinician(Event, frozen=True, tag="clinician", omit_defaults=True):
    """The user reported what a clinician knows: this flare-up, the `symptoms` of these days, or symptoms noted so far.

    `history` marks those of that kind and side, or of each if None; `nothing` takes this back.
    """

    knows: Literal["flare-up", "symptoms", "history", "nothing"]
    kind: SymptomKind | None = None
    side: Side | None = None


class Drive(Event, frozen=True, tag="drive"):
    """The user was driving for so many seconds."""

    seconds: float


class RedFlags(Event, frozen=True, tag="red-flags"):
    """The red flags are on the screen, and prompts wait until they are read or closed; or they are not any more."""

    up: bool


class NoticeStays(Event, frozen=True, tag="notice-stays"):
    """A reminder that stays is on the screen, and less important notices wait; or none is any more."""

    notice: Literal["sit-firm", "stand-firm"] | None = None


HEALTH = (Symptom, FlareUp, ProfileChosen, Clinician, Drive)
"""Health notes."""
SHOWS_HEALTH = (*HEALTH, RedFlags)
"""Events that show something of the user's health. An export leaves them out unless the user asks for them."""

AnyHealth = Symptom | FlareUp | ProfileChosen | Clinician | Drive
AnyEvent: Any = reduce(or_, Event.__subclasses__())
"""The union of all events, for decoders."""

MAX_STEP = (LATEST - EARLIEST).total_seconds()
"""Seconds. No clock is set by more."""


def fault_of(event: Event) -> str:
    """Return why no clock and no user can have made this event; an empty text if it is all right.

    Every door checks it: a trace before it is replayed, and the ledger before it is read.
    """
    for field in _TIMES[type(event)]:
        label = getattr(event, field)
        if label is not None and label.tzinfo is None:
            return f"`{field.rstrip('_')}` has no offset from UTC"
        if label is not None and not is_possible(label):
            return f"`{field.rstrip('_')}` is in the year {label.year}, accepted are {ACCEPTED_YEARS}"
    if isinstance(event, ClockStepped) and not abs(event.by) <= MAX_STEP:
        return f"`by` is {event.by} s, accepted are up to {MAX_STEP:.0f} s either way"
    if isinstance(event, Answered) and event.to <= event.from_:
        return "`to` is not after `from`"
    return ""


_TIMES: dict[type[Event], tuple[str, ...]] = {
    kind: tuple(field for field in ("at", "since", "until", "from_", "to") if field in kind.__struct_fields__)
    for kind in Event.__subclasses__()
}


def name_of(event: Event | type[Event]) -> str:
    """Return the name of the event, or of a class of events, in a trace."""
    return str(event.__struct_config__.tag)
