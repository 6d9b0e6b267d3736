"""Absences that were judged and stay in doubt: what the user is asked about, and means by a word without a time. Pure.

Silences parted by a touch are one absence, if each of them is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from slowrise.core.presence.segments import Presence, Segment

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
