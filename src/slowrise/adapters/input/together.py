"""Several displays of one user as one source: active while any of them is, idle since the latest input of all."""

from __future__ import annotations

import asyncio
from asyncio import FIRST_COMPLETED
from collections.abc import Sequence
from functools import partial

from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting, Source
from slowrise.ports.probe import Lost


class Together:
    """The source of this session and those of the user's other displays.

    Another display that ends is no longer watched. If this session's own source is lost, all are: the daemon then makes
    the best source again.
    """

    def __init__(
        self, first: Source, others: Sequence[Source], *, displays: tuple[str, ...], unseen: tuple[str, ...]
    ) -> None:
        self.name = first.name
        self.resolution = first.resolution
        self.displays = displays
        self.unseen = unseen
        self._sources = (first, *others)

    def want_lull(self, wanted: bool) -> None:
        """Start or stop emitting lulls."""
        for source in self._sources:
            source.want_lull(wanted)

    async def watch(self, emit: Emit) -> None:
        """Watch until cancelled. Raises `Lost` with the first source."""
        merged = _Merged(emit, self.resolution)
        watching = {
            asyncio.ensure_future(source.watch(partial(merged.take, number))): number
            for number, source in enumerate(self._sources)
        }
        try:
            while True:
                ended, _ = await asyncio.wait(watching, return_when=FIRST_COMPLETED)
                for task in ended:
                    number = watching.pop(task)
                    if number == 0 or not isinstance(task.exception(), Lost):
                        await task
                        return
                    merged.end(number)
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)


class _Merged:
    """The sightings of all sources as those of one."""

    def __init__(self, emit: Emit, resolution: float) -> None:
        self._emit = emit
        self._resolution = resolution
        self._active: dict[int, float] = {}
        """The sources that see input, with the begin of the latest lull of each."""
        self._last = 0.0
        """The latest input of those that were active since all were idle."""
        self._hidden: set[int] = set()
        """The sources that are shown no input while a program keeps the screen on."""
        self._inhibited: set[int] = set()
        """The sources that report that a program keeps the screen on."""

    def take(self, number: int, sighting: Sighting) -> None:
        """Take a sighting of this source."""
        at, since = sighting.at, sighting.at if sighting.since is None else sighting.since
        was_hidden = number in self._hidden
        if sighting.what in ("active", "idle"):
            self._hidden.discard(number)
            if sighting.unseen:
                self._hidden.add(number)
        match sighting.what:
            case "active":
                first = not self._active
                self._active[number] = 0.0
                if first:
                    self._last = 0.0
                    self._emit(sighting)
            case "idle" if number in self._active:
                self._leave(number, at, since)
            case "idle" if not self._active and (sighting.unseen or (was_hidden and not self._hidden)):
                self._emit(sighting)
            case "inhibited" | "uninhibited":
                self._set_inhibited(number, at, held=sighting.what == "inhibited")
            case "lull" if number in self._active:
                self._active[number] = since
                # An older lull has ended: its source would be idle by now.
                if all(at - each <= self._resolution for each in self._active.values()):
                    self._emit(Sighting("lull", at, max(self._last, *self._active.values())))

    def end(self, number: int) -> None:
        """Take that this source is lost. Its user was active until now: an idle one is not counted here."""
        now = boot_seconds()
        self._hidden.discard(number)
        if number in self._active:
            self._leave(number, now, now)
        self._set_inhibited(number, now, held=False)

    def _set_inhibited(self, number: int, at: float, *, held: bool) -> None:
        was_held = bool(self._inhibited)
        self._inhibited = self._inhibited | {number} if held else self._inhibited - {number}
        if was_held != bool(self._inhibited):
            self._emit(Sighting("uninhibited" if was_held else "inhibited", at))

    def _leave(self, number: int, at: float, since: float) -> None:
        del self._active[number]
        self._last = max(self._last, since)
        if not self._active:
            self._emit(Sighting("idle", at, self._last, unseen=bool(self._hidden)))
