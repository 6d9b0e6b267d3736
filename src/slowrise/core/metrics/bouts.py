"""How sitting is accumulated: the bout metrics of the field, computed from bout lengths. Seconds in, seconds out.

Without a bout the metrics are None: a day without sitting did not have short sits.
Formulas and names follow Chastin and Granat 2010 (Gait Posture 31:82) and the accelerometry packages.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import log, sqrt
from statistics import median

import msgspec

from slowrise.core.model.units import HOUR, MINUTE

HALF_HOUR_SIT = 30 * MINUTE
"""A prolonged bout lasts at least this long, by the convention of the field."""
HOUR_SIT = 60 * MINUTE
FEWEST_FOR_ALPHA = 10
"""With fewer bouts the exponent depends more on chance than on the person."""


class BoutMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """The metrics, under the names of the `--json` format. Each span counts as its likelier state."""

    bouts: int
    breaks: int
    """Bouts that end in a break, with sitting before and after it."""
    fragmentation: float | None
    """Breaks per hour of sitting; higher means more broken up."""
    prolonged_30: int | None
    prolonged_30_seconds: float | None
    prolonged_60: int | None
    prolonged_60_seconds: float | None
    longest_seconds: float | None
    mean_bout_seconds: float | None
    median_bout_seconds: float | None
    usual_bout_seconds: float | None
    """W50: about half of the sitting was in bouts no longer than this."""
    gini: float | None
    gini_unbiased: float | None
    transition_probability: float | None
    """That a minute of sitting is the last of its bout."""
    break_median_seconds: float | None
    break_total_seconds: float | None


def bout_metrics(bouts: Sequence[float], breaks: Sequence[float]) -> BoutMetrics:
    """Compute the metrics of bouts and breaks of these lengths. A bout is never empty."""
    total = sum(bouts)
    half_hours, hours = ([bout for bout in bouts if bout >= least] for least in (HALF_HOUR_SIT, HOUR_SIT))
    any_bout = bool(bouts)
    return BoutMetrics(
        bouts=len(bouts),
        breaks=len(breaks),
        fragmentation=len(breaks) / (total / HOUR) if any_bout else None,
        prolonged_30=len(half_hours) if any_bout else None,
        prolonged_30_seconds=sum(half_hours, 0.0) if any_bout else None,
        prolonged_60=len(hours) if any_bout else None,
        prolonged_60_seconds=sum(hours, 0.0) if any_bout else None,
        longest_seconds=max(bouts, default=None),
        mean_bout_seconds=total / len(bouts) if any_bout else None,
        median_bout_seconds=median(bouts) if any_bout else None,
        usual_bout_seconds=usual_bout(bouts),
        gini=gini(bouts),
        gini_unbiased=gini(bouts, unbiased=True),
        transition_probability=len(bouts) / (total / MINUTE) if any_bout else None,
        break_median_seconds=median(breaks) if breaks else None,
        break_total_seconds=sum(breaks, 0.0) if any_bout else None,
    )


def usual_bout(bouts: Sequence[float]) -> float | None:
    """Return W50: the bout length up to which the share of all sitting is closest to a half."""
    if not bouts:
        return None
    ordered = sorted(bouts)
    half = sum(ordered) / 2
    # Among bouts of one length, only the last sum includes all of them; `dict` keeps the last.
    held = dict(zip(ordered, accumulate(ordered), strict=True))
    return min(held, key=lambda length: (abs(held[length] - half), length))


def gini(bouts: Sequence[float], *, unbiased: bool = False) -> float | None:
    """Return the inequality of the bout lengths: 0 if all are alike, towards 1 if few long bouts hold the time.

    None for fewer than two bouts. `unbiased` is the default of R's DescTools.
    """
    n = len(bouts)
    if n <= 1:
        return None
    ranked = sum(rank * bout for rank, bout in enumerate(sorted(bouts), 1))
    # Equal bouts may give a rounding error below zero.
    plain = max(0.0, 2 * ranked / (n * sum(bouts)) - (n + 1) / n)
    return min(1.0, plain * n / (n - 1)) if unbiased else plain


class Alpha(msgspec.Struct, frozen=True):
    """The power-law exponent of bout lengths; lower means longer bouts."""

    alpha: float
    standard_error: float


def alpha(bouts: Sequence[float], shortest: float) -> Alpha | None:
    """Fit the exponent to the bouts of at least `shortest`. Two exponents compare only with the same `shortest`.

    None for fewer than ten such bouts, or if all have the shortest length.
    """
    logs = [log(bout / shortest) for bout in bouts if bout >= shortest]
    if len(logs) < FEWEST_FOR_ALPHA or sum(logs) == 0:
        return None
    exponent = 1 + len(logs) / sum(logs)
    return Alpha(exponent, (exponent - 1) / sqrt(len(logs)))
