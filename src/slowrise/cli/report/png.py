"""The report as one picture, with the words a picture needs to be understood alone."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from slowrise.cli.report.bout_charts import draw_bouts, draw_week
from slowrise.cli.report.days_chart import days_height, draw_days
from slowrise.cli.report.model import Report
from slowrise.cli.report.style import COLOURS, rendered
from slowrise.cli.report.trend_chart import draw_trend, trend_height
from slowrise.cli.views.sentences import week_sentences

if TYPE_CHECKING:
    from slowrise.cli.report.style import Canvas

A4_WIDTH = 8.27
WORDS_A_LINE = 115
A_LINE = 0.18
BARS = 2.9


def png(report: Report, disclaimer: str) -> bytes:
    """All charts on one sheet as wide as A4."""
    said = [line for sentence in week_sentences(report.together) for line in wrap(sentence, WORDS_A_LINE)]
    small = wrap(disclaimer, WORDS_A_LINE + 20)
    heights = [
        A_LINE * (len(said) + 3),
        days_height(report),
        trend_height(report),
        BARS,
        A_LINE * (len(small) + 0.5),
    ]

    def draw(canvas: Canvas) -> None:
        head, days, trend, bars, foot = canvas.subfigures(5, 1, height_ratios=heights)  # type: ignore[misc]
        head.text(0.02, 0.95, f"Sitting, {report.name}", va="top", fontsize=14, fontweight="bold")
        head.text(0.02, 1 - 2.2 / (len(said) + 3), "\n".join(said), va="top", linespacing=1.45)
        draw_days(days, report)
        draw_trend(trend, report)
        left, right = bars.subfigures(1, 2)
        draw_week(left, report)
        draw_bouts(right, report)
        foot.text(0.02, 0.95, "\n".join(small), va="top", fontsize=7.5, color=COLOURS["faint"], linespacing=1.4)

    return rendered(draw, (A4_WIDTH, sum(heights)), "png")
