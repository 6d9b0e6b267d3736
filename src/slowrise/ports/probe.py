"""Whether an adapter works on this machine, and the two ways in which it can fail."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Lost(Exception):
    """The display server, bus or terminal that an adapter watches went away. It may come back."""


class Unavailable(Lost):
    """The adapter cannot work here. Raised by `probe`, and by `watch` if that is true only since the probe.

    The adapter has started nothing then.
    """

    def __init__(self, reason: str, fix: str = "", *, may_come: bool = False) -> None:
        """`may_come`: what the adapter needs is named, and is only not there yet."""
        super().__init__(reason)
        self.reason = reason
        self.fix = fix
        self.may_come = may_come


class Probed(Protocol):
    """An adapter that can check whether it works here: a source, a signal or a notifier."""

    name: str

    async def probe(self) -> str:
        """Return how it works here and its limits, or an empty text. Raises `Unavailable`; starts nothing."""


class Probe(NamedTuple):
    """The result of probing one adapter, as `slowrise doctor` prints it."""

    name: str
    works: bool
    reason: str = ""
    """How it works and its limits, or why it does not work."""
    fix: str = ""
    may_come: bool = False
    """Whether it may work later without any change by the user: see `Unavailable`."""


async def probe(adapter: Probed) -> Probe:
    """Return whether the adapter works here."""
    try:
        return Probe(adapter.name, works=True, reason=await adapter.probe())
    except Unavailable as error:
        return Probe(adapter.name, works=False, reason=error.reason, fix=error.fix, may_come=error.may_come)
