"""Following what may come and go: a source or signal is made, watched, lost, and made again when it is back."""

from __future__ import annotations

import asyncio
import logging
from asyncio import FIRST_COMPLETED
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from slowrise.ports.input import Emit, Sighting, Source
from slowrise.ports.probe import Lost, Unavailable

log = logging.getLogger(__name__)

FIRST_RETRY = 1.0
LAST_RETRY = 600.0
"""Seconds between two attempts: at once enough for a restart, seldom enough to cost nothing when it stays away."""
LASTING = 60.0
"""Seconds that something must have been watched to be tried again at once: what comes and goes is left in peace, and
no more is said of it."""
MOST = 300
WITHIN = 60.0
"""More sightings in so many seconds are no person's, and each is written to the disk. Somebody who pauses all the time
causes twenty-four at the finest resolution that is advised."""


class Watchable(Protocol):
    """A source or a signal."""

    name: str

    async def watch(self, tell: Emit) -> None:
        """Until cancelled; raises `Lost`."""


class Supervisor:
    """Keeps one thing watched. `watched` is what is watched now, None while it is away; `why` says why then."""

    def __init__(
        self,
        what: str,
        make: Callable[[], Awaitable[Watchable]],
        tell: Emit,
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
        self._returned: float | None = None
        """Since when it is there again (seconds of the loop), however often it was watched anew since."""
        self._restless = False
        """It was said to come and go, and has not stayed since."""

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
            watchable = first or await self._made()
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

    async def _made(self) -> Watchable | None:
        try:
            return await self._make()
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
            self._returned, self.why = begun, ""
            if not self._restless:
                log.info("%s is back: %s", self.what, watchable.name)
        self.watched = watchable
        self._changed(watchable)
        ear = _Ear(self._tell)
        watching = asyncio.ensure_future(watchable.watch(ear))
        ends = {watching, *(asyncio.ensure_future(event.wait()) for event in (ear.full, self._again))}
        self.has_worked = True
        try:
            if self._restless and not (await asyncio.wait(ends, timeout=LASTING, return_when=FIRST_COMPLETED))[0]:
                self._restless = False
                log.info("%s is back: %s", self.what, watchable.name)
            await asyncio.wait(ends, return_when=FIRST_COMPLETED)
            self.watched = None
            if watching.done() or ear.full.is_set():
                self._changed(None)
                fleeting = self._returned is not None and loop.time() - self._returned < LASTING
                self._say_away(self._why_lost(watching), fleeting=fleeting)
            return loop.time() - begun
        finally:
            for task in ends:
                task.cancel()
            await asyncio.gather(*ends, return_exceptions=True)

    def _why_lost(self, watching: asyncio.Future[None]) -> str:
        if not watching.done():
            return f"it told of {MOST} changes within {WITHIN:.0f} s"
        error = watching.exception()
        if error is None:
            return "it ended"
        if isinstance(error, Lost | Unavailable):
            return str(error)
        if not self._restless:
            log.error("watching %s failed; this is a bug", self.what, exc_info=error)
        return f"{type(error).__name__}: {error}"

    def _say_away(self, reason: str, *, fleeting: bool = False) -> None:
        """Say so, unless that is known already; `fleeting` is what had only just come back."""
        if self.why or self._restless:
            pass
        elif fleeting:
            self._restless = True
            log.warning("%s comes and goes: %s. No more is said of it until it stays", self.what, reason)
        elif self.has_worked:
            log.warning("%s is gone: %s", self.what, reason)
        else:
            log.info("%s is not here: %s", self.what, reason)
        self.why = reason


class _Ear:
    """Passes on what is told, until that is more than a person causes; `full` is set then."""

    def __init__(self, tell: Emit) -> None:
        self._tell = tell
        self._recent: deque[float] = deque(maxlen=MOST)
        self.full = asyncio.Event()

    def __call__(self, sighting: Sighting) -> None:
        if self.full.is_set():
            return
        self._tell(sighting)
        self._recent.append(sighting.at)
        if len(self._recent) == MOST and sighting.at - self._recent[0] < WITHIN:
            self.full.set()


# -- watching for input: by one source at a time, and by the better one again once that is back ------------------------


class SourceSupervisor(Supervisor):
    """Follows the source of input, whichever that is."""

    def __init__(
        self, make: Callable[[], Awaitable[Source]], tell: Emit, *, changed: Callable[[Watchable | None], None]
    ) -> None:
        """`make` gives the best that works now."""
        super().__init__("input", make, tell, changed=self._settled_on)
        self._settled = changed
        self._preferred: str | None = None
        """The source to go back to when another stands in for it; None while none has worked."""
        self._lull_wanted: tuple[Watchable, bool] | None = None
        """Whether the source was last told that lulls are wanted, and which."""
        self._looking_for_better: asyncio.Task[None] | None = None

    def _settled_on(self, source: Watchable | None) -> None:
        if source is not None:
            self._preferred = self._preferred or source.name
        self._settled(source)

    def choose_anew(self) -> None:
        """Watch with the best that works now, whatever was watched with before."""
        self._preferred = None
        self.remake()

    def end_stand_in(self) -> None:
        """Go back to the better source once what it watches is there again: a terminal sees nothing of a desktop."""
        if self.watched is None or self.watched.name == self._preferred:
            return
        if self._looking_for_better is None or self._looking_for_better.done():
            self._looking_for_better = asyncio.ensure_future(self._remake_if_better())

    async def _remake_if_better(self) -> None:
        with suppress(Unavailable):
            if (await self._make()).name == self._preferred:
                self.remake()

    def want_lull(self, *, wanted: bool) -> None:
        """Tell the source, unless it knows, whether a lull of input is of any use now."""
        source = self.watched
        if source is not None and self._lull_wanted != (source, wanted):
            self._lull_wanted = (source, wanted)
            source.want_lull(wanted)  # type: ignore[attr-defined]
