"""Safe access to files: bounded reads that never block, writes in one step, and files only this user can read."""

from __future__ import annotations

import codecs
import errno
import os
import stat
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import BinaryIO

LONGEST_CONFIG = 1 << 20
"""Bytes; fifty times the shipped file, which is mostly comments."""
DIRECTORY = 0o700
"""Mode of a private directory."""
FILE = 0o600
"""Mode of a private file."""


class NotUtf8(ValueError):
    """A text file has another encoding. `place` names the first wrong byte; it is empty if no byte is right."""

    def __init__(self, place: str, wrong: str) -> None:
        super().__init__(f"{place}: {wrong}" if place else wrong)
        self.place = place
        self.wrong = wrong


class Unsafe(Exception):
    """Other users can reach this path. The message has the reason and the fix."""


def reason(error: Exception) -> str:
    """Return what went wrong in the words of the system, without its number and the path."""
    return getattr(error, "strerror", None) or str(error)


def exists(path: Path) -> bool:
    """Return whether something is at the path: False where one may not look. There, `Path.exists` may raise."""
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


# -- reading and writing -----------------------------------------------------------------------------------------------


def text(path: Path, most: int = LONGEST_CONFIG) -> str:
    """Return the text of a file of at most `most` bytes. Raises `OSError` or `NotUtf8`.

    Editors on Windows put a byte order mark before the text; it is left out.
    A named pipe is refused: reading would wait for a writer that may never come.
    """
    # O_NONBLOCK: opening a pipe does not wait for its other end. It changes nothing for a regular file.
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        if stat.S_ISFIFO(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is a pipe, not a file", str(path))
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it has more than {most} bytes", str(path))
    return _decoded(_without_mark(content))


def lines(file: BinaryIO, longest: int) -> Iterator[bytes]:
    """Return the lines of a file, a longer one in pieces of `longest + 1` bytes, by which the caller can detect it.

    Raises `NotUtf8` for UTF-16. A byte order mark is left out. The caller decodes the lines.
    """
    first = _without_mark(file.readline(longest + 1 + len(codecs.BOM_UTF8)))
    return chain((first,) if first else (), iter(lambda: file.readline(longest + 1), b""))


def _without_mark(content: bytes) -> bytes:
    """Return UTF-8 without its byte order mark. Raises `NotUtf8` for UTF-16: most characters have a zero byte there."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or content[:2].count(0) == 1:
        raise NotUtf8("", "it is UTF-16 text, so save it as UTF-8")
    return content.removeprefix(codecs.BOM_UTF8)


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
        raise NotUtf8(
            f"line {line}, column {column}", "this character is not UTF-8, so save the file as UTF-8"
        ) from None


def write(path: Path, content: bytes) -> None:
    """Write the file under another name (`.*.part`), then rename it. Only this user can read it. Raises `OSError`."""
    handle, written = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(written).replace(path)
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise


# -- private directories and files -------------------------------------------------------------------------------------


def private_directory(path: Path, *, holding: Collection[str] = ()) -> None:
    """Make sure that the directory exists, belongs to this user and has mode 0700.

    An existing directory that is open to others is closed only if it is empty or has a file named in `holding`, which
    shows that it is ours: a mistaken `--data-dir ~` must not close the home directory.
    Raises `Unsafe`, or `OSError` if it cannot be made.
    """
    with suppress(FileExistsError):
        path.mkdir(mode=DIRECTORY, parents=True)
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise Unsafe(f"{path} is a symbolic link. Use the directory that it points to")
    if not stat.S_ISDIR(status.st_mode):
        raise Unsafe(f"{path} is not a directory. Move it away")
    if status.st_uid != os.geteuid():
        raise Unsafe(f"{path} belongs to user {status.st_uid}, not to you ({os.geteuid()}). Choose another directory")
    if stat.S_IMODE(status.st_mode) == DIRECTORY:
        return
    inside = {entry.name for entry in path.iterdir()}
    if inside and inside.isdisjoint(holding):
        raise Unsafe(f"{path} is open to others and has other files in it. Choose a directory for slowrise alone")
    path.chmod(DIRECTORY)


def private_file(path: Path) -> None:
    """Make sure that the file exists, belongs to this user and has mode 0600. Raises `Unsafe` or `OSError`.

    An existing file is never opened: closing it would release the locks that SQLite holds on it in this process.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE))
    except FileExistsError:
        _make_private(path)
    else:
        _sync(path.parent)


def _make_private(path: Path) -> None:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "not a regular file"
        raise Unsafe(f"{path} is {kind}. Move it away")
    if status.st_uid != os.geteuid():
        raise Unsafe(f"{path} belongs to user {status.st_uid}, not to you ({os.geteuid()}). Move it away")
    if stat.S_IMODE(status.st_mode) != FILE:
        path.chmod(FILE)


def _sync(directory: Path) -> None:
    """Write the directory to disk, where its file system can: only then does a new file's name survive a power cut.

    Some answer EINVAL (vboxsf, some FUSE file systems). A disk that fails shows it at the first write to the file.
    """
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
