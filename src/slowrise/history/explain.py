"""Why a silence was judged as it was: found in the story as it is told again. Pure.

A time is meant to the minute: where nothing was judged at it, what began within the minute after it is what was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Literal, NamedTuple

from slowrise.core.model.events import Answered, ClockStepped, Event, Started, Was
from slowrise.core.model.spans import Span
from slowrise.core.presence.evidence import Weighed, weigh
from slowrise.core.presence.overlay import Answer, engine_spans, overlay, spans
from slowrise.core.presence.segments import Doubt, Presence, Segment, doubts
from slowrise.core.presence.tracker import Verdict, final_until, provisional, verdicts
from slowrise.history.monitor import Monitor

A_MINUTE = timedelta(minutes=1)
BESIDE = 1.0
"""Seconds: a touch belongs to the silences beside it."""

Row = tuple[int, Event]


class Said(NamedTuple):
    """What the user said of some time."""

    start: datetime
    end: datetime
    was: Was


class Explained(NamedTuple):
    """A silence, what it was judged by, and what became of it."""

    start: datetime
    end: datetime
    judged: datetime
    """By when this was known."""
    verdict: Verdict
    weighed: Weighed
    said: tuple[Said, ...]
    """By the user, of this silence or of a part of it."""
    record: tuple[Span, ...]
    """What stands in the record for it."""


class NoSilence(NamedTuple):
    """A time at which there was no silence to judge."""

    what: Literal["input", "unobserved", "empty", "unrecorded"]
    """`empty`: watched, with no input between it and the begin or the end of a run."""
    start: datetime | None = None
    end: datetime | None = None
    before: tuple[datetime, datetime] | None = None
    """The last silence before it that was judged."""


class Explainer:
    """A story told again by somebody who wants to know why; it must have begun before what is asked about."""

    def __init__(self, monitor: Monitor, events: Iterator[Row]) -> None:
        self.monitor = monitor
        self.row = 0
        """The last one told."""
        self._events = events
        monitor.state.presence.verdicts = []

    def tell_past(self, label: datetime, row: int = 0) -> bool:
        """Tell until the minute from that label on is judged for good, and that row is told; False if that is to come.

        What happened after it cannot change the evidence any more, only the record.
        """
        presence = self.monitor.state.presence
        while self.row < row or not presence.timeline.starts or self._at(label + A_MINUTE) >= final_until(presence):
            if (told := next(self._events, None)) is None:
                return False
            self.row = told[0]
            self.monitor.handle(told[1])
        return True

    def tell_all(self) -> None:
        """Tell to the end."""
        for row, event in self._events:
            self.row = row
            self.monitor.handle(event)

    def correct(self, turns: Iterable[Row]) -> None:
        """Lay over the record what the user answered later."""
        state = self.monitor.state
        for row, event in turns:
            if row > self.row and isinstance(event, Answered):
                answer = Answer(self._at(event.from_), self._at(event.to), event.was)
                state.answers = overlay(state.answers, answer)

    def _at(self, label: datetime) -> float:
        return self.monitor.state.timeline.find(label)

    # -- what is found ----------------------------------------------------------------------------------------------

    def at(self, label: datetime) -> Explained | NoSilence:
        """What there is to say of that time."""
        at = self._at(label)
        verdict = _around(self._verdicts(), at)
        return self._otherwise(at) if verdict is None else self._explained(verdict)

    def latest(self) -> Explained | None:
        """The latest silence that stays in doubt and is long enough to change a bout, or else the latest of all."""
        judged = [verdict for verdict in self._verdicts() if verdict.is_final]
        in_doubt = list(doubts(self._judged(), shortest=self.monitor.state.policy.break_min))
        if in_doubt:
            judged = [verdict for verdict in judged if _lies_in(verdict, in_doubt[-1])] or judged
        return self._explained(judged[-1]) if judged else None

    def _judged(self) -> Sequence[Segment]:
        return self.monitor.state.segments

    def _verdicts(self) -> list[Verdict]:
        presence = self.monitor.state.presence
        return [*(presence.verdicts or ()), *verdicts(presence, presence.now)]

    def _explained(self, verdict: Verdict) -> Explained:
        state = self.monitor.state
        of, presence = state.timeline.of, state.presence
        said = (answer for answer in state.answers if answer.start < verdict.end and verdict.start < answer.end)
        return Explained(
            start=of(verdict.start),
            end=of(verdict.end),
            judged=of(verdict.at),
            verdict=verdict,
            weighed=weigh(verdict.silence, presence.table, verdict.bias),
            said=tuple(Said(of(answer.start), of(answer.end), answer.was) for answer in said),
            record=tuple(self._record(verdict)),
        )

    def _record(self, verdict: Verdict) -> Iterator[Span]:
        state = self.monitor.state
        segments = chain(self._judged(), provisional(state.presence, state.presence.now))
        clipped = (
            Segment(
                max(segment.start, verdict.start), min(segment.end, verdict.end), segment.presence, segment.probability
            )
            for segment in segments
            if segment.start < verdict.end and verdict.start < segment.end
        )
        yield from spans(engine_spans(clipped, state.posture, state.answers), state.timeline)

    def _otherwise(self, at: float) -> NoSilence:
        state = self.monitor.state
        of, presence = state.timeline.of, state.presence
        for segment in chain(self._judged(), provisional(presence, presence.now)):
            if segment.start <= at < segment.end:
                before = [verdict for verdict in self._verdicts() if verdict.end <= at]
                last = (of(before[-1].start), of(before[-1].end)) if before else None
                return NoSilence(_what(segment), of(segment.start), of(segment.end), last)
        return NoSilence("unrecorded")


def last_step(turns: Iterable[Row], row: int) -> int:
    """The row of the last clock step of the run that goes on after that row, 0 for none: it moves the run's labels."""
    found = 0
    for at, event in turns:
        if at > row and isinstance(event, Started):
            break
        if at > row and isinstance(event, ClockStepped):
            found = at
    return found


def _around(judged: Sequence[Verdict], at: float) -> Verdict | None:
    """The one at that instant, or else beside it, or else the first that begins within the minute."""
    for before, after in ((0.0, 0.0), (BESIDE, BESIDE), (A_MINUTE.total_seconds(), 0.0)):
        for verdict in judged:
            if verdict.start - before <= at < verdict.end + after:
                return verdict
    return None


def _lies_in(verdict: Verdict, doubt: Doubt) -> bool:
    return doubt.start <= verdict.start and verdict.end <= doubt.end


def _what(segment: Segment) -> Literal["input", "unobserved", "empty"]:
    if segment.presence is Presence.UNOBSERVED:
        return "unobserved"
    return "input" if segment.probability == 1.0 else "empty"
