"""The notifier port: it shows, replaces and withdraws one notice at a time."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple, Protocol, Self


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
    """Shown until the user acts on it."""
    seconds: float = 30.0
    """How long it is shown otherwise."""
    click: str = ""
    """What a click on the notice itself does, in words; the answer is then `default`. Empty: a click only closes it."""
    without_buttons: str = ""
    """The body where no button can be pressed; empty: the same as `body`."""
    discreet: bool = False
    """Do-not-disturb is on: it must not break through."""
    again: bool = False
    """It was shown before and comes again, so it makes no sound."""


GONE = "gone"
"""The answer when a notice ended and the user did nothing: its time was over, or the service ended or dropped it."""


class AnswerKey(str):
    """How a notice ended: the key of a button, `default` for a click on it, `dismissed` for closing it, or `GONE`."""

    __slots__ = ("token",)
    token: str
    """The desktop's activation token of the click, or empty: a window opened with it may take the focus."""

    def __new__(cls, key: str, token: str = "") -> Self:
        """Make an answer that compares like its key."""
        answer = super().__new__(cls, key)
        answer.token = token
        return answer


OnAnswer = Callable[[AnswerKey], None]
"""Called once, with how the notice ended. Not called when the daemon withdraws or replaces it."""


class NotifierFailed(Exception):
    """The notice could not be shown; the message is the reason. The daemon still tries the next notice."""


class Notifier(Protocol):
    """Where notices are shown."""

    name: str

    @property
    def reports_end(self) -> bool:
        """Whether it knows when a notice ends. Where it does not, `answer` is never called."""

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        """Show the notice in place of the last one, within five seconds, or raise `NotifierFailed`."""

    async def withdraw(self) -> None:
        """Remove the notice if it is still shown; never raises."""

    async def close(self) -> None:
        """Close every connection; never raises."""
