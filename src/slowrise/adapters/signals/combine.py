"""What several signals see at once is told once, and what has been on for long can be named."""

from __future__ import annotations

from typing import NamedTuple

from slowrise.adapters.signals.toggle import Toggle
from slowrise.ports.input import Emit, Sighting, What

_PAIRS: tuple[tuple[What, What], ...] = (
    ("locked", "unlocked"),
    ("suspended", "resumed"),
    ("call-started", "call-ended"),
    ("inhibited", "uninhibited"),
    ("quieted", "unquieted"),
    ("paused", "unpaused"),
)


class ActiveSignal(NamedTuple):
    """What is on, by which signal, since when (seconds on CLOCK_BOOTTIME)."""

    what: What
    by: str
    since: float


class SignalCombiner:
    """Tells on with the first signal that sees it and off with the last; anything without an end goes through.

    Whoever else can turn such a thing on (the user, who pauses) gets an ear too, so that nobody ends it for another.
    """

    def __init__(self, emit: Emit) -> None:
        self._tell = emit
        self._edges = {on: Toggle(on, off, emit) for on, off in _PAIRS}
        self._begins: dict[What, What] = {off: on for on, off in _PAIRS}
        self._held: dict[tuple[What, str], float] = {}

    def ear(self, name: str) -> Emit:
        """What the signal of that name tells to."""

        def hear(sighting: Sighting) -> None:
            what, at = sighting.what, sighting.at
            on = self._begins.get(what, what)
            if on not in self._edges:
                self._tell(sighting)
                return
            if what == on:
                self._held.setdefault((on, name), at)
            else:
                self._held.pop((on, name), None)
            self._edges[on].hold(name, what == on, at)

        return hear

    def release(self, name: str, at: float) -> None:
        """Nobody watches this signal any more, so that nothing is on by it."""
        ear = self.ear(name)
        for on, off in _PAIRS:
            if (on, name) in self._held:
                ear(Sighting(off, at))

    def held(self) -> list[ActiveSignal]:
        """What is on now, the longest first."""
        held = (ActiveSignal(what, name, since) for (what, name), since in self._held.items())
        return sorted(held, key=lambda each: each.since)
