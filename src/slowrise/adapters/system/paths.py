"""Where everything lies: configuration, ledger, lock and control socket. Only looks; nothing is made here."""

from __future__ import annotations

import os
import stat
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LONGEST_SOCKET = 103
"""Bytes a Unix socket's path may have everywhere: 107 on Linux, 103 on macOS (sun_path, less the final zero)."""


REPORT_NEEDS = ("matplotlib", "jinja2")
"""What has to be installed for the report to be drawn: the extra `report` brings it."""
LEDGER = "ledger.sqlite3"
LOCK = "lock"


class Paths(NamedTuple):
    """The files and directories of one daemon."""

    config: Path
    data: Path
    ledger: Path
    lock: Path
    """Beside the ledger it guards, so that it is the same one from every session and however it was logged in."""
    runtime: Path
    socket: Path

    @property
    def report(self) -> Path:
        """Where the page goes that is not named."""
        return self.data / "report.html"


def paths(*, config: Path | None = None, data: Path | None = None) -> Paths:
    """Where the platform wants things, or the configuration file and data directory that are named.

    The socket carries a mark of the data directory: each has a daemon of its own.
    """
    import platformdirs

    config = config or platformdirs.user_config_path("slowrise", appauthor=False) / "slowrise.toml"
    data = data.absolute() if data else platformdirs.user_data_path("slowrise", appauthor=False)
    socket = f"control-{zlib.crc32(os.fsencode(data.resolve())):08x}.sock"
    # On Windows nothing listens yet, wherever it may be.
    runtime = data if sys.platform == "win32" else _runtime(socket)
    return Paths(config, data, data / LEDGER, data / LOCK, runtime, runtime / socket)


def _runtime(socket: str) -> Path:
    """The first directory that is ours alone and leaves a path short enough for a socket.

    The last one is in reach of everybody: whoever makes it first owns it. So the daemon refuses it unless it is ours
    (`private_directory`), and a command asks the socket who is behind it (`control.ask`).
    """
    fallback = Path(f"/tmp/slowrise-{os.geteuid()}")  # noqa: S108 - checked as said above
    fitting = (path for path in _candidates() if len(os.fsencode(path / "slowrise" / socket)) <= LONGEST_SOCKET)
    ours = (path / "slowrise" for path in fitting if _is_ours(path))
    return next(ours, fallback)


def _candidates() -> Iterator[Path]:
    """`/run/user/N` also where the variable is missing (cron, su): the daemon's own session has it."""
    named = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if named.is_absolute():  # the specification: a relative one is to be ignored
        yield named
    if sys.platform == "darwin":
        import platformdirs

        yield platformdirs.user_runtime_path()
    yield Path(f"/run/user/{os.geteuid()}")


def _is_ours(directory: Path) -> bool:
    try:
        status = directory.stat()
    except OSError:
        return False
    writable_by_others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not writable_by_others
