"""A source that plays a recorded day: what a trace says of input and signals is told again, at the clock's own speed.

For the demonstration. Lulls are not in every trace, so where one is wanted it is told from the silence itself.
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


class TracePlayer:
    """Plays events as if they happened now: the first at once, the others as far behind it as they were."""

    name = "replay"

    def __init__(self, events: Sequence[Event], clock: Clock, ended: Callable[[], None]) -> None:
        """`ended` is called after the last."""
        self.resolution = 15.0
        self._events = [event for event in events if name_of(event) in PLAYABLE]
        self._first = events[0].at if events else None
        self._clock = clock
        self._ended = ended
        self._wanted = False
        self._begun: float | None = None
        self._told = 0

    def want_lull(self, wanted: bool) -> None:
        """Tell a lull in the silences to come, or none."""
        self._wanted = wanted

    async def watch(self, emit: Emit) -> None:
        """Play until the end, then wait to be cancelled; watched anew it goes on where it was."""
        begun = self._begun = self._clock.boot() if self._begun is None else self._begun
        for event in self._events[self._told :]:
            self._told += 1
            at = begun + self._behind(event)
            if isinstance(event, Idle):
                since = begun + self._behind(event, since=True)
                if since + LULL < at:
                    await self._wait(since + LULL)
                    if self._wanted:
                        emit(Sighting("lull", since + LULL, since))
                await self._wait(at)
                emit(Sighting("idle", at, since))
            else:
                await self._wait(at)
                emit(Sighting(cast("What", name_of(event)), at))
        self._ended()
        await asyncio.Event().wait()

    def _behind(self, event: Event, *, since: bool = False) -> float:
        label = event.since if since and isinstance(event, Idle) else event.at
        return 0.0 if self._first is None else (label - self._first).total_seconds()

    async def _wait(self, until: float) -> None:
        left = (until - self._clock.boot()) / self._clock.speed
        if left > 0:
            await asyncio.sleep(left)
