"""For how long the source has told nothing although the session was unlocked and awake: a source may be blind."""

from __future__ import annotations

from slowrise.ports.input import Sighting

BLIND_AFTER = 3600.0
"""Seconds after which it is named. Whoever asks at this computer has just typed, which one that sees would tell."""

_HIDES = {"active": "input", "locked": "lock", "suspended": "sleep"}
_SHOWS = {"idle": "input", "unlocked": "lock", "resumed": "sleep"}


class StaleInputDetector:
    """Counts up while nothing is told; all times are seconds on CLOCK_BOOTTIME."""

    def __init__(self, at: float) -> None:
        self._hidden: set[str] = set()
        """Why nothing is counted at present."""
        self._counted = 0.0
        self._since = at

    def begin(self, at: float) -> None:
        """The source is watched anew, and tells the next input as the first."""
        self._hidden.discard("input")
        self._counted, self._since = 0.0, at

    def told(self, sighting: Sighting) -> None:
        """What a source or signal has seen."""
        what, at = sighting.what, sighting.at
        self._counted, self._since = self.unseen(at), at
        if what in _HIDES:
            self._hidden.add(_HIDES[what])
        elif what in _SHOWS:
            self._hidden.discard(_SHOWS[what])
        if what in {"active", "idle", "lull"}:
            self._counted = 0.0

    def unseen(self, at: float) -> float:
        """For how many such seconds nothing has been told."""
        return self._counted if self._hidden else self._counted + max(at - self._since, 0.0)
