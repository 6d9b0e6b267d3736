"""The folder in which several computers put their days for each other: one directory a computer, one file a day.

Each computer writes into its own directory alone, every file whole under another name and then renamed, so that
whoever synchronises the folder never has two writers of a file. What is torn, foreign or not understood is left out
and named. The ledger never goes there, and no note on health: a file holds states, prompts and when it was made.
"""

from __future__ import annotations

import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from slowrise.adapters.system import files
from slowrise.core.metrics.day_record import DayRecord, ShownPrompt
from slowrise.core.model.spans import Span
from slowrise.history.merge import RemoteDay

VERSION = 1
LARGEST = 4_000_000
"""Bytes; a day has some thirty thousand. What is larger is none of ours."""
NEAR = 2
"""Days."""
_PART = re.compile(r"\..*\.part")
"""What `_write` leaves where it is cut off."""
_DAY_FILE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.json")
_DIRECTORY = re.compile(r"(?P<name>\w[\w .-]{0,40})-(?P<id>[0-9a-f]{8})")


class BadShare(Exception):
    """The file is no day that could be used; the message says why."""


class Computer(NamedTuple):
    """One that shares: its name for people, and a mark that tells it from another of the same name."""

    name: str
    id: str

    @property
    def directory(self) -> str:
        """What its directory is called."""
        return f"{self.name}-{self.id}"


class SharedDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day as it is put there. `finished`: nothing more will come of it."""

    version: int
    computer: str
    day: date
    made: datetime
    finished: bool
    break_rule_seconds: float
    spans: tuple[Span, ...]
    prompts: tuple[ShownPrompt, ...]


def write(folder: Path, computer: Computer, record: DayRecord, *, made: datetime, finished: bool) -> None:
    """Put a day there; a finished one that lies there as it is, is left alone. Raises `OSError`."""
    shared = SharedDay(
        version=VERSION,
        computer=computer.name,
        day=record.summary.day,
        made=made,
        finished=finished,
        break_rule_seconds=record.summary.break_rule_seconds,
        spans=record.spans,
        prompts=record.prompts,
    )
    directory = folder / computer.directory
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{shared.day}.json"
    if not (finished and _same(path, shared)):
        body = msgspec.json.encode(shared)
        _write(path, body + f"\n{zlib.crc32(body):08x}\n".encode())


def _same(path: Path, shared: SharedDay) -> bool:
    try:
        return msgspec.structs.replace(_read(path), made=shared.made, computer=shared.computer) == shared
    except (OSError, BadShare):
        return False


def computers(folder: Path) -> list[Computer]:
    """Those that have a directory there, by name. Raises `OSError`."""
    found = (_DIRECTORY.fullmatch(path.name) for path in folder.iterdir() if path.is_dir())
    return sorted(Computer(match["name"], match["id"]) for match in found if match)


def days_of(folder: Path, computer: Computer) -> list[date]:
    """The days that lie there. Raises `OSError`."""
    names = (path.name for path in (folder / computer.directory).iterdir())
    return sorted(date.fromisoformat(name.removesuffix(".json")) for name in names if _DAY_FILE.fullmatch(name))


def read(folder: Path, computer: Computer, day: date) -> tuple[RemoteDay, datetime, bool]:
    """The day, when it was put there, and whether it is finished. Raises `BadShare` or `OSError`."""
    shared = _read(folder / computer.directory / f"{day}.json")
    if shared.day != day or not all(_is_near(label, day) for label in _labels(shared)):
        raise BadShare("it is of another day")
    if any(span.start > span.end or not 0 <= span.confidence <= 1 for span in shared.spans):
        raise BadShare("it contradicts itself")
    return RemoteDay(day, shared.spans, shared.prompts), shared.made, shared.finished


def remove(folder: Path, computer: Computer) -> None:
    """Delete all that this computer has put there."""
    directory = folder / computer.directory
    if not directory.is_dir() or directory.is_symlink():
        return
    for path in directory.iterdir():
        if _DAY_FILE.fullmatch(path.name) or _PART.fullmatch(path.name):
            path.unlink()
    with suppress(OSError):  # what others have put there is theirs
        directory.rmdir()


def _read(path: Path) -> SharedDay:
    try:
        body, _, rest = files.text(path, LARGEST).encode().partition(b"\n")
    except UnicodeDecodeError:
        raise BadShare("it is no text") from None
    if rest.strip() != f"{zlib.crc32(body):08x}".encode():
        raise BadShare("it is not whole")
    try:
        shared = msgspec.json.decode(body, type=SharedDay)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadShare(f"it cannot be read ({error})") from None
    if shared.made.tzinfo is None:
        raise BadShare("it does not say when it was made")
    if shared.version != VERSION:
        raise BadShare(f"it is of version {shared.version}")
    return shared


def _labels(shared: SharedDay) -> Iterator[datetime]:
    for span in shared.spans:
        yield span.start
        yield span.end
    yield from (shown.shown_at for shown in shared.prompts)


def _is_near(label: datetime, day: date) -> bool:
    """Whether it may belong to that day, wherever on earth it was lived and whenever days begin there."""
    return label.tzinfo is not None and abs((label.date() - day).days) <= NEAR


def _write(path: Path, content: bytes) -> None:
    handle, written = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(written).replace(path)
    except OSError:
        Path(written).unlink(missing_ok=True)
        raise
