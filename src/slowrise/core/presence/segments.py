"""Segments of time: observed or not, and how likely the user was at the desk. Engine time, in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import groupby
from typing import NamedTuple

import msgspec

from slowrise.core.presence.silence import Touch

LIKELY = 0.5
"""From this probability on, a silence is shown as sitting and counts as sitting for prompts."""


class Presence(IntEnum):
    """Whether a segment was observed."""

    UNOBSERVED = 0
    OBSERVED = 1
    """At the desk with `Segment.probability`, away otherwise."""


class Segment(msgspec.Struct):
    """A stretch of time, `[start, end)`."""

    start: float
    end: float
    presence: Presence
    probability: float
    """Probability that the user was at the desk; 0 for unobserved time."""
    is_unjudged: bool = False
    """A silence without a final verdict; `probability` is meaningless until then."""
    touches: list[Touch] = []
    """The touches in this silence; none once it is judged."""
    bias: float = 0.0
    """The personal bias, in log-odds, that the probability includes."""


def append(segments: list[Segment], segment: Segment) -> None:
    """Append a segment, or lengthen the last one if both are alike. An empty segment is dropped."""
    if segments and segments[-1].probability == segment.probability and segments[-1].presence is segment.presence:
        segments[-1].end = segment.end
    elif segment.end > segment.start:
        segments.append(segment)


# -- doubtful absences -------------------------------------------------------------------------------------------------

DOUBTFUL = 0.25
"""A probability between this and one minus this is in doubt: the verdict is wrong at least one time in four."""


class Doubt(NamedTuple):
    """An absence in doubt, `[start, end)`."""

    start: float
    end: float


def is_doubtful(probability: float) -> bool:
    """Return whether a silence with this probability of sitting is in doubt."""
    return DOUBTFUL <= probability <= 1 - DOUBTFUL


def doubts(segments: Iterable[Segment], *, shortest: float) -> Iterator[Doubt]:
    """Yield, in order, the runs of doubtful segments that last at least `shortest` seconds.

    The segments adjoin, and each has a verdict.
    """
    for in_doubt, group in groupby(segments, key=lambda segment: is_doubtful(segment.probability)):
        if in_doubt:
            run = list(group)
            doubt = Doubt(min(segment.start for segment in run), max(segment.end for segment in run))
            if doubt.end - doubt.start >= shortest:
                yield doubt
