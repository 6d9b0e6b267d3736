"""Following what may come and go: a source or signal is made, watched, lost, and made again when it is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from slowrise.ports import Lost, Tell, Unavailable

log = logging.getLogger(__name__)

FIRST_RETRY = 1.0
LAST_RETRY = 600.0
"""Seconds between two attempts: at once enough for a restart, seldom enough to cost nothing when it stays away."""
LASTING = 60.0
"""Seconds that something must have been watched to be tried again at once: what comes and goes is left in peace."""


class Watchable(Protocol):
    """A source or a signal."""

    name: str

    async def watch(self, tell: Tell) -> None:
        """Until cancelled; raises `Lost`."""


class Follower:
    """Keeps one thing watched. `watched` is what is watched now, None while it is away; `why` says why then."""

    def __init__(
        self,
        what: str,
        make: Callable[[], Watchable],
        tell: Tell,
        *,
        changed: Callable[[Watchable | None], None] = lambda _: None,
    ) -> None:
        """`make` raises `Unavailable`; `changed` is told what is watched from now on, and None when it went away."""
        self.what = what
        self.watched: Watchable | None = None
        self.why = ""
        self.has_worked = False
        self._make = make
        self._tell = tell
        self._changed = changed
        self._again = asyncio.Event()
        self._other = False

    def restart(self) -> None:
        """Watch anew, so that the next input is told as the first."""
        self._again.set()

    def remake(self) -> None:
        """Watch with what `make` gives now."""
        self._other = True
        self._again.set()

    async def run(self, first: Watchable | None = None) -> None:
        """Watch until cancelled, beginning with `first` where it is made already."""
        wait = FIRST_RETRY
        while True:
            self._again.clear()
            self._other = False
            watchable = first or self._made()
            first = None
            if watchable is not None:
                lasted = await self._watch(watchable)
                wait = FIRST_RETRY if lasted >= LASTING else wait
                if self._again.is_set():
                    first = None if self._other else watchable
                    continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._again.wait(), wait)
            wait = min(2 * wait, LAST_RETRY)

    def _made(self) -> Watchable | None:
        try:
            return self._make()
        except Unavailable as error:
            if not self.why:
                self._changed(None)
            self._say_away(error.reason)
            return None

    async def _watch(self, watchable: Watchable) -> float:
        """Watch until it is lost or to be watched anew; how many seconds that was."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        if self.why:
            log.info("%s is back: %s", self.what, watchable.name)
            self.why = ""
        self.watched = watchable
        self._changed(watchable)
        watching = asyncio.ensure_future(watchable.watch(self._tell))
        again = asyncio.ensure_future(self._again.wait())
        self.has_worked = True
        try:
            await asyncio.wait({watching, again}, return_when=asyncio.FIRST_COMPLETED)
            self.watched = None
            if not watching.done():
                return loop.time() - begun
            self._changed(None)
            error = watching.exception()
            if isinstance(error, Lost | Unavailable):
                self._say_away(str(error))
            elif error is not None:
                log.error("%s %s failed; this is a bug", self.what, watchable.name, exc_info=error)
                self._say_away(f"{type(error).__name__}: {error}")
            else:
                self._say_away("it ended")
            return loop.time() - begun
        finally:
            for task in (watching, again):
                task.cancel()
            await asyncio.gather(watching, again, return_exceptions=True)

    def _say_away(self, reason: str) -> None:
        if not self.why and self.has_worked:
            log.warning("%s is gone: %s", self.what, reason)
        elif not self.why:
            log.info("%s is not here: %s", self.what, reason)
        self.why = reason
