"""Whose turn it is among the suggestions for a break. Pure; their words are the guidance's.

Each that is allowed is given once before one comes again. One that brought on a symptom last time is passed over when
its turn comes: all the others come again before it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from slowrise.core.model.units import MINUTE

Suits = Literal["yes", "if-comfortable", "no"]

SUGGESTIONS: dict[str, Suits] = {
    "walk": "if-comfortable",
    "water": "yes",
    "shift-weight": "yes",
    "window": "yes",
    "phone-call": "no",
    "colleague": "no",
    "corridor": "if-comfortable",
    "ankles": "yes",
    "shoulders": "yes",
    "breathe": "yes",
    "hands": "yes",
    "change": "yes",
    "lie-down": "yes",
    "eat-away": "if-comfortable",
    "reset-desk": "yes",
    "errand": "no",
}
"""In the order they are given, and whether each suits a flare-up or a day with symptoms: what is like exercise, or
holds one on one's feet, does not (G11)."""

BROUGHT_ON = 30 * MINUTE
"""A symptom logged so soon after a break may have come of it (G5); judgement."""


class SuggestionRota(msgspec.Struct):
    """What comes next. Changed by `take` and `lower` alone."""

    queue: list[str] = msgspec.field(default_factory=lambda: list(SUGGESTIONS))
    lowered: list[str] = []
    """What brought on a symptom when it was given last."""

    def take(self, *, gently: bool) -> str:
        """The one whose turn it is; `gently` leaves out what does not suit a flare-up."""
        while True:
            turn = next(name for name in self.queue if not (gently and SUGGESTIONS[name] == "no"))
            self.queue.remove(turn)
            self.queue.append(turn)
            if turn not in self.lowered:
                return turn
            self.lowered.remove(turn)

    def lower(self) -> None:
        """The one given last brought on a symptom: its next turn is passed over."""
        if self.queue[-1] not in self.lowered:
            self.lowered.append(self.queue[-1])
