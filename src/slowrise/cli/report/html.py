"""The report as one HTML file, without scripts, network or other files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from slowrise import __version__
from slowrise.cli.report import tables
from slowrise.cli.report.bout_charts import draw_bouts, draw_responses, draw_week
from slowrise.cli.report.days_chart import days_height, draw_days
from slowrise.cli.report.model import Report
from slowrise.cli.report.style import COLOURS, Canvas, svg
from slowrise.cli.report.tables import Table
from slowrise.cli.report.trend_chart import draw_trend, trend_height
from slowrise.cli.views.i18n import in_english
from slowrise.cli.views.sentences import (
    keep_lengths_together,
    period_sentences,
    symptom_sentences,
    usual_sentence,
)
from slowrise.messages.guidance import Guidance

MIDNIGHT = 24
"""Hours of a report go on counting after midnight: 25 is 01:00 of the next morning."""
TEMPLATES = Path(__file__).with_name("templates")
WIDTH = 4.2
"""Inches, as the heights. The page scales a chart: on a phone the smallest font is 8 px, on a desktop 12 px."""
MAP_HEIGHT, BARS_HEIGHT, FEW_BARS_HEIGHT = 2.4, 2.9, 1.75


class Chart(NamedTuple):
    """A chart with its description, and for some also its numbers as a table."""

    name: str
    title: str
    words: str
    svg: str
    table: Table | None


@in_english()
def page(report: Report, guidance: Guidance, made: datetime) -> str:
    """Return the whole page. `made`: the time now."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["keep"] = keep_lengths_together
    environment.filters["svg"] = Markup  # `svg` has escaped its text
    numbers = msgspec.json.encode(report.as_json()).decode().replace("<", "\\u003c")
    return environment.get_template("report.html").render(
        report=report,
        made=f"{made.day} {made:%B %Y, %H:%M}",
        version=__version__,
        colours=COLOURS,
        sentences=_sentences(report),
        tiles=tuple(tables.tiles(report)),
        charts=tuple(_charts(report)) if report.seen else (),
        days=tables.days(report),
        symptoms=tables.symptoms(report),
        symptom_sentences=symptom_sentences(report.records, guidance, report.policy.break_min),
        rule=tables.break_rule(report),
        disclaimer=guidance.disclaimer.say,
        line=guidance.say("summary-line"),
        numbers=Markup(numbers),  # noqa: S704 - our own JSON, with every < escaped
    )


def _sentences(report: Report) -> list[str]:
    sentences = period_sentences(report.together)
    return [*sentences, usual_sentence(report.usual)] if report.usual and report.seen else sentences


def _charts(report: Report) -> Iterator[Chart]:
    chart = partial(_chart, report)
    words = "Each row is a day."
    yield chart("days", "Day by day", words=words, draw=draw_days, height=days_height(report))
    words = "Each dot is the most likely value, and the bar behind it the 90 % range. The line is the budget of a day."
    yield chart("trend", "Sitting of each day", words=words, draw=draw_trend, height=trend_height(report))
    words = "The share of sitting in what was seen of each hour."
    if any(cell.hour >= MIDNIGHT for cell in report.hours):
        words += " The hours after midnight are in the row of the evening before."
    table = tables.week(report)
    yield chart("week", "Hours of the week", words=words, draw=draw_week, height=MAP_HEIGHT, table=table)
    words = f"{tables.break_rule(report)} Lines mark 30 and 60 min."
    table = tables.bouts(report)
    yield chart("bouts", "How long the sits were", words=words, draw=draw_bouts, height=BARS_HEIGHT, table=table)
    if report.responses.prompts:
        words, table = tables.response_words(report), tables.responses(report)
        title = "After the reminders"
        yield chart("prompts", title, words=words, draw=draw_responses, height=FEW_BARS_HEIGHT, table=table)


def _chart(
    report: Report,
    name: str,
    title: str,
    *,
    words: str,
    draw: Callable[[Canvas, Report], None],
    height: float,
    table: Table | None = None,
) -> Chart:
    drawing = svg(
        lambda canvas: draw(canvas, report), name=f"{name}-chart", title=title, description=words, size=(WIDTH, height)
    )
    return Chart(name, title, words, drawing, table)
