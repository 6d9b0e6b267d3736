"""Looks again at the user's desktop after each change: displays, bus and environment come one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from slowrise.adapters.system.desktop import DesktopChanges

WAITS = (0.2, 1.0, 4.0, 15.0, 60.0)
"""Seconds between the looks after a change. A socket is there before its server answers, and a desktop may pass its
environment to systemd a minute later, which nothing reports."""


class DesktopFollower:
    """Calls `look` after each change until `close`. Use it within the loop."""

    def __init__(
        self, look: Callable[[], None], *, is_blind: Callable[[], bool], served: Callable[[], None] = lambda: None
    ) -> None:
        """`is_blind`: whether no display is watched. Only then does a login matter: with cron there is one a minute.

        `served` is called when a notification service has begun.
        """
        self._look = look
        self._is_blind = is_blind
        self._looking: asyncio.Task[None] | None = None
        self._changes = DesktopChanges(self._on_change, self._on_login, served)

    def close(self) -> None:
        """Stop."""
        self._changes.close()
        if self._looking is not None:
            self._looking.cancel()

    def _on_change(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._looking = asyncio.ensure_future(self._look_again_and_again())

    def _on_login(self) -> None:
        if self._is_blind():
            self._on_change()

    async def _look_again_and_again(self) -> None:
        for wait in WAITS:
            await asyncio.sleep(wait)
            self._changes.look()
            self._look()
