"""The report as one picture, with enough words to be understood alone."""

from __future__ import annotations

from slowrise.cli.report.bout_charts import draw_bouts, draw_week
from slowrise.cli.report.days_chart import days_height, draw_days
from slowrise.cli.report.fonts import ENGLISH, fonts
from slowrise.cli.report.model import Report
from slowrise.cli.report.style import COLOURS, Canvas, render
from slowrise.cli.report.trend_chart import draw_trend, trend_height
from slowrise.cli.report.words import opening
from slowrise.cli.views.i18n import _, current_language, in_language
from slowrise.cli.views.sentences import period_sentences
from slowrise.cli.views.wrap import wrapped

A4_WIDTH = 8.27
"""Inches, as all sizes here."""
CHARACTERS_A_LINE = 115
LINE_HEIGHT = 0.18
BARS_HEIGHT = 2.9


def language_of_picture() -> str:
    """Return the language of a picture: English if no font here has the letters of the user's."""
    return current_language() if fonts(current_language()) else ENGLISH


def png(report: Report, disclaimer: str) -> bytes:
    """Return a picture of all charts, as wide as A4, in the language of `language_of_picture`."""
    with in_language(language_of_picture()):
        return _png(report, disclaimer)


def _png(report: Report, disclaimer: str) -> bytes:
    sentences = period_sentences(report.together)
    if report.seen:
        sentences[0] = opening(report)  # both say how long the mean day is
    lines = [line for sentence in sentences for line in wrapped(sentence, CHARACTERS_A_LINE).split("\n")]
    small = wrapped(disclaimer, CHARACTERS_A_LINE + 20).split("\n")
    heights = [
        LINE_HEIGHT * (len(lines) + 3),
        days_height(report),
        trend_height(report),
        BARS_HEIGHT,
        LINE_HEIGHT * (len(small) + 0.5),
    ]
    title = _("Sitting at the computer, {days}").format(days=report.name)

    def draw(canvas: Canvas) -> None:
        head, days, trend, bars, foot = canvas.subfigures(5, 1, height_ratios=heights)  # type: ignore[misc]
        head.text(0.02, 0.95, title, va="top", fontsize=15)
        head.text(0.02, 1 - 2.2 / (len(lines) + 3), "\n".join(lines), va="top", linespacing=1.45)
        draw_days(days, report)
        draw_trend(trend, report)
        left, right = bars.subfigures(1, 2)
        draw_week(left, report)
        draw_bouts(right, report)
        foot.text(0.02, 0.95, "\n".join(small), va="top", fontsize=7.5, color=COLOURS["faint"], linespacing=1.4)

    return render(draw, (A4_WIDTH, sum(heights)), "png")
