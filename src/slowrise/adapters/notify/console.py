"""Notices as text on a stream: the last resort, which needs nothing but standard error."""

from __future__ import annotations

import io
import select
import sys
from typing import TextIO

from slowrise.adapters.notify.sanitize import body_with_commands, plain
from slowrise.ports.notifier import Notice, NotifierFailed, OnAnswer


class ConsoleNotifier:
    """Writes each notice as a block of its own, with the commands that answer it."""

    name = "console"

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    async def probe(self) -> str:
        """Where notices would appear, in words."""
        return "writes to standard error, without buttons"

    async def show(self, notice: Notice, answer: OnAnswer) -> None:  # noqa: ARG002 - a stream has no buttons
        """Write the notice; raises `NotifierFailed`. What is written is never answered and cannot be withdrawn."""
        stream = self._stream or sys.stderr
        try:
            if not _takes_text(stream):
                raise NotifierFailed("the terminal is stopped or nobody reads from it")
            stream.write(f"\n{plain(notice.title)}\n{plain(body_with_commands(notice))}\n\n")
            stream.flush()
        except (OSError, ValueError) as error:
            raise NotifierFailed(f"cannot write to the terminal: {error}") from error

    async def withdraw(self) -> None:
        """Nothing: what is written is written."""

    async def close(self) -> None:
        """Nothing: the stream is not ours."""


def _takes_text(stream: TextIO) -> bool:
    """Whether writing would not wait: a terminal stopped with Ctrl-S would stop the daemon with it."""
    try:
        descriptor = stream.fileno()
    except io.UnsupportedOperation:
        return True
    return bool(select.select([], [descriptor], [], 0)[1])
