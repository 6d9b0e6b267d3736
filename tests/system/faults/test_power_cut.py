"""The power fails at any moment: of the data that is not yet synced, any part may be missing or torn.

A process writes a real ledger while `strace` records its calls on the files. From these calls the test builds disks as
a power cut after any of them could have left them.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from slowrise.adapters.storage.database import check
from slowrise.adapters.storage.sqlite import SqliteLedger

pytestmark = [pytest.mark.real("strace"), pytest.mark.timeout(300)]

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENTS = 200
"""Enough for several checkpoints of the write-ahead log."""
CUTS = 400
SECTOR = 512
"""Bytes that a disk writes whole or not at all."""
WRITER = f"""
import sys
from datetime import datetime, timedelta
from pathlib import Path
from slowrise.core.model.events import Active
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.ports.ledger import KeptDay
ledger = SqliteLedger(Path(sys.argv[1]))
for number in range({EVENTS}):
    at = datetime.fromisoformat({NOON.isoformat()!r}) + timedelta(seconds=number)
    ledger.append(Active(at=at))
    print(number, flush=True)
    if number % 10 == 0:
        ledger.beat(at)
        ledger.save_checkpoint(ledger.last_row(), bytes(3000))
        ledger.save_days([KeptDay(f"2026-03-{{number % 28 + 1:02}}", number, "", b"", bytes(3000))])
"""
CALL = re.compile(
    r"^\d+ +(?P<call>\w+)\((?:\d+<)?(?P<path>[^>]*)>?(?:, (?P<content>\".*\"), (?P<size>\d+))?(?:, (?P<at>\d+))?\) = \d"
)


class Change(NamedTuple):
    """A call on one of the files. The call `kept` means that an event was confirmed as stored."""

    call: str
    file: str
    content: bytes = b""
    at: int = 0


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> list[Change]:
    """Return the calls of the writer on its files and its confirmations, in order."""
    directory = tmp_path_factory.mktemp("traced")
    calls = "trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink"
    ledger, log = directory / "data" / "ledger.sqlite3", directory / "log"
    command = ["strace", "-f", "-y", "-xx", "-s", "100000", "-e", calls, "-o", str(log)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [*command, sys.executable, "-c", WRITER, str(ledger)], env=environ, check=True, stdout=subprocess.DEVNULL
    )
    return list(read(log, ledger))


def read(log: Path, ledger: Path) -> Iterator[Change]:
    for line in log.read_text().splitlines():
        if (found := CALL.match(line)) is None:
            assert ledger.name.encode().hex() not in line.replace(r"\x", ""), f"cannot parse: {line[:300]}"
            continue
        path, content = unescaped(found["path"]).decode(), unescaped(found["content"] or "")
        if path.startswith(str(ledger)) and not path.endswith("-shm"):
            yield Change(found["call"], Path(path).name, content, int(found["at"] or 0))
        elif content.strip().isdigit():
            yield Change("kept", "", content)


def unescaped(text: str) -> bytes:
    return bytes.fromhex(text.strip('"').replace(r"\x", ""))


class Disk:
    """The synced content of each file, and the pending changes that a power cut may lose."""

    def __init__(self) -> None:
        self.certain: dict[str, bytearray] = {}
        self.pending: dict[str, list[Change]] = {}
        self.kept = 0

    def apply(self, change: Change) -> None:
        pending = self.pending.setdefault(change.file, [])
        match change.call:
            case "pwrite64" | "ftruncate":
                pending.append(change)
            case "fsync" | "fdatasync":
                self.certain[change.file] = self.after(change.file, pending)
                pending.clear()
            case "unlink":
                self.certain.pop(change.file, None)
                pending.clear()
            case "kept":
                self.kept += 1

    def after(self, file: str, changes: Sequence[Change]) -> bytearray:
        """Return the synced file with these changes applied."""
        content = bytearray(self.certain.get(file, b""))
        for change in changes:
            if change.call == "ftruncate":
                content[:] = content[: change.at].ljust(change.at, b"\0")
            else:
                end = change.at + len(change.content)
                content[:] = content.ljust(end, b"\0")
                content[change.at : end] = change.content
        return content

    def cut(self, chance: random.Random, directory: Path) -> None:
        """Write the files as a power cut could leave them now."""
        directory.mkdir(mode=0o700)
        for file, pending in self.pending.items():
            if file in self.certain or pending:
                survived = [torn(change, chance) for change in pending if chance.random() < 0.6]
                (directory / file).write_bytes(self.after(file, survived))


def torn(change: Change, chance: random.Random) -> Change:
    """Return the change, or its first or last sectors."""
    sectors = len(change.content) // SECTOR
    if sectors < 2 or chance.random() < 0.5:
        return change
    middle = SECTOR * chance.randrange(1, sectors)
    if chance.random() < 0.5:
        return change._replace(content=change.content[:middle])
    return change._replace(content=change.content[middle:], at=change.at + middle)


def test_a_power_cut_never_loses_a_confirmed_event(changes: list[Change], tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311 - simulation
    cuts = set(chance.sample(range(len(changes)), min(CUTS, len(changes))))
    disk = Disk()
    for number, change in enumerate(changes):
        disk.apply(change)
        if number in cuts:
            directory = tmp_path / str(number)
            disk.cut(chance, directory)
            ledger = SqliteLedger(directory / "ledger.sqlite3")
            check(ledger._database, ledger.path)
            found = [event.at for event in ledger.events()]
            ledger.close()
            assert found == [NOON + timedelta(seconds=second) for second in range(len(found))]
            assert disk.kept <= len(found) <= disk.kept + 1
    assert disk.kept == EVENTS


def test_the_writer_synced_each_event_and_checkpointed_the_log(changes: list[Change]) -> None:
    """Otherwise the cuts above would prove little."""
    assert sum(change.call == "fdatasync" for change in changes) > EVENTS
    checkpointed = [change for change in changes if change.call == "pwrite64" and change.file == "ledger.sqlite3"]
    assert len(checkpointed) > 20
