"""Half-open stretches of time with a state: `[start, end)`. Labels are aware datetimes; lengths are seconds."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

State = Literal["sitting", "standing", "away", "unobserved"]


class Span(NamedTuple):
    """A stretch of one state. `sure` (0 to 1) is the probability of that state; 1.0 is observed input or a fact."""

    state: State
    start: datetime
    end: datetime
    sure: float = 1.0

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end - self.start).total_seconds()
