"""When to prompt: the time at which a late and an early word together are expected to cost least. Pure.

A late word costs its delay. An early one, to a user who has just had a break, costs a price in the same unit: the delay
that the user would rather have (`eagerness`). Both are weighed by the probabilities of the possible sits. The cost is
linear between the times at which a sit is due or stops being early, so it is smallest at one of these, or now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from slowrise.core.model.policy import Eagerness
from slowrise.core.model.units import MINUTE, NEVER

EARLY_PRICE: dict[Eagerness, float] = {"relaxed": 16 * MINUTE, "balanced": 8 * MINUTE, "insistent": 3 * MINUTE}
"""Seconds of delay that one early prompt is worth. Chosen on simulated people; docs/how-it-judges.md has the curve."""
BEFORE_DUE = 0.25
"""Share of the price of a word at the end of the early time; it falls to none when the sit is due. Judgement: without
it, a near-certain break would be followed by a prompt after two thirds of `sit_soft`, for the little doubt that is
left."""


class Wish(NamedTuple):
    """A possible sit, and when it wants its prompt."""

    probability: float
    due: float
    """From here on a prompt is late."""
    early_until: float
    """Before, a prompt is early. Not after `due`."""


def best_time(wishes: Sequence[Wish], now: float, price: float) -> float:
    """Return the time to prompt at, judged at `now`: the first of those that cost least.

    A time in the past says since when prompting at once has been best. It is never before a sit was due.
    """
    if len(wishes) == 1:
        return wishes[0].due
    first = min(wish.due for wish in wishes)
    times = {time for wish in wishes for time in (wish.due, wish.early_until) if time >= first}
    if now > first:
        times.add(now)
    best, least = first, NEVER
    for time in sorted(times, reverse=True):
        cost = _cost(wishes, time, price)
        if cost <= least:
            best, least = time, cost
        elif time <= now:
            break
    return best


def _cost(wishes: Sequence[Wish], time: float, price: float) -> float:
    cost = 0.0
    for probability, due, early_until in wishes:
        if time >= due:
            cost += probability * (time - due)
        elif time < early_until:
            cost += probability * price
        else:
            cost += probability * price * BEFORE_DUE * (due - time) / (due - early_until)
    return cost
