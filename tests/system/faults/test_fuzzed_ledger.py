"""Any bytes in place of a ledger: the daemon starts, saves what can be read, and records new events."""

from __future__ import annotations

import random
import shutil
from contextlib import suppress
from datetime import timedelta
from functools import partial, reduce
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system import paths as p
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.resources import weights
from slowrise.config.parse import parse
from slowrise.core.model.events import Active, Started
from slowrise.daemon.app import open_ledger
from slowrise.daemon.persistence import Persistence
from slowrise.history.checkpoint import restored_monitor
from slowrise.history.days import Days, keep_in
from slowrise.history.monitor import Monitor
from slowrise.ports.ledger import LedgerFailed
from support.person import MONDAY, events_of, slow

LATER = MONDAY + timedelta(days=3)
SETTINGS = parse("")


class Files(NamedTuple):
    """The files of a ledger: the database, and its write-ahead log if the program crashed."""

    ledger: bytes
    log: bytes

    def __repr__(self) -> str:
        return f"{len(self.ledger)} and {len(self.log)} bytes"


def two_days(ending: str, data: Path) -> Files:
    """Return the files of a ledger with two days, after a clean close or a crash."""
    ledger = SqliteLedger(data / "ledger.sqlite3")
    day = [("office", 30.0), ("lock", 20.0), ("in doubt", 3.0), ("suspend", 60.0), ("set clock", 5.0), ("symptom", 3.0)]
    events = events_of([*day, ("silence", 700.0), ("restart", 10.0), *day])
    ledger.append_all(events)
    memory = Persistence(ledger, complete=True)
    monitor = Monitor.under(SETTINGS, weights())
    for event in events:
        monitor.handle(event)
    memory.checkpoint(monitor)
    ledger.note("greeted", "yes")
    ledger.beat(events[-1].at)
    if ending == "crashed":
        crashed = data.with_name("crashed")
        shutil.copytree(data, crashed)
        ledger.close()
        return Files((crashed / "ledger.sqlite3").read_bytes(), (crashed / "ledger.sqlite3-wal").read_bytes())
    ledger.close()
    return Files((data / "ledger.sqlite3").read_bytes(), b"")


@pytest.fixture(scope="module", params=["closed", "crashed"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return two_days(request.param, tmp_path_factory.mktemp("whole") / "data")


@pytest.fixture
def paths(private_home: Path) -> Paths:
    return p.paths(data=private_home / "data")


class Damage(NamedTuple):
    """A damage to a file: its kind, the position as a fraction of the file, and the number of bytes."""

    how: str
    where: float
    size: int
    filling: int
    """0 for zero bytes, else the seed of random bytes."""

    def done(self, whole: bytes) -> bytes:
        at = int(self.where * len(whole))
        filling = random.Random(self.filling).randbytes(self.size) if self.filling else bytes(self.size)  # noqa: S311
        match self.how:
            case "overwrite":
                return whole[:at] + filling[: len(whole) - at] + whole[at + self.size :]
            case "insert":
                return whole[:at] + filling + whole[at:]
            case "cut out":
                return whole[:at] + whole[at + self.size :]
            case _:
                return whole[:at]


PLACES = st.floats(0, 1) | st.sampled_from([0.0, 16 / 40_000, 24 / 40_000, 60 / 40_000, 100 / 40_000])
"""Positions anywhere, and often in the short header."""
DAMAGE = st.builds(
    Damage,
    st.sampled_from(["overwrite", "overwrite", "overwrite", "insert", "cut out", "cut"]),
    PLACES,
    st.integers(1, 8) | st.sampled_from([512, 4096, 9000]),
    st.integers(0, 1000),
)
DAMAGES = st.lists(DAMAGE, max_size=5)


def spoil(files: Files, paths: Paths, ledger: list[Damage], log: list[Damage]) -> None:
    """Write the files with the damage."""
    shutil.rmtree(paths.data, ignore_errors=True)
    paths.data.mkdir(mode=0o700)
    paths.ledger.write_bytes(reduce(lambda whole, damage: damage.done(whole), ledger, files.ledger))
    if files.log:
        wal = reduce(lambda whole, damage: damage.done(whole), log, files.log)
        paths.ledger.with_name("ledger.sqlite3-wal").write_bytes(wal)


@settings(slow, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger_damage=DAMAGES, log_damage=DAMAGES)
def test_it_starts_and_records_with_any_damage(
    files: Files, paths: Paths, ledger_damage: list[Damage], log_damage: list[Damage]
) -> None:
    spoil(files, paths, ledger_damage, log_damage)
    with suppress(LedgerFailed):
        reader = SqliteLedger.open_read_only(paths.ledger)
        with suppress(LedgerFailed):
            days = Days(reader, SETTINGS, weights(), LATER, alive=False, keep=partial(keep_in, reader))
            list(days.between((MONDAY - timedelta(days=1)).date(), LATER.date()))
        reader.close()

    messages: list[str] = []
    ledger = open_ledger(paths, messages.append)
    restored_monitor(ledger, LATER, SETTINGS, weights())
    begun = [Started(at=LATER), Active(at=LATER)]
    ledger.append_all(begun)
    ledger.close()

    again = open_ledger(paths, messages.append)
    assert [event for _, event in again.events_after(0)][-2:] == begun
    again.close()
    assert len(messages) <= 1, messages
