"""What the daemon keeps besides events: when it saves the checkpoint, and the summary of a past day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.resources import weights
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.daemon.persistence import Persistence
from slowrise.history.checkpoint import decode_checkpoint
from slowrise.history.monitor import Monitor

EVENING = datetime(2026, 3, 2, 20, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(tmp_path / "data" / "ledger.sqlite3")) as ledger:
        yield ledger


@pytest.fixture
def monitor() -> Monitor:
    return Monitor.under(parse(""), weights())


def happen(ledger: SqliteLedger, monitor: Monitor, *events: e.Event) -> None:
    for event in events:
        ledger.append(event)
        monitor.handle(event)


def evening(ledger: SqliteLedger, monitor: Monitor) -> None:
    """An hour of input; then the user leaves, and the daemon goes on."""
    last = EVENING + timedelta(hours=1)
    happen(
        ledger,
        monitor,
        e.Started(at=EVENING),
        e.Active(at=EVENING),
        e.Idle(at=last + timedelta(seconds=15), since=last),
    )


def checkpoint_day(ledger: SqliteLedger) -> str | None:
    found = ledger.checkpoint()
    saved = None if found is None else decode_checkpoint(found[1], weights())
    return None if saved is None else saved.state.today.name


def test_the_checkpoint_of_a_new_day_waits_until_the_day_before_is_settled(
    ledger: SqliteLedger, monitor: Monitor
) -> None:
    persistence = Persistence(ledger, complete=True)
    evening(ledger, monitor)
    persistence.checkpoint_if_new_day(monitor)
    assert checkpoint_day(ledger) == "2026-03-02"
    monitor.advance_to((MORNING - timedelta(hours=1)).timestamp())
    assert monitor.state.today.name == "2026-03-03"
    persistence.checkpoint_if_new_day(monitor)
    assert checkpoint_day(ledger) == "2026-03-02", "the silence over the day's end is not judged yet"
    happen(ledger, monitor, e.Active(at=MORNING))
    monitor.advance_to((MORNING + timedelta(minutes=5)).timestamp())
    persistence.checkpoint_if_new_day(monitor)
    assert checkpoint_day(ledger) == "2026-03-03"


def test_a_monitor_that_does_not_know_the_past_is_never_the_checkpoint(ledger: SqliteLedger, monitor: Monitor) -> None:
    persistence = Persistence(ledger, complete=False)
    evening(ledger, monitor)
    persistence.checkpoint_if_new_day(monitor)
    persistence.checkpoint(monitor)
    assert ledger.checkpoint() is None


def test_a_past_day_has_its_summary_and_an_unknown_one_has_none(ledger: SqliteLedger, monitor: Monitor) -> None:
    persistence = Persistence(ledger, complete=True)
    evening(ledger, monitor)
    happen(ledger, monitor, e.Active(at=MORNING))
    now = MORNING + timedelta(minutes=5)
    at = now.timestamp()
    monitor.advance_to(at)
    yesterday = persistence.summary_of(EVENING.date(), monitor, now, at)
    today = persistence.summary_of(MORNING.date(), monitor, now, at)
    assert yesterday is not None
    assert today is not None
    assert yesterday.sitting_seconds == pytest.approx(3600, abs=60)
    assert today.sitting_seconds == pytest.approx(300, abs=60)
    assert persistence.summary_of((EVENING - timedelta(days=9)).date(), monitor, now, at) is None
