"""The order of the suggestions for a break, and which of them fit the moment. Pure; the guidance has their sentences.

Each suggestion is given once before one comes again. A suggestion that brought on a symptom is skipped once: all the
others come again before it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from slowrise.core.model.units import MINUTE

Suits = Literal["yes", "if-comfortable", "no"]

WALK = "walk"
"""The suggestion that fits every moment."""

SUGGESTIONS: dict[str, Suits] = {
    WALK: "if-comfortable",
    "water": "yes",
    "shift-weight": "yes",
    "window": "yes",
    "phone-call": "no",
    "colleague": "no",
    "corridor": "if-comfortable",
    "hands": "yes",
    "change": "yes",
    "lie-down": "yes",
    "eat-away": "if-comfortable",
    "reset-desk": "yes",
    "errand": "no",
}
"""In the order in which they are given. Each with whether it suits a flare-up or a day with symptoms: exercise and
standing for long do not (G11)."""

STANDING = frozenset({"shift-weight", "phone-call", "hands"})
"""Done standing in one place."""
LYING = frozenset({"lie-down"})

BROUGHT_ON = 30 * MINUTE
"""A symptom logged this soon after a break may have been brought on by it (G5); judgement."""


class Moment(NamedTuple):
    """What decides which suggestions fit."""

    gently: bool = False
    """A flare-up goes on, or a symptom was logged within a day."""
    may_stand: bool = True
    """The day's standing is not used up, and no weakness was logged within a day (G20, G25b)."""
    may_lie_down: bool = False
    """The user says that there is a bed or couch."""

    def allows(self, name: str) -> bool:
        """Return whether a suggestion fits."""
        if self.gently and SUGGESTIONS[name] == "no":
            return False
        return (self.may_stand or name not in STANDING) and (self.may_lie_down or name not in LYING)

    def instead_of(self, name: str) -> str:
        """Return the suggestion, or a walk if it does not fit any more."""
        return name if name in SUGGESTIONS and self.allows(name) else WALK


class SuggestionRota(msgspec.Struct):
    """Which suggestions were given. It names no others, so a change of the table does not make it wrong."""

    given: list[str] = []
    """Each once, the last one last."""
    lowered: list[str] = []
    """Suggestions that brought on a symptom when they were given last."""

    def take(self, moment: Moment) -> str:
        """Return the next suggestion that fits: the first that was not given yet, or the one given longest ago."""
        while True:
            new = (name for name in SUGGESTIONS if name not in self.given)
            turn = next(name for name in (*new, *self.given) if name in SUGGESTIONS and moment.allows(name))
            self.given = [name for name in self.given if name != turn] + [turn]
            if turn not in self.lowered:
                return turn
            self.lowered.remove(turn)

    def lower(self) -> None:
        """Skip the last suggestion the next time, because it brought on a symptom."""
        if self.given and self.given[-1] not in self.lowered:
            self.lowered.append(self.given[-1])
