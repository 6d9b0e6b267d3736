"""The input ports: a source reports that the user is active, a signal reports other evidence.

Everything in `ports/` runs in the thread of the one asyncio loop and must not block it. An adapter with threads of its
own hands its results to the loop with `loop.call_soon_threadsafe`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

What = Literal[
    "active",
    "idle",
    "lull",
    "locked",
    "unlocked",
    "suspended",
    "resumed",
    "call-started",
    "call-ended",
    "inhibited",
    "uninhibited",
    "quieted",
    "unquieted",
    "standing",
    "sitting",
    "paused",
    "unpaused",
]


class Sighting(NamedTuple):
    """That something happened, never what was done: this is all a source or signal can hand on.

    `at` and `since` are seconds on CLOCK_BOOTTIME; `since` (of `idle` and `lull`) is the last input.
    """

    what: What
    at: float
    since: float | None = None


Emit = Callable[[Sighting], None]


class Source(Protocol):
    """Where input comes from. Tells `active` and `idle` in turn, beginning with `active` at the first input."""

    name: str
    resolution: float
    """Seconds without input after which `idle` is told, with the last input as `since`."""

    async def watch(self, tell: Emit) -> None:
        """Watch until cancelled, leaving nothing behind; raise `Lost` when what is watched goes away."""

    def want_lull(self, wanted: bool) -> None:
        """Tell (or stop telling) a `lull` once input has paused for five seconds. Takes effect at once."""


class Signal(Protocol):
    """What else is evidence: lock, suspend, calls, inhibitors. Told as edges; counted by the rules.

    A signal tells `paused` while somebody else has the screen: the person is unobserved until `unpaused`.
    """

    name: str

    async def watch(self, tell: Emit) -> None:
        """Watch until cancelled; raise `Lost` when the peer goes away. What was on is told off before `Lost`."""
