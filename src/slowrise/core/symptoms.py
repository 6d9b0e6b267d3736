"""The response to a logged symptom, from the history of symptoms and the new note. Pure.

Nothing is scored, and no response says that all is well. A note asks the user to read the red flags if it is *serious*
and a *change*:

- serious: both sides, another side than noted before, a weakness, or feeling that is lost between the legs;
- a change: not noted in the last 14 days, or stronger than in these. Of what the clinician knows: stronger by
  `WORSE_BY`.

After a serious or a growing symptom nothing is said that could sound like a cause. A level of 0 means "none today": it
is no symptom.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

import msgspec

from slowrise.core.model.events import (
    Clinician,
    Event,
    FlareUp,
    PolicyChanged,
    ProfileChosen,
    Side,
    Symptom,
    SymptomKind,
)
from slowrise.core.model.policy import PROFILES

USUAL_DAYS = timedelta(days=7)
"""The user's usual level is the median over this time."""
RECENT_DAYS = timedelta(days=14)
"""A symptom is new again if it was not noted for so long. Judgement."""
RED_FLAG_KINDS: frozenset[SymptomKind | None] = frozenset({"saddle-numbness", "bladder-bowel"})
"""Red flags by themselves: signs of cauda equina syndrome, with or without pain."""
WORSE_BY = 2
"""Least change in pain that matters, on the scale of 0 to 10 (Childs et al. 2005, Spine 30:1331). Inclusive."""

Where = tuple[SymptomKind, Side]
"""A symptom and its side."""


class History(msgspec.Struct, frozen=True):
    """The notes before, in order, and what the user says that their clinician knows."""

    notes: tuple[Symptom, ...] = ()
    marked: Mapping[Where, int] = {}
    """The symptoms that were marked as known, each with its level then."""
    news: frozenset[Where] = frozenset()
    """What came since: another symptom, another side, or a level that rose by `WORSE_BY`."""

    @property
    def known(self) -> Mapping[Where, int]:
        """What the clinician knows. Nothing counts as known once something new has come, until it is marked too."""
        return {} if self.news else self.marked

    def with_note(self, note: Symptom) -> History:
        """Return the history after one more note."""
        is_news = bool(self.marked and note.level and not _is_back_pain(note) and not _covers(self.marked, note))
        news = self.news | {(note.kind, note.side)} if is_news else self.news
        return History((*self.notes, note), self.marked, news)

    def with_known(self, event: Clinician) -> History:
        """Return the history after the user marked what the clinician knows: all of it, or a symptom and its side."""
        now = {where: self._level(where, event.at) for where in self._noted() if _is_meant(where, event)}
        news = frozenset(where for where in self.news if not _is_covered(where, now))
        return History(self.notes, {**self.marked, **now}, news)

    def with_unknown(self, event: Clinician) -> History:
        """Return the history after the user took such a mark back."""
        marked = {where: level for where, level in self.marked.items() if not _is_meant(where, event)}
        return History(self.notes, marked, self.news if marked else frozenset())

    def recent(self, note: Symptom) -> list[Symptom]:
        """Return the symptoms in the 14 days before a note."""
        return [each for each in self.notes if each.level and note.at - RECENT_DAYS <= each.at <= note.at]

    def _noted(self) -> list[Where]:
        return list(dict.fromkeys((note.kind, note.side) for note in self.notes if note.level))

    def _level(self, where: Where, at: datetime) -> int:
        """Return the highest level of the last 14 days, or else the last one."""
        there = [note for note in self.notes if note.level and (note.kind, note.side) == where]
        recent = [note.level for note in there if note.at >= at - RECENT_DAYS]
        return max(recent, default=there[-1].level)


class SymptomResponse(NamedTuple):
    """What is shown after a note."""

    none: bool = False
    """The user has none today: thanks, and nothing else."""
    shows_red_flags: bool = False
    """The red flags come before anything else, because the symptom is new or stronger."""
    red_flags: bool = False
    """The user has to read them: the symptom is serious, too."""
    call: bool = False
    """Feeling is lost between the legs, or bladder or bowels are affected: the user is told whom to call."""
    contact: bool = False
    """The symptom is serious or grows: the user is sent to the clinician, and nothing is said of a cause."""
    ease_off: bool = False
    """The symptom is new, and neither serious nor beside one that is, or that grew."""
    clinician: bool = False
    """Strong pain down the leg, or symptoms on many days, and nothing serious: contact the clinician now."""
    flare_up: bool = False
    """The flare-up profile is offered: worse than usual by `WORSE_BY` (R13), or a reason for `clinician`."""


def history_of(events: Iterable[Event]) -> History:
    """Return the history of symptoms in these health notes."""
    history = History()
    for event in events:
        match event:
            case Symptom():
                history = history.with_note(event)
            case Clinician(knows="history"):
                history = history.with_known(event)
            case Clinician(knows="nothing"):
                history = history.with_unknown(event)
            case _:
                pass
    return history


class Episode(NamedTuple):
    """The flare-up that goes on."""

    since: datetime
    clinician_told: bool
    """The user has spoken to a clinician since it began."""


def with_file_profiles(events: Iterable[Event]) -> Iterator[Event]:
    """Yield the health notes, and a choice of the profile where the settings file named another one than before.

    What the file says is what a command would say: the later of both holds.
    """
    in_file = "standard"
    for event in events:
        if not isinstance(event, PolicyChanged):
            yield event
        elif (name := event.settings.get("profile", "standard")) != in_file and name in PROFILES:
            in_file = name
            yield ProfileChosen(at=event.at, name=name)


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


def response_to(
    note: Symptom, history: History, *, in_flare_up: bool = False, asks_clinician: bool = False
) -> SymptomResponse:
    """Return the response to one more note after that history.

    `asks_clinician`: with this note there is a reason to contact a clinician that the user has not ticked.
    """
    if not note.level:
        return SymptomResponse(none=True)
    serious, change = is_serious(note, history), is_change(note, history)
    # Feeling lost between the legs is always news: no history makes it harmless.
    red_flags = serious and (change or _is_between_legs(note))
    contact = serious or is_growing(note, history)
    clinician = asks_clinician and not serious
    worse_than_usual = note.level >= usual_level(note, history) + WORSE_BY
    return SymptomResponse(
        shows_red_flags=change or red_flags,
        red_flags=red_flags,
        call=_is_between_legs(note),
        contact=contact,
        ease_off=not (contact or clinician) and _is_new_and_alone(note, history),
        clinician=clinician,
        flare_up=not (in_flare_up or serious) and (worse_than_usual or clinician),
    )


def is_serious(note: Symptom, history: History) -> bool:
    """Return whether it is of a kind that may be a red flag, at any level: G6, G7, G18, G20."""
    if not note.level or _is_back_pain(note):
        return False
    return are_serious([note]) or _are_both_legs((*history.notes, note))


def are_serious(notes: Sequence[Symptom]) -> bool:
    """Return whether one of these symptoms may be a red flag by itself, or all of them together are on both sides."""
    alone = any(note.level and (note.kind == "weakness" or _is_between_legs(note)) for note in notes)
    return alone or _are_both_legs(notes)


def is_change(note: Symptom, history: History) -> bool:
    """Return whether it is new, on another side, or worse than in the last 14 days or than the clinician knows."""
    there = _levels_there(note, history)
    if not there:
        return True
    return note.level > max(there) and not _covers(history.known, note)


def is_growing(note: Symptom, history: History) -> bool:
    """Return whether it is stronger than it was in the last 14 days, whatever the clinician knows."""
    there = _levels_there(note, history)
    return bool(there) and note.level > max(there)


def usual_level(note: Symptom, history: History) -> float:
    """Return the median level of that symptom, on either side, in the seven days before; 0 if it was not noted."""
    levels = [
        before.level
        for before in history.notes
        if before.kind == note.kind and note.at - USUAL_DAYS <= before.at <= note.at
    ]
    return median(levels) if levels else 0.0


def _levels_there(note: Symptom, history: History) -> list[int]:
    """Return the levels of that symptom there in the last 14 days. Both sides are each of them, but not the reverse."""
    return [each.level for each in history.recent(note) if each.kind == note.kind and each.side in (note.side, "both")]


def _is_new_and_alone(note: Symptom, history: History) -> bool:
    """Return whether the symptom was not noted in the last 14 days, and nothing that was is serious or grew."""
    recent = history.recent(note)
    is_new = all(each.kind != note.kind for each in recent)
    has_grown = any(is_growing(each, History(tuple(recent[:place]))) for place, each in enumerate(recent))
    return is_new and not has_grown and not are_serious([*recent, note])


def _are_both_legs(notes: Iterable[Symptom]) -> bool:
    """Return whether these symptoms are on more than one side."""
    sides = {each.side for each in notes if each.level} - {"middle"}
    return "both" in sides or len(sides) > 1


def _is_between_legs(note: Symptom) -> bool:
    """Return whether feeling is lost between the legs, or bladder or bowels give trouble."""
    # A client of the socket, or an old trace, may call it numbness in the middle.
    return note.kind in RED_FLAG_KINDS or (note.side == "middle" and note.kind != "pain")


def _is_back_pain(note: Symptom) -> bool:
    return note.side == "middle" and note.kind == "pain"


def _covers(known: Mapping[Where, int], note: Symptom) -> bool:
    """Return whether that symptom is known there, and not stronger by `WORSE_BY`. Left and right are not both."""
    levels = [level for where, level in known.items() if _is_covered((note.kind, note.side), [where])]
    return bool(levels) and note.level < max(levels) + WORSE_BY


def _is_covered(where: Where, known: Iterable[Where]) -> bool:
    return any(kind == where[0] and side in (where[1], "both") for kind, side in known)


def _is_meant(where: Where, event: Clinician) -> bool:
    return event.kind in (None, where[0]) and event.side in (None, where[1])
