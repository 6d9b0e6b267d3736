"""The input ports: a source reports that the user is active, a signal reports other evidence.

Everything in `ports/` runs in the thread of the one asyncio loop and must not block it. An adapter with threads of its
own passes its results to the loop with `loop.call_soon_threadsafe`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from slowrise.ports.probe import Probed

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
    """One observation. It records that something happened, never which key or where: there is no field for more.

    `at` and `since` are seconds on CLOCK_BOOTTIME. `since` of `idle` and `lull` is the last input, of `locked` the
    start of a lock that was noticed late.

    `unseen` (of `idle`) means that the source is shown no input from `since` on, so there may be some. The next
    `active` or `idle` ends this; the `since` of such an `idle` is when input was shown again.
    """

    what: What
    at: float
    since: float | None = None
    unseen: bool = False


Emit = Callable[[Sighting], None]


class Source(Protocol):
    """Where input comes from. It emits `active` and `idle` in turn, beginning with `active` at the first input."""

    name: str
    resolution: float
    """Seconds without input after which the source emits `idle`, with the last input as `since`."""

    @property
    def displays(self) -> tuple[str, ...]:
        """The displays it watches, by name. They may be shown, and are never stored."""

    @property
    def unseen(self) -> tuple[str, ...]:
        """Displays of this user whose input it cannot see."""

    async def watch(self, emit: Emit) -> None:
        """Watch until cancelled, leaving nothing behind. Raises `Lost` when the watched thing goes away."""

    def want_lull(self, wanted: bool) -> None:
        """Start or stop emitting `lull`, once input has paused for five seconds. Takes effect at once."""


class Signal(Probed, Protocol):
    """Other evidence: lock, suspend, calls, inhibitors, posture. It emits changes only.

    A signal emits `paused` while another user has the screen; the user is unobserved until `unpaused`.
    """

    async def watch(self, emit: Emit) -> None:
        """Watch until cancelled. When the peer goes away, emit the end of everything that is on and raise `Lost`."""


@runtime_checkable
class OnDemand(Protocol):
    """A signal to which nobody reports every change."""

    def look(self) -> None:
        """Emit what has changed by now. Called when input stops, and before the first input after it is recorded."""
