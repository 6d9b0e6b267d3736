"""Where the coroutine that watches waits: for input, for a wish of the daemon's, for the loss of what is watched.

Times are seconds on CLOCK_BOOTTIME.
"""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost

T = TypeVar("T")


class Inbox(Generic[T]):
    """A queue that can be waited on until an instant, and that raises what was lost."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[T | Lost | None] = asyncio.Queue()

    def put(self, item: T) -> None:
        """Hand over something that came."""
        self._queue.put_nowait(item)

    def stir(self) -> None:
        """Wake whoever waits, who gets None and looks again at what is wanted."""
        self._queue.put_nowait(None)

    def lose(self, reason: str) -> None:
        """Make the next `take` raise `Lost`."""
        self._queue.put_nowait(Lost(reason))

    async def take(self, due: float | None = None) -> T | None:
        """What came next; None when stirred or when `due` has passed. Raises `Lost`."""
        try:
            async with asyncio.timeout(None if due is None else max(0.0, due - boot_seconds())):
                item = await self._queue.get()
        except TimeoutError:
            return None
        if isinstance(item, Lost):
            raise item
        return item


class LullTimer:
    """Tells a lull while one is wanted, for ears that hear each input themselves."""

    def __init__(self, resolution: float, lull: float) -> None:
        self.resolution = resolution
        self.lull = lull
        self.lull_wanted = False

    async def next_input(self, inbox: Inbox[T], emit: Emit, *, since: float, quiet: float) -> T | None:
        """The next input; None once the resolution has passed without.

        The last input was at `since` as far as we know, and at `quiet` at the latest: from then on all is heard.
        """
        lull_told = False
        idle_due = quiet + self.resolution
        while True:
            lull_due = quiet + self.lull if self.lull_wanted and not lull_told else idle_due
            if (heard := await inbox.take(min(lull_due, idle_due))) is not None:
                return heard
            now = boot_seconds()
            if now >= idle_due:
                return None
            if self.lull_wanted and not lull_told and now >= lull_due:
                emit(Sighting("lull", now, since))
                lull_told = True
