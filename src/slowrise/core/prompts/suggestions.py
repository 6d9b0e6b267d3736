"""The order of the suggestions for a break. Pure; their sentences are in the guidance file.

Each suggestion is given once before one comes again. A suggestion that brought on a symptom is skipped once: all the
others come again before it.
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
"""In the order in which they are given. Each with whether it suits a flare-up or a day with symptoms: exercise and
standing for long do not (G11)."""

SEATED = frozenset({"ankles", "shoulders", "breathe"})
"""Done on the chair before getting up, so not in the break after it."""

BROUGHT_ON = 30 * MINUTE
"""A symptom logged this soon after a break may have been brought on by it (G5); judgement."""


def in_the_break(given: str, *, gently: bool) -> str:
    """Return the suggestion given with the prompt; a walk instead of one for the chair, or of one too much today."""
    return "walk" if given in SEATED or (gently and SUGGESTIONS[given] == "no") else given


class SuggestionRota(msgspec.Struct):
    """The suggestions in the order in which they come next."""

    queue: list[str] = msgspec.field(default_factory=lambda: list(SUGGESTIONS))
    lowered: list[str] = []
    """Suggestions that brought on a symptom when they were given last."""

    def take(self, *, gently: bool) -> str:
        """Return the next suggestion; with `gently`, the next one that suits a flare-up."""
        while True:
            turn = next(name for name in self.queue if not (gently and SUGGESTIONS[name] == "no"))
            self.queue.remove(turn)
            self.queue.append(turn)
            if turn not in self.lowered:
                return turn
            self.lowered.remove(turn)

    def lower(self) -> None:
        """Skip the last suggestion the next time, because it brought on a symptom."""
        if self.queue[-1] not in self.lowered:
            self.lowered.append(self.queue[-1])
