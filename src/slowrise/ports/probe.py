"""Why an adapter cannot work, or no longer works."""

from __future__ import annotations


class Unavailable(Exception):
    """This adapter cannot work here. Raised when it is made, before anything is started."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


class Lost(Exception):
    """What the adapter watched went away (display server, bus, terminal). It may come back."""
