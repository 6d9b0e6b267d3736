"""The notifier port: one notice at a time is shown, replaced and withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple, Protocol


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


OnAnswer = Callable[[str], None]
"""Called with a button's key, or `dismissed` when the user closed it; expiry and our own closing say nothing."""


class NotifierFailed(Exception):
    """The notice could not be shown; the reason is the message. The next one is tried all the same."""


class Notifier(Protocol):
    """Where prompts go."""

    name: str

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        """Show the notice in place of the last one, within five seconds, or raise `NotifierFailed`."""

    async def withdraw(self) -> None:
        """Take the notice away if it is still there; never raises."""

    async def close(self) -> None:
        """Let go of every connection; never raises."""
