"""The record: what was judged, with posture and the user's own answers laid over it. Seconds on the axis.

An answer outranks everything, for the user was there. Declared standing turns presence into standing; where nobody
confirmed it for too long it is doubted, until a later `sitting` shows that it was true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from slowrise.bout import Span, State
from slowrise.events import Was
from slowrise.labels import Labels
from slowrise.sitting import LIKELY, Piece, Presence


class Answer(msgspec.Struct, frozen=True):
    """The user's word on `[start, end)`."""

    start: float
    end: float
    was: Was


class Stand(msgspec.Struct):
    """A time of declared standing."""

    start: float
    doubted: float
    """From here on nobody has confirmed it; at or after `end` where it never was in doubt."""
    end: float | None = None
    """None while it lasts."""


class Posture(msgspec.Struct):
    """What was declared or sensed about standing at the desk."""

    stands: list[Stand] = []

    @property
    def standing(self) -> Stand | None:
        """The standing that lasts still."""
        return self.stands[-1] if self.stands and self.stands[-1].end is None else None

    def stand(self, at: float, confirm_after: float) -> None:
        """Standing begins, or is confirmed up to here."""
        if (stand := self.standing) is None:
            self.stands.append(Stand(at, at + confirm_after))
        else:
            stand.doubted = at + confirm_after

    def sit(self, at: float) -> None:
        """Sitting again, which confirms all of the standing before it."""
        if (stand := self.standing) is not None:
            stand.end = stand.doubted = at

    def lapse(self, at: float) -> None:
        """A standing in doubt ends here unconfirmed."""
        if (stand := self.standing) is not None and stand.doubted < at:
            stand.end = at

    def is_standing(self, at: float) -> bool:
        """Whether the person stands now, as far as they said and not in doubt."""
        stand = self.standing
        return stand is not None and at < stand.doubted


class Stretch(NamedTuple):
    """A stretch of one state on the axis. `p` is the probability of sitting, whatever the state."""

    state: State
    start: float
    end: float
    p: float
    sure: float


def stretches(pieces: Iterable[Piece], posture: Posture, answers: Sequence[Answer]) -> Iterator[Stretch]:
    """The pieces as states, in order, without hole or overlap."""
    for piece in pieces:
        if not posture.stands and not answers:
            yield plain(piece)
        else:
            yield from _overlaid(piece, posture, answers)


def plain(piece: Piece) -> Stretch:
    """The state of a piece when there is nothing to lay over it."""
    if piece.presence is Presence.UNOBSERVED:
        return Stretch("unobserved", piece.start, piece.end, 0.0, 1.0)
    if piece.p >= LIKELY:
        return Stretch("sitting", piece.start, piece.end, piece.p, piece.p)
    return Stretch("away", piece.start, piece.end, piece.p, 1.0 - piece.p)


def _overlaid(piece: Piece, posture: Posture, answers: Sequence[Answer]) -> Iterator[Stretch]:
    cuts = {piece.start, piece.end}
    for stand in posture.stands:
        cuts.update((stand.start, stand.doubted, piece.end if stand.end is None else stand.end))
    for answer in answers:
        cuts.update((answer.start, answer.end))
    edges = sorted(cut for cut in cuts if piece.start <= cut <= piece.end)
    for start, end in pairwise(edges):
        part = Piece(start, end, piece.presence, piece.p)
        said = next((answer for answer in reversed(answers) if answer.start <= start < answer.end), None)
        yield _stood(part, posture) if said is None else _answered(part, said.was)


def _answered(piece: Piece, was: Was) -> Stretch:
    return Stretch(was, piece.start, piece.end, 1.0 if was == "sitting" else 0.0, 1.0)


def _stood(piece: Piece, posture: Posture) -> Stretch:
    if piece.presence is Presence.UNOBSERVED or piece.p < LIKELY:
        return plain(piece)
    for stand in posture.stands:
        if stand.start <= piece.start and (stand.end is None or piece.start < stand.end):
            if piece.start < stand.doubted:
                return Stretch("standing", piece.start, piece.end, 0.0, piece.p)
            half = piece.p * LIKELY
            return Stretch("sitting", piece.start, piece.end, half, max(half, LIKELY))
    return plain(piece)


def spans(parts: Iterable[Stretch], labels: Labels) -> list[Span]:
    """The stretches under their labels; neighbours alike in state and sureness are one."""
    merged: list[Stretch] = []
    for part in parts:
        last = merged[-1] if merged else None
        if last is not None and (last.state, last.p, last.sure) == (part.state, part.p, part.sure):
            merged[-1] = last._replace(end=part.end)
        else:
            merged.append(part)
    if not merged:
        return []
    edges = [labels.of(merged[0].start), *(labels.of(part.end) for part in merged)]
    return [
        Span(part.state, start, end, round(part.sure, 3))
        for part, start, end in zip(merged, edges, edges[1:], strict=False)
        if end > start
    ]
