"""Symptoms beside the sits before them: counted, and nothing made of it. Lengths are seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from slowrise.core.metrics.summary import SymptomNote
from slowrise.core.model.spans import Bout, Span, bouts_between
from slowrise.core.model.units import MINUTE

LONG_SIT = 50 * MINUTE
"""The least of a long sit: where the firm prompt of the standard profile comes."""
FRESH = timedelta(minutes=30)
"""A symptom logged so soon after a sit is beside it; judgement."""
FEWEST_DAYS = 2
"""With fewer days there is nothing to count; judgement."""


class SymptomAfterSits(NamedTuple):
    """On how many of the days with that symptom it was logged in or soon after a long sit."""

    kind: str
    days: int
    of: int


def symptoms_after_long_sits(
    days: Iterable[tuple[Sequence[SymptomNote], Sequence[Span]]], break_min: float
) -> list[SymptomAfterSits]:
    """What was noted on these days, each with its spans: by kind, those that were noted on enough days."""
    noted: dict[str, int] = {}
    after: dict[str, int] = {}
    for notes, spans in days:
        bouts = bouts_between(spans, break_min=break_min)
        for kind in {note.kind for note in notes if note.level}:
            noted[kind] = noted.get(kind, 0) + 1
            is_after = any(_follows(note, bouts) for note in notes if note.kind == kind and note.level)
            after[kind] = after.get(kind, 0) + is_after
    return [SymptomAfterSits(kind, after[kind], of) for kind, of in sorted(noted.items()) if of >= FEWEST_DAYS]


def _follows(note: SymptomNote, bouts: Sequence[Bout]) -> bool:
    """Whether the note came when a sit had been long already, or soon after it."""
    for bout in bouts:
        sat = min(bout.seconds, (note.at - bout.start).total_seconds())
        if bout.start <= note.at <= bout.end + FRESH and sat >= LONG_SIT:
            return True
    return False
