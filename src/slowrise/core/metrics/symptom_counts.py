"""How often symptoms were logged soon after a long sit or a long stand: counts only, without a conclusion.

Lengths are seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from slowrise.core.metrics.summary import SymptomNote
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import Bout, Span, bouts_between

LONG_SIT, LONG_STAND = Policy().sit_firm, Policy().stand_firm
"""A bout is long from the firm prompt of the standard profile on, whichever profile is in force."""
FRESH = timedelta(minutes=30)
"""A symptom that is logged this soon after a bout counts as following it; judgement."""
FEWEST_DAYS = 2
"""With fewer days a count means nothing; judgement."""


class Bouts(NamedTuple):
    """The sits and the stands of one or more days."""

    sits: Sequence[Bout]
    stands: Sequence[Bout]


class Before(NamedTuple):
    """What the user did last before a moment, and for how long: in a bout that went on then, or had just ended."""

    posture: Literal["sitting", "standing"]
    seconds: float


class SymptomDays(NamedTuple):
    """On how many days a symptom was logged, and on how many of these soon after what. One day may be after both."""

    kind: str
    days: int
    after_sit: int
    after_stand: int
    after_neither: int


def bouts_of(spans: Sequence[Span], break_min: float) -> Bouts:
    """Return the sits and stands in these spans of a day."""
    stands = bouts_between(spans, break_min=break_min, state="standing")
    return Bouts(bouts_between(spans, break_min=break_min), stands)


def symptom_days(days: Iterable[tuple[Sequence[SymptomNote], Sequence[Span]]], break_min: float) -> list[SymptomDays]:
    """Count by kind over the days, each given as its notes and spans. Kinds logged on too few days are left out.

    Level 0 means that the symptom was absent, so it is not counted.
    """
    found: dict[str, list[tuple[bool, bool]]] = {}
    for notes, spans in days:
        bouts = bouts_of(spans, break_min)
        for kind in {note.kind for note in notes if note.level}:
            times = [note.at for note in notes if note.kind == kind and note.level]
            sat = any((lasted(at, bouts.sits) or 0.0) >= LONG_SIT for at in times)
            stood = any((lasted(at, bouts.stands) or 0.0) >= LONG_STAND for at in times)
            found.setdefault(kind, []).append((sat, stood))
    return [
        SymptomDays(
            kind,
            len(each),
            sum(sat for sat, _ in each),
            sum(stood for _, stood in each),
            sum(not sat and not stood for sat, stood in each),
        )
        for kind, each in sorted(found.items())
        if len(each) >= FEWEST_DAYS
    ]


def before(at: datetime, bouts: Bouts) -> Before | None:
    """Return what the user did last by then, for a minute at least; None if no sit and no stand had just ended."""
    bouts = Bouts(_begun(at, bouts.sits), _begun(at, bouts.stands))
    sat, stood = lasted(at, bouts.sits), lasted(at, bouts.stands)
    if sat is None or (stood is not None and _last(at, bouts.stands) > _last(at, bouts.sits)):
        return None if stood is None else Before("standing", stood)
    return Before("sitting", sat)


def _begun(at: datetime, bouts: Iterable[Bout]) -> list[Bout]:
    return [bout for bout in bouts if bout.start + timedelta(minutes=1) <= at]


def lasted(at: datetime, bouts: Iterable[Bout]) -> float | None:
    """Return how long a bout had lasted by then, or one that had just ended; None without one."""
    return max((min(bout.seconds, (at - bout.start).total_seconds()) for bout in _recent(at, bouts)), default=None)


def _last(at: datetime, bouts: Iterable[Bout]) -> datetime:
    return max(bout.start for bout in _recent(at, bouts))


def _recent(at: datetime, bouts: Iterable[Bout]) -> list[Bout]:
    return [bout for bout in bouts if bout.start <= at <= bout.end + FRESH]
