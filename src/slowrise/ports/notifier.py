"""The notifier port: it shows, replaces and withdraws one notice at a time."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple, Protocol


class Urgency(IntEnum):
    """The urgency levels of the freedesktop notification specification."""

    LOW = 0
    NORMAL = 1
    CRITICAL = 2


class Button(NamedTuple):
    """One button of a notice. The notifier passes `key` back when the user presses it."""

    key: str
    label: str


class Notice(NamedTuple):
    """The content a notifier shows. There is one notice at a time: a new one replaces the one before."""

    kind: str
    title: str
    body: str
    urgency: Urgency = Urgency.NORMAL
    buttons: tuple[Button, ...] = ()
    stays: bool = False
    """True: shown until the user acts on it. False: shown for the server's usual time."""
    rank: int = 9
    """Rank of this kind among all kinds; 1 comes first."""


OnAnswer = Callable[[str], None]
"""Called with a button's key, or with `dismissed` when the user closed the notice.

Not called when the notice expires or the daemon withdraws it.
"""


class NotifierFailed(Exception):
    """The notice could not be shown; the message is the reason. The daemon still tries the next notice."""


class Notifier(Protocol):
    """Where notices are shown."""

    name: str

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        """Show the notice in place of the last one, within five seconds, or raise `NotifierFailed`."""

    async def withdraw(self) -> None:
        """Remove the notice if it is still shown; never raises."""

    async def close(self) -> None:
        """Close every connection; never raises."""
