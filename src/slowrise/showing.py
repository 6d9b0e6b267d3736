"""Showing one notice at a time: the latest wins, and what it overtook is never shown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine

from slowrise.ports import Notice, Notifier, NotifierFailed

log = logging.getLogger(__name__)


class Showing:
    """Hands notices to the notifier, one after the other, and never waits for it."""

    def __init__(self, notifier: Notifier, answer: Callable[[str], None]) -> None:
        """`answer` is called with the key of a pressed button, or `dismissed`."""
        self.notifier = notifier
        self._answer = answer
        self._next: Notice | None = None
        self._busy = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self, notice: Notice) -> None:
        """Show it in place of what is there, as soon as the notifier is free."""
        self._next = notice
        self._spawn(self._show_next())

    def withdraw(self) -> None:
        """Take away what is shown, and forget what is not shown yet."""
        self._next = None
        self._spawn(self._take_away())

    async def close(self) -> None:
        """Take away what is shown, and let the notifier go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.notifier.withdraw()
        await self.notifier.close()

    async def _show_next(self) -> None:
        async with self._busy:
            notice, self._next = self._next, None
            if notice is None:
                return
            try:
                await self.notifier.show(notice, self._answer)
            except NotifierFailed as error:
                log.warning("a %s notice could not be shown: %s", notice.kind, error)

    async def _take_away(self) -> None:
        async with self._busy:
            if self._next is None:
                await self.notifier.withdraw()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
