"""How good a verdict on a day is, against what was true. Seconds in, the units of each measure in its docstring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from simulator.day import Interval, bouts, breaks

EPOCH_S = 10.0
SAME_BREAK = 0.5
"""Two breaks are the same if they share this much of the shorter."""
EARLY_S = 18 * 60.0
"""Two thirds of 30 min, less two minutes of tolerance: a prompt so soon after a real break of two minutes is too
early."""
DUE_S, LATE_S = 30 * 60.0, 40 * 60.0


class Score(NamedTuple):
    """One day. Counts are kept apart so that days can be added up."""

    kappa: float
    bias_min: float
    brier: float
    breaks: dict[int, tuple[int, int, int, int]]
    """By break rule in seconds: true, of them found; claimed, of them true."""
    early: int
    empty: int
    late: int
    missed: int
    prompts: int
    inside: bool | None
    """Whether the truth lies in the claimed range; None where none is claimed."""
    longest_inside: bool | None
    breaks_inside: bool | None
    """The same of the longest bout and of the number of breaks, under the two-minute rule."""
    longest_min: float
    w50_min: float


def epochs(intervals: Iterable[Interval], observed: Interval) -> NDArray[np.float64]:
    """Which 10-second epochs of the observed time have their middle in the intervals."""
    middles = np.arange(observed[0], observed[1], EPOCH_S) + EPOCH_S / 2
    out = np.zeros(len(middles))
    for start, end in intervals:
        out[np.searchsorted(middles, start) : np.searchsorted(middles, end)] = 1.0
    return out


def kappa(true: NDArray[np.float64], claimed: NDArray[np.float64]) -> float:
    """Cohen's kappa = (po - pe) / (1 - pe): agreement beyond what the two shares alone would give."""
    agree = float((true == claimed).mean())
    chance = float(true.mean() * claimed.mean() + (1 - true.mean()) * (1 - claimed.mean()))
    return (agree - chance) / (1 - chance) if chance < 1 else 1.0


def brier(true: NDArray[np.float64], p: NDArray[np.float64]) -> float:
    """Mean squared difference between the probability of sitting and the truth, over epochs: 0 is perfect."""
    return float(((true - p) ** 2).mean())


def matched(ones: Sequence[Interval], others: Sequence[Interval]) -> int:
    """How many of `ones` share half of the shorter with any of `others`."""

    def same(a: Interval, b: Interval) -> bool:
        return min(a[1], b[1]) - max(a[0], b[0]) >= SAME_BREAK * min(a[1] - a[0], b[1] - b[0])

    return sum(any(same(one, other) for other in others) for one in ones)


def w50(lengths: Sequence[float]) -> float:
    """The bout length x at which bouts of x or less hold as near as can be to half of all sitting (Chastin 2010)."""
    ordered = np.sort(np.asarray(lengths))
    held = np.cumsum(ordered) / ordered.sum()
    return float(ordered[int(np.argmin(np.abs(held - 0.5)))])


def prompted(sitting: list[Interval], prompts: Sequence[float]) -> tuple[int, int, int, int]:
    """Prompts too early, prompts to an empty chair, bouts prompted late, bouts never prompted.

    Bouts are true sitting under the two-minute rule. Early: under 18 min after the real break before. Empty: outside
    every bout.
    A bout of 40 min or more wants a prompt by then: it is late if the first comes after, missed if none comes.
    """
    true = bouts(sitting, 120)
    early = empty = late = missed = 0
    for prompt in prompts:
        inside = next((bout for bout in true if bout[0] <= prompt < bout[1]), None)
        if inside is None:
            empty += 1
        elif inside is not true[0] and prompt - inside[0] < EARLY_S:
            early += 1
    for start, end in true:
        if end - start < LATE_S:
            continue
        first = next((prompt for prompt in prompts if start <= prompt < end), None)
        late += first is not None and first - start > LATE_S
        missed += first is None
    return early, empty, late, missed


def score(
    true: list[Interval],
    observed: Interval,
    claimed: list[Interval],
    prompts: Sequence[float],
    *,
    p: NDArray[np.float64] | None = None,
    seconds: float | None = None,
    interval: Interval | None = None,
    longest: Interval | None = None,
    breaks_of_2: tuple[int, int] | None = None,
) -> Score:
    """Everything about one day.

    `seconds` is the claimed sitting time where it is more than the sum of `claimed` (an expected value); `p` the
    claimed probability of each epoch; `interval`, `longest` and `breaks_of_2` the claimed 90 % ranges of the seconds,
    of the longest bout and of the number of breaks under the two-minute rule. Bias is claimed minus true minutes.
    """
    was, said = epochs(true, observed), epochs(claimed, observed)
    total = sum(end - start for start, end in true)
    claim = sum(end - start for start, end in claimed) if seconds is None else seconds
    found = {}
    for rule in (120, 300):
        real, ours = breaks(true, rule), breaks(claimed, rule)
        found[rule] = (len(real), matched(real, ours), len(ours), matched(ours, real))
    early, empty, late, missed = prompted(true, prompts)
    lengths = [[end - start for start, end in bouts(one, 120)] or [0.001] for one in (true, claimed)]
    return Score(
        kappa=kappa(was, said),
        bias_min=(claim - total) / 60,
        brier=brier(was, said if p is None else p),
        breaks=found,
        early=early,
        empty=empty,
        late=late,
        missed=missed,
        prompts=len(prompts),
        inside=_within(total, interval),
        longest_inside=_within(max(lengths[0]), longest),
        breaks_inside=_within(found[120][0], breaks_of_2),
        longest_min=(max(lengths[1]) - max(lengths[0])) / 60,
        w50_min=(w50(lengths[1]) - w50(lengths[0])) / 60,
    )


def _within(truth: float, claimed: tuple[float, float] | None) -> bool | None:
    return None if claimed is None else claimed[0] <= truth <= claimed[1]


class Sum(NamedTuple):
    """Many days together: means; recall and precision over all breaks; prompts a day."""

    days: int
    kappa: float
    bias: float
    mae: float
    recall2: float
    precision2: float
    recall5: float
    precision5: float
    early: float
    empty: float
    late: float
    missed: float
    coverage: float | None
    longest_coverage: float | None
    breaks_coverage: float | None
    brier: float
    longest: float
    w50: float


def add_up(scores: Sequence[Score]) -> Sum:
    """The days together; `scores` is not empty. Bias and mean absolute error are in minutes a day."""

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
        early=mean(one.early for one in scores),
        empty=mean(one.empty for one in scores),
        late=mean(one.late for one in scores),
        missed=mean(one.missed for one in scores),
        coverage=covered(one.inside for one in scores),
        longest_coverage=covered(one.longest_inside for one in scores),
        breaks_coverage=covered(one.breaks_inside for one in scores),
        brier=mean(one.brier for one in scores),
        longest=mean(abs(one.longest_min) for one in scores),
        w50=mean(abs(one.w50_min) for one in scores),
    )
