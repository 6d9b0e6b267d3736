"""The sets of simulated days on which the accuracy is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import third_hand
from simulator.day import Interval, runs, seated_at_desk
from simulator.people import KINDS, read_people
from simulator.trace import Day, day_of, simulate

from accuracy.held_out import held_out_people

UNSEEN_PERSON = 10_000
"""The fit did not use persons from this number on."""
DAYS_EACH = 2
"""Days of each person."""

Who = tuple[str, int, int]
"""The kind of a person, the number of the person, and the number of the day."""


class DaySet(NamedTuple):
    """A set of days with one origin."""

    title: str
    kinds: tuple[str, ...]
    first: int
    """The number of the first person of each kind."""
    day: Callable[[str, int, int], Day]
    """Returns the day of a person of a kind."""

    def who(self, days: int) -> Iterator[Who]:
        """Yield about this many days, the same number for each kind."""
        for kind, person in self.persons(days):
            yield from ((kind, person, number) for number in range(DAYS_EACH))

    def persons(self, days: int) -> Iterator[tuple[str, int]]:
        """Yield the persons of about this many days."""
        each = max(1, days // (len(self.kinds) * DAYS_EACH))
        yield from ((kind, self.first + n) for kind in self.kinds for n in range(each))


def true_sitting(day: Day) -> list[Interval]:
    """Return when the person really sat at the desk while the monitor ran."""
    begin, end = day.observed
    sat = ((max(start, begin), min(stop, end)) for start, stop in runs(day.stays, seated_at_desk))
    return [(start, stop) for start, stop in sat if start < stop]


def sets() -> list[DaySet]:
    """Return the sets. The required figures are for the last one."""
    return [
        DaySet("People like those fitted on", KINDS, UNSEEN_PERSON, partial(simulate, read_people())),
        DaySet("Held-out people", KINDS, 0, partial(simulate, held_out_people())),
        DaySet("People of another author", tuple(third_hand.KINDS), 0, partial(day_of, third_hand.workday)),
    ]
