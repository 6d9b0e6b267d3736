"""Directories and files that nobody but this user can read.

Floor 3: it opens what it is told to, and knows nothing of what lies in it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

DIRECTORY = 0o700
FILE = 0o600


class Unsafe(Exception):
    """The place is not ours alone; the message says why and what to do."""


def private_directory(path: Path, *, holding: Collection[str] = ()) -> None:
    """Make sure the directory is there, ours and 0700. Raises `Unsafe`, or `OSError` where it cannot be made.

    One that is there and open to others is closed only if it is empty or has a file of a name in `holding`, which shows
    it to be ours: a mistaken `--data-dir ~` must not shut the home directory.
    """
    with suppress(FileExistsError):
        path.mkdir(mode=DIRECTORY, parents=True)
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise Unsafe(f"{path} is a symbolic link; name the directory it leads to instead")
    if not stat.S_ISDIR(status.st_mode):
        raise Unsafe(f"{path} is no directory; move it away")
    if status.st_uid != os.geteuid():
        raise Unsafe(f"{path} belongs to user {status.st_uid}, not to you ({os.geteuid()}); choose another directory")
    if stat.S_IMODE(status.st_mode) == DIRECTORY:
        return
    inside = {entry.name for entry in path.iterdir()}
    if inside and inside.isdisjoint(holding):
        raise Unsafe(f"{path} is open to others and holds other things; choose a directory of its own")
    path.chmod(DIRECTORY)


def private_file(path: Path) -> None:
    """Make sure the file is there, ours and 0600. Raises `Unsafe` or `OSError`.

    A file that is there is never opened: closing it again would drop the locks SQLite holds on it in this process.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE))
    except FileExistsError:
        _checked_file(path)
    else:
        _name_on_disk(path.parent)


def _checked_file(path: Path) -> None:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "no plain file"
        raise Unsafe(f"{path} is {kind}; move it away")
    if status.st_uid != os.geteuid():
        raise Unsafe(f"{path} belongs to user {status.st_uid}, not to you ({os.geteuid()}); move it away")
    if stat.S_IMODE(status.st_mode) != FILE:
        path.chmod(FILE)


def _name_on_disk(directory: Path) -> None:
    """A new file's name survives a power cut only once its directory is synced."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
