"""A source that plays a recorded day: it emits the input and signals of a trace, at the speed of the clock.

For the demo. Not every trace contains lulls, so this source emits one in a silence when lulls are wanted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import cast, get_args

from slowrise.adapters.system.clock import Clock
from slowrise.core.model.events import Event, Idle, name_of
from slowrise.ports.input import Emit, Sighting, What

LULL = 5.0
"""Seconds without input that make a lull."""

PLAYABLE = frozenset(get_args(What))
"""The events that a source or signal can emit."""


class TracePlayer:
    """Plays events as if they happened now: the first at once, the others at their original distance from it."""

    name = "replay"

    def __init__(self, events: Sequence[Event], clock: Clock, ended: Callable[[], None]) -> None:
        """Call `ended` after the last event."""
        self.resolution = 15.0
        self._events = [event for event in events if name_of(event) in PLAYABLE]
        self._first = events[0].at if events else None
        self._clock = clock
        self._ended = ended
        self._lull_wanted = False
        self._start: float | None = None
        self._played = 0

    def want_lull(self, wanted: bool) -> None:
        """Start or stop emitting lulls, from the next silence on."""
        self._lull_wanted = wanted

    async def watch(self, emit: Emit) -> None:
        """Play until the end, then wait to be cancelled. A second call goes on where the first one stopped."""
        start = self._start = self._clock.boot() if self._start is None else self._start
        for event in self._events[self._played :]:
            self._played += 1
            at = start + self._offset(event)
            if isinstance(event, Idle):
                since = start + self._offset(event, since=True)
                if since + LULL < at:
                    await self._wait(since + LULL)
                    if self._lull_wanted:
                        emit(Sighting("lull", since + LULL, since))
                await self._wait(at)
                emit(Sighting("idle", at, since))
            else:
                await self._wait(at)
                emit(Sighting(cast("What", name_of(event)), at))
        self._ended()
        await asyncio.Event().wait()

    def _offset(self, event: Event, *, since: bool = False) -> float:
        at = event.since if since and isinstance(event, Idle) else event.at
        return 0.0 if self._first is None else (at - self._first).total_seconds()

    async def _wait(self, until: float) -> None:
        left = (until - self._clock.boot()) / self._clock.speed
        if left > 0:
            await asyncio.sleep(left)
