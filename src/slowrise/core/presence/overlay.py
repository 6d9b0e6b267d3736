"""The record: judged segments with declared posture and the user's answers laid over them. Engine time, in seconds.

The user's answer overrides everything, and a later answer overrides an earlier one. Declared standing turns presence
into standing. Standing that stayed unconfirmed for too long is in doubt, until a later `sitting` confirms it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

import msgspec

from slowrise.core.model.events import Was
from slowrise.core.model.spans import Span, State
from slowrise.core.model.timeline import Timeline
from slowrise.core.presence.posture import Posture, Stand
from slowrise.core.presence.segments import LIKELY, Presence, Segment


class Answer(msgspec.Struct, frozen=True):
    """The user's answer about `[start, end)`."""

    start: float
    end: float
    was: Was


def lay_over(answers: list[Answer], answer: Answer) -> None:
    """Add an answer to those before, which are in order and disjoint, and stay so. It overrides what it overlaps."""
    if answer.end <= answer.start:
        return
    first, last = _overlapped(answers, answer.start, answer.end)
    parts = [answer]
    for old in answers[first:last]:
        if old.start < answer.start:
            parts.insert(0, Answer(old.start, answer.start, old.was))
        if old.end > answer.end:
            parts.append(Answer(answer.end, old.end, old.was))
    answers[first:last] = parts


def answers_between(answers: Sequence[Answer], begin: float, end: float) -> Sequence[Answer]:
    """Return the answers that overlap `[begin, end)`."""
    first, last = _overlapped(answers, begin, end)
    return answers[first:last]


def _overlapped(answers: Sequence[Answer], begin: float, end: float) -> tuple[int, int]:
    first = bisect_right(answers, begin, key=lambda answer: answer.end)
    return first, max(first, bisect_left(answers, end, key=lambda answer: answer.start))


class EngineSpan(msgspec.Struct, frozen=True, gc=False):
    """A stretch of one state."""

    state: State
    start: float
    end: float
    probability: float
    """Probability of sitting, whatever the state."""
    confidence: float
    """Probability of the state."""


def engine_spans(segments: Iterable[Segment], posture: Posture, answers: Sequence[Answer]) -> Iterator[EngineSpan]:
    """Turn segments into states, in order, without hole or overlap. `answers` are in order and disjoint."""
    if not answers and not posture.stands:
        return map(without_overlay, segments)
    overlay_end = max(posture.until, answers[-1].end if answers else 0.0)
    return chain.from_iterable(
        (without_overlay(segment),) if segment.start >= overlay_end else _with_overlay(segment, posture, answers)
        for segment in segments
    )


def without_overlay(segment: Segment) -> EngineSpan:
    """Return the state of a segment by its verdict alone."""
    probability = segment.probability
    if segment.presence is Presence.UNOBSERVED:
        return EngineSpan("unobserved", segment.start, segment.end, 0.0, 1.0)
    if probability >= LIKELY:
        return EngineSpan("sitting", segment.start, segment.end, probability, probability)
    return EngineSpan("away", segment.start, segment.end, probability, 1.0 - probability)


def _with_overlay(segment: Segment, posture: Posture, all_answers: Sequence[Answer]) -> Iterator[EngineSpan]:
    """Cut the segment at every edge of a stand or answer, and give each part its state."""
    stands = posture.between(segment.start, segment.end)
    answers = answers_between(all_answers, segment.start, segment.end)
    if not stands and not answers:
        yield without_overlay(segment)
        return
    cuts = {segment.start, segment.end}
    for stand in stands:
        cuts.update((stand.start, stand.doubted, segment.end if stand.end is None else stand.end))
    for answer in answers:
        cuts.update((answer.start, answer.end))
    edges = sorted(cut for cut in cuts if segment.start <= cut <= segment.end)
    stand_at = answer_at = 0  # stands, answers and edges are in order: none that has ended counts again
    for start, end in pairwise(edges):
        part = Segment(start, end, segment.presence, segment.probability)
        while answer_at < len(answers) and answers[answer_at].end <= start:
            answer_at += 1
        while stand_at < len(stands) and (ended := stands[stand_at].end) is not None and ended <= start:
            stand_at += 1
        if answer_at < len(answers) and answers[answer_at].start <= start:
            yield _with_answer(part, answers[answer_at].was)
        else:
            yield _with_stand(part, stands[stand_at] if stand_at < len(stands) else None)


def _with_answer(segment: Segment, was: Was) -> EngineSpan:
    return EngineSpan(was, segment.start, segment.end, 1.0 if was == "sitting" else 0.0, 1.0)


def _with_stand(segment: Segment, stand: Stand | None) -> EngineSpan:
    """Return the state of a segment; `stand` is the first stand that ends after its start."""
    if segment.presence is Presence.UNOBSERVED or segment.probability < LIKELY:
        return without_overlay(segment)
    if stand is None or stand.start > segment.start:
        return without_overlay(segment)
    if segment.start < stand.doubted:
        return EngineSpan("standing", segment.start, segment.end, 0.0, segment.probability)
    half = segment.probability * LIKELY
    return EngineSpan("sitting", segment.start, segment.end, half, max(half, LIKELY))


def spans(parts: Iterable[EngineSpan], timeline: Timeline) -> list[Span]:
    """Turn engine time into wall time. Neighbours with the same state and probabilities become one span."""
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
