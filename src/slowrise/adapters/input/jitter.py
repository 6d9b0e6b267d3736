"""Tell a user who came back from jitter: a bumped table, a drifting sensor, a single click. Pure: no clock, no thread.

Times are seconds on CLOCK_BOOTTIME, distances are pixels.
"""

from __future__ import annotations

TINY = 3
"""Pixels. A hand moves the pointer at least this far from where a burst began. A bumped table moves it 1 to 2, a
drifting sensor 1 at a time. Workrave has the same threshold (its `ActivityMonitor`)."""

BRIEF = 1.0
"""Seconds. Activity shorter than this in total is jitter, not a return. Judgement; Workrave has the same."""

JUDGED_FOR = 2.0
"""Seconds in which input must last `BRIEF` to be a return. Judgement: a returning hand is busy for longer."""


class InputBurst:
    """Inputs with less than `JUDGED_FOR` between them.

    It keeps where the pointer was when the burst began, to compute the distance, and forgets it with the burst.
    """

    def __init__(self) -> None:
        self.first: float | None = None
        self.last = 0.0
        self._begun: tuple[int, int] | None = None
        self._by_hand = False

    def is_over(self, at: float) -> bool:
        """Whether an input at `at` would begin another burst."""
        return self.first is not None and at - self.last > JUDGED_FOR

    def add(self, at: float, place: tuple[int, int] | None = None) -> None:
        """Add an input at `at`: a motion to `place`, or (None) a key, button or wheel."""
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
        """Whether a hand caused it and it has lasted this many seconds."""
        return self._by_hand and self.first is not None and self.last - self.first >= lasting
