"""The clock that leads to a prompt: how much sitting has piled up since it was last rested off. Seconds on the axis.

It is not reset by a cliff. A break of `break_full` clears it, one from `break_min` up to there takes `partial_credit`
times its length off, a shorter one nothing. Time that nobody saw rests it like a break, for nobody is prompted on
sitting that was not seen; it is no break in the record. How the stretches are cut makes no difference.
"""

from __future__ import annotations

import msgspec

from slowrise.core.model.policy import Policy
from slowrise.core.presence.overlay import EngineSpan
from slowrise.core.presence.segments import LIKELY

SAME_REST = 1.0
"""Absences parted by no more than a touch are one."""


class SittingLoad(msgspec.Struct):
    """As it stood at `at`."""

    at: float = 0.0
    seconds: float = 0.0
    """Seconds of sitting not yet rested off."""
    bout_start: float | None = None
    """When this sitting bout began; None where the last stretch ended one."""
    sat: float = 0.0
    """Seconds of sitting in this bout."""
    run: float = 0.0
    """Seconds of sitting since anything else."""
    stand_start: float | None = None
    """When this standing bout began."""
    stood: float = 0.0
    """Seconds of standing in it."""
    rest: float = 0.0
    """Length of the rest from sitting that runs, standing included."""
    absent: float = 0.0
    """Length of the absence that runs, from standing too."""
    seconds_before: float = 0.0
    """What the load was when the rest began."""
    doubts: list[tuple[float, float]] = []
    """Ends of rests long enough to be a break, and of silences that may have been one, each with the probability that
    the person sat through it."""

    def advance(self, part: EngineSpan, policy: Policy) -> None:
        """Go on over the next stretch."""
        state, start, end, probability = part.state, part.start, part.end, part.probability
        length = end - start
        if state == "sitting":
            self._sit(start, length, policy)
            # No likelier than not is only standing that nobody confirmed: it was a rest while it was believed.
            if LIKELY < probability < 1.0 and length >= policy.break_min:
                self._doubt(end, probability, policy)
        else:
            if state == "standing":
                self._stand(start, length)
            else:
                self._leave(length, policy)
            self._rest(end, length, probability if probability < LIKELY else 0.0, policy)
        self.at = end

    def _sit(self, start: float, length: float, policy: Policy) -> None:
        if self.bout_start is None:
            self.bout_start, self.sat = start, 0.0
        self.seconds += length
        self.sat += length
        self.run += length
        if self.run > SAME_REST:
            self.rest = self.absent = 0.0
        if self.run >= policy.break_min:
            self.stand_start, self.stood = None, 0.0

    def _stand(self, start: float, length: float) -> None:
        if self.stand_start is None:
            self.stand_start, self.stood = start, 0.0
        self.stood += length
        self.absent = 0.0

    def _leave(self, length: float, policy: Policy) -> None:
        self.absent += length
        if self.absent >= policy.break_min:
            self.stand_start, self.stood = None, 0.0

    def _rest(self, end: float, length: float, probability: float, policy: Policy) -> None:
        self.run = 0.0
        if not self.rest:
            self.seconds_before = self.seconds
        self.rest += length
        if self.rest < policy.break_min:
            return
        if self.bout_start is not None:
            self.bout_start, self.sat = None, 0.0
        credit = policy.partial_credit * self.rest
        self.seconds = 0.0 if self.rest >= policy.break_full else max(self.seconds_before - credit, 0.0)
        self._doubt(end, probability, policy)

    def _doubt(self, end: float, probability: float, policy: Policy) -> None:
        horizon = end - policy.sit_soft
        self.doubts = [*(doubt for doubt in self.doubts if doubt[0] > horizon), (end, probability)]

    def copy(self) -> SittingLoad:
        """Another that goes on by itself."""
        return msgspec.structs.replace(self)


def no_break_since(doubts: list[tuple[float, float]], window: float, confidence: float) -> float:
    """From when on it is confident enough that no break ended within the last `window` seconds."""
    stayed = 1.0
    for end, probability in reversed(doubts):
        stayed *= probability
        if stayed < confidence:
            return end + window
    return float("-inf")
