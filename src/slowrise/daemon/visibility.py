"""Why nobody sees the person: paused by the user, the screen is another's, the source is away, we stood still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from slowrise.core.model import events as e

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
