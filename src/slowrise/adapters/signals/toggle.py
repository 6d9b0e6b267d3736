"""One thing that several can hold: a lock seen by two services, a microphone used by two streams."""

from __future__ import annotations

import math
from collections.abc import Hashable
from collections.abc import Set as AbstractSet

from slowrise.core.presence.silence import CALL_ENDLESS
from slowrise.ports.input import Emit, Sighting, What

ENDLESS: dict[What, float] = {"call-started": CALL_ENDLESS}
"""Seconds after which whoever holds it holds it for good, it seems, and is passed over once somebody else comes."""


class Toggle:
    """On while anyone holds it: told on at the first hold and off at the last release, however often it is said."""

    def __init__(self, on: What, off: What, emit: Emit) -> None:
        self._on = on
        self._off = off
        self._tell = emit
        self._endless = ENDLESS.get(on, math.inf)
        self._holders: frozenset[Hashable] = frozenset()
        self._passed_over: frozenset[Hashable] = frozenset()
        self.since: float | None = None
        """Since when it is on, seconds on CLOCK_BOOTTIME; None while it is off."""

    def hold(self, holder: Hashable, held: bool, at: float) -> None:
        """Note whether this holder holds it; who that is goes no further."""
        self.only(self._holders | {holder} if held else self._holders - {holder}, at)

    def only(self, holders: AbstractSet[Hashable], at: float) -> None:
        """Note that these hold it and nobody else."""
        before, self._holders = self._holders, frozenset(holders)
        if self._holders - before and self.since is not None and at - self.since >= self._endless:
            self._passed_over |= before
            self._settle(False, at)
        self._passed_over &= self._holders
        self._settle(self._holders > self._passed_over, at)

    def _settle(self, on: bool, at: float) -> None:
        if on and self.since is None:
            self.since = at
            self._tell(Sighting(self._on, at))
        elif not on and self.since is not None:
            self.since = None
            self._tell(Sighting(self._off, at))
