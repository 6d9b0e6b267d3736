"""The report as one HTML page that needs nothing beside itself: no network, no script, no other file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from slowrise import __version__
from slowrise.cli.report import tables
from slowrise.cli.report.bout_charts import draw_bouts, draw_responses, draw_week
from slowrise.cli.report.days_chart import days_height, draw_days
from slowrise.cli.report.model import Report
from slowrise.cli.report.style import COLOURS, svg
from slowrise.cli.report.tables import Table
from slowrise.cli.report.trend_chart import draw_trend, trend_height
from slowrise.cli.views.sentences import beside_sentences, unbroken, usual_sentence, week_sentences
from slowrise.messages.guidance import Guidance

if TYPE_CHECKING:
    from slowrise.cli.report.style import Canvas

MIDNIGHT = 24
TEMPLATES = Path(__file__).with_name("templates")
WIDE, PHONE = 7.3, 3.7
"""Inches: A4 between its margins, and what a phone shows without turning it."""
MAP_HEIGHT, BARS_HEIGHT, FEW_BARS_HEIGHT = 2.7, 2.9, 1.75


class Chart(NamedTuple):
    """A chart in two widths, with what it shows in words and perhaps in a table."""

    name: str
    title: str
    words: str
    wide: str
    phone: str
    table: Table | None


def page(report: Report, guidance: Guidance, made: datetime) -> str:
    """The whole page. `made`: when."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    environment.filters["drawn"] = Markup  # an SVG whose words were escaped as it was drawn
    numbers = msgspec.json.encode(report.as_json()).decode().replace("<", "\\u003c")
    return environment.get_template("report.html").render(
        report=report,
        made=f"{made.day} {made:%B %Y, %H:%M}",
        version=__version__,
        colours=COLOURS,
        said=_said(report),
        tiles=tuple(tables.tiles(report)),
        charts=tuple(_charts(report)) if report.seen else (),
        days=tables.days(report),
        symptoms=tables.symptoms(report),
        beside=beside_sentences(report.records, guidance, report.policy.break_min),
        rule=tables.break_rule(report),
        disclaimer=guidance.disclaimer.say,
        line=guidance.say("summary-line"),
        numbers=Markup(numbers),  # noqa: S704 - JSON of our own, with every < written as an escape
    )


def _said(report: Report) -> list[str]:
    said = week_sentences(report.together)
    return [*said, usual_sentence(report.usual)] if report.usual and report.seen else said


def _charts(report: Report) -> Iterator[Chart]:
    chart = partial(_chart, report)
    words = "Each row is a day on the clock."
    yield chart("days", "Day by day", words=words, draw=draw_days, height=days_height(report))
    words = "Each dot is the likeliest value, the bar behind it its 90 % range. The line is the day budget."
    yield chart("trend", "Sitting of each day", words=words, draw=draw_trend, height=trend_height(report))
    words = "How much of each hour was sat, of what was seen of it."
    if any(cell.hour >= MIDNIGHT for cell in report.hours):
        words += " What comes after midnight is in the row of the evening before."
    table = tables.week(report)
    yield chart("week", "Hours of the week", words=words, draw=draw_week, height=MAP_HEIGHT, table=table)
    words = f"{tables.break_rule(report)} Prolonged sits are those of 30 min or more; 60 min are marked too."
    table = tables.bouts(report)
    yield chart("bouts", "How long the sits were", words=words, draw=draw_bouts, height=BARS_HEIGHT, table=table)
    if report.responses.prompts:
        words, table = tables.response_words(report), tables.responses(report)
        title = "What followed the prompts"
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
    wide, phone = (
        svg(
            lambda canvas: draw(canvas, report),
            name=f"{name}-{form}",
            title=title,
            description=words,
            inches=(inches, height),
        )
        for form, inches in (("wide", WIDE), ("phone", PHONE))
    )
    return Chart(name, title, words, wide, phone, table)
