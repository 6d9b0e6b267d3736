"""When to prompt: as soon as a word that comes late is the worse mistake. Pure.

A prompt right after a break is early, and one long after it was due is late. Which of them a prompt now would be
depends on the sit, and that is known by probability only. An early word costs a price, in units of a word that is just
late (`eagerness`); lateness costs more the longer it lasts, up to a limit. So the prompt comes as soon as

    price * P(it is early) <= sum over the possible sits that it is not early for: P * min(1 + delay / PATIENCE, WORST)

The left side falls with time and the right side grows, so there is one such time, and it needs no search: between the
times at which a sit is due or stops being early, both sides are linear.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from slowrise.core.model.policy import Eagerness
from slowrise.core.model.units import MINUTE, NEVER

EARLY_PRICE: dict[Eagerness, float] = {"relaxed": 2.0, "balanced": 0.8, "insistent": 0.3}
"""How many late words an early one is worth: without any delay, a prompt comes at a probability of 0.67, 0.44 or 0.23
that it is not early. Chosen on simulated people; docs/how-it-judges.md has the curve."""
PATIENCE = 15 * MINUTE
"""Seconds of delay after which a late word would cost twice as much: a doubtful silence moves a prompt by minutes."""
WORST = 1.75
"""How much more a late word can cost at most. With the balanced price, a silence that the user sat through with a
probability of 1/3 or more moves a prompt by nine minutes at most. After a likelier break, a sit that was long overdue
before it brings no prompt while the next one is early: a prompt to a user who has just come back is the worst one.
Chosen on simulated people, like `PATIENCE`."""
_WORST_AFTER = (WORST - 1.0) * PATIENCE


BEFORE_DUE = 0.3
"""Share of the price that a word costs between the early time and when the sit is due. So a prompt waits until a sit is
due with a probability of 0.38, 0.19 or 0.08: after a clear break the user gets the whole of `sit_soft`. Chosen on
simulated people; with 0 the little doubt that any break leaves brings a prompt after two thirds of it."""


class Wish(NamedTuple):
    """A possible sit, and when it wants its prompt."""

    probability: float
    due: float
    """From here on a prompt is late."""
    early_until: float
    """Before, a prompt is early. Not after `due`."""


def best_time(wishes: Sequence[Wish], price: float) -> float:
    """Return the time to prompt at: not before a sit is due, and no later than when no sit is early for it."""
    if len(wishes) == 1:
        return wishes[0].due
    first = _first_due(wishes, price)
    excess, growth = _excess(wishes, first, price)
    if excess >= 0.0:
        return first
    edges = sorted([edge for wish in wishes for edge in (*wish[1:], wish.due + _WORST_AFTER) if edge > first])
    begin = first
    for end in (*edges, NEVER):
        if growth and begin - excess / growth < end:
            return begin - excess / growth
        excess, growth = _excess(wishes, end, price)
        if excess >= 0.0:
            return end
        begin = end
    return begin


def _excess(wishes: Sequence[Wish], time: float, price: float) -> tuple[float, float]:
    """Return by how much lateness outweighs earliness at `time`, and by how much that grows a second from there."""
    excess = growth = 0.0
    for probability, due, early_until in wishes:
        if time < early_until:
            excess -= probability * price
        elif time < due:
            excess += probability
        elif time < due + _WORST_AFTER:
            excess += probability * (1.0 + (time - due) / PATIENCE)
            growth += probability / PATIENCE
        else:
            excess += WORST * probability
    return excess, growth


def _first_due(wishes: Sequence[Wish], price: float) -> float:
    """Return when a sit is due with so high a probability that a word before the others are due is worth its price."""
    least = BEFORE_DUE * price / (1.0 + BEFORE_DUE * price)
    reached, last = 0.0, NEVER
    for due, probability in sorted([(due, probability) for probability, due, _ in wishes]):
        reached, last = reached + probability, due
        if reached >= least:
            break
    return last
