"""The paths of everything: configuration, ledger, lock and control socket. Nothing is created here."""

from __future__ import annotations

import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
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

Page = Literal["today", "getup", "back", "flare-up", "settings", "welcome"]
"""A page of the window. `flare-up` is a part of the page of the back."""


class NoHome(Exception):
    """This user has neither HOME nor an entry with a home directory, so nothing has a place."""

    def __init__(self) -> None:
        super().__init__("You have no home directory. Set HOME to one")


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
    config = config.absolute() if config else user_config("slowrise") / "slowrise.toml"
    data = data.absolute() if data else user_data("slowrise")
    socket = _socket_name(data)
    # The daemon has no control socket on Windows yet, so any directory will do.
    runtime = data if sys.platform == "win32" else _runtime(socket, data)
    return Paths(config, data, data / LEDGER, data / LOCK, runtime, runtime / socket)


def lock_aside(lock: Path) -> Path:
    """Return where the lock file is while its directory cannot be written: in the runtime directory."""
    socket = Path(_socket_name(lock.parent))
    return (_runtime(socket.name, lock.parent) / socket).with_suffix(".lock")


def autostart_entry() -> Path:
    """Return the entry that starts slowrise with the desktop where systemd does not."""
    return user_config() / "autostart" / "slowrise.desktop"


def user_config(program: str | None = None) -> Path:
    """Return the directory of this user's configuration files, or those of one program. Raises `NoHome`."""
    import platformdirs

    return _known(lambda: platformdirs.user_config_path(program, appauthor=False))


def user_data(program: str | None = None) -> Path:
    """Return the directory of this user's data files, or those of one program. Raises `NoHome`."""
    import platformdirs

    return _known(lambda: platformdirs.user_data_path(program, appauthor=False))


def _socket_name(data: Path) -> str:
    return f"control-{zlib.crc32(os.fsencode(data.resolve())):08x}.sock"


def _known(find: Callable[[], Path]) -> Path:
    try:
        path = find()
    except RuntimeError:
        raise NoHome from None
    if not path.is_absolute():  # platformdirs before 4.6 leaves the `~`
        raise NoHome
    return path


def _runtime(socket: str, data: Path) -> Path:
    """Return the first directory that this user alone can write, and whose path is short enough for the socket.

    Everybody can create the fallback in /tmp. If another user did, the directory of the data takes its place. Where
    that has too long a path, the daemon refuses the fallback unless it is ours (`private_directory`), and a command
    checks which user answers on the socket (`control.ask`).
    """
    fallback = Path(f"/tmp/slowrise-{os.geteuid()}")  # noqa: S108 - both sides check it, as described above
    ours = (path / "slowrise" for path in _candidates() if _is_ours(path))
    is_taken = os.path.lexists(fallback) and (fallback.is_symlink() or not _is_ours(fallback))
    last = data if is_taken else fallback
    return next((path for path in (*ours, last) if len(os.fsencode(path / socket)) <= LONGEST_SOCKET), fallback)


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
