"""A command on a terminal of its own: what it prints there, and what a person types."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Mapping
from typing import Self

from slowrise.cli.views.wrap import cells
from support.daemon_process import COMMAND
from support.desktop_programs import PATIENCE, wait_until

COLUMNS, ROWS = 80, 24
"""The size of a terminal since the VT100, and of most windows of one when they open."""


class TerminalRun:
    """One run of `slowrise` on a new terminal. A context manager, which ends it."""

    def __init__(self, environ: Mapping[str, str], *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], env=dict(environ), stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        self._printed = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        os.close(self._ours)

    def _read(self) -> None:
        try:
            while part := os.read(self._ours, 4096):
                self._printed += part
        except OSError:  # the command has ended
            pass

    @property
    def printed(self) -> str:
        """What the terminal shows so far."""
        return self._printed.decode(errors="replace").replace("\r\n", "\n")

    @property
    def screen(self) -> list[str]:
        """The lines that a terminal of this size shows; what it printed before has scrolled away."""
        rows: list[str] = []
        for line in self.printed.split("\n"):
            rows.append("")
            for letter in line:
                if cells(rows[-1] + letter) > COLUMNS:
                    rows.append("")
                rows[-1] += letter
        return rows[-ROWS:]

    def wait_for(self, text: str) -> None:
        """Wait until the terminal shows this text."""
        wait_until(lambda: text in self.printed, f"{text!r} on the terminal", patience=PATIENCE)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def interrupt(self) -> None:
        """Do what Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)

    def ended(self) -> int:
        """Wait for the end, and return the exit code."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code
