"""The exit codes of every command."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended. `slowrise --help` and the manual page list the same numbers."""

    DONE = 0
    ERROR = 1
    """slowrise or the machine failed: a full disk, a damaged file, a bug."""
    USAGE = 2
    """The command line or the configuration is wrong. click uses the same number."""
    NOT_RUNNING = 3
    """The command needs the daemon, and none answers."""
    NOTHING_TO_WATCH = 4
    """No source of input works in this session."""
