"""The chart of the days: one row a day, in local time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import ceil, floor
from operator import itemgetter
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from slowrise.cli.report.model import Report
from slowrise.cli.report.style import COLOURS, Canvas, axes_of
from slowrise.cli.views.timeline import Kind, kind_of
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.model.spans import Span, clip
from slowrise.core.model.units import HOUR, MINUTE
from slowrise.core.prompts.kinds import asks_to_move

KINDS: dict[Kind, tuple[str, str]] = {
    "sitting": ("sitting", "sitting"),
    "doubtful": ("doubtful", "doubtful"),
    "standing": ("standing", "standing"),
    "away": ("away", "away"),
    "unobserved": ("unseen", "not seen"),
}
"""The colour and the name of each kind."""
HATCH = "/////"
CELL = 2 * MINUTE
"""Seconds. Days are drawn in cells of this length: the shortest break that counts."""


def days_height(report: Report) -> float:
    """Return the height of the chart in inches."""
    return 0.7 + 0.17 * max(len(report.records), 3)


def draw_days(canvas: Canvas, report: Report) -> None:
    """Draw one row for each day: its states, its symptoms, and its prompts above them."""
    axes = axes_of(canvas)
    _draw_spans(axes, report)
    _draw_marks(axes, report)
    begin, end = _hours_shown(report.records)
    axes.set_xlim(begin, end)
    axes.set_ylim(len(report.records) - 0.4, -0.6)
    axes.set_yticks(range(len(report.records)), [f"{day:%a} {day.day} {day:%b}" for day in report.dates])
    _clock_ticks(axes, begin, end, most=7)
    _legend(canvas, report)


def _draw_spans(axes: Axes, report: Report) -> None:
    """Draw all spans of one kind as one shape. Thousands of shapes would make the page large and slow."""
    boxes: dict[Kind, list[Path]] = {}
    for row, record in enumerate(report.records):
        top, bottom = row - 0.36, row + 0.36
        for kind, start, end in _runs(_inside(record)):
            corners = [(start, top), (end, top), (end, bottom), (start, bottom), (start, top)]
            boxes.setdefault(kind, []).append(Path(corners, closed=True))
    for kind, paths in boxes.items():
        hatched = kind == "unobserved"
        axes.add_artist(
            PathPatch(
                Path.make_compound_path(*paths),
                facecolor="none" if hatched else COLOURS[KINDS[kind][0]],
                edgecolor=COLOURS["unseen"] if hatched else "none",
                hatch=HATCH if hatched else None,
                linewidth=0,
            )
        )


def _draw_marks(axes: Axes, report: Report) -> None:
    prompts: list[tuple[float, float]] = []
    symptoms: list[tuple[float, float]] = []
    for row, record in enumerate(report.records):
        shown = (prompt.shown_at for prompt in record.prompts if asks_to_move(prompt.kind))
        prompts += [(_clock(label, record.summary.day), row - 0.47) for label in shown]
        symptoms += [(_clock(note.at, record.summary.day), row) for note in record.summary.symptoms]
    for points, marker, size, edge in ((prompts, "v", 2.6, 0.0), (symptoms, "P", 6.0, 0.7)):
        if points:
            axes.plot(
                *zip(*points, strict=True),
                marker=marker,
                markersize=size,
                linestyle="none",
                color=COLOURS["ink"],
                markeredgecolor=COLOURS["page"],
                markeredgewidth=edge,
            )


def _inside(record: DayRecord) -> Sequence[Span]:
    """The spans from the first observed moment to the last."""
    day = record.summary
    return () if day.begin is None or day.end is None else clip(record.spans, day.begin, day.end)


def _runs(spans: Sequence[Span]) -> list[tuple[Kind, float, float]]:
    """The kinds of a day with their first and last hour. Each cell has the kind that took most of it."""
    cells: dict[int, dict[Kind, float]] = {}
    for span in spans:
        kind, day = kind_of(span), spans[0].start.date()
        at = _clock(span.start, day) * HOUR
        end = at + span.seconds
        while at < end:
            cell = int(at // CELL)
            until = min(end, (cell + 1) * CELL)
            shares = cells.setdefault(cell, {})
            shares[kind] = shares.get(kind, 0.0) + until - at
            at = until
    runs: list[tuple[Kind, float, float]] = []
    for cell, shares in sorted(cells.items()):
        kind = max(shares.items(), key=itemgetter(1))[0]
        start, end = cell * CELL / HOUR, (cell + 1) * CELL / HOUR
        if runs and runs[-1][0] == kind and runs[-1][2] == start:
            runs[-1] = (kind, runs[-1][1], end)
        else:
            runs.append((kind, start, end))
    return runs


def _clock(label: datetime, day: date) -> float:
    """Hours since midnight of that day on a clock on the wall."""
    return (label.replace(tzinfo=None) - datetime.combine(day, time())) / timedelta(hours=1)


def _hours_shown(records: Sequence[DayRecord]) -> tuple[float, float]:
    """From the first full hour with an observation or a symptom to the last."""
    edges = [
        _clock(label, record.summary.day)
        for record in records
        for label in (record.summary.begin, record.summary.end, *(note.at for note in record.summary.symptoms))
        if label is not None
    ]
    return float(floor(min(edges, default=8.0))), float(ceil(max(edges, default=18.0)))


def _clock_ticks(axes: Axes, begin: float, end: float, *, most: int) -> None:
    step = 1 if end - begin <= most else 2 if end - begin <= 2 * most else 4
    ticks = range(int(-(-begin // step) * step), int(end) + 1, step)
    axes.set_xticks(ticks, [f"{hour % 24:02}:00" for hour in ticks])
    axes.grid(axis="x", color=COLOURS["line"], linewidth=0.6)
    axes.spines[["left", "bottom"]].set_visible(False)


def _legend(canvas: Canvas, report: Report) -> None:
    shown = {kind_of(span) for record in report.seen for span in _inside(record)}
    handles: list[Any] = [
        Patch(
            facecolor="none" if kind == "unobserved" else COLOURS[KINDS[kind][0]],
            edgecolor=COLOURS["unseen"] if kind in ("unobserved", "away") else "none",
            hatch=HATCH if kind == "unobserved" else None,
            linewidth=0.5,
            label=name,
        )
        for kind, (_, name) in KINDS.items()
        if kind in shown
    ]
    if any(asks_to_move(prompt.kind) for record in report.records for prompt in record.prompts):
        handles.append(
            Line2D([], [], marker="v", markersize=4, linestyle="none", color=COLOURS["ink"], label="reminder")
        )
    if report.symptoms:
        handles.append(
            Line2D([], [], marker="P", markersize=6, linestyle="none", color=COLOURS["ink"], label="symptom")
        )
    if handles:
        canvas.legend(
            handles=handles,
            loc="outside upper left",
            ncols=4,
            frameon=False,
            handlelength=1.4,
            columnspacing=1.2,
            borderaxespad=0.1,
        )
