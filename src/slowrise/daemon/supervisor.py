"""Keeps sources and signals watched: makes each, watches it, and makes it again when it was lost.

A supervisor logs each change once. A link that fails again and again is retried with back-off and no longer logged.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import FIRST_COMPLETED
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum, auto
from typing import Any, NamedTuple, Protocol

from slowrise.ports.input import Emit, Sighting, Source
from slowrise.ports.probe import Lost, Unavailable

log = logging.getLogger(__name__)

FIRST_RETRY = 1.0
LAST_RETRY = 600.0
"""Seconds between two attempts: the first soon enough for a restart, the last so rare that it costs nothing."""
LASTING = 60.0
"""Seconds for which a link must hold to be retried at once, and to be logged again after it kept failing."""
MOST = 300
WITHIN = 60.0
"""More sightings in so many seconds do not come from a person, and each one is written to the disk. A person who pauses
all the time causes 24 at the finest resolution that we advise."""


class Watchable(Protocol):
    """A source or a signal."""

    name: str

    async def watch(self, emit: Emit) -> None:
        """Watch until cancelled. Raises `Lost`."""


class LinkState(Enum):
    """The history of a link, as far as it decides which change the log shows."""

    NEW = auto()
    """Not tried yet."""
    ABSENT = auto()
    """It has never worked in this run."""
    UP = auto()
    DOWN = auto()
    """It worked, and is lost."""
    FLAPPING = auto()
    """It was lost soon after it had come back. Nothing is logged until it lasts."""


class Supervisor:
    """Keeps one thing watched."""

    def __init__(
        self,
        what: str,
        make: Callable[[], Awaitable[Watchable]],
        emit: Emit,
        *,
        changed: Callable[[Watchable | None], None] = lambda _: None,
    ) -> None:
        """`make` raises `Unavailable`; `changed` receives what is watched from now on, None when it was lost."""
        self.what = what
        self.watched: Watchable | None = None
        """What is watched now; None while the link is down."""
        self.reason = ""
        """Why the link is down; empty while it is up."""
        self._state = LinkState.NEW
        self._make = make
        self._emit = emit
        self._changed = changed
        self._wake = asyncio.Event()
        self._make_another = False
        self._came_back: float | None = None
        """When the link last came back, in seconds of the loop's clock."""

    @property
    def is_lost(self) -> bool:
        """Whether the link worked in this run and is down now."""
        return bool(self.reason) and self._state is not LinkState.ABSENT

    def restart(self) -> None:
        """Watch the same thing again, so that it reports the next input as the first."""
        self._wake.set()

    def remake(self) -> None:
        """Watch what `make` returns now."""
        self._make_another = True
        self._wake.set()

    def try_now(self) -> None:
        """Try to make it at once if the link is down: what it needs may have come."""
        if self.watched is None:
            self._wake.set()

    async def run(self, first: Watchable | None = None) -> None:
        """Watch until cancelled, beginning with `first` if it is made already."""
        retry = FIRST_RETRY
        watchable = first
        while True:
            self._wake.clear()
            self._make_another = False
            watchable = watchable or await self._try_to_make()
            if watchable is not None:
                if await self._watch(watchable) >= LASTING:
                    retry = FIRST_RETRY
                if self._wake.is_set():
                    watchable = None if self._make_another else watchable
                    continue
                watchable = None
            # `asyncio.wait_for` loses a cancellation that comes together with the result; `timeout` does not.
            with suppress(TimeoutError):
                async with asyncio.timeout(retry):
                    await self._wake.wait()
            retry = min(2 * retry, LAST_RETRY)

    async def _try_to_make(self) -> Watchable | None:
        try:
            return await self._make()
        except Unavailable as error:
            if not self.reason:
                self._changed(None)
            self._note_down(error.reason)
            return None

    async def _watch(self, watchable: Watchable) -> float:
        """Watch until the link is lost or `restart` or `remake` is called. Returns the seconds that passed."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        self._note_up(watchable, begun)
        self.watched = watchable
        self._changed(watchable)
        limiter = RateLimiter(self._emit)
        watching = asyncio.ensure_future(watchable.watch(limiter))
        ends = {watching, *(asyncio.ensure_future(event.wait()) for event in (limiter.exceeded, self._wake))}
        try:
            if self._state is LinkState.FLAPPING:
                ended, _ = await asyncio.wait(ends, timeout=LASTING, return_when=FIRST_COMPLETED)
                if not ended:
                    self._state = LinkState.UP
                    log.info("%s is back: %s", self.what, watchable.name)
            await asyncio.wait(ends, return_when=FIRST_COMPLETED)
            self.watched = None
            if watching.done() or limiter.exceeded.is_set():
                self._changed(None)
                self._note_down(self._why_lost(watching))
            return loop.time() - begun
        finally:
            for task in ends:
                task.cancel()
            await asyncio.gather(*ends, return_exceptions=True)

    def _why_lost(self, watching: asyncio.Future[None]) -> str:
        if not watching.done():
            return f"it reported {MOST} changes within {WITHIN:.0f} s"
        error = watching.exception()
        if error is None:
            return "it ended"
        if isinstance(error, Lost):
            return str(error)
        if self._state is not LinkState.FLAPPING:
            log.error("watching %s failed; this is a bug", self.what, exc_info=error)
        return f"{type(error).__name__}: {error}"

    def _note_up(self, watchable: Watchable, now: float) -> None:
        if self.reason:
            self.reason, self._came_back = "", now
            if self._state is not LinkState.FLAPPING:
                log.info("%s is back: %s", self.what, watchable.name)
        if self._state is not LinkState.FLAPPING:
            self._state = LinkState.UP

    def _note_down(self, reason: str) -> None:
        self.reason = reason
        if self._state is LinkState.NEW:
            self._state = LinkState.ABSENT
            log.info("%s is not available: %s", self.what, reason)
        elif self._state is LinkState.UP and self._lasted_briefly():
            self._state = LinkState.FLAPPING
            log.warning("%s keeps failing: %s. Not logged again until it lasts", self.what, reason)
        elif self._state is LinkState.UP:
            self._state = LinkState.DOWN
            log.warning("%s is lost: %s", self.what, reason)

    def _lasted_briefly(self) -> bool:
        return self._came_back is not None and asyncio.get_running_loop().time() - self._came_back < LASTING


class RateLimiter:
    """Passes sightings on until there are more than a person causes; then `exceeded` is set and no more pass."""

    def __init__(self, emit: Emit) -> None:
        self.exceeded = asyncio.Event()
        self._emit = emit
        self._recent: deque[float] = deque(maxlen=MOST)

    def __call__(self, sighting: Sighting) -> None:
        """Pass on one sighting."""
        if self.exceeded.is_set():
            return
        self._emit(sighting)
        self._recent.append(sighting.at)
        if len(self._recent) == MOST and sighting.at - self._recent[0] < WITHIN:
            self.exceeded.set()


class SourceSupervisor(Supervisor):
    """Keeps the best source of input watched. If that is lost, another one stands in until it is back."""

    def __init__(
        self, make: Callable[[], Awaitable[Source]], emit: Emit, *, changed: Callable[[Watchable | None], None]
    ) -> None:
        """`make` returns the best source that works now."""
        super().__init__("input", make, emit, changed=self._source_changed)
        self._tell_daemon = changed
        self._preferred: str | None = None
        """The name of the source to go back to; None until one has worked."""
        self._lull_wanted: tuple[Watchable, bool] | None = None
        """The last wish that a source was given, and the source."""
        self._looking: asyncio.Task[None] | None = None

    def _source_changed(self, source: Watchable | None) -> None:
        if source is not None:
            self._preferred = self._preferred or source.name
        self._tell_daemon(source)

    def choose_again(self) -> None:
        """Watch the best source that works now, whichever was watched before."""
        self._preferred = None
        self.remake()

    def end_stand_in(self) -> None:
        """Go back to the preferred source if it works again: a terminal, for example, sees nothing of a desktop."""
        if self.watched is not None and self.watched.name != self._preferred:
            self.look()

    def look(self) -> None:
        """Watch the best source that works now, unless it is watched already. Displays may have come or gone."""
        if self.watched is None:
            self.try_now()
        elif self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look())

    async def _look(self) -> None:
        with suppress(Unavailable):
            best, watched = _what(await self._make()), _what(self.watched)
            # A display that does not answer now may only be slow. One that is gone ends its source by itself.
            is_blind = watched.displays and not best.displays
            if self.watched is not None and best != watched and not is_blind:
                self._preferred = None
                # Between the two sources input is unseen. Told so, the daemon ends input that the first one reported.
                self._tell_daemon(None)
                self.remake()

    @property
    def watching(self) -> Watching:
        """What is watched now."""
        return _what(self.watched)

    def want_lull(self, *, wanted: bool) -> None:
        """Ask the source to report lulls of input, or not to, unless it knows already."""
        source = self.watched
        if source is not None and self._lull_wanted != (source, wanted):
            self._lull_wanted = (source, wanted)
            source.want_lull(wanted)  # type: ignore[attr-defined]


class Watching(NamedTuple):
    """What a source watches: its name, the displays it sees, and those that it does not see."""

    source: str
    displays: tuple[str, ...]
    unseen: tuple[str, ...]


def _what(source: Any) -> Watching:
    return Watching(source.name, source.displays, source.unseen) if source else Watching("", (), ())
