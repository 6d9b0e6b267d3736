"""Why a silence was judged as it was, found by replaying the events.

A time is given to the minute: if no silence was judged at it, a silence that began within the minute after it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Literal, NamedTuple

from slowrise.core.model.events import Answered, ClockStepped, Event, Started, Was
from slowrise.core.model.spans import Span
from slowrise.core.presence.evidence import Weighed, weigh
from slowrise.core.presence.overlay import Answer, engine_spans, lay_over, spans
from slowrise.core.presence.segments import Presence, Segment, doubts
from slowrise.core.presence.tracker import Verdict, final_until, provisional, verdicts
from slowrise.history.monitor import Monitor

A_MINUTE = timedelta(minutes=1)
TOUCH = 1.0
"""Seconds: a time within a short touch means the silence next to it."""

Row = tuple[int, Event]
"""An event with its row in the ledger."""


class StatedAnswer(NamedTuple):
    """The user's answer about some time."""

    start: datetime
    end: datetime
    was: Was


class Explained(NamedTuple):
    """A silence, the evidence it was judged by, and the result."""

    start: datetime
    end: datetime
    judged: datetime
    """When it was judged."""
    verdict: Verdict
    weighed: Weighed
    answers: tuple[StatedAnswer, ...]
    """The user's answers about this silence or a part of it."""
    record: tuple[Span, ...]
    """The spans that the record has for it."""


class NoSilence(NamedTuple):
    """A time without a silence to judge."""

    what: Literal["input", "unobserved", "empty", "unrecorded"]
    """`empty`: watched, but without input between it and the start or the end of a run."""
    start: datetime | None = None
    end: datetime | None = None
    before: tuple[datetime, datetime] | None = None
    """The last silence judged before it."""


class Explainer:
    """Replays events and keeps the verdict on every silence. `monitor` must be from before the time in question."""

    def __init__(self, monitor: Monitor, events: Iterator[Row]) -> None:
        self.monitor = monitor
        self.row = 0
        """The last row replayed."""
        self._events = events
        monitor.state.presence.verdicts = []

    def replay_past(self, label: datetime, row: int = 0) -> bool:
        """Replay until the minute after `label` is final and `row` has been replayed. False if the events end first.

        Later events cannot change the evidence, only the record.
        """
        presence = self.monitor.state.presence
        while self.row < row or not presence.timeline.starts or self._at(label + A_MINUTE) >= final_until(presence):
            if (following := next(self._events, None)) is None:
                return False
            self.row, event = following
            self.monitor.handle(event)
        return True

    def replay_all(self) -> None:
        """Replay to the end."""
        for row, event in self._events:
            self.row = row
            self.monitor.handle(event)

    def correct(self, turns: Iterable[Row]) -> None:
        """Apply the user's answers among `turns` that have not been replayed."""
        state = self.monitor.state
        for row, event in turns:
            if row > self.row and isinstance(event, Answered):
                answer = Answer(self._at(event.from_), self._at(event.to), event.was)
                lay_over(state.answers, answer)

    def _at(self, label: datetime) -> float:
        return self.monitor.state.timeline.find(label)

    # -- answers ----------------------------------------------------------------------------------------------------

    def at(self, label: datetime) -> Explained | NoSilence:
        """Explain the silence at that time, or why there is none."""
        at = self._at(label)
        verdict = _around(self._verdicts(), at)
        return self._no_silence(at) if verdict is None else self._explained(verdict)

    def latest(self) -> Explained | None:
        """Explain the latest doubtful silence that is long enough to change a bout, or else the latest silence."""
        state = self.monitor.state
        final = [verdict for verdict in self._verdicts() if verdict.is_final]
        doubtful = list(doubts(state.segments, shortest=state.policy.break_min))
        if doubtful:
            start, end = doubtful[-1]
            final = [verdict for verdict in final if start <= verdict.start and verdict.end <= end] or final
        return self._explained(final[-1]) if final else None

    def _segments(self) -> Iterator[Segment]:
        state = self.monitor.state
        return chain(state.segments, provisional(state.presence, state.presence.now))

    def _verdicts(self) -> list[Verdict]:
        presence = self.monitor.state.presence
        return [*(presence.verdicts or ()), *verdicts(presence, presence.now)]

    def _explained(self, verdict: Verdict) -> Explained:
        state = self.monitor.state
        of, presence = state.timeline.of, state.presence
        answers = (answer for answer in state.answers if answer.start < verdict.end and verdict.start < answer.end)
        return Explained(
            start=of(verdict.start),
            end=of(verdict.end),
            judged=of(verdict.at),
            verdict=verdict,
            weighed=weigh(verdict.silence, presence.table, verdict.bias),
            answers=tuple(StatedAnswer(of(answer.start), of(answer.end), answer.was) for answer in answers),
            record=tuple(self._record(verdict)),
        )

    def _record(self, verdict: Verdict) -> Iterator[Span]:
        state = self.monitor.state
        clipped = (
            Segment(
                max(segment.start, verdict.start), min(segment.end, verdict.end), segment.presence, segment.probability
            )
            for segment in self._segments()
            if segment.start < verdict.end and verdict.start < segment.end
        )
        yield from spans(engine_spans(clipped, state.posture, state.answers), state.timeline)

    def _no_silence(self, at: float) -> NoSilence:
        state = self.monitor.state
        of = state.timeline.of
        for segment in self._segments():
            if segment.start <= at < segment.end:
                before = [verdict for verdict in self._verdicts() if verdict.end <= at]
                last = (of(before[-1].start), of(before[-1].end)) if before else None
                return NoSilence(_kind_of(segment), of(segment.start), of(segment.end), last)
        return NoSilence("unrecorded")


def last_step(turns: Iterable[Row], row: int) -> int:
    """Return the row of the last clock step, after `row`, of the same run, which moves its timestamps; 0 for none."""
    found = 0
    for at, event in turns:
        if at > row and isinstance(event, Started):
            break
        if at > row and isinstance(event, ClockStepped):
            found = at
    return found


def _around(found: Sequence[Verdict], at: float) -> Verdict | None:
    """Return the verdict on that instant, or else next to it, or else the first that begins within the minute."""
    for before, after in ((0.0, 0.0), (TOUCH, TOUCH), (A_MINUTE.total_seconds(), 0.0)):
        for verdict in found:
            if verdict.start - before <= at < verdict.end + after:
                return verdict
    return None


def _kind_of(segment: Segment) -> Literal["input", "unobserved", "empty"]:
    if segment.presence is Presence.UNOBSERVED:
        return "unobserved"
    return "input" if segment.probability == 1.0 else "empty"
