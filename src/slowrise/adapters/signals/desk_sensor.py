"""A sit-stand desk with a height sensor: the user's own command prints lines of `sitting` or `standing`.

The command runs as long as the daemon. A posture printed again confirms the posture, at most every `CONFIRM_EVERY`.
"""

from __future__ import annotations

import asyncio
import logging
import shlex
import shutil
from contextlib import suppress

from slowrise.adapters.system.child import Child
from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting, What
from slowrise.ports.probe import Lost, Unavailable

log = logging.getLogger(__name__)

LONGEST_LINE = 1024
"""Bytes. A longer line is no posture, and the signal is lost."""
CONFIRM_EVERY = 1800.0
"""Seconds after which the same posture is emitted again: half the hour for which the engine believes in standing."""

MOST_A_SECOND = 100_000
"""Bytes. A command that prints more is no sensor, and the signal is lost; a fast serial line carries 12,000."""
ENDING = 1.0
"""Seconds that the command gets to end after it has closed its output. Then it is killed."""

POSTURES: dict[bytes, What] = {b"sitting": "sitting", b"standing": "standing"}


class DeskSensor:
    """The posture that the command prints. Other lines are ignored, with one warning in the log."""

    name = "desk-sensor"

    def __init__(self, command: str) -> None:
        self._text = command
        self._program = ""
        self._posture: What | None = None
        self._emitted_at = 0.0
        self._warned = False

    async def probe(self) -> str:
        """Check that the program of the command exists."""
        self._split()
        return ""

    def _split(self) -> list[str]:
        """Return the words of the command. Raises `Unavailable`."""
        try:
            words = shlex.split(self._text)
        except ValueError as error:
            raise Unavailable(f"standing_desk.sensor cannot be parsed: {error}", "check its quotes") from None
        if not words or shutil.which(words[0]) is None:
            raise Unavailable(f"standing_desk.sensor: no program {self._text!r}", "give its full path")
        return words

    async def watch(self, emit: Emit) -> None:
        """Emit the posture until cancelled. Raises `Lost` when the command ends."""
        words = self._split()
        self._program = words[0]
        try:
            child = await Child.start(words, reads=True)
        except OSError as error:
            raise Lost(f"{self._program}: {error.strerror}") from None
        try:
            await self._read(child, emit)
            # A program that closed its output is about to end.
            with suppress(TimeoutError):
                async with asyncio.timeout(ENDING):
                    await child.wait()
        finally:
            await child.end()
        raise Lost(f"{self._program} ended with {child.code}")

    async def _read(self, child: Child, emit: Emit) -> None:
        """Emit what the command prints, until it closes its output. Raises `Lost`."""
        unfinished, since, size = b"", boot_seconds(), 0
        async for piece in child.output():
            if boot_seconds() - since >= 1.0:
                since, size = boot_seconds(), 0
            size += len(piece)
            if size > MOST_A_SECOND:
                raise Lost(f"{self._program} printed more than {MOST_A_SECOND} bytes in a second")
            *lines, unfinished = (unfinished + piece).split(b"\n")
            if any(len(line) > LONGEST_LINE for line in (*lines, unfinished)):
                raise Lost(f"{self._program} printed a line of more than {LONGEST_LINE} bytes")
            for line in lines:
                self._on_line(line.strip(), emit)
        self._on_line(unfinished.strip(), emit)

    def _on_line(self, word: bytes, emit: Emit) -> None:
        posture, now = POSTURES.get(word), boot_seconds()
        if posture is None:
            if not self._warned:
                self._warned = True
                log.warning("%s prints lines that are neither `sitting` nor `standing`", self._program)
        elif posture != self._posture or now - self._emitted_at >= CONFIRM_EVERY:
            self._posture, self._emitted_at = posture, now
            emit(Sighting(posture, now))
