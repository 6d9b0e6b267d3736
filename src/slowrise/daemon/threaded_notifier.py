"""A notifier for a daemon in virtual time: the real one runs in a thread, in an event loop with real time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from slowrise.ports.notifier import Notice, Notifier, OnAnswer

T = TypeVar("T")


class ThreadedNotifier:
    """Passes everything on to a notifier in another thread. Answers are dropped: they would change what follows."""

    reports_end = False

    def __init__(self, loop: asyncio.AbstractEventLoop, inner: Notifier) -> None:
        """`loop` runs in the other thread; `inner` was made there. Use `start`."""
        self.name = inner.name
        self._loop = loop
        self._inner = inner

    @classmethod
    async def start(cls, make: Callable[[], Coroutine[Any, Any, Notifier]]) -> ThreadedNotifier:
        """Start the thread and make the notifier in it."""
        loop = asyncio.new_event_loop()
        threading.Thread(target=_run_until_stopped, args=(loop,), name="notifier", daemon=True).start()
        return cls(loop, await _in_loop(loop, make()))

    async def show(self, notice: Notice, answer: OnAnswer) -> None:  # noqa: ARG002 - the port's signature
        """Show the notice. Raises `NotifierFailed`."""
        await _in_loop(self._loop, self._inner.show(notice, lambda _: None))

    async def withdraw(self) -> None:
        """Remove the notice."""
        await _in_loop(self._loop, self._inner.withdraw())

    async def close(self) -> None:
        """Close the notifier and end the thread."""
        await _in_loop(self._loop, self._inner.close())
        self._loop.call_soon_threadsafe(self._loop.stop)


def _run_until_stopped(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


async def _in_loop(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))
