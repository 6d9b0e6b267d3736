"""File systems without locks, shared memory or fsync of a directory, by FUSE: see `odd_file_system.c`."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from support import TESTS

SOURCE = TESTS / "support" / "odd_file_system.c"


@cache
def _program() -> Path:
    """Return the compiled program, which is deleted when the tests end."""
    directory = mkdtemp(prefix="sr-")
    atexit.register(shutil.rmtree, directory)
    program = Path(directory, SOURCE.stem)
    flags = ("-O1", "-Wall", "-Wextra", "-I/usr/include/fuse3")
    subprocess.run(["gcc", *flags, "-o", program, SOURCE, "-lfuse3"], check=True)
    return program


@contextmanager
def mounted(at: Path, *, without: str) -> Iterator[Path]:
    """Mount one there, `without` some of "locks", "memory", "sync" (commas between). Yields the directory behind it."""
    behind = at.with_name(f"{at.name}-behind")
    behind.mkdir(mode=0o700)
    at.mkdir(exist_ok=True)
    server = subprocess.Popen([_program(), behind, without, at])
    try:
        until = time.monotonic() + 20
        while not at.is_mount():
            assert server.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        yield behind
    finally:
        subprocess.run(["umount", "--lazy", at], check=False, capture_output=True)
        server.terminate()
        server.wait()
