"""Once a day housekeeping caches the past days and deletes events that are older than the user wants to keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.daemon.housekeeping import Housekeeping

BEGUN = datetime(2026, 1, 5, 9).astimezone()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    """Yield a ledger of a hundred days with an hour of input each."""
    ledger = SqliteLedger(tmp_path / "data" / "ledger.sqlite3")
    for number in range(100):
        at = BEGUN + timedelta(days=number)
        end = at + timedelta(hours=1)
        ledger.append_all([e.Started(at=at), e.Active(at=at), e.Idle(at=end, since=end), e.Stopped(at=end)])
    yield ledger
    ledger.close()


def kept(ledger: SqliteLedger) -> list[str]:
    return [day.day for day in ledger.days("0", "9", whole=False)]


def test_the_days_gone_by_are_kept_for_who_asks(ledger: SqliteLedger) -> None:
    now = BEGUN + timedelta(days=99, hours=3)
    keeper = Housekeeping(ledger, lambda: parse(""), lambda: now)
    keeper.look()
    assert kept(ledger) == [(now.date() - timedelta(days=back)).isoformat() for back in range(14, 0, -1)]
    ledger._database.execute("DELETE FROM days")
    keeper.look()
    assert kept(ledger) == []
    now += timedelta(days=1)
    keeper.look()
    assert len(kept(ledger)) == 13


def test_the_days_are_cached_only_once_they_are_settled(ledger: SqliteLedger) -> None:
    is_settled = False
    now = BEGUN + timedelta(days=99, hours=3)
    keeper = Housekeeping(ledger, lambda: parse(""), lambda: now, is_settled=lambda: is_settled)
    keeper.look()
    assert kept(ledger) == []
    is_settled = True
    keeper.look()
    assert len(kept(ledger)) == 14


@pytest.mark.parametrize(
    ("keep", "first"), [("forever", date(2026, 1, 5)), ("80d", date(2026, 1, 5)), ("60d", date(2026, 2, 14))]
)
def test_what_is_older_than_wanted_is_deleted_by_the_month(ledger: SqliteLedger, keep: str, first: date) -> None:
    now = BEGUN + timedelta(days=99, hours=3)
    Housekeeping(ledger, lambda: parse(f'[record]\nkeep = "{keep}"'), lambda: now).look()
    begin = next(iter(ledger.events())).at
    assert begin.date() == first
    assert len(kept(ledger)) == 14
