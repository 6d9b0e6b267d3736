"""Why nobody sees the person: paused by the user, the screen is another's, the source is away, we stood still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from slowrise.core.model import events as e
from slowrise.ports.input import Sighting

Reason = Literal["user", "session", "source", "standstill"]


class PauseReasons:
    """All reasons together are one `paused`, and one `unpaused` when the last of them is gone."""

    def __init__(self, record: Callable[[e.Event], None], again: Callable[[], None]) -> None:
        """`again` is called when the person is seen again."""
        self._record = record
        self._again = again
        self._reasons: set[Reason] = set()

    def __contains__(self, reason: Reason) -> bool:
        return reason in self._reasons

    def __bool__(self) -> bool:
        return bool(self._reasons)

    def begin(self, reason: Reason, at: datetime) -> None:
        """Nobody sees the person from here on."""
        if not self._reasons:
            self._record(e.Paused(at=at))
        self._reasons.add(reason)

    def end(self, reason: Reason, at: datetime) -> None:
        """This reason is gone, if it was one."""
        if reason in self._reasons:
            self._reasons.discard(reason)
            if not self._reasons:
                self._record(e.Unpaused(at=at))
                self._again()


# -- stale input -------------------------------------------------------------------------------------------------------

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
