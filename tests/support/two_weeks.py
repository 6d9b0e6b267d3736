"""Two weeks of events for reports: sitting, standing, pauses, symptoms, a weekend, a change to summer time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model import events as e

HOME = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2026, 3, 23), date(2026, 4, 5)
NOON = datetime(2026, 4, 6, 12, tzinfo=timezone(timedelta(hours=2)))


def label(seconds: float) -> datetime:
    local = datetime.fromtimestamp(round(seconds, 3), HOME)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))


def events() -> Iterator[e.Event]:
    chance = random.Random(11)  # noqa: S311 - simulation
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        if day.weekday() == 5:
            continue
        now = datetime(day.year, day.month, day.day, 9, tzinfo=HOME).timestamp() + chance.randrange(2400)
        yield e.Started(at=label(now))
        yield e.PolicyChanged(at=label(now), settings={})
        end = now + chance.choice([6, 8, 9]) * 3600
        while now < end:
            yield e.Active(at=label(now))
            length = chance.choice([60, 400, 1500, 4000])
            yield e.Idle(at=label(now + length + 15), since=label(now + length))
            now += length + chance.choice([30, 100, 260, 700])
            if chance.random() < 0.05:
                yield e.Paused(at=label(now))
                now += 1200
                yield e.Unpaused(at=label(now))
        if number % 4 == 1:
            yield e.Symptom(at=label(now), kind="odd-sensation", side="left", level=3)
            yield e.Symptom(at=label(now), kind="pain", side="both", level=number % 10)
        yield e.StandingDeclared(at=label(now))
        yield e.Active(at=label(now + 1))
        yield e.Idle(at=label(now + 1500), since=label(now + 1485))
        yield e.SittingDeclared(at=label(now + 1500))
        yield e.Stopped(at=label(now + 1800))


def fill(directory: Path) -> None:
    ledger = SqliteLedger(directory / "ledger.sqlite3")
    ledger.append_all(events())
    ledger.close()
