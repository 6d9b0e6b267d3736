"""The queue between the callbacks of a source and its `watch` coroutine. Times are seconds on CLOCK_BOOTTIME."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.probe import Lost

T = TypeVar("T")


class EventQueue(Generic[T]):
    """A queue whose reader can wait until an instant, be woken without an item, and learn that the peer is lost."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[T | Lost | None] = asyncio.Queue()

    def put(self, item: T) -> None:
        """Add an item."""
        self._queue.put_nowait(item)

    def wake(self) -> None:
        """Make a waiting `get` return None. Its caller then checks its settings again."""
        self._queue.put_nowait(None)

    def fail(self, reason: str) -> None:
        """Make `get` raise `Lost` after the items before it."""
        self._queue.put_nowait(Lost(reason))

    async def get(self, due: float | None = None) -> T | None:
        """Return the next item, or None when woken or once `due` has passed. Raises `Lost`."""
        try:
            async with asyncio.timeout(None if due is None else max(0.0, due - boot_seconds())):
                item = await self._queue.get()
        except TimeoutError:
            return None
        if isinstance(item, Lost):
            raise item
        return item
