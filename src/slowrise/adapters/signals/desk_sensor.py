"""A sit-stand desk that tells its height: a command of the user prints `sitting` or `standing`, a line each time.

It runs as long as the daemon does. A posture that is printed again counts as confirmed, now and then.
"""

from __future__ import annotations

import asyncio
import logging
import shlex
import shutil
from contextlib import suppress
from typing import Literal

from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost, Unavailable

log = logging.getLogger(__name__)

LONGEST_LINE = 1024
"""Bytes; a longer line ends the command's use, for it is no posture."""
CONFIRM_EVERY = 1800.0
"""Seconds after which the same posture is told again: half of the hour for which declared standing is believed."""

ENDING = 1.0
"""Seconds between a program's last output and its end, at most: more is a program that will not end."""

Posture = Literal["sitting", "standing"]


class DeskSensor:
    """The posture as the command prints it; any other line is passed over, and said once."""

    name = "desk-sensor"

    def __init__(self, command: str) -> None:
        """Raises `Unavailable` where the program is not found."""
        try:
            self._command = shlex.split(command)
        except ValueError as error:
            raise Unavailable(f"standing_desk.sensor cannot be read: {error}", "mind the quotes") from None
        if not self._command or shutil.which(self._command[0]) is None:
            raise Unavailable(f"standing_desk.sensor: no program {command!r}", "name it with its whole path")
        self._posture: Posture | None = None
        self._told_at = 0.0
        self._complained = False

    async def watch(self, emit: Emit) -> None:
        """Tell the posture until cancelled; raise `Lost` when the command ends."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                limit=LONGEST_LINE,
            )
        except OSError as error:
            raise Lost(f"{self._command[0]}: {error.strerror}") from None
        try:
            await self._read(process, emit)
            # A program that has closed its output is ending: `kill` would race with asyncio for its exit status.
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), ENDING)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
        raise Lost(f"{self._command[0]} ended with {process.returncode}")

    async def _read(self, process: asyncio.subprocess.Process, emit: Emit) -> None:
        if process.stdout is None:
            return
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:
                raise Lost(f"{self._command[0]} printed a line of more than {LONGEST_LINE} bytes") from None
            if not line:
                return
            self._hear(line.strip(), emit)

    def _hear(self, word: bytes, emit: Emit) -> None:
        match word:
            case b"sitting":
                self._tell("sitting", emit)
            case b"standing":
                self._tell("standing", emit)
            case _ if not self._complained:
                self._complained = True
                log.warning("%s prints what is neither `sitting` nor `standing`", self._command[0])

    def _tell(self, posture: Posture, emit: Emit) -> None:
        now = boot_seconds()
        if posture != self._posture or now - self._told_at >= CONFIRM_EVERY:
            self._posture, self._told_at = posture, now
            emit(Sighting(posture, now))
