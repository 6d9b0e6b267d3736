"""All that the program leaves and says anywhere, so that it can be searched for what must not be in it."""

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

CHANCE = 5
"""Bytes; fewer of them are found by chance among the hundred thousands that are searched."""


class Found(NamedTuple):
    """Something that was left or said, and where."""

    where: str
    content: bytes
    is_packed: bool = False
    """Numbers and compressed bytes, in which any two or three bytes stand somewhere."""


def said(user: User) -> list[Found]:
    """What every command that shows something prints, most of it asked of the daemon's socket."""
    told = ((command, user.run(*command)) for command in COMMANDS)
    return [Found(" ".join(command), f"{each.out}{each.err}".encode()) for command, each in told]


def left(user: User, daemon: Daemon) -> list[Found]:
    """Every file under the user's home, the log, and what is packed in the ledger."""
    files = [
        Found(str(path), path.read_bytes(), is_packed=path.name.startswith(user.ledger.name))
        for path in user.home.rglob("*")
        if path.is_file()
    ]
    return [*files, Found("the log", daemon.said().encode()), *unpacked(user.ledger)]


def remembered(daemon: Daemon) -> list[Found]:
    """All that is in its memory at present, as a core dump would have it."""
    lines = Path(f"/proc/{daemon.process.pid}/maps").read_text().splitlines()
    regions = [line.split(maxsplit=5) for line in lines]
    found = []
    with Path(f"/proc/{daemon.process.pid}/mem").open("rb", buffering=0) as memory:
        for addresses, rights, *_ in regions:
            begin, end = (int(address, 16) for address in addresses.split("-"))
            if rights.startswith("rw"):
                memory.seek(begin)
                found.append(Found(f"its memory at {addresses}", memory.read(end - begin), is_packed=True))
    return found


def unpacked(ledger: Path) -> Iterator[Found]:
    """What is in the ledger in a form that cannot be searched: checkpoints and days are compressed."""
    with closing(sqlite3.connect(ledger)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            for row in database.execute(f"SELECT * FROM {table}"):  # noqa: S608 - our own names
                for value in row:
                    if isinstance(value, str):
                        yield Found(f"{table}, as text", value.encode())
                    elif isinstance(value, bytes):
                        with suppress(zlib.error):
                            yield Found(f"{table}, unpacked", zlib.decompress(value), is_packed=True)


def in_every_form(secret: str) -> Iterator[bytes]:
    """The text as programs write text."""
    for form in (secret, secret.upper(), secret.lower(), secret[::-1], secret.encode("unicode_escape").decode()):
        for encoding in ("utf-8", "utf-16-le"):
            yield form.encode(encoding)


def is_in(secret: str, found: Found) -> bool:
    """Whether it has the secret in any form. In what is packed, a letter's few bytes say nothing."""
    least = CHANCE if found.is_packed else 1
    return any(form in found.content for form in in_every_form(secret) if len(form) >= least)


def leaks(secrets: dict[str, str], founds: list[Found]) -> list[str]:
    """Where which secret is."""
    return [f"{name} in {found.where}" for name, secret in secrets.items() for found in founds if is_in(secret, found)]
