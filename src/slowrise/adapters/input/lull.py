"""Lulls: the switch that every source has, and a timer for sources that receive each input themselves.

A lull is a short pause in input. The engine wants lulls only while a prompt is due. Times: seconds on CLOCK_BOOTTIME.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Generic, TypeVar

from slowrise.adapters.input.event_queue import EventQueue
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting

T = TypeVar("T")

SetLull = Callable[[float | None], None]
"""Called with the seconds of a pause that makes a lull, or None while no lulls are wanted."""


class LullSwitch:
    """Base class of the sources. It remembers whether lulls are wanted, also between two calls of `watch`."""

    displays: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    def __init__(self, *, resolution: float = 15.0, lull: float = 5.0) -> None:
        """`lull` is the seconds of a pause that makes a lull."""
        self.resolution = resolution
        self._seconds = lull
        self._wanted = False
        self._set_lull: SetLull | None = None

    def want_lull(self, wanted: bool) -> None:
        """Start or stop emitting lulls, at once if the source is being watched."""
        self._wanted = wanted
        if self._set_lull:
            self._set_lull(self._seconds if wanted else None)

    @contextmanager
    def lulls_switched_by(self, set_lull: SetLull) -> Generator[None]:
        """Call `set_lull` with the current wish, and again at each change, until the block ends."""
        self._set_lull = set_lull
        try:
            self.want_lull(self._wanted)
            yield
        finally:
            self._set_lull = None


class LullTimer(Generic[T]):
    """Waits for input and emits the lulls in between, for sources that receive each input themselves."""

    def __init__(self, queue: EventQueue[T], emit: Emit, resolution: float) -> None:
        self._queue = queue
        self._emit = emit
        self._resolution = resolution
        self.lull: float | None = None
        """Seconds of a pause that makes a lull; None while no lulls are wanted."""

    def set_lull(self, seconds: float | None) -> None:
        """Change the length of a lull. A pause that has begun is checked at once."""
        self.lull = seconds
        self._queue.wake()

    async def next_input(self, *, since: float, quiet: float) -> T | None:
        """Return the next input, or None once there was none for the resolution.

        `since` is the best estimate of the last input, and is what a lull reports. `quiet` is the latest that input
        can have been; every input after it is received.
        """
        emitted = False
        idle_due = quiet + self._resolution
        while True:
            lull_due = idle_due if self.lull is None or emitted else quiet + self.lull
            if (item := await self._queue.get(min(lull_due, idle_due))) is not None:
                return item
            now = boot_seconds()
            if now >= idle_due:
                return None
            if self.lull is not None and not emitted and now >= quiet + self.lull:
                self._emit(Sighting("lull", now, since))
                emitted = True
