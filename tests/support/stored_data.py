"""Everything that the program stores, prints or keeps in memory, to search it for secrets."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from support.daemon_process import Daemon, User

COMMANDS = (
    *(("status",), ("status", "--json"), ("summary",), ("summary", "--json"), ("doctor",), ("doctor", "--privacy")),
    *(("export", "trace"), ("export", "bouts"), ("export", "days"), ("timeline",), ("config", "show")),
)

MIN_BYTES = 5
"""A shorter secret would be found by chance in the hundred thousands of binary bytes that are searched."""


class Found(NamedTuple):
    """A piece of data and where it was found."""

    where: str
    content: bytes
    is_binary: bool = False
    """Numbers or compressed bytes, which contain any two or three bytes somewhere."""


def command_outputs(user: User) -> list[Found]:
    """Return the output of every command that shows data. Most of them query the daemon."""
    results = ((command, user.run(*command)) for command in COMMANDS)
    return [Found(" ".join(command), f"{each.out}{each.err}".encode()) for command, each in results]


def stored_files(user: User, daemon: Daemon) -> list[Found]:
    """Return every file below the user's home, the log, and the unpacked values of the ledger."""
    files = [
        Found(str(path), path.read_bytes(), is_binary=path.name.startswith(user.ledger.name))
        for path in user.home.rglob("*")
        if path.is_file()
    ]
    return [*files, Found("the log", daemon.log_text().encode()), *unpacked(user.ledger)]


def memory_regions(daemon: Daemon) -> list[Found]:
    """Return the writable memory of the daemon, like a core dump."""
    lines = Path(f"/proc/{daemon.process.pid}/maps").read_text().splitlines()
    regions = [line.split(maxsplit=5) for line in lines]
    found = []
    with Path(f"/proc/{daemon.process.pid}/mem").open("rb", buffering=0) as memory:
        for addresses, rights, *_ in regions:
            begin, end = (int(address, 16) for address in addresses.split("-"))
            if rights.startswith("rw"):
                memory.seek(begin)
                found.append(Found(f"its memory at {addresses}", memory.read(end - begin), is_binary=True))
    return found


def unpacked(ledger: Path) -> Iterator[Found]:
    """Yield every value of the ledger, and decompress checkpoints and days so that they can be searched."""
    with closing(sqlite3.connect(ledger)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            for row in database.execute(f"SELECT * FROM {table}"):  # noqa: S608 - our own names
                for value in row:
                    if isinstance(value, str):
                        yield Found(f"{table}, as text", value.encode())
                    elif isinstance(value, bytes):
                        with suppress(zlib.error):
                            yield Found(f"{table}, unpacked", zlib.decompress(value), is_binary=True)


def encodings(secret: str) -> Iterator[bytes]:
    """Yield the text in the forms and encodings in which a program may write it."""
    for form in (secret, secret.upper(), secret.lower(), secret[::-1], secret.encode("unicode_escape").decode()):
        for encoding in ("utf-8", "utf-16-le"):
            yield form.encode(encoding)


def is_in(secret: str, found: Found) -> bool:
    """Return whether the data contains the secret in any form."""
    least = MIN_BYTES if found.is_binary else 1
    return any(form in found.content for form in encodings(secret) if len(form) >= least)


def leaks(secrets: dict[str, str], founds: list[Found]) -> list[str]:
    """Return a line for each secret that was found, with its place."""
    return [f"{name} in {found.where}" for name, secret in secrets.items() for found in founds if is_in(secret, found)]
