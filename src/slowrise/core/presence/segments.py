"""Pieces of time: seen or not, and how likely somebody was at the desk. Seconds on the axis. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import groupby
from typing import NamedTuple

import msgspec

LIKELY = 0.5
"""From here on a silence is shown, and counted by the prompts, as sitting."""


class Presence(IntEnum):
    """What a piece of time was."""

    UNOBSERVED = 0
    SEEN = 1
    """At the desk with probability `probability`; the rest of it is away."""


class Segment(msgspec.Struct):
    """A stretch of the axis. `probability` is the probability of having been at the desk; 0 for unobserved time."""

    start: float
    end: float
    presence: Presence
    probability: float
    is_open: bool = False
    """A silence still to be judged for good; its `probability` says nothing yet."""
    is_touch: bool = False
    """Input so short that it belongs to the silences around it."""
    bias: float = 0.0
    """By how much the user's own silences and answers shifted the log-odds that it was judged by."""


def append(segments: list[Segment], segment: Segment) -> None:
    """Append a piece; one like the last makes that longer."""
    if segments and segments[-1].probability == segment.probability and segments[-1].presence is segment.presence:
        segments[-1].end = segment.end
    elif segment.end > segment.start:
        segments.append(segment)


# -- doubtful absences -------------------------------------------------------------------------------------------------

DOUBTFUL = 0.25
"""A probability from here to as far from 1 is in doubt: the verdict is wrong one time in four at least."""


class Doubt(NamedTuple):
    """An absence in doubt, on the axis."""

    start: float
    end: float


def is_doubtful(probability: float) -> bool:
    """Whether a silence so probably sat through is in doubt."""
    return DOUBTFUL <= probability <= 1 - DOUBTFUL


def doubts(segments: Iterable[Segment], *, shortest: float) -> Iterator[Doubt]:
    """Those among adjoining pieces, all of them judged, that last so long or longer; in the order of the pieces."""
    for in_doubt, group in groupby(segments, key=_is_in_doubt):
        if in_doubt:
            run = list(group)
            doubt = Doubt(min(segment.start for segment in run), max(segment.end for segment in run))
            if doubt.end - doubt.start >= shortest:
                yield doubt


def _is_in_doubt(segment: Segment) -> bool:
    return segment.presence is Presence.SEEN and is_doubtful(segment.probability)
