"""The record: what was judged, with posture and the user's own answers laid over it. Seconds on the axis.

An answer outranks everything, for the user was there; of two the later. Declared standing turns presence into
standing; where nobody confirmed it for too long it is doubted, until a later `sitting` shows that it was true.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from math import inf

import msgspec

from slowrise.core.model.events import Was
from slowrise.core.model.spans import Span, State
from slowrise.core.model.timeline import Timeline
from slowrise.core.presence.segments import LIKELY, Presence, Segment


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
    """What was declared or sensed about standing at the desk: times of it, in order and disjoint."""

    stands: list[Stand] = []

    @property
    def standing(self) -> Stand | None:
        """The standing that lasts still."""
        return self.stands[-1] if self.stands and self.stands[-1].end is None else None

    def stand(self, at: float, confirm_after: float) -> bool:
        """Standing begins, or is confirmed up to here. True: what was doubted is no longer.

        A standing that was doubted for as long as it had been believed is over, and what was doubted of it stays so:
        who forgot to say that they sat has got up again since. Only `sitting`, which nobody says who does not know that
        they stood, confirms so much.
        """
        stand = self.standing
        if stand is not None and at - stand.doubted > confirm_after:
            stand.end = at
            stand = None
        if stand is None:
            self.stands.append(Stand(at, at + confirm_after))
            return False
        was_doubted = stand.doubted < at
        stand.doubted = at + confirm_after
        return was_doubted

    def sit(self, at: float) -> bool:
        """Sitting again, which confirms all of the standing before it. True: what was doubted is no longer."""
        stand = self.standing
        if stand is None:
            return False
        was_doubted = stand.doubted < at
        stand.end = stand.doubted = at
        return was_doubted

    def lapse(self, left: float, back: float) -> None:
        """A standing in doubt when somebody comes back ended unconfirmed when they left."""
        stand = self.standing
        if stand is not None and stand.doubted <= back:
            stand.end = max(left, stand.start)

    @property
    def until(self) -> float:
        """From here on nothing is declared; infinite while standing lasts."""
        end = self.stands[-1].end if self.stands else 0.0
        return inf if end is None else end

    def is_standing(self, at: float) -> bool:
        """Whether the person stands now, as far as they said and not in doubt."""
        stand = self.standing
        return stand is not None and at < stand.doubted

    def between(self, begin: float, end: float) -> Sequence[Stand]:
        """The standing that touches `[begin, end)`."""
        stands = self.stands
        if not stands or (stands[-1].end is not None and stands[-1].end <= begin):
            return ()
        first = bisect_right(stands, begin, key=lambda stand: stand.start)
        if first and ((ended := stands[first - 1].end) is None or ended > begin):
            first -= 1
        return stands[first : bisect_left(stands, end, key=lambda stand: stand.start)]


def overlay(answers: Sequence[Answer], answer: Answer) -> list[Answer]:
    """The answers with one more, in order and disjoint: it takes the place of what was said of its time before."""
    kept = []
    for old in answers:
        kept.append(Answer(old.start, min(old.end, answer.start), old.was))
        kept.append(Answer(max(old.start, answer.end), old.end, old.was))
    return sorted((one for one in [*kept, answer] if one.start < one.end), key=lambda one: one.start)


class EngineSpan(msgspec.Struct, frozen=True, gc=False):
    """A stretch of one state on the axis. `probability` is the probability of sitting, whatever the state."""

    state: State
    start: float
    end: float
    probability: float
    confidence: float


def engine_spans(segments: Iterable[Segment], posture: Posture, answers: Sequence[Answer]) -> Iterator[EngineSpan]:
    """The pieces as states, in order, without hole or overlap. `answers` are in order and disjoint."""
    if not answers and not posture.stands:
        return map(plain, segments)
    said = max(posture.until, answers[-1].end if answers else 0.0)
    return chain.from_iterable(
        (plain(segment),) if segment.start >= said else _overlaid(segment, posture, answers) for segment in segments
    )


def plain(segment: Segment) -> EngineSpan:
    """The state of a piece when there is nothing to lay over it."""
    probability = segment.probability
    if segment.presence is Presence.UNOBSERVED:
        return EngineSpan("unobserved", segment.start, segment.end, 0.0, 1.0)
    if probability >= LIKELY:
        return EngineSpan("sitting", segment.start, segment.end, probability, probability)
    return EngineSpan("away", segment.start, segment.end, probability, 1.0 - probability)


def _said(answers: Sequence[Answer], segment: Segment) -> Sequence[Answer]:
    first = bisect_right(answers, segment.start, key=lambda answer: answer.end)
    return answers[first : bisect_left(answers, segment.end, key=lambda answer: answer.start)]


def _overlaid(segment: Segment, posture: Posture, all_answers: Sequence[Answer]) -> Iterator[EngineSpan]:
    stands, answers = posture.between(segment.start, segment.end), _said(all_answers, segment)
    if not stands and not answers:
        yield plain(segment)
        return
    cuts = {segment.start, segment.end}
    for stand in stands:
        cuts.update((stand.start, stand.doubted, segment.end if stand.end is None else stand.end))
    for answer in answers:
        cuts.update((answer.start, answer.end))
    edges = sorted(cut for cut in cuts if segment.start <= cut <= segment.end)
    for start, end in pairwise(edges):
        part = Segment(start, end, segment.presence, segment.probability)
        said = next((answer for answer in answers if answer.start <= start < answer.end), None)
        yield _stood(part, stands) if said is None else _answered(part, said.was)


def _answered(segment: Segment, was: Was) -> EngineSpan:
    return EngineSpan(was, segment.start, segment.end, 1.0 if was == "sitting" else 0.0, 1.0)


def _stood(segment: Segment, stands: Sequence[Stand]) -> EngineSpan:
    if segment.presence is Presence.UNOBSERVED or segment.probability < LIKELY:
        return plain(segment)
    for stand in stands:
        if stand.start <= segment.start and (stand.end is None or segment.start < stand.end):
            if segment.start < stand.doubted:
                return EngineSpan("standing", segment.start, segment.end, 0.0, segment.probability)
            half = segment.probability * LIKELY
            return EngineSpan("sitting", segment.start, segment.end, half, max(half, LIKELY))
    return plain(segment)


def spans(parts: Iterable[EngineSpan], timeline: Timeline) -> list[Span]:
    """The stretches under their labels; neighbours alike in state and sureness are one."""
    found: list[Span] = []
    state: State | None = None
    probability = confidence = ended = 0.0
    begun = None
    for part in parts:
        if part.state == state and part.probability == probability and part.confidence == confidence:
            ended = part.end
            continue
        edge = timeline.of(part.start)
        if state is not None and begun is not None and edge > begun:
            found.append(Span(state, begun, edge, round(confidence, 3)))
        state, ended, probability, confidence, begun = part.state, part.end, part.probability, part.confidence, edge
    if state is not None and begun is not None and (edge := timeline.of(ended)) > begun:
        found.append(Span(state, begun, edge, round(confidence, 3)))
    return found
