"""The folder in which several computers share their days: one directory a computer, one file a day.

Each computer writes only into its own directory, so a file never has two writers. It writes a whole file under another
name and then renames it. A file that is incomplete, foreign or not understood is left out and named. The ledger and
the health notes stay out of the folder: a file holds states, prompts with their answers, and when it was made.
"""

from __future__ import annotations

import os
import platform
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from slowrise.adapters.system import files
from slowrise.config.config import Config
from slowrise.core.metrics.day_record import DayRecord, ShownPrompt
from slowrise.core.model.spans import Span
from slowrise.core.model.time_text import TimeTextError, parse_day
from slowrise.core.model.timestamps import is_possible
from slowrise.core.prompts.kinds import PromptAnswer, PromptKind
from slowrise.ports.ledger import Archive
from slowrise.ports.shared_days import BadShare, RemoteDay

VERSION = 1
LARGEST = 4_000_000
"""Bytes of a file; a day takes about 30,000. A larger file is not ours."""
NEAR = 2
"""Days that a timestamp may lie from the file's day."""
_PART = re.compile(r"\..*\.part")
"""A file that `files.write` left unfinished."""
_DAY_FILE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.json")
_DIRECTORY = re.compile(r"(?P<name>\w[\w .-]{0,40})-(?P<id>[0-9a-f]{8})")


NOTE = "computer"
"""The key under which the ledger keeps this computer's id."""


class Computer(NamedTuple):
    """A computer that shares: its name for people, and an id in case another has the same name."""

    name: str
    id: str

    @property
    def directory(self) -> str:
        """The name of its directory."""
        return f"{self.name}-{self.id}"


class SharedDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day as the file has it. `finished`: the day is over."""

    version: int
    computer: str
    day: date
    made: datetime
    finished: bool
    break_rule_seconds: float
    spans: tuple[Span, ...]
    prompts: tuple[tuple[datetime, PromptKind, float], ...]
    answers: tuple[PromptAnswer | None, ...] = ()
    """To each prompt. Beside them, because slowrise 0.2 reads prompts of three parts only."""


def name_here(config: Config) -> str:
    """Return this computer's name: as configured, or else its host name."""
    return config.share.name or re.sub(r"[^\w.-]", "-", platform.node())[:40].lstrip(".-") or "computer"


def this_computer(archive: Archive, name: str) -> Computer | None:
    """Return this computer under that name; None if its ledger was never shared."""
    own = archive.noted(NOTE)
    return None if own is None else Computer(name, own)


def registered_computer(archive: Archive, name: str) -> Computer:
    """Return this computer under that name. Gives it an id if it has none."""
    found = this_computer(archive, name)
    if found is None:
        found = Computer(name, os.urandom(4).hex())
        archive.note(NOTE, found.id)
    return found


def write(folder: Path, computer: Computer, record: DayRecord, *, made: datetime, finished: bool) -> None:
    """Write a day, unless it is finished and already there unchanged. Raises `OSError`."""
    shared = SharedDay(
        version=VERSION,
        computer=computer.name,
        day=record.summary.day,
        made=made,
        finished=finished,
        break_rule_seconds=record.summary.break_rule_seconds,
        spans=record.spans,
        prompts=tuple((shown.shown_at, shown.kind, shown.bout_seconds) for shown in record.prompts),
        answers=tuple(shown.answer for shown in record.prompts),
    )
    directory = folder / computer.directory
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{shared.day}.json"
    if not (finished and _same(path, shared)):
        body = msgspec.json.encode(shared)
        files.write(path, body + f"\n{zlib.crc32(body):08x}\n".encode())


def _same(path: Path, shared: SharedDay) -> bool:
    try:
        return msgspec.structs.replace(_read(path), made=shared.made, computer=shared.computer) == shared
    except BadShare:
        return False


def computers(folder: Path) -> list[Computer]:
    """Return the computers that have a directory there, by name. Raises `OSError`."""
    found = (_DIRECTORY.fullmatch(path.name) for path in folder.iterdir() if path.is_dir())
    return sorted(Computer(match["name"], match["id"]) for match in found if match)


def _files_of(folder: Path, computer: Computer) -> tuple[list[date], list[str]]:
    """Return the days that the computer has shared, and the names of files that name no day. Raises `OSError`."""
    days: list[date] = []
    undated: list[str] = []
    for path in (folder / computer.directory).iterdir():
        if _DAY_FILE.fullmatch(path.name):
            try:
                days.append(parse_day(path.name.removesuffix(".json")))
            except TimeTextError:
                undated.append(path.name)
    return sorted(days), sorted(undated)


class OtherComputer:
    """A `RemoteComputer` in the folder."""

    def __init__(self, folder: Path, computer: Computer) -> None:
        """Raises `OSError`."""
        self.name = computer.name
        self.days: Sequence[date]
        self.undated: Sequence[str]
        self.days, self.undated = _files_of(folder, computer)
        self._directory = folder / computer.directory

    def read(self, day: date) -> RemoteDay:
        """Return one of `days`. Raises `BadShare`."""
        return _checked(_read(self._directory / f"{day}.json"), day)


def other_computers(folder: Path, own: Computer | None) -> list[OtherComputer]:
    """Return all computers in the folder but our own. Raises `OSError`."""
    return [OtherComputer(folder, computer) for computer in computers(folder) if computer != own]


def _checked(shared: SharedDay, day: date) -> RemoteDay:
    if shared.day != day or not all(_is_near(label, day) for label in _labels(shared)):
        raise BadShare("it is of another day")
    if any(span.start > span.end or not 0 <= span.confidence <= 1 for span in shared.spans):
        raise BadShare("it contradicts itself")
    answers = (*shared.answers, *(None,) * len(shared.prompts))
    prompts = tuple(ShownPrompt(*prompt, answer) for prompt, answer in zip(shared.prompts, answers, strict=False))
    return RemoteDay(day, shared.spans, prompts, shared.made)


def remove(folder: Path, computer: Computer) -> None:
    """Delete everything that this computer has shared. Raises `OSError`."""
    directory = folder / computer.directory
    if not directory.is_dir() or directory.is_symlink():
        return
    for path in directory.iterdir():
        if _DAY_FILE.fullmatch(path.name) or _PART.fullmatch(path.name):
            path.unlink()
    with suppress(OSError):  # other programs may have put files there
        directory.rmdir()


def _read(path: Path) -> SharedDay:
    try:
        body, _, rest = files.text(path, LARGEST).encode().partition(b"\n")
        body = body.removesuffix(b"\r")  # a synchroniser or an editor on Windows may change the line ends
    except files.NotUtf8:
        raise BadShare("it is no text") from None
    except OSError as error:
        raise BadShare(error.strerror or str(error)) from None
    if rest.strip() != f"{zlib.crc32(body):08x}".encode():
        raise BadShare("it is not whole")
    try:
        shared = msgspec.json.decode(body, type=SharedDay)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadShare(f"it cannot be read ({error})") from None
    if shared.made.tzinfo is None or not is_possible(shared.made):
        raise BadShare("it has no time at which it was made")
    if shared.version != VERSION:
        raise BadShare(f"it is of version {shared.version}")
    return shared


def _labels(shared: SharedDay) -> Iterator[datetime]:
    for span in shared.spans:
        yield span.start
        yield span.end
    yield from (shown_at for shown_at, _, _ in shared.prompts)


def _is_near(label: datetime, day: date) -> bool:
    """Whether the timestamp may belong to that day, in any time zone and with any start of the day."""
    return label.tzinfo is not None and abs((label.date() - day).days) <= NEAR
