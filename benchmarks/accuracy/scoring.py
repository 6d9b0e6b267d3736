"""Score a verdict on where the user was against the truth. Inputs are seconds; each measure names its unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from simulator.day import Interval, bouts, breaks

EPOCH_S = 10.0
SAME_BREAK = 0.5
"""Two breaks are the same if they share this much of the shorter."""


class Score(NamedTuple):
    """The score of one day. It keeps counts, not rates, so that days can be added up."""

    kappa: float
    bias_min: float
    brier: float
    breaks: dict[int, tuple[int, int, int, int]]
    """By break rule in seconds: true breaks, how many were found; claimed breaks, how many are true."""
    inside: bool | None
    """Whether the claimed range contains the true sitting time, or None without a range."""
    longest_inside: bool | None
    breaks_inside: bool | None
    """Likewise for the longest bout and for the number of breaks of two minutes or more."""
    longest_min: float
    w50_min: float


def epochs(intervals: Iterable[Interval], observed: Interval) -> NDArray[np.float64]:
    """Return 1 for each 10-second epoch whose middle is in the intervals, else 0."""
    middles = np.arange(observed[0], observed[1], EPOCH_S) + EPOCH_S / 2
    out = np.zeros(len(middles))
    for start, end in intervals:
        out[np.searchsorted(middles, start) : np.searchsorted(middles, end)] = 1.0
    return out


def kappa(true: NDArray[np.float64], claimed: NDArray[np.float64]) -> float:
    """Return Cohen's kappa = (po - pe) / (1 - pe), the agreement beyond chance."""
    agree = float((true == claimed).mean())
    chance = float(true.mean() * claimed.mean() + (1 - true.mean()) * (1 - claimed.mean()))
    return (agree - chance) / (1 - chance) if chance < 1 else 1.0


def brier(true: NDArray[np.float64], p: NDArray[np.float64]) -> float:
    """Return the mean squared difference between the probability of sitting and the truth. 0 is perfect."""
    return float(((true - p) ** 2).mean())


def matched(ones: Sequence[Interval], others: Sequence[Interval]) -> int:
    """Return how many of `ones` overlap one of `others` by half of the shorter."""

    def same(a: Interval, b: Interval) -> bool:
        return min(a[1], b[1]) - max(a[0], b[0]) >= SAME_BREAK * min(a[1] - a[0], b[1] - b[0])

    return sum(any(same(one, other) for other in others) for one in ones)


def w50(lengths: Sequence[float]) -> float:
    """Return W50: half of all sitting time is in bouts of this length or shorter (Chastin 2010)."""
    ordered = np.sort(np.asarray(lengths))
    held = np.cumsum(ordered) / ordered.sum()
    return float(ordered[int(np.argmin(np.abs(held - 0.5)))])


def score(
    true: list[Interval],
    observed: Interval,
    claimed: list[Interval],
    *,
    p: NDArray[np.float64] | None = None,
    seconds: float | None = None,
    interval: Interval | None = None,
    longest: Interval | None = None,
    breaks_of_2: tuple[int, int] | None = None,
) -> Score:
    """Return the score of one day. Bias is claimed minus true minutes.

    `seconds`: the claimed sitting time as an expected value, by default the sum of `claimed`.
    `p`: the claimed probability of each epoch.
    `interval`, `longest`, `breaks_of_2`: the claimed 90 % ranges of the sitting time, the longest bout and the number
    of breaks of two minutes or more.
    """
    true_epochs, claimed_epochs = epochs(true, observed), epochs(claimed, observed)
    total = sum(end - start for start, end in true)
    claim = sum(end - start for start, end in claimed) if seconds is None else seconds
    found = {}
    for rule in (120, 300):
        real, ours = breaks(true, rule), breaks(claimed, rule)
        found[rule] = (len(real), matched(real, ours), len(ours), matched(ours, real))
    lengths = [[end - start for start, end in bouts(one, 120)] or [0.001] for one in (true, claimed)]
    return Score(
        kappa=kappa(true_epochs, claimed_epochs),
        bias_min=(claim - total) / 60,
        brier=brier(true_epochs, claimed_epochs if p is None else p),
        breaks=found,
        inside=_within(total, interval),
        longest_inside=_within(max(lengths[0]), longest),
        breaks_inside=_within(found[120][0], breaks_of_2),
        longest_min=(max(lengths[1]) - max(lengths[0])) / 60,
        w50_min=(w50(lengths[1]) - w50(lengths[0])) / 60,
    )


def _within(truth: float, claimed: tuple[float, float] | None) -> bool | None:
    return None if claimed is None else claimed[0] <= truth <= claimed[1]


class Sum(NamedTuple):
    """The scores of many days: means a day; recall and precision over all breaks."""

    days: int
    kappa: float
    bias: float
    mae: float
    recall2: float
    precision2: float
    recall5: float
    precision5: float
    coverage: float | None
    longest_coverage: float | None
    breaks_coverage: float | None
    brier: float
    longest: float
    w50: float


def add_up(scores: Sequence[Score]) -> Sum:
    """Return the scores of at least one day together. Bias and mean absolute error are in minutes a day."""

    def rate(rule: int, top: int, bottom: int) -> float:
        return sum(one.breaks[rule][top] for one in scores) / max(1, sum(one.breaks[rule][bottom] for one in scores))

    def mean(values: Iterable[float]) -> float:
        return float(np.mean(list(values)))

    def covered(inside: Iterable[bool | None]) -> float | None:
        known = [one for one in inside if one is not None]
        return mean(known) if known else None

    return Sum(
        days=len(scores),
        kappa=mean(one.kappa for one in scores),
        bias=mean(one.bias_min for one in scores),
        mae=mean(abs(one.bias_min) for one in scores),
        recall2=rate(120, 1, 0),
        precision2=rate(120, 3, 2),
        recall5=rate(300, 1, 0),
        precision5=rate(300, 3, 2),
        coverage=covered(one.inside for one in scores),
        longest_coverage=covered(one.longest_inside for one in scores),
        breaks_coverage=covered(one.breaks_inside for one in scores),
        brier=mean(one.brier for one in scores),
        longest=mean(abs(one.longest_min) for one in scores),
        w50=mean(abs(one.w50_min) for one in scores),
    )
