"""Score the prompts to stand up on a day against the true sits. Inputs are seconds; each measure names its unit.

A true sit is sitting at the desk, merged over absences under two minutes. Standing at the desk is no sitting.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from simulator.day import Interval, bouts

MINUTE = 60.0
SAME_SIT_S = 2 * MINUTE
"""A sit goes on over a shorter absence."""
LONG_S = 40 * MINUTE
"""A sit of this length needs a prompt: 30 min to the prompt, and some for a pause in the input and for doubt."""
BY_S = (35 * MINUTE, 40 * MINUTE, 60 * MINUTE)
EARLY_S = 18 * MINUTE
"""A prompt sooner than this after a real break is too early: two thirds of 30 min, less two minutes of tolerance."""


class PromptScore(NamedTuple):
    """The score of the prompts of one day. It keeps counts, not rates, so that days can be added up."""

    long_sits: int
    """True sits of 40 min or more."""
    by: tuple[int, int, int]
    """How many of them had their first prompt by minute 35, 40 and 60."""
    never: int
    """How many of them had no prompt."""
    overdue_min: float
    """Minutes seated with more than 40 min since the later of the begin of the sit and the last prompt in it."""
    longest_min: float
    """The longest time seated within one sit without a prompt."""
    early: int
    """Prompts within 18 min of the begin of a sit that is not the first of the day."""
    empty: int
    """Prompts outside of every sit."""
    prompts: int
    notices: int
    """Notices of any kind, prompts to stand up included."""


def seated_until(sitting: Sequence[Interval], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the seconds of sitting of the day up to each time."""
    edges = np.array(sitting)
    after = np.cumsum(edges[:, 1] - edges[:, 0])
    before = np.append(0.0, after[:-1])
    return np.interp(times, edges.ravel(), np.column_stack([before, after]).ravel())


def unprompted(sitting: Sequence[Interval], stretches: NDArray[np.float64]) -> tuple[float, float]:
    """Return the seconds seated past minute 40 of the stretches, and the longest time seated in one of them."""
    if not len(stretches):
        return 0.0, 0.0
    begins, ends = stretches.T
    by_end = seated_until(sitting, ends)
    overdue = np.clip(by_end - seated_until(sitting, begins + LONG_S), 0, None).sum()
    return float(overdue), float((by_end - seated_until(sitting, begins)).max())


def score_prompts(sitting: list[Interval], prompts: Sequence[float], notices: int | None = None) -> PromptScore:
    """Return the score of one day's prompts to stand up. `notices`: of any kind, by default only these prompts."""
    sits = bouts(sitting, SAME_SIT_S)
    asked = np.sort(np.asarray(prompts, dtype=float))
    inside = [asked[np.searchsorted(asked, start) : np.searchsorted(asked, end)] for start, end in sits]
    prompted = list(zip(sits, inside, strict=True))
    first = np.array(
        [within[0] - start if len(within) else np.inf for (start, end), within in prompted if end - start >= LONG_S]
    )
    by_35, by_40, by_60 = (int((first <= limit).sum()) for limit in BY_S)
    stretches = [part for (start, end), within in prompted for part in pairwise([start, *within.tolist(), end])]
    overdue, longest = unprompted(sitting, np.array(stretches))
    return PromptScore(
        long_sits=len(first),
        by=(by_35, by_40, by_60),
        never=int(np.isinf(first).sum()),
        overdue_min=overdue / MINUTE,
        longest_min=longest / MINUTE,
        early=sum(int((within - start < EARLY_S).sum()) for (start, _), within in prompted[1:]),
        empty=len(asked) - sum(map(len, inside)),
        prompts=len(asked),
        notices=len(asked) if notices is None else notices,
    )


class PromptSum(NamedTuple):
    """The scores of many days: shares of all true sits of 40 min or more; the rest are means a day."""

    by_35: float
    by_40: float
    by_60: float
    never: float
    overdue: float
    longest: float
    early: float
    empty: float
    prompts: float
    notices: float

    @property
    def false(self) -> float:
        """Prompts a day that are early or empty."""
        return self.early + self.empty


def add_up_prompts(scores: Sequence[PromptScore]) -> PromptSum:
    """Return the scores of at least one day together. `overdue` and `longest` are in minutes a day."""
    long_sits = max(1, sum(one.long_sits for one in scores))
    by_35, by_40, by_60 = (np.sum([one.by for one in scores], axis=0) / long_sits).tolist()

    def mean(name: str) -> float:
        return float(np.mean([getattr(one, name) for one in scores]))

    return PromptSum(
        by_35=by_35,
        by_40=by_40,
        by_60=by_60,
        never=sum(one.never for one in scores) / long_sits,
        overdue=mean("overdue_min"),
        longest=mean("longest_min"),
        early=mean("early"),
        empty=mean("empty"),
        prompts=mean("prompts"),
        notices=mean("notices"),
    )
