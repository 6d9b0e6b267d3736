"""Combine the signals: emit once what several see at the same time, and list what is on."""

from __future__ import annotations

import math
from typing import NamedTuple

from slowrise.adapters.signals.toggle import Toggle
from slowrise.core.presence.silence import CALL_ENDLESS
from slowrise.ports.input import Emit, Sighting, What

_PAIRS: tuple[tuple[What, What, float], ...] = (
    ("locked", "unlocked", math.inf),
    ("suspended", "resumed", math.inf),
    ("call-started", "call-ended", CALL_ENDLESS),
    ("inhibited", "uninhibited", math.inf),
    ("quieted", "unquieted", math.inf),
    ("paused", "unpaused", math.inf),
)
"""On, off, and the seconds after which a holder is assumed leaked (see `Toggle`)."""


class ActiveSignal(NamedTuple):
    """One state that is on, the signal that reported it, and since when (seconds on CLOCK_BOOTTIME)."""

    what: What
    by: str
    since: float


class SignalCombiner:
    """Emits `on` when the first signal reports it and `off` with the last; passes on sightings that have no end.

    Every other reporter of such a state (such as the user, who pauses) needs an emitter of its own too. Otherwise a
    signal would end the state of another.
    """

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._toggles = {on: Toggle(on, off, emit, limit=limit) for on, off, limit in _PAIRS}
        self._on_of: dict[What, What] = {off: on for on, off, _ in _PAIRS}
        self._active: dict[tuple[What, str], float] = {}

    def emitter(self, name: str) -> Emit:
        """Return the callback for the signal of this name."""

        def emit(sighting: Sighting) -> None:
            what, at, since, _ = sighting
            on = self._on_of.get(what, what)
            if on not in self._toggles:
                self._emit(sighting)
                return
            if what == on:
                self._active.setdefault((on, name), at if since is None else since)
            else:
                self._active.pop((on, name), None)
            self._toggles[on].set(name, what == on, at, since)

        return emit

    def release(self, name: str, at: float) -> None:
        """End everything that this signal reported: it is no longer watched."""
        emit = self.emitter(name)
        for on, off, _ in _PAIRS:
            if (on, name) in self._active:
                emit(Sighting(off, at))

    def active(self) -> list[ActiveSignal]:
        """Return everything that is on now, the longest first."""
        active = (ActiveSignal(what, name, since) for (what, name), since in self._active.items())
        return sorted(active, key=lambda each: each.since)
