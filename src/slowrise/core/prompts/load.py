"""The sitting load: how much sitting has accumulated since it was last rested off. And the totals of the day. Pure.

Times are engine time in seconds. A break of `break_full` clears the load; one from `break_min` up to there takes
`partial_credit` times its length off; a shorter one takes nothing off. Unobserved time rests the load like a break,
because no prompt may rest on sitting that was not seen; the record does not count it as a break. It makes no difference
how the spans are cut.
"""

from __future__ import annotations

import msgspec

from slowrise.core.model.policy import Policy
from slowrise.core.model.units import LONG_AGO
from slowrise.core.presence.overlay import EngineSpan
from slowrise.core.presence.segments import LIKELY

SAME_REST = 1.0
"""Seconds. Absences with no more input than this between them are one absence."""


class DayTotals(msgspec.Struct):
    """Seconds of the local day so far."""

    start: float = LONG_AGO
    """When the day began."""
    sitting: float = 0.0
    standing: float = 0.0
    observed: float = 0.0
    name: str = ""
    """Its date."""

    def add(self, part: EngineSpan) -> None:
        """Add what of the span falls into the day."""
        length = part.end - max(self.start, part.start)
        if length > 0 and part.state != "unobserved":
            self.observed += length
            self.sitting += length * part.probability
            if part.state == "standing":
                self.standing += length

    def copy(self) -> DayTotals:
        """Return an independent copy."""
        return msgspec.structs.replace(self)


class SittingLoad(msgspec.Struct):
    """The load as it was at `at`."""

    at: float = 0.0
    seconds: float = 0.0
    """Seconds of sitting that are not yet rested off."""
    bout_start: float | None = None
    """When the current sitting bout began; None if the last span ended one."""
    sat: float = 0.0
    """Seconds of sitting in this bout."""
    run: float = 0.0
    """Seconds of sitting since anything else."""
    stand_start: float | None = None
    """When the current standing bout began."""
    stood: float = 0.0
    """Seconds of standing in it."""
    rest: float = 0.0
    """Seconds of the current rest from sitting, standing included."""
    absent: float = 0.0
    """Seconds of the current absence: neither sitting nor standing."""
    seconds_before: float = 0.0
    """The load when the current rest began."""
    doubts: list[tuple[float, float]] = []
    """Ends of rests long enough to be a break and of silences that may have been one, each with the probability that
    the user sat through it."""

    def advance(self, part: EngineSpan, policy: Policy) -> None:
        """Go on over the next span."""
        state, start, end, probability = part.state, part.start, part.end, part.probability
        length = end - start
        if state == "sitting":
            self._sit(start, length, policy)
            # Only unconfirmed standing is exactly as likely as not: it was a rest while it was believed.
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
        """Return an independent copy."""
        return msgspec.structs.replace(self)


def no_break_since(doubts: list[tuple[float, float]], window: float, confidence: float) -> float:
    """Return the earliest time at which it is `confidence` sure that no break ended in the last `window` seconds."""
    stayed = 1.0
    for end, probability in reversed(doubts):
        stayed *= probability
        if stayed < confidence:
            return end + window
    return LONG_AGO
