"""The simulators that the weights are fitted to. Several, because a fit learns the quirks of one author."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import literature
import second_hand
from simulator.people import KINDS, read_people
from simulator.trace import Day, day_of, simulate

PersonDay = tuple[int, str, int, int]
"""Number of the author, kind and number of the person, number of the day."""


class Author(NamedTuple):
    """The kinds of people of one simulator, and the function that returns one day."""

    kinds: tuple[str, ...]
    day: Callable[[str, int, int], Day]


AUTHORS = (
    Author(KINDS, partial(simulate, read_people())),
    Author(literature.KINDS, partial(day_of, literature.workday)),
    Author(tuple(second_hand.KINDS), partial(day_of, second_hand.workday)),
)


def simulated(person_day: PersonDay) -> Day:
    """Return the day."""
    author, *who = person_day
    return AUTHORS[author].day(*who)


def person_days(persons: range, days: int) -> Iterator[PersonDay]:
    """Yield so many days of these persons of each kind, of every author."""
    for number, author in enumerate(AUTHORS):
        yield from ((number, kind, person, day) for kind in author.kinds for person in persons for day in range(days))
