"""The ports: what the daemon needs of the outside, said in as few methods as possible.

Everything here is called in the thread of the one asyncio loop and may not block it; an adapter that must block or
that has threads of its own brings its results back into the loop itself (`loop.call_soon_threadsafe`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import IntEnum
from typing import Literal, NamedTuple, Protocol

from slowrise.core.model.events import Event

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


Tell = Callable[[Sighting], None]


class Unavailable(Exception):
    """This adapter cannot work here. Raised when it is made, before anything is started."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


class Lost(Exception):
    """What the adapter watched went away (display server, bus, terminal). It may come back."""


class Source(Protocol):
    """Where input comes from. Tells `active` and `idle` in turn, beginning with `active` at the first input."""

    name: str
    resolution: float
    """Seconds without input after which `idle` is told, with the last input as `since`."""

    async def watch(self, tell: Tell) -> None:
        """Watch until cancelled, leaving nothing behind; raise `Lost` when what is watched goes away."""

    def want_lull(self, wanted: bool) -> None:
        """Tell (or stop telling) a `lull` once input has paused for five seconds. Takes effect at once."""


class Signal(Protocol):
    """What else is evidence: lock, suspend, calls, inhibitors. Told as edges; counted by the rules.

    A signal tells `paused` while somebody else has the screen: the person is unobserved until `unpaused`.
    """

    name: str

    async def watch(self, tell: Tell) -> None:
        """Watch until cancelled; raise `Lost` when the peer goes away. What was on is told off before `Lost`."""


class Urgency(IntEnum):
    """As the freedesktop specification numbers them."""

    LOW = 0
    NORMAL = 1
    CRITICAL = 2


class Button(NamedTuple):
    """One button of a notice: `key` comes back when it is pressed."""

    key: str
    label: str


class Notice(NamedTuple):
    """What a notifier is to show. There is one notice at a time: a new one takes the place of the one before."""

    kind: str
    title: str
    body: str
    urgency: Urgency = Urgency.NORMAL
    buttons: tuple[Button, ...] = ()
    stays: bool = False
    """True: shown until acted on; false: the server's usual time."""
    rank: int = 9
    """Among all kinds; 1 comes first."""


Answer = Callable[[str], None]
"""Called with a button's key, or `dismissed` when the user closed it; expiry and our own closing say nothing."""


class NotifierFailed(Exception):
    """The notice could not be shown; the reason is the message. The next one is tried all the same."""


class Notifier(Protocol):
    """Where prompts go."""

    name: str

    async def show(self, notice: Notice, answer: Answer) -> None:
        """Show the notice in place of the last one, within five seconds, or raise `NotifierFailed`."""

    async def withdraw(self) -> None:
        """Take the notice away if it is still there; never raises."""

    async def close(self) -> None:
        """Let go of every connection; never raises."""


Trouble = Literal["busy", "full", "read-only", "failed", "unusable", "newer", "unsafe"]
"""What is wrong with a ledger. The first four may pass; `unusable` (no ledger, or damaged) and `newer` (written by a
later version) call for setting the file aside; `unsafe` (a place others can reach) is for the user to mend."""


class LedgerFailed(Exception):
    """The ledger could not be read or written; the message says which, where and why."""

    def __init__(self, reason: str, kind: Trouble = "failed") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


class Ledger(Protocol):
    """Where events are kept: appended, never changed. What is derived from them can be made anew at any time."""

    def append(self, event: Event) -> None:
        """Keep the event; on disk when this returns. Raises `LedgerFailed`."""

    def events(self, begin: datetime | None = None, end: datetime | None = None) -> Iterator[Event]:
        """The events in the order they were appended, of those with `begin <= at < end` (open where None)."""

    def beat(self, at: datetime) -> None:
        """Note a sign of life (overwrites the last one)."""

    def last_sign(self) -> datetime | None:
        """The later of the last beat and the last event's label; None for an empty ledger."""

    def close(self) -> None:
        """Let go of the file."""
