"""A simulator of workdays, written apart from the judging rules, to test them on people of another hand.

A body follows a plan (focus, mail, reading, calls, meetings, lunch) under urges to get up that grow with time (`body`).
Hands follow the task in runs and pauses (`hands`). A machine reports what it notices, and errs on its own (`machine`).
Nothing here reads the rules or their evidence. All moments are seconds of one local day.
"""

import numpy as np

from .body import Body, Stay, merged_stays
from .hands import person_inputs
from .machine import Report, report
from .people import KINDS, habits_of

__all__ = ["KINDS", "Report", "Stay", "workday"]


def workday(kind: str, person: int, number: int) -> tuple[list[Report], list[Stay]]:
    """Return what the machine reports on one day, sorted in time, and what the person truly does.

    Equal arguments give equal days; a person keeps their habits over their days. Raises ValueError for an unknown kind.
    """
    habits = habits_of(kind, person)
    rng = np.random.default_rng([7103, KINDS.index(kind), person, number])
    body = Body(habits, rng)
    body.live()
    inputs = person_inputs(body, habits, rng)
    reports, stopped = report(body, inputs, habits, rng)
    return reports, merged_stays(body.pieces, stopped)
