"""A ledger of ten years, as the simulated office worker would have filled it: `ledger_of_years.py DIRECTORY [YEARS]`.

Workdays are lived by the simulator, each drawn from twelve different ones; now and then an answer is given, a clock is
set, and twice a year the clocks change.
"""

from __future__ import annotations

import sys
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
    """The events of each workday, the last one on `last` at the latest."""
    people = read_people()
    lived = [simulate(people, "office", person % 5, person // 5) for person in range(DIFFERENT)]
    first = last - timedelta(days=round(365.25 * years) - 1)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.weekday() < A_WORK_WEEK:
            yield list(_on(lived[number % DIFFERENT], day, number))


def _on(lived: Day, day: date, number: int) -> Iterator[Event]:
    """The events of that day, by the clock of this one."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=HOME)
    offset = timezone((midnight + timedelta(hours=12)).utcoffset() or timedelta())
    by = datetime(day.year, day.month, day.day) - datetime.combine(lived.date, datetime.min.time())  # noqa: DTZ001

    def here(label: datetime) -> datetime:
        return (label.astimezone(ZONE).replace(tzinfo=None) + by).replace(tzinfo=offset)

    for place, event in enumerate(lived.events()):
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
    """Make the ledger there, up to that day, and return its path."""
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


if __name__ == "__main__":
    made = fill(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 10.0)
    print(f"{made}: {made.stat().st_size / 1e6:.1f} MB")
