"""Absences that were judged and stay in doubt: what the user is asked about, and means by a word without a time. Pure.

Silences parted by a touch are one absence, if each of them is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from slowrise.core.presence.segments import Piece, Presence

DOUBTFUL = 0.25
"""A probability from here to as far from 1 is in doubt: the verdict is wrong one time in four at least."""


class Doubt(NamedTuple):
    """An absence in doubt, on the axis."""

    start: float
    end: float


def is_doubtful(p: float) -> bool:
    """Whether a silence so probably sat through is in doubt."""
    return DOUBTFUL <= p <= 1 - DOUBTFUL


def doubts(pieces: Iterable[Piece], *, shortest: float) -> Iterator[Doubt]:
    """Those among adjoining pieces, all of them judged, that last so long or longer; in the order of the pieces."""
    for in_doubt, group in groupby(pieces, key=_is_in_doubt):
        if in_doubt:
            run = list(group)
            doubt = Doubt(min(piece.start for piece in run), max(piece.end for piece in run))
            if doubt.end - doubt.start >= shortest:
                yield doubt


def _is_in_doubt(piece: Piece) -> bool:
    return piece.presence is Presence.SEEN and is_doubtful(piece.p)
