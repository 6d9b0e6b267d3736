"""Notices as text on a stream: the last fallback, because it needs only standard error."""

from __future__ import annotations

import io
import select
import sys
from typing import TextIO

from slowrise.core.model.safe_text import plain
from slowrise.ports.notifier import Notice, NotifierFailed, OnAnswer

_COMMANDS = {
    "snooze": "slowrise snooze",
    "standing": "slowrise standing",
    "sitting": "slowrise sitting",
    "how": "slowrise stand-up",
    "clinician": "slowrise flare-up told",
    "over": "slowrise flare-up off",
    "flare-up": "slowrise flare-up on",
    "red-flags": "slowrise red-flags",
    "today": "slowrise summary",
    "report": "slowrise report --open",
}
"""The command that does the same as each button. Standing up needs no command."""


class ConsoleNotifier:
    """Writes each notice as a paragraph, with the commands that answer it."""

    name = "console"
    reports_end = False

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    async def probe(self) -> str:
        """Return where notices appear."""
        return "writes to standard error, without buttons"

    async def show(self, notice: Notice, answer: OnAnswer) -> None:  # noqa: ARG002 - a stream has no buttons
        """Write the notice. Raises `NotifierFailed`. A written notice gets no answer and cannot be withdrawn."""
        stream = self._stream or sys.stderr
        try:
            if not _accepts_text(stream):
                raise NotifierFailed("the terminal is stopped, or no program reads from it")
            stream.write(f"\n{plain(notice.title)}\n{plain(_with_commands(notice))}\n\n")
            stream.flush()
        except (OSError, ValueError) as error:
            raise NotifierFailed(f"cannot write to the terminal: {error}") from error

    async def withdraw(self) -> None:
        """Do nothing: written text cannot be removed."""

    async def close(self) -> None:
        """Do nothing: the stream belongs to the caller."""


def _with_commands(notice: Notice) -> str:
    """Return the body, followed by the commands that answer it."""
    body = notice.without_buttons or notice.body
    answers = [f"{button.label}: {_COMMANDS[button.key]}" for button in notice.buttons if button.key in _COMMANDS]
    return "\n".join([body, "To answer, in a terminal:", *answers]) if answers else body


def _accepts_text(stream: TextIO) -> bool:
    """Whether a write would not block: a terminal stopped with Ctrl-S would block the daemon."""
    try:
        descriptor = stream.fileno()
    except io.UnsupportedOperation:
        return True
    return bool(select.select([], [descriptor], [], 0)[1])
