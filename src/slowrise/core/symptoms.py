"""The response to a logged symptom, from the history of symptoms and the new note. Pure.

Nothing is scored, and no response says that all is well. The red flags are shown first with every note, except one that
the clinician knows of. If the note itself may be a red flag, the user has to confirm that they read them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

import msgspec

from slowrise.core.model.events import Clinician, Event, FlareUp, ProfileChosen, Symptom

USUAL_DAYS = timedelta(days=7)
"""The user's usual level is the median over this time."""
WORSE_BY = 2
"""Least change in pain that matters, on the scale of 0 to 10 (Childs et al. 2005, Spine 30:1331). Inclusive."""


class History(msgspec.Struct, frozen=True):
    """The notes before, in order. The clinician knows of the first `known`."""

    notes: tuple[Symptom, ...] = ()
    known: int = 0


class SymptomResponse(NamedTuple):
    """What is shown after a note, in this order."""

    red_flags: bool
    """The user has to read them: both legs, the other leg, or weakness that is new or grows."""
    ease_off: bool
    """The symptom is new, or stronger than usual."""
    flare_up: bool
    """The flare-up profile is offered: the symptom is worse than usual by `WORSE_BY` (R13)."""
    known: bool
    """The clinician knows of this symptom at this level: the red flags need not come first."""


def history_of(events: Iterable[Event]) -> History:
    """Return the history of symptoms in these health notes."""
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
    """The flare-up that goes on."""

    since: datetime
    clinician_told: bool
    """The user has spoken to a clinician since it began."""


def episode_of(events: Iterable[Event]) -> Episode | None:
    """Return the flare-up that goes on after these health notes; None if there is none."""
    episode = None
    for event in events:
        match event:
            case FlareUp(on=True) | ProfileChosen(name="flare-up"):
                episode = episode or Episode(event.at, clinician_told=False)
            case FlareUp() | ProfileChosen():
                episode = None
            case Clinician(knows="flare-up") if episode is not None:
                episode = episode._replace(clinician_told=True)
            case _:
                pass
    return episode


def response_to(note: Symptom, history: History, *, in_flare_up: bool = False) -> SymptomResponse:
    """Return the response to one more note after that history."""
    usual = usual_level(note, history)
    red_flags = _both_legs(note, history) or _weaker(note, history)
    return SymptomResponse(
        red_flags=red_flags,
        ease_off=note.level > usual,
        flare_up=not in_flare_up and note.level >= usual + WORSE_BY,
        known=_is_known(note, history) and not red_flags,
    )


def usual_level(note: Symptom, history: History) -> float:
    """Return the median level of that symptom, on either side, in the seven days before; 0 if it was not noted."""
    levels = [
        before.level
        for before in history.notes
        if before.kind == note.kind and note.at - USUAL_DAYS <= before.at <= note.at
    ]
    return median(levels) if levels else 0.0


def _both_legs(note: Symptom, history: History) -> bool:
    """Return whether both legs are affected, at any level and any time ago, unless the clinician knows of this."""
    sides = {one.side for one in (*history.notes, note)} - {"middle"}
    # Feeling lost between the legs is a red flag, and a client of the socket may call it numbness in the middle.
    between = note.side == "middle" and note.kind != "pain"
    return between or (("both" in sides or len(sides) > 1) and not _is_known(note, history))


def _is_known(note: Symptom, history: History) -> bool:
    """Return whether the clinician knows of that symptom there, at this level or above. Left and right are not both."""
    return any(
        known.kind == note.kind and known.side in (note.side, "both") and known.level >= note.level
        for known in history.notes[: history.known]
    )


def _weaker(note: Symptom, history: History) -> bool:
    """Return whether it is weakness that is new on that side, or stronger than when it was noted last."""
    if note.kind != "weakness":
        return False
    there = [before for before in history.notes if before.kind == "weakness" and before.side in (note.side, "both")]
    return not there or note.level > there[-1].level
