"""A source that plays a recorded trace: it emits the input and the signals of the trace again, at their distances.

`slowrise demo` and tests use it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast, get_args

from slowrise.adapters.system.clock import Clock
from slowrise.core.model.events import Event, Idle, name_of
from slowrise.ports.input import Emit, Sighting, What

LULL = 5.0
"""Seconds without input that make a lull."""
PLAYABLE = frozenset(get_args(What))


class TracePlayer:
    """Plays events from now on: the first at once, each other as long after it as it was recorded."""

    name = "replay"
    displays = ()
    unseen = ()

    def __init__(self, events: Sequence[Event], clock: Clock, ended: Callable[[], None], *, lulls: bool = True) -> None:
        """`ended` is called at the time of the last event. `lulls`: emit the lulls that the daemon wants, too."""
        self.resolution = 15.0
        self._events = events
        self._playable = [event for event in events if name_of(event) in PLAYABLE]
        self._clock = clock
        self._ended = ended
        self._lulls = lulls
        self._wanted = False
        self._begun: float | None = None
        self._played = 0

    def want_lull(self, wanted: bool) -> None:
        """Start or stop emitting lulls."""
        self._wanted = wanted and self._lulls

    async def watch(self, emit: Emit) -> None:
        """Play to the end, then wait to be cancelled. Watched again, it continues with the next event."""
        begun = self._begun = self._clock.boot() if self._begun is None else self._begun
        for event in self._playable[self._played :]:
            at = begun + self._offset(event.at)
            if isinstance(event, Idle):
                since = begun + self._offset(event.since)
                if since + LULL < at and not event.unseen:
                    await self._wait(since + LULL)
                    if self._wanted:
                        emit(Sighting("lull", since + LULL, since))
                await self._wait(at)
                emit(Sighting("idle", at, since, event.unseen))
            else:
                await self._wait(at)
                emit(Sighting(cast("What", name_of(event)), at))
            # Only now: cancelled while it waits, the event is still to come.
            self._played += 1
        if self._events:  # `stopped` cannot be played, and yet the day goes on until then
            await self._wait(begun + self._offset(self._events[-1].at))
        self._ended()
        await asyncio.Event().wait()

    def _offset(self, at: datetime) -> float:
        return (at - self._events[0].at).total_seconds()

    async def _wait(self, until: float) -> None:
        left = until - self._clock.boot()
        if left > 0:
            await asyncio.sleep(left)
