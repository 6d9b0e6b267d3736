"""The trend chart: sitting of each day with its range and the budget, then observed hours, then symptoms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from slowrise.cli.report.model import Report
from slowrise.cli.report.style import COLOURS, DASHES, Canvas, draw_grid, label_line, without_ticks
from slowrise.cli.views.i18n import _, units
from slowrise.cli.views.sentences import short_date, symptom_name
from slowrise.core.metrics.summary import Summary
from slowrise.core.model.time_text import format_seconds
from slowrise.core.model.units import HOUR

MARKERS = "oDsv^P"
HATCH = "//////"

Placed = Sequence[tuple[int, Summary]]


def trend_height(report: Report) -> float:
    """Return the height of the chart in inches."""
    return 3.7 if report.symptoms else 2.9


def draw_trend(canvas: Canvas, report: Report) -> None:
    """Draw the panels: sitting with its range and the budget, observed hours, and symptoms if there are any."""
    ratios = [3.2, 0.8, 1.3] if report.symptoms else [3.2, 0.8]
    panels: Sequence[Axes] = canvas.subplots(len(ratios), 1, sharex=True, height_ratios=ratios)
    seen = [(place, day) for place, day in enumerate(report.summaries) if day.observed_seconds > 0]
    _draw_sitting(panels[0], seen, report)
    _draw_coverage(panels[1], seen)
    if report.symptoms:
        _draw_symptoms(panels[2], report)
    for panel in panels:
        draw_grid(without_ticks(panel), "y")
    _date_ticks(panels[-1], report, most=6)


def _draw_sitting(axes: Axes, seen: Placed, report: Report) -> None:
    places = [place for place, _day in seen]
    low, middle, high = (
        [getattr(day, name) / HOUR for _place, day in seen] for name in ("low", "sitting_seconds", "high")
    )
    axes.vlines(places, low, high, color=COLOURS["doubtful"], linewidth=4.5, capstyle="round")
    axes.plot(places, middle, marker="o", markersize=4, color=COLOURS["sitting"], linestyle="none")
    budget = report.policy.day_budget / HOUR
    axes.axhline(budget, color=COLOURS["faint"], linewidth=1, linestyle=DASHES)
    top = max([budget, *high])
    axes.set_ylim(0, top * 1.12 + 0.2)
    label_line(axes, _("limit\n{length}").format(length=format_seconds(report.policy.day_budget, units())), budget)
    axes.set_ylabel(_("sitting, h"))


def _draw_coverage(axes: Axes, seen: Placed) -> None:
    places = [place for place, _day in seen]
    observed = [day.observed_seconds / HOUR for _place, day in seen]
    unobserved = [day.unobserved_seconds / HOUR for _place, day in seen]
    edge: dict[str, Any] = {"width": 0.7, "edgecolor": COLOURS["unseen"], "linewidth": 0.5}
    axes.bar(places, observed, color=COLOURS["away"], **edge)
    axes.bar(places, unobserved, bottom=observed, color="none", hatch=HATCH, **edge)
    axes.set_ylabel(_("recorded, h"))


def _draw_symptoms(axes: Axes, report: Report) -> None:
    places = {record.summary.day: place for place, record in enumerate(report.records)}
    kinds: dict[str, list[tuple[int, int]]] = {}
    for record in report.records:
        for note in record.summary.symptoms:
            kinds.setdefault(symptom_name(note), []).append((places[record.summary.day], note.level))
    for marker, (name, notes) in zip(MARKERS * len(kinds), kinds.items(), strict=False):
        axes.plot(
            [place for place, _level in notes],
            [level for _place, level in notes],
            marker=marker,
            markersize=5,
            linestyle="none",
            color=COLOURS["ink"],
            markerfacecolor="none",
            label=name,
        )
    axes.set_ylim(-0.8, 10.8)
    axes.set_yticks([0, 5, 10])
    axes.set_ylabel(_("symptom\n0 to 10"))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.35), ncols=2, frameon=False, fontsize=8, handletextpad=0.2)


def _date_ticks(axes: Axes, report: Report, *, most: int) -> None:
    days = len(report.records)
    step = next((step for step in (1, 2, 7, 14, 28, 56, 112) if days / step <= most), max(1, days // most))
    ticks = range(days)[::-step][::-1]
    axes.set_xticks(ticks, [short_date(report.dates[tick]) for tick in ticks])
    axes.set_xlim(-0.8, days - 0.2)
