"""People at desks by the published habits alone: the first simulator, from before real input was measured.

Its hands are too busy in too short runs (power-law gaps in typing, Slijper et al. 2007), its people hardly differ, and
they sit through more of their silences. So the fit learns from it what the measured people do not show, and no weight
rests on the quirks of one author.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from simulator.trace import Report

from literature import inputs, life, machine
from literature.people import KINDS, People, read_people

__all__ = ["KINDS", "workday"]

_people = cache(read_people)


def workday(kind: str, person: int, number: int) -> tuple[list[Report], list[life.Stay]]:
    """Return the reports and the true stays of one day. The same arguments always give the same day."""
    people: People = _people()
    who = people.person(kind, person)
    rng = np.random.default_rng([people.seed, KINDS.index(kind), person, number + 1])
    stays = life.live(who, rng)
    edges, inhibited = machine.streams(who, rng, stays)
    made = inputs.strokes(who, rng, stays)
    more, seen = machine.session(who, rng, stays, made, inhibited)
    edges += more + machine.postures(who.habits.chance["declare"], rng, stays)
    begins = stays[0].start - float(rng.uniform(1, 90))
    over = stays[-1].start + float(rng.choice((30, 60, 600, 1700)))
    return machine.report(seen, edges, begins, over), stays
