"""A day as rows of cells of equal length, each of one kind: the picture before it is painted. No output here.

As many hours go into a row as still leave a cell of five minutes at most, so that a short break can be seen; a row
holds whole hours. A cell shows what took most of what was watched of it; sitting and absence that share one are *part*.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Literal, NamedTuple

from slowrise.core.metrics.day_record import ShownPrompt
from slowrise.core.metrics.summary import SymptomNote
from slowrise.core.model.spans import Span
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import asks_to_move

Kind = Literal["sitting", "part", "standing", "away", "unobserved", "doubtful", "outside"]
MarkKind = Literal["prompt", "symptom"]

SURE_FROM = 0.75
"""A judgement less sure is shown as doubtful; judgement: wrong more often than one time in four."""
CELLS_AN_HOUR = 12
HOURS_A_ROW = (24, 12, 8, 6, 4, 3, 2, 1)
PART_FROM = 0.25


class Mark(NamedTuple):
    """Something at an instant of the day."""

    at: datetime
    kind: MarkKind


def marks_of(prompts: Iterable[Prompt | ShownPrompt], symptoms: Iterable[SymptomNote]) -> list[Mark]:
    """What is marked on a day: the prompts that ask to move, which are those that are counted, and the symptoms."""
    asked = [Mark(prompt.shown_at, "prompt") for prompt in prompts if asks_to_move(prompt.kind)]
    return asked + [Mark(note.at, "symptom") for note in symptoms]


class Row(NamedTuple):
    """Some hours of the day: `hours` is the ruler above the cells, `marks` are the kinds by cell."""

    hours: str
    cells: tuple[Kind, ...]
    marks: dict[int, MarkKind]


def rows(spans: Sequence[Span], columns: int, marks: Iterable[Mark] = ()) -> list[Row]:
    """The rows of the day these spans are, in order and without hole; none for no spans.

    They begin earlier and end later where a symptom was noted outside of the spans: it is the user's own word.
    """
    if not spans:
        return []
    marks = sorted(marks, key=_symptom_last)
    noted = [mark.at for mark in marks if mark.kind == "symptom"]
    hours = next((hours for hours in HOURS_A_ROW if columns // hours >= CELLS_AN_HOUR), 1)
    an_hour = max(1, columns // hours)
    begin = min([spans[0].start, *noted]).replace(minute=0, second=0, microsecond=0)
    cells = _cells(spans, begin, an_hour)
    placed = {floor(_place(mark.at, begin, an_hour)): mark.kind for mark in marks}
    last = max((floor(_place(at, begin, an_hour)) for at in noted), default=-1)
    cells += ["outside"] * (last + 1 - len(cells))
    width = hours * an_hour
    return [
        Row(
            hours=_ruler(spans, begin, row // an_hour, ceil(len(cells[row : row + width]) / an_hour), an_hour),
            cells=tuple(cells[row : row + width]),
            marks={
                cell - row: kind for cell, kind in sorted(placed.items()) if row <= cell < min(row + width, len(cells))
            },
        )
        for row in range(0, len(cells), width)
    ]


def kind_of(span: Span) -> Kind:
    """What the span is shown as where it fills a cell."""
    return "doubtful" if span.confidence < SURE_FROM else span.state


def _cells(spans: Sequence[Span], begin: datetime, an_hour: int) -> list[Kind]:
    held: list[defaultdict[Kind, float]] = [
        defaultdict(float) for _ in range(ceil(_place(spans[-1].end, begin, an_hour)))
    ]
    for span in spans:
        start, end = _place(span.start, begin, an_hour), _place(span.end, begin, an_hour)
        for cell in range(floor(start), ceil(end)):
            held[cell][kind_of(span)] += min(end, cell + 1) - max(start, cell)
    return [_kind_of(cell) for cell in held]


def _kind_of(held: dict[Kind, float]) -> Kind:
    if not held:
        return "outside"
    whole = sum(held.values())
    most = max(held, key=lambda kind: held[kind])
    shared = most in ("sitting", "away") and PART_FROM <= held.get("sitting", 0.0) / whole < 1 - PART_FROM
    return "part" if shared else most


def _ruler(spans: Sequence[Span], begin: datetime, first: int, hours: int, an_hour: int) -> str:
    return "".join(
        _clock(spans, begin + timedelta(hours=first + hour)).ljust(an_hour)[:an_hour] for hour in range(hours)
    )


def _clock(spans: Sequence[Span], at: datetime) -> str:
    """By the offset of the span it lies in: on a day when clocks change, an hour is missing or comes twice."""
    around = next((span for span in spans if at < span.end), spans[-1])
    return f"{at.astimezone(around.start.tzinfo):%H:%M}"


def _place(at: datetime, begin: datetime, an_hour: int) -> float:
    """In cells after `begin`; where a cell begins it is a whole number, and not almost one."""
    return (at - begin) * an_hour / timedelta(hours=1)


def _symptom_last(mark: Mark) -> tuple[bool, datetime]:
    """Of two marks in a cell the symptom is shown."""
    return mark.kind == "symptom", mark.at
