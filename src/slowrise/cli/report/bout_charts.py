"""The heat map of the week, and the bar charts: lengths of sits, and responses to prompts."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.ticker import MaxNLocator

from slowrise.cli.report.model import Report
from slowrise.cli.report.style import COLOURS, DASHES, Canvas, axes_of, draw_grid, label_line, label_point
from slowrise.cli.report.tables import bin_name, response_counts
from slowrise.cli.views.i18n import _
from slowrise.cli.views.sentences import short_weekdays
from slowrise.core.model.units import HOUR

DARK = 0.55
"""Share of sitting from which on a number is light, because the blue behind it is dark."""


def week_height(report: Report) -> float:
    """Return the height of the map in inches."""
    return 0.65 + 0.25 * max(len(_weekdays(report)), 1)


def _weekdays(report: Report) -> list[int]:
    """The weekdays of which something is known."""
    return sorted({cell.weekday for cell in report.hours if cell.share is not None})


def draw_week(canvas: Canvas, report: Report) -> None:
    """Draw weekday by hour: the share of sitting in the observed time, as a colour and in per cent."""
    axes = axes_of(canvas)
    weekdays = _weekdays(report)
    known = [(weekdays.index(cell.weekday), cell.hour, cell.share) for cell in report.hours if cell.share is not None]
    hours = sorted({hour for _row, hour, _share in known}) or [9, 17]
    first, last = hours[0], hours[-1]
    boxes = [_box(row, hour) for row, hour, _share in known]
    axes.add_artist(PolyCollection(boxes, facecolors=COLOURS["away"], linewidths=0))
    strengths = [to_rgba(COLOURS["sitting"], share) for _row, _hour, share in known]
    axes.add_artist(PolyCollection(boxes, facecolors=strengths, linewidths=0))
    for row, hour, share in known:
        axes.text(
            hour + 0.5,
            row,
            f"{100 * share:.0f}",
            ha="center",
            va="center",
            fontsize=6.5,
            color=COLOURS["page"] if share > DARK else COLOURS["ink"],
        ).set_in_layout(False)  # measuring every number would take most of the time
    axes.set_xlim(first, last + 1)
    axes.set_ylim(max(len(weekdays), 1) - 0.4, -0.6)
    axes.set_yticks(range(len(weekdays)), [short_weekdays()[weekday] for weekday in weekdays])
    step = -(-(last - first) // 7) or 1
    ticks = range(first, last + 2, step)
    axes.set_xticks(ticks, [f"{hour % 24:02}" for hour in ticks])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xlabel(_("hour of the day; per cent of sitting"))


def _box(row: int, hour: int) -> list[tuple[float, float]]:
    left, right, top, bottom = hour + 0.03, hour + 0.97, row - 0.47, row + 0.47
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def draw_bouts(canvas: Canvas, report: Report) -> None:
    """Draw the hours spent in sits of each length, with lines at 30 and 60 minutes."""
    axes = axes_of(canvas)
    bins = report.bins
    axes.barh(range(len(bins)), [each.seconds / HOUR for each in bins], height=0.72, color=COLOURS["sitting"])
    most = max(each.seconds for each in bins) / HOUR or 1.0
    for place, each in enumerate(bins):
        text = _("1 sit, {hours:.1f} h") if each.bouts == 1 else _("{sits} sits, {hours:.1f} h")
        words = text.format(sits=each.bouts, hours=each.seconds / HOUR) if each.bouts else _("none")
        label_point(axes, words, (each.seconds / HOUR, place))
        if each.least in (30, 60):
            axes.axhline(place - 0.5, color=COLOURS["faint"], linewidth=1, linestyle=DASHES)
            label_line(axes, _("{minutes} min").format(minutes=each.least), place - 0.5)
    axes.set_yticks(range(len(bins)), [bin_name(each) for each in bins])
    axes.set_xlim(0, most * 1.6)
    _bar_axes(axes, _("hours spent in sits of that length"))


def draw_responses(canvas: Canvas, report: Report) -> None:
    """Draw how soon the sit ended after a prompt."""
    axes = axes_of(canvas)
    rows = response_counts(report)
    axes.barh(range(len(rows)), [number for _name, number in rows], height=0.66, color=COLOURS["sitting"])
    for place, (_name, number) in enumerate(rows):
        label_point(axes, str(number), (number, place))
    axes.set_yticks(range(len(rows)), [name for name, _number in rows])
    axes.set_xlim(0, max([number for _name, number in rows] + [1]) * 1.15)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _bar_axes(axes, _("reminders to stand up"))


def _bar_axes(axes: Axes, label: str) -> None:
    axes.invert_yaxis()
    axes.set_xlabel(label)
    draw_grid(axes, "x")
