"""A day as rows of cells: the data behind the timeline on a terminal.

A row has as many whole hours as fit with cells of at most five minutes, so that short breaks stay visible. A cell has
the state that took most of it; one that sitting and absence share is *part*.
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
MarkKind = Literal["prompt", "followed", "later", "symptom"]
"""A prompt without an answer, one that was followed, one that was put off, and a symptom."""

SURE_FROM = 0.75
"""Spans with a lower confidence are shown as doubtful. Judgement: they are wrong more than one time in four."""
CELLS_AN_HOUR = 12
HOURS_A_ROW = (24, 12, 8, 6, 4, 3, 2, 1)
PART_FROM = 0.25
"""Share of sitting from which on a cell that is mostly away is *part*, and the other way round. Judgement."""


class Mark(NamedTuple):
    """A prompt or a symptom at its time."""

    at: datetime
    kind: MarkKind


def marks_of(prompts: Iterable[Prompt | ShownPrompt], symptoms: Iterable[SymptomNote]) -> list[Mark]:
    """Return the marks of a day: its symptoms above level 0, and its prompts to stand up or sit down."""
    shown = [Mark(prompt.shown_at, prompt.answer or "prompt") for prompt in prompts if asks_to_move(prompt.kind)]
    return shown + [Mark(note.at, "symptom") for note in symptoms if note.level]


class Row(NamedTuple):
    """Some hours of a day: the ruler above the cells, the cells, and the marks by the index of their cell."""

    hours: str
    cells: tuple[Kind, ...]
    marks: dict[int, MarkKind]


def rows(spans: Sequence[Span], columns: int, marks: Iterable[Mark] = ()) -> list[Row]:
    """Return the rows of a day, or none without spans. `spans`: in order and without gaps.

    A symptom before or after the spans makes the day longer, so that it is always visible.
    """
    if not spans:
        return []
    marks = sorted(marks, key=_symptom_last)
    symptoms = [mark.at for mark in marks if mark.kind == "symptom"]
    hours = next((hours for hours in HOURS_A_ROW if columns // hours >= CELLS_AN_HOUR), 1)
    an_hour = max(1, columns // hours)
    begin = min([spans[0].start, *symptoms]).replace(minute=0, second=0, microsecond=0)
    cells = _cells(spans, begin, an_hour)
    by_cell = {floor(_place(mark.at, begin, an_hour)): mark.kind for mark in marks}
    last = max((floor(_place(at, begin, an_hour)) for at in symptoms), default=-1)
    cells += ["outside"] * (last + 1 - len(cells))
    width = hours * an_hour
    return [
        Row(
            hours=_ruler(spans, begin, row // an_hour, ceil(len(cells[row : row + width]) / an_hour), an_hour),
            cells=tuple(cells[row : row + width]),
            marks={
                cell - row: kind for cell, kind in sorted(by_cell.items()) if row <= cell < min(row + width, len(cells))
            },
        )
        for row in range(0, len(cells), width)
    ]


def kind_of(span: Span) -> Kind:
    """Return the kind of a cell that the span fills."""
    return "doubtful" if span.confidence < SURE_FROM else span.state


def _cells(spans: Sequence[Span], begin: datetime, an_hour: int) -> list[Kind]:
    shares: list[defaultdict[Kind, float]] = [
        defaultdict(float) for _ in range(ceil(_place(spans[-1].end, begin, an_hour)))
    ]
    for span in spans:
        start, end = _place(span.start, begin, an_hour), _place(span.end, begin, an_hour)
        for cell in range(floor(start), ceil(end)):
            shares[cell][kind_of(span)] += min(end, cell + 1) - max(start, cell)
    return [_kind_of(cell) for cell in shares]


def _kind_of(shares: dict[Kind, float]) -> Kind:
    if not shares:
        return "outside"
    most = max(shares, key=lambda kind: shares[kind])
    sitting = shares.get("sitting", 0.0) / sum(shares.values())
    is_part = most in ("sitting", "away") and PART_FROM <= sitting < 1 - PART_FROM
    return "part" if is_part else most


def _ruler(spans: Sequence[Span], begin: datetime, first: int, hours: int, an_hour: int) -> str:
    return "".join(
        _clock(spans, begin + timedelta(hours=first + hour)).ljust(an_hour)[:an_hour] for hour in range(hours)
    )


def _clock(spans: Sequence[Span], at: datetime) -> str:
    """The time of day with the UTC offset of its span: when clocks change, an hour is missing or comes twice."""
    around = next((span for span in spans if at < span.end), spans[-1])
    return f"{at.astimezone(around.start.tzinfo):%H:%M}"


def _place(at: datetime, begin: datetime, an_hour: int) -> float:
    """The number of cells since `begin`. A timedelta division is exact where a cell begins; floats would not be."""
    return (at - begin) * an_hour / timedelta(hours=1)


def _symptom_last(mark: Mark) -> tuple[bool, datetime]:
    """Sort key: of two marks in a cell, the later one in this order is shown."""
    return mark.kind == "symptom", mark.at
