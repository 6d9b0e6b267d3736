"""The trend of the report: sitting of each day with its range and the budget; below it coverage and symptoms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slowrise.cli.report.model import Report
from slowrise.cli.report.style import COLOURS, DASHES, at_end, is_narrow, quiet, ruled
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.units import HOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from slowrise.cli.report.style import Canvas

MARKERS = "oDsv^P"
HATCH = "//////"

Placed = Sequence[tuple[int, Summary]]


def trend_height(report: Report) -> float:
    """Inches."""
    return 3.7 if report.symptoms else 2.9


def draw_trend(canvas: Canvas, report: Report) -> None:
    """Sitting of each day with its range and the budget; below it what was seen, and the symptoms."""
    ratios = [3.2, 0.8, 1.3] if report.symptoms else [3.2, 0.8]
    panels: Sequence[Axes] = canvas.subplots(len(ratios), 1, sharex=True, height_ratios=ratios)
    seen = [(place, day) for place, day in enumerate(report.summaries) if day.observed_seconds > 0]
    _draw_sitting(panels[0], seen, report)
    _draw_coverage(panels[1], seen)
    if report.symptoms:
        _draw_symptoms(panels[2], report)
    for panel in panels:
        ruled(quiet(panel), "y")
    _date_ticks(panels[-1], report, room=5 if is_narrow(canvas) else 11)


def _draw_sitting(axes: Axes, seen: Placed, report: Report) -> None:
    paths = [place for place, _ in seen]
    low, middle, high = ([getattr(day, name) / HOUR for _, day in seen] for name in ("low", "sitting_seconds", "high"))
    axes.vlines(paths, low, high, color=COLOURS["doubtful"], linewidth=4.5, capstyle="round")
    axes.plot(paths, middle, marker="o", markersize=4, color=COLOURS["sitting"], linestyle="none")
    budget = report.policy.day_budget / HOUR
    axes.axhline(budget, color=COLOURS["faint"], linewidth=1, linestyle=DASHES)
    top = max([budget, *high])
    axes.set_ylim(0, top * 1.12 + 0.2)
    at_end(axes, f"budget\n{budget:g} h", budget)
    axes.set_ylabel("sitting, h")


def _draw_coverage(axes: Axes, seen: Placed) -> None:
    paths = [place for place, _ in seen]
    observed = [day.observed_seconds / HOUR for _, day in seen]
    unobserved = [day.unobserved_seconds / HOUR for _, day in seen]
    edge: dict[str, Any] = {"width": 0.7, "edgecolor": COLOURS["unseen"], "linewidth": 0.5}
    axes.bar(paths, observed, color=COLOURS["away"], **edge)
    axes.bar(paths, unobserved, bottom=observed, color="none", hatch=HATCH, **edge)
    axes.set_ylabel("seen, h")


def _draw_symptoms(axes: Axes, report: Report) -> None:
    paths = {record.summary.day: place for place, record in enumerate(report.records)}
    kinds: dict[str, list[tuple[int, int]]] = {}
    for record in report.records:
        for note in record.summary.symptoms:
            name = f"{note.kind.replace('-', ' ')} {note.side}"
            kinds.setdefault(name, []).append((paths[record.summary.day], note.level))
    for marker, (name, notes) in zip(MARKERS * len(kinds), kinds.items(), strict=False):
        axes.plot(
            [place for place, _ in notes],
            [level for _, level in notes],
            marker=marker,
            markersize=5,
            linestyle="none",
            color=COLOURS["ink"],
            markerfacecolor="none",
            label=name,
        )
    axes.set_ylim(-0.8, 10.8)
    axes.set_yticks([0, 5, 10])
    axes.set_ylabel("symptom\n0 to 10")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.35), ncols=2, frameon=False, fontsize=8, handletextpad=0.2)


def _date_ticks(axes: Axes, report: Report, *, room: int) -> None:
    days = len(report.records)
    step = next((step for step in (1, 2, 7, 14, 28, 56, 112) if days / step <= room), max(1, days // room))
    ticks = range(days)[::-step][::-1]
    axes.set_xticks(ticks, [f"{report.dates[tick].day} {report.dates[tick]:%b}" for tick in ticks])
    axes.set_xlim(-0.8, days - 0.2)
