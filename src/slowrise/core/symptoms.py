"""What a logged symptom calls for. Pure: what was noted before and the new note in, what is to be shown out.

Nothing is scored, and no answer says that all is well. The red flags come first with every entry but one that is known
to the clinician; where the entry itself may be one of them, they have to be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

import msgspec

from slowrise.core.model.events import Clinician, Event, FlareUp, Profile, Symptom

USUAL_DAYS = timedelta(days=7)
"""The person's own usual is the median over so long."""
WORSE_BY = 2
"""On the scale of 0 to 10, inclusive: the least change in pain that matters (Childs et al. 2005, Spine 30:1331)."""


class History(msgspec.Struct, frozen=True):
    """What was noted before, in order; the clinician knows the first `known` of it."""

    notes: tuple[Symptom, ...] = ()
    known: int = 0


class SymptomResponse(NamedTuple):
    """What a note calls for, each to be shown before the next."""

    red_flags: bool
    """They have to be read: both legs, the other one, or weakness that is new or grows."""
    ease_off: bool
    """It is new, or stronger than usual."""
    flare_up: bool
    """The flare-up profile is offered: it is worse than usual by what matters (R13)."""
    known: bool
    """The clinician knows of it, as it is: the red flags need not come first."""


def history_of(events: Iterable[Event]) -> History:
    """The history that health notes make."""
    notes: list[Symptom] = []
    known = 0
    for event in events:
        match event:
            case Symptom():
                notes.append(event)
            case Clinician(knows="history"):
                known = len(notes)
            case Clinician(knows="nothing"):
                known = 0
            case _:
                pass
    return History(tuple(notes), known)


class Episode(NamedTuple):
    """A flare-up that goes on."""

    since: datetime
    told: bool
    """Whether a clinician was spoken to since."""


def episode_of(events: Iterable[Event]) -> Episode | None:
    """The flare-up that health notes leave going on."""
    episode = None
    for event in events:
        match event:
            case FlareUp(on=True) | Profile(name="flare-up"):
                episode = episode or Episode(event.at, told=False)
            case FlareUp() | Profile():
                episode = None
            case Clinician(knows="flare-up") if episode is not None:
                episode = episode._replace(told=True)
            case _:
                pass
    return episode


def response_to(note: Symptom, history: History, *, in_flare_up: bool = False) -> SymptomResponse:
    """What one more note calls for, after that history."""
    usual = usual_level(note, history)
    red_flags = _both_legs(note, history) or _weaker(note, history)
    return SymptomResponse(
        red_flags=red_flags,
        ease_off=note.level > usual,
        flare_up=not in_flare_up and note.level >= usual + WORSE_BY,
        known=_is_known(note, history) and not red_flags,
    )


def usual_level(note: Symptom, history: History) -> float:
    """The median level of that symptom, on whichever side, over the seven days before; 0 where it was not noted."""
    levels = [
        before.level
        for before in history.notes
        if before.kind == note.kind and note.at - USUAL_DAYS <= before.at <= note.at
    ]
    return median(levels) if levels else 0.0


def _both_legs(note: Symptom, history: History) -> bool:
    """Both sides, or the one after the other, however slight and however long ago; unless just that is known."""
    both = note.side == "both" or any(before.side != note.side for before in history.notes)
    return both and not _is_known(note, history)


def _is_known(note: Symptom, history: History) -> bool:
    """Whether the clinician knows of that symptom there, as strong as it is now. Each side alone is not both."""
    return any(
        known.kind == note.kind and known.side in (note.side, "both") and known.level >= note.level
        for known in history.notes[: history.known]
    )


def _weaker(note: Symptom, history: History) -> bool:
    """Weakness that is new on that side, or stronger than when it was noted last."""
    if note.kind != "weakness":
        return False
    there = [before for before in history.notes if before.kind == "weakness" and before.side in (note.side, "both")]
    return not there or note.level > there[-1].level
