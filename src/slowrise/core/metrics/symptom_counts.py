"""How often symptoms were logged soon after long sits: counts only, without a conclusion. Lengths are seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from slowrise.core.metrics.summary import SymptomNote
from slowrise.core.model.policy import Policy
from slowrise.core.model.spans import Bout, Span, bouts_between

LONG_SIT = Policy().sit_firm
"""A sit is long from the firm prompt of the standard profile on, whichever profile is in force."""
FRESH = timedelta(minutes=30)
"""A symptom that is logged this soon after a sit counts as following it; judgement."""
FEWEST_DAYS = 2
"""With fewer days a count means nothing; judgement."""


class SymptomAfterSits(NamedTuple):
    """A symptom was logged on `of` days, and on `days` of them during or soon after a long sit."""

    kind: str
    days: int
    of: int


def symptoms_after_long_sits(
    days: Iterable[tuple[Sequence[SymptomNote], Sequence[Span]]], break_min: float
) -> list[SymptomAfterSits]:
    """Count by kind over the days, each given as its notes and spans. Kinds logged on too few days are left out."""
    noted: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for notes, spans in days:
        bouts = bouts_between(spans, break_min=break_min)
        for kind in {note.kind for note in notes if note.level}:
            noted[kind] += 1
            after[kind] += any(_follows(note, bouts) for note in notes if note.kind == kind and note.level)
    return [SymptomAfterSits(kind, after[kind], of) for kind, of in sorted(noted.items()) if of >= FEWEST_DAYS]


def _follows(note: SymptomNote, bouts: Sequence[Bout]) -> bool:
    """Whether the note was logged during a sit that was already long, or soon after one."""
    return (sat_before(note.at, bouts) or 0.0) >= LONG_SIT


def sat_before(at: datetime, bouts: Iterable[Bout]) -> float | None:
    """Return how long the user had sat by then, or in a sit that had just ended; None if they had not."""
    sits = [
        min(bout.seconds, (at - bout.start).total_seconds()) for bout in bouts if bout.start <= at <= bout.end + FRESH
    ]
    return max(sits, default=None)
