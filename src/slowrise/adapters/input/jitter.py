"""A person who came back, or a twitch: a bumped table, a drifting sensor, a single click. Pure: no clock, no thread.

Seconds are those of CLOCK_BOOTTIME, distances are pixels.
"""

from __future__ import annotations

TINY = 3
"""Pixels. A pointer that stays nearer than this to where it began was not moved by a hand: a bumped table moves it
1 to 2, a drifting sensor 1 at a time. Workrave asks for the same (its `ActivityMonitor`)."""

BRIEF = 1.0
"""Seconds. Activity shorter than this in all is no return; judgement, and Workrave's."""

JUDGED_FOR = 2.0
"""Seconds for which what came is judged. Judgement: a returning hand is busy longer than `BRIEF` within them."""


class InputBurst:
    """What came within `JUDGED_FOR` of each other.

    It knows where the pointer began, and only until it ends: to tell how far from there it was moved.
    """

    def __init__(self) -> None:
        self.first: float | None = None
        self.last = 0.0
        self._begun: tuple[int, int] | None = None
        self._by_hand = False

    def is_over(self, at: float) -> bool:
        """Whether what comes at `at` belongs to another stretch."""
        return self.first is not None and at - self.last > JUDGED_FOR

    def add(self, at: float, place: tuple[int, int] | None = None) -> None:
        """Note an input at `at`: a motion to `place`, or a key, button or wheel."""
        if self.first is None:
            self.first = at
        self.last = at
        if place is None:
            self._by_hand = True
        elif self._begun is None:
            self._begun = place
        else:
            self._by_hand |= max(abs(place[0] - self._begun[0]), abs(place[1] - self._begun[1])) >= TINY

    def counts(self, lasting: float) -> bool:
        """Whether a hand was in it, and it has lasted so many seconds."""
        return self._by_hand and self.first is not None and self.last - self.first >= lasting
