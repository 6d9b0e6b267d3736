"""How long the user has been sitting or standing, and the totals of the day. Pure.

Times are engine time in seconds. Unobserved time rests the sitting load like a break, because no prompt may rest on
sitting that was not seen; the record does not count it as a break. It makes no difference how the spans are cut.
"""

from __future__ import annotations

import msgspec

from slowrise.core.model.policy import Policy
from slowrise.core.model.units import LONG_AGO
from slowrise.core.presence.overlay import EngineSpan
from slowrise.core.prompts.posterior import SAME_REST, Posterior


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
    """What leads to prompts, as it was at `at`: how long the user has been sitting or standing.

    `posterior` weighs the possible sits and decides on prompts. The rest reads each silence the likelier way, like the
    record, so that the state shown and the record agree.
    """

    at: float = 0.0
    posterior: Posterior = msgspec.field(default_factory=Posterior)
    bout_start: float | None = None
    """When the current sitting bout began; None if the last span ended one."""
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

    def advance(self, part: EngineSpan, policy: Policy) -> None:
        """Go on over the next span."""
        self.posterior.advance(part, policy)
        length = part.end - part.start
        if part.state == "sitting":
            self._sit(part.start, length, policy)
        else:
            if part.state == "standing":
                self._stand(part.start, length)
            else:
                self._leave(length, policy)
            self.run = 0.0
            self.rest += length
            if self.rest >= policy.break_min:
                self.bout_start = None
        self.at = part.end

    def _sit(self, start: float, length: float, policy: Policy) -> None:
        if self.bout_start is None:
            self.bout_start = start
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

    def copy(self) -> SittingLoad:
        """Return an independent copy."""
        return msgspec.structs.replace(self, posterior=self.posterior.copy())


class OpenCount(msgspec.Struct):
    """The record with what is still open added up to `at`."""

    at: float
    load: SittingLoad
    today: DayTotals
    policy: Policy
    """The limits that it was counted under."""
    has_left: bool = False
    """The user was absent for `break_full` in what is open."""

    def add(self, part: EngineSpan) -> None:
        """Go on over the next open part."""
        self.load.advance(part, self.policy)
        self.today.add(part)
        self.has_left = self.has_left or self.load.absent >= self.policy.break_full
        self.at = part.end

    def copy(self) -> OpenCount:
        """Return an independent copy."""
        return msgspec.structs.replace(self, load=self.load.copy(), today=self.today.copy())
