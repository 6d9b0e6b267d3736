"""An on/off state with several holders: a lock seen by two services, a microphone used by two streams."""

from __future__ import annotations

import math
from collections.abc import Hashable
from collections.abc import Set as AbstractSet

from slowrise.ports.input import Emit, Sighting, What


class Toggle:
    """On while at least one holder holds it. It emits `on` at the first hold and `off` at the last release."""

    def __init__(self, on: What, off: What, emit: Emit, *, limit: float = math.inf) -> None:
        """`limit` is in seconds. After this long a holder is assumed leaked: the next new holder makes it ignored."""
        self._on = on
        self._off = off
        self._emit = emit
        self._limit = limit
        self._holders: frozenset[Hashable] = frozenset()
        self._leaked: frozenset[Hashable] = frozenset()
        self.since: float | None = None
        """The time it went on, in seconds on CLOCK_BOOTTIME; None while it is off."""

    def set(self, holder: Hashable, held: bool, at: float, since: float | None = None) -> None:
        """Set whether this holder holds it. `since`: it has done so since then, which is known only now."""
        self.set_all(self._holders | {holder} if held else self._holders - {holder}, at, since)

    def set_all(self, holders: AbstractSet[Hashable], at: float, since: float | None = None) -> None:
        """Set all holders at once."""
        before, self._holders = self._holders, frozenset(holders)
        if self._holders - before and self.since is not None and at - self.since >= self._limit:
            self._leaked |= before
            self._switch(False, at)
        self._leaked &= self._holders
        self._switch(self._holders > self._leaked, at, since)

    def clear(self, at: float) -> None:
        """Release every hold."""
        self.set_all(frozenset(), at)

    def _switch(self, on: bool, at: float, since: float | None = None) -> None:
        if on and self.since is None:
            self.since = at
            self._emit(Sighting(self._on, at, since))
        elif not on and self.since is not None:
            self.since = None
            self._emit(Sighting(self._off, at))
