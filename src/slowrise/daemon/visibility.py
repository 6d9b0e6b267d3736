"""Whether the daemon can see the user: the reasons why it cannot, and for how long its source has reported nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from slowrise.core.model import events as e
from slowrise.ports.input import Sighting

PauseReason = Literal["user", "session", "source", "standstill"]
"""The user paused, another user has the screen, the source is away, or the program itself did not run."""


class PauseReasons:
    """The reasons why the user is unobserved now. The first one records `paused`, the end of the last `unpaused`."""

    def __init__(self, record: Callable[[e.Event], None], watch_again: Callable[[], None]) -> None:
        """`watch_again` is called after `unpaused` is recorded."""
        self._record = record
        self._watch_again = watch_again
        self._reasons: set[PauseReason] = set()

    def __contains__(self, reason: PauseReason) -> bool:
        return reason in self._reasons

    def __bool__(self) -> bool:
        return bool(self._reasons)

    def begin(self, reason: PauseReason, at: datetime) -> None:
        """Add a reason."""
        if not self._reasons:
            self._record(e.Paused(at=at))
        self._reasons.add(reason)

    def end(self, reason: PauseReason, at: datetime) -> None:
        """Remove a reason, if it was one."""
        if reason in self._reasons:
            self._reasons.discard(reason)
            if not self._reasons:
                self._record(e.Unpaused(at=at))
                self._watch_again()


STALE_AFTER = 3600.0
"""Seconds without a report after which `doctor` doubts the source. Judgement: the user has just typed the command, so
a source that works has seen input."""

_HIDES = {"active": "input", "locked": "lock", "suspended": "sleep"}
_SHOWS = {"idle": "input", "unlocked": "lock", "resumed": "sleep"}


class StaleInputDetector:
    """Counts the seconds in which the source could have reported something and did not.

    Nothing counts during input (the source reports only its end), while the desktop shows no input, while the screen is
    locked, or in suspend. All times are seconds on CLOCK_BOOTTIME.
    """

    def __init__(self, at: float) -> None:
        self._hidden: set[str] = set()
        """Why nothing counts at present."""
        self._counted = 0.0
        self._since = at

    def begin(self, at: float) -> None:
        """Start again: the source is watched from now on, and reports the next input as the first."""
        self._hidden.discard("input")
        self._counted, self._since = 0.0, at

    def notice(self, sighting: Sighting) -> None:
        """Take a report of a source or signal into account."""
        what, at = sighting.what, sighting.at
        self._counted, self._since = self.silent_seconds(at), at
        if what in _HIDES:
            self._hidden.add(_HIDES[what])
        elif what in _SHOWS and not sighting.unseen:
            self._hidden.discard(_SHOWS[what])
        if what in {"active", "idle", "lull"}:
            self._counted = 0.0

    def silent_seconds(self, at: float) -> float:
        """Return the seconds counted since the source last reported input."""
        return self._counted if self._hidden else self._counted + max(at - self._since, 0.0)
