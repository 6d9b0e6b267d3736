"""The clock that leads to a prompt: how much sitting has piled up since it was last rested off. Seconds on the axis.

It is not reset by a cliff. A break of `break_full` clears it, one from `break_min` up to there takes `partial_credit`
times its length off, a shorter one nothing. Time that nobody saw rests it like a break, for nobody is prompted on
sitting that was not seen; it is no break in the record.
"""

from __future__ import annotations

import msgspec

from slowrise.policy import Policy
from slowrise.record import Stretch
from slowrise.sitting import LIKELY

SAME_REST = 1.0
"""Absences parted by no more than a touch are one."""


class SitClock(msgspec.Struct):
    """As it stood at `at`."""

    at: float = 0.0
    load: float = 0.0
    """Seconds of sitting not yet rested off."""
    bout_start: float | None = None
    """When this sitting bout began; None where the last stretch ended one."""
    bout_end: float | None = None
    """When the bout before that ended."""
    stood: float = 0.0
    """Seconds of standing in this standing bout."""
    rest: float = 0.0
    """Length of the absence that runs."""
    load_before: float = 0.0
    doubts: list[tuple[float, float]] = []
    """Ends of absences long enough to be a break, and of silences that may have been one, each with the probability
    that the person sat through it."""

    def advance(self, part: Stretch, policy: Policy) -> None:
        """Go on over the next stretch."""
        length = part.end - part.start
        if part.state == "sitting":
            self._sit(part, length, policy)
        else:
            self._rest(part, length, policy)
        self.at = part.end

    def _sit(self, part: Stretch, length: float, policy: Policy) -> None:
        if length > SAME_REST:
            self.rest = 0.0
        self.load += length
        self.stood = 0.0 if length >= policy.break_min else self.stood
        if self.bout_start is None:
            self.bout_start = part.start
        if part.p < 1.0 and length >= policy.break_min:
            self._doubt(part.end, part.p, policy)

    def _rest(self, part: Stretch, length: float, policy: Policy) -> None:
        if not self.rest:
            self.load_before = self.load
        self.rest += length
        if part.state == "standing":
            self.stood += length
        elif self.rest >= policy.break_min:
            self.stood = 0.0
        if self.rest < policy.break_min:
            return
        if self.bout_start is not None:
            self.bout_end, self.bout_start = part.end - self.rest, None
        credit = policy.partial_credit * self.rest
        self.load = 0.0 if self.rest >= policy.break_full else max(self.load_before - credit, 0.0)
        self._doubt(part.end, part.p if part.p < LIKELY else 0.0, policy)

    def _doubt(self, end: float, p: float, policy: Policy) -> None:
        horizon = end - policy.sit_soft
        self.doubts = [*(doubt for doubt in self.doubts if doubt[0] > horizon), (end, p)]

    def copy(self) -> SitClock:
        """Another that goes on by itself."""
        return msgspec.structs.replace(self)


def free_from(doubts: list[tuple[float, float]], window: float, confidence: float) -> float:
    """From when on it is confident enough that no break ended within the last `window` seconds."""
    stayed = 1.0
    for end, p in reversed(doubts):
        stayed *= p
        if stayed < confidence:
            return end + window
    return float("-inf")
