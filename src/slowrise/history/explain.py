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
from slowrise.core.presence.doubts import Doubt, doubts
from slowrise.core.presence.evidence import Weighed, weigh
from slowrise.core.presence.judge import settled_until, unsettled, verdicts
from slowrise.core.presence.overlay import Answer, laid_over, spans, stretches
from slowrise.core.presence.segments import Piece, Presence
from slowrise.core.presence.verdict import Verdict
from slowrise.history.monitor import Story

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


class Otherwise(NamedTuple):
    """A time at which there was no silence to judge."""

    what: Literal["input", "unobserved", "empty", "unrecorded"]
    """`empty`: watched, with no input between it and the begin or the end of a run."""
    start: datetime | None = None
    end: datetime | None = None
    before: tuple[datetime, datetime] | None = None
    """The last silence before it that was judged."""


class Telling:
    """A story told again by somebody who wants to know why; it must have begun before what is asked about."""

    def __init__(self, story: Story, events: Iterator[Row]) -> None:
        self.story = story
        self.row = 0
        """The last one told."""
        self._events = events
        story.rules.sitting.verdicts = []

    def tell_past(self, label: datetime, row: int = 0) -> bool:
        """Tell until the minute from that label on is judged for good, and that row is told; False if that is to come.

        What happened after it cannot change the evidence any more, only the record.
        """
        sitting = self.story.rules.sitting
        while self.row < row or not sitting.labels.starts or self._at(label + A_MINUTE) >= settled_until(sitting):
            if (told := next(self._events, None)) is None:
                return False
            self.row = told[0]
            self.story.tell(told[1])
        return True

    def tell_all(self) -> None:
        """Tell to the end."""
        for row, event in self._events:
            self.row = row
            self.story.tell(event)

    def correct(self, turns: Iterable[Row]) -> None:
        """Lay over the record what the user answered later."""
        rules = self.story.rules
        for row, event in turns:
            if row > self.row and isinstance(event, Answered):
                answer = Answer(self._at(event.from_), self._at(event.to), event.was)
                rules.answers = laid_over(rules.answers, answer)

    def _at(self, label: datetime) -> float:
        return self.story.rules.labels.find(label)

    # -- what is found ----------------------------------------------------------------------------------------------

    def at(self, label: datetime) -> Explained | Otherwise:
        """What there is to say of that time."""
        at = self._at(label)
        verdict = _around(self._verdicts(), at)
        return self._otherwise(at) if verdict is None else self._explained(verdict)

    def latest(self) -> Explained | None:
        """The latest silence that stays in doubt and is long enough to change a bout, or else the latest of all."""
        judged = [verdict for verdict in self._verdicts() if verdict.is_final]
        in_doubt = list(doubts(self._judged(), shortest=self.story.rules.policy.break_min))
        if in_doubt:
            judged = [verdict for verdict in judged if _lies_in(verdict, in_doubt[-1])] or judged
        return self._explained(judged[-1]) if judged else None

    def _judged(self) -> Sequence[Piece]:
        return [*self.story.rules.pieces, *self.story.rules.sitting.pieces]

    def _verdicts(self) -> list[Verdict]:
        sitting = self.story.rules.sitting
        return [*(sitting.verdicts or ()), *verdicts(sitting, sitting.now)]

    def _explained(self, verdict: Verdict) -> Explained:
        rules = self.story.rules
        of, sitting = rules.labels.of, rules.sitting
        said = (answer for answer in rules.answers if answer.start < verdict.end and verdict.start < answer.end)
        return Explained(
            start=of(verdict.start),
            end=of(verdict.end),
            judged=of(verdict.at),
            verdict=verdict,
            weighed=weigh(verdict.silence, sitting.table, verdict.lean),
            said=tuple(Said(of(answer.start), of(answer.end), answer.was) for answer in said),
            record=tuple(self._record(verdict)),
        )

    def _record(self, verdict: Verdict) -> Iterator[Span]:
        rules = self.story.rules
        pieces = chain(self._judged(), unsettled(rules.sitting, rules.sitting.now))
        clipped = (
            Piece(max(piece.start, verdict.start), min(piece.end, verdict.end), piece.presence, piece.p)
            for piece in pieces
            if piece.start < verdict.end and verdict.start < piece.end
        )
        yield from spans(stretches(clipped, rules.posture, rules.answers), rules.labels)

    def _otherwise(self, at: float) -> Otherwise:
        rules = self.story.rules
        of, sitting = rules.labels.of, rules.sitting
        for piece in chain(self._judged(), unsettled(sitting, sitting.now)):
            if piece.start <= at < piece.end:
                before = [verdict for verdict in self._verdicts() if verdict.end <= at]
                last = (of(before[-1].start), of(before[-1].end)) if before else None
                return Otherwise(_what(piece), of(piece.start), of(piece.end), last)
        return Otherwise("unrecorded")


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


def _what(piece: Piece) -> Literal["input", "unobserved", "empty"]:
    if piece.presence is Presence.UNOBSERVED:
        return "unobserved"
    return "input" if piece.p == 1.0 else "empty"
