"""Reading what others may have had a hand in: never more than a bound, and nothing that could keep us waiting.

Floor 3: it opens what it is told to, and knows nothing of what lies in it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

LONGEST_CONFIG = 1 << 20
"""Bytes; the shipped file has some twenty thousand, most of them comments."""


def text(path: Path, most: int = LONGEST_CONFIG) -> str:
    """The text of a file of at most so many bytes. Raises `OSError`, or `UnicodeDecodeError`.

    A named pipe or a socket in its place is refused: nobody may ever write into it.
    """
    # Not waiting for the other end of a pipe; on a plain file it changes nothing.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        if stat.S_ISFIFO(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is a pipe and no file", str(path))
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it has more than {most} bytes", str(path))
    return content.decode()


def lines(file: BinaryIO, longest: int) -> Iterator[bytes]:
    """The lines of a file; of one that is longer, `longest` bytes and one, so that whoever reads it can tell."""
    return iter(lambda: file.readline(longest + 1), b"")


# -- directories and files that nobody but this user can read ----------------------------------------------------------

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
