"""One thing that several can hold: a lock seen by two services, a microphone used by two streams."""

from __future__ import annotations

from collections.abc import Hashable
from collections.abc import Set as AbstractSet

from slowrise.ports import Sighting, Tell, What


class Edge:
    """On while anyone holds it: told on at the first hold and off at the last release, however often it is said."""

    def __init__(self, on: What, off: What, tell: Tell) -> None:
        self._on = on
        self._off = off
        self._tell = tell
        self._holders: set[Hashable] = set()
        self.since: float | None = None
        """Since when it is on, seconds on CLOCK_BOOTTIME; None while it is off."""

    def hold(self, holder: Hashable, held: bool, at: float) -> None:
        """Note whether this holder holds it; who that is goes no further."""
        if held:
            self._holders.add(holder)
        else:
            self._holders.discard(holder)
        self._settle(at)

    def only(self, holders: AbstractSet[Hashable], at: float) -> None:
        """Note that these hold it and nobody else."""
        self._holders = set(holders)
        self._settle(at)

    def _settle(self, at: float) -> None:
        if self._holders and self.since is None:
            self.since = at
            self._tell(Sighting(self._on, at))
        elif not self._holders and self.since is not None:
            self.since = None
            self._tell(Sighting(self._off, at))
