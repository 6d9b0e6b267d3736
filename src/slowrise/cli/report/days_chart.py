"""The chart of the days: one row a day, in local time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import ceil, floor
from operator import itemgetter
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from slowrise.cli.report.model import Report
from slowrise.cli.report.style import COLOURS, Canvas, axes_of
from slowrise.cli.views.i18n import _
from slowrise.cli.views.sentences import short_day_name
from slowrise.cli.views.timeline import Kind, Mark, MarkKind, kind_of, marks_of
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.model.spans import Span, clip
from slowrise.core.model.units import HOUR, MINUTE

KINDS: dict[Kind, str] = {
    "sitting": "sitting",
    "doubtful": "doubtful",
    "standing": "standing",
    "away": "away",
    "unobserved": "unseen",
}
"""The colour of each kind."""
HATCHES: dict[Kind, str] = {"unobserved": "/////", "standing": "xxxxx"}
"""Kinds that have a pattern too, because on grey paper their colours are alike."""


class Look(NamedTuple):
    """How a mark is drawn: its shape, size, whether it is filled, and how far above the row it stands."""

    shape: str
    size: float
    filled: bool = True
    above: float = 0.0


MARKS: dict[MarkKind, Look] = {
    "prompt": Look("v", 3.0, filled=False, above=0.47),
    "followed": Look("v", 3.0, above=0.47),
    "later": Look(">", 3.0, filled=False, above=0.47),
    "symptom": Look("P", 6.0),
}
FLARE_UP = "D"
CELL = 2 * MINUTE
"""Seconds. Days are drawn in cells of this length: the shortest break that counts."""


def days_height(report: Report) -> float:
    """Return the height of the chart in inches."""
    return 1.0 + 0.17 * max(len(report.records), 3)


def draw_days(canvas: Canvas, report: Report) -> None:
    """Draw one row for each day: its states, its symptoms, and its prompts above them."""
    axes = axes_of(canvas)
    _draw_spans(axes, report)
    _draw_marks(axes, report)
    begin, end = _hours_shown(report.records)
    axes.set_xlim(begin, end)
    axes.set_ylim(len(report.records) - 0.4, -0.6)
    axes.set_yticks(range(len(report.records)), [" ".join(short_day_name(day).split()) for day in report.dates])
    _draw_flare_ups(axes, report, begin)
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
        is_hole = kind == "unobserved"
        axes.add_artist(
            PathPatch(
                Path.make_compound_path(*paths),
                facecolor="none" if is_hole else COLOURS[KINDS[kind]],
                edgecolor=_edge(kind),
                hatch=HATCHES.get(kind),
                linewidth=0,
            )
        )


def _edge(kind: Kind) -> str:
    """The colour of the pattern of a kind."""
    return COLOURS["unseen"] if kind == "unobserved" else COLOURS["ink"] if kind in HATCHES else "none"


def _draw_marks(axes: Axes, report: Report) -> None:
    places: dict[MarkKind, list[tuple[float, float]]] = {}
    for row, record in enumerate(report.records):
        for mark in _marks(record):
            at = _clock(mark.at, record.summary.day), row - MARKS[mark.kind].above
            places.setdefault(mark.kind, []).append(at)
    for kind, points in places.items():
        axes.plot(*zip(*points, strict=True), **_look(kind))


def _marks(record: DayRecord) -> list[Mark]:
    return marks_of(record.prompts, record.summary.symptoms)


def _look(kind: MarkKind) -> dict[str, Any]:
    look = MARKS[kind]
    over_the_row = not look.above
    return {
        "marker": look.shape,
        "markersize": look.size,
        "linestyle": "none",
        "color": COLOURS["ink"],
        "markerfacecolor": COLOURS["ink"] if look.filled else "none",
        "markeredgecolor": COLOURS["page"] if over_the_row else COLOURS["ink"],
        "markeredgewidth": 0.7 if over_the_row else 0.5,
    }


def _draw_flare_ups(axes: Axes, report: Report, begin: float) -> None:
    """Mark the days of flare-ups at the left of their rows."""
    rows = [row for row, record in enumerate(report.records) if record.summary.flare_up]
    if rows:
        axes.plot(
            *([begin - 0.012 * (axes.get_xlim()[1] - begin)] * len(rows), rows),
            marker=FLARE_UP,
            markersize=3.5,
            linestyle="none",
            color=COLOURS["ink"],
            clip_on=False,
        )
        axes.tick_params(axis="y", pad=9)


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
        for label in (
            record.summary.begin,
            record.summary.end,
            *(note.at for note in record.summary.symptoms if note.level),
        )
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
    marked = {mark.kind for record in report.records for mark in _marks(record)}
    handles: list[Any] = [
        Patch(
            facecolor="none" if kind == "unobserved" else COLOURS[colour],
            edgecolor=COLOURS["unseen"] if kind == "away" else _edge(kind),
            hatch=HATCHES.get(kind),
            linewidth=0.5,
            label=_kind_name(kind),
        )
        for kind, colour in KINDS.items()
        if kind in shown
    ]
    handles += [Line2D([], [], label=_mark_name(kind), **_look(kind)) for kind in MARKS if kind in marked]
    if report.together.flare_ups:
        line: dict[str, Any] = {"marker": FLARE_UP, "markersize": 3.5, "linestyle": "none", "color": COLOURS["ink"]}
        handles.append(Line2D([], [], label=_("flare-up"), **line))
    if handles:
        canvas.legend(
            handles=handles,
            loc="outside upper left",
            ncols=2,
            frameon=False,
            handlelength=1.4,
            columnspacing=1.2,
            borderaxespad=0.1,
        )


def _kind_name(kind: Kind) -> str:
    names: dict[Kind, str] = {
        "sitting": _("sitting"),
        "doubtful": _("sitting or away"),
        "standing": _("standing"),
        "away": _("away"),
        "unobserved": _("not recorded"),
    }
    return names[kind]


def _mark_name(kind: MarkKind) -> str:
    names: dict[MarkKind, str] = {
        "prompt": _("reminder"),
        "followed": _("reminder, followed"),
        "later": _("reminder, put off"),
        "symptom": _("symptom"),
    }
    return names[kind]
