"""A ledger of ten years of simulated office work.

Each workday is one of twelve simulated days. Now and then the user gives an answer or sets the clock. Summer time
begins and ends every year.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from simulator.people import read_people
from simulator.trace import ZONE, Day, simulate

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model.events import Answered, ClockStepped, Event, Idle, PolicyChanged, Started, Symptom

LAST_DAY = date(2026, 3, 1)
DIFFERENT = 12
HOME = ZoneInfo("Europe/Berlin")
A_WORK_WEEK = 5


def days(years: float, last: date = LAST_DAY) -> Iterator[list[Event]]:
    """Yield the events of each workday up to `last`."""
    people = read_people()
    simulated = [simulate(people, "office", person % 5, person // 5) for person in range(DIFFERENT)]
    first = last - timedelta(days=round(365.25 * years) - 1)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.weekday() < A_WORK_WEEK:
            yield list(_moved(simulated[number % DIFFERENT], day, number))


def _moved(simulated: Day, day: date, number: int) -> Iterator[Event]:
    """Yield the events of the simulated day, moved to another date."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=HOME)
    offset = timezone((midnight + timedelta(hours=12)).utcoffset() or timedelta())
    by = datetime(day.year, day.month, day.day) - datetime.combine(simulated.date, datetime.min.time())  # noqa: DTZ001

    def here(label: datetime) -> datetime:
        return (label.astimezone(ZONE).replace(tzinfo=None) + by).replace(tzinfo=offset)

    for place, event in enumerate(simulated.events()):
        yield (
            type(event)(at=here(event.at), since=here(event.since))
            if isinstance(event, Idle)
            else type(event)(at=here(event.at))
        )
        at = here(event.at)
        if isinstance(event, Started) and place == 0:
            yield PolicyChanged(at=at, settings={})
            if number % 90 == 0:
                yield ClockStepped(at=at + timedelta(seconds=2), by=2.0)
    if number % 30 == 0:
        yield Answered(at=at, from_=at - timedelta(hours=3), to=at - timedelta(hours=2, minutes=40), was="away")
    if number % 40 == 0:
        yield Symptom(at=at, kind="pain", side="left", level=number % 7)


def fill(directory: Path, years: float, last: date = LAST_DAY) -> Path:
    """Write a ledger that ends on the day `last`, and return its path."""
    path = directory / "ledger.sqlite3"
    ledger = SqliteLedger(path)
    month: list[Event] = []
    for events in days(years, last):
        month += events
        if len(month) > 20_000:
            ledger.append_all(month)
            month = []
    ledger.append_all(month)
    ledger.close()
    return path
