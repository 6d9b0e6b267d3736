"""Reading what others may have had a hand in: never more than a bound, and nothing that could keep us waiting.

Floor 3: it opens what it is told to, and knows nothing of what lies in it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
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
