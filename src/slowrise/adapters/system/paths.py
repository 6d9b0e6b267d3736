"""The paths of everything: configuration, ledger, lock and control socket. Nothing is created here."""

from __future__ import annotations

import os
import stat
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

LEDGER = "ledger.sqlite3"
LOCK = "lock"
LONGEST_SOCKET = 103
"""Bytes of a Unix socket's path that every system allows: 107 on Linux, 103 on macOS (sun_path less the final zero)."""
REPORT_NEEDS = ("matplotlib", "jinja2")
"""Packages that draw the report; the extra `report` installs them."""
WINDOW_NEEDS = ("PySide6", "tomlkit")
"""Packages that the window needs; the extra `window` installs them."""

Page = Literal["today", "getup", "back", "settings", "welcome"]
"""A page of the window."""


class Paths(NamedTuple):
    """The files and directories of one daemon."""

    config: Path
    data: Path
    ledger: Path
    lock: Path
    """Beside the ledger that it guards, so that all sessions and logins of the user share it."""
    runtime: Path
    socket: Path

    @property
    def report(self) -> Path:
        """The default path of the report."""
        return self.data / "report.html"


def paths(*, config: Path | None = None, data: Path | None = None) -> Paths:
    """Return the platform's standard paths, or those of the given configuration file and data directory.

    The name of the socket has a checksum of the data directory, because each directory has its own daemon.
    """
    import platformdirs

    config = (
        config.absolute() if config else platformdirs.user_config_path("slowrise", appauthor=False) / "slowrise.toml"
    )
    data = data.absolute() if data else platformdirs.user_data_path("slowrise", appauthor=False)
    socket = f"control-{zlib.crc32(os.fsencode(data.resolve())):08x}.sock"
    # The daemon has no control socket on Windows yet, so any directory will do.
    runtime = data if sys.platform == "win32" else _runtime(socket)
    return Paths(config, data, data / LEDGER, data / LOCK, runtime, runtime / socket)


def autostart_entry() -> Path:
    """Return the entry that starts slowrise with the desktop where systemd does not."""
    import platformdirs

    return platformdirs.user_config_path() / "autostart" / "slowrise.desktop"


def _runtime(socket: str) -> Path:
    """Return the first directory that this user alone can write, and whose path is short enough for the socket.

    Everybody can create the fallback in /tmp. So the daemon refuses it unless it is ours (`private_directory`), and a
    command checks which user answers on the socket (`control.ask`).
    """
    fallback = Path(f"/tmp/slowrise-{os.geteuid()}")  # noqa: S108 - both sides check it, as described above
    fitting = (path for path in _candidates() if len(os.fsencode(path / "slowrise" / socket)) <= LONGEST_SOCKET)
    ours = (path / "slowrise" for path in fitting if _is_ours(path))
    return next(ours, fallback)


def _candidates() -> Iterator[Path]:
    """Return directories to try. `/run/user/N` comes last, for commands without the variable (cron, su)."""
    named = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if named.is_absolute():  # the XDG specification says to ignore a relative path
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
