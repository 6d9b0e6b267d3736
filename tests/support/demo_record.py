"""A record that ends now: the demo day as today, and some days of the two weeks before it. For the window's pictures.

`python -m support.demo_record DIRECTORY` fills a data directory and prints the time zone in which it is 16:30.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model import events as e
from slowrise.history import trace
from support import PROJECT, two_weeks

DEMO_DAY = PROJECT / "config/demo-day.jsonl"
NOW = timedelta(hours=16, minutes=30)
"""The time of day at which the demo day is cut; in the zone of `zone_name` it is that time now."""
DAYS_BEFORE = 9


def offset(now: datetime) -> timedelta:
    """Return the offset from UTC, in minutes, with which it is `NOW` o'clock now."""
    utc = now.astimezone(UTC)
    minutes = round((NOW - timedelta(hours=utc.hour, minutes=utc.minute)) / timedelta(minutes=1))
    half = 12 * 60
    return timedelta(minutes=(minutes + half) % (2 * half) - half)


def zone_name(now: datetime) -> str:
    """Return this offset as the value of TZ. POSIX counts west of Greenwich."""
    hours, minutes = divmod(abs(round(offset(now) / timedelta(minutes=1))), 60)
    return f"DEMO{'+' if offset(now) < timedelta(0) else '-'}{hours}:{minutes:02}"


def _shifted(events: Iterator[e.Event], days: timedelta, zone: timezone) -> Iterator[e.Event]:
    """Yield the events so many days later, with the same times of day in another zone."""

    def moved(value: object) -> object:
        return value.replace(tzinfo=zone) + days if isinstance(value, datetime) else value

    for event in events:
        yield msgspec.structs.replace(event, **{name: moved(getattr(event, name)) for name in event.__struct_fields__})


def events(now: datetime) -> Iterator[e.Event]:
    """Yield what happened until `now`."""
    zone = timezone(offset(now))
    here = now.astimezone(zone)
    before = here.date() - two_weeks.LAST - timedelta(days=1)
    first = two_weeks.LAST - timedelta(days=DAYS_BEFORE)
    past = (event for event in two_weeks.events() if event.at.date() >= first)
    yield from _shifted(past, before, zone)
    demo = list(trace.read(DEMO_DAY.read_bytes().splitlines()))
    today = here.date() - demo[0].at.date()
    yield from (event for event in _shifted(iter(demo), today, zone) if event.at < here)


def fill(directory: Path, now: datetime) -> None:
    """Write the record into a data directory."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    ledger = SqliteLedger(directory / "ledger.sqlite3")
    ledger.append_all(events(now))
    ledger.close()


if __name__ == "__main__":
    moment = datetime.now(UTC)
    fill(Path(sys.argv[1]), moment)
    sys.stdout.write(zone_name(moment) + "\n")
