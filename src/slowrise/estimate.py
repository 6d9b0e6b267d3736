"""How long was sat, and how far that may be off: arithmetic on spans that say how sure they are. Seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import hypot, log
from typing import NamedTuple

from slowrise.bout import Span, bouts_where

PERSON_SD = log(2)
"""How much people differ, in log-odds of having stayed seated through the same silence. Judgement: one person's odds
are easily double another's, and the error is the same all day, so it does not average out as that of silences does."""
NINETY = 1.645
"""Standard deviations on either side that hold 90 % of a normal distribution."""
SURE_ENOUGH = 0.95
"""A silence we are less sure of may have been the other state when the range of the longest bout is asked."""


class Estimate(NamedTuple):
    """Expected sitting time with its 90 % interval, and the two standard deviations the interval is made of."""

    seconds: float
    low: float
    high: float
    sd_silences: float
    sd_person: float


def sitting_chance(span: Span) -> float:
    """The probability that the span was sitting. What an absence or standing is not sure of is sitting."""
    if span.state == "unobserved":
        return 0.0
    return span.sure if span.state == "sitting" else 1 - span.sure


def estimate(spans: Iterable[Span], *, person_sd: float = PERSON_SD) -> Estimate:
    """How long was sat. Silences err independently of each other, the person the same way in all of them.

    Neighbouring spans of one judgement are one silence. A shift of everybody's log-odds by x moves the expected value
    of a silence of s seconds by about s p (1 - p) x: that is the person's part. The interval never leaves what is
    certain at least and possible at most.
    """
    judged = [
        (chance, sum(span.seconds for span in silence))
        for (chance, _), silence in groupby(spans, key=lambda span: (sitting_chance(span), span.state))
    ]
    expected = sum((seconds * chance for chance, seconds in judged), 0.0)
    certain = sum((seconds for chance, seconds in judged if chance == 1), 0.0)
    possible = sum((seconds for chance, seconds in judged if chance > 0), 0.0)
    sd_silences = sum(seconds**2 * chance * (1 - chance) for chance, seconds in judged) ** 0.5
    sd_person = person_sd * sum(seconds * chance * (1 - chance) for chance, seconds in judged)
    reach = NINETY * hypot(sd_silences, sd_person)
    return Estimate(
        expected,
        min(expected, max(certain, expected - reach)),
        max(expected, min(possible, expected + reach)),
        sd_silences,
        sd_person,
    )


def longest_range(spans: Sequence[Span], *, break_min: float) -> tuple[float, float]:
    """The longest bout if every silence that is not sure enough had been away, and if it had been sitting.

    An outer bound: it asks that all of them went one way.
    """
    low, high = (
        max((bout.seconds for bout in bouts_where(belongs, spans, break_min=break_min)), default=0.0)
        for belongs in (
            lambda span: sitting_chance(span) >= SURE_ENOUGH,
            lambda span: sitting_chance(span) > 1 - SURE_ENOUGH,
        )
    )
    return low, high
