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
from slowrise.cli.report.bout_charts import draw_bouts, draw_responses, draw_week, week_height
from slowrise.cli.report.days_chart import days_height, draw_days
from slowrise.cli.report.model import Report
from slowrise.cli.report.style import COLOURS, Canvas, svg
from slowrise.cli.report.tables import Table
from slowrise.cli.report.trend_chart import draw_trend, trend_height
from slowrise.cli.report.words import opening
from slowrise.cli.views.i18n import _, in_language, units
from slowrise.cli.views.sentences import (
    day_name,
    flare_up_sentences,
    keep_lengths_together,
    reminder_sentence,
    symptom_sentences,
)
from slowrise.core.model.time_text import format_about
from slowrise.messages.guidance import Guidance

MIDNIGHT = 24
"""Hours of a report go on counting after midnight: 25 is 01:00 of the next morning."""
TEMPLATES = Path(__file__).with_name("templates")
WIDTH = 4.2
"""Inches, as the heights. The page scales a chart: on a phone the smallest font is 8 px, on a desktop 12 px."""
BARS_HEIGHT, FEW_BARS_HEIGHT = 2.9, 1.75


class Chart(NamedTuple):
    """A chart with its description, and for some also its numbers as a table."""

    name: str
    title: str
    words: str
    svg: str
    table: Table | None


def page(report: Report, guidance: Guidance, made: datetime) -> str:
    """Return the whole page, in the language of the guidance. `made`: the time now."""
    with in_language(guidance.language):
        return _page(report, guidance, made)


def _page(report: Report, guidance: Guidance, made: datetime) -> str:
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
        language=guidance.language,
        words=_words(report, made),
        version=__version__,
        colours=COLOURS,
        opening=opening(report) if report.seen else "",
        sentences=_sentences(report),
        tiles=tuple(tables.tiles(report)),
        charts=tuple(_charts(report)) if report.seen else (),
        days=tables.days(report),
        symptoms=tables.symptoms(report, guidance),
        symptom_sentences=symptom_sentences(report.records, guidance, report.policy.break_min),
        rule=tables.break_rule(report),
        disclaimer=guidance.disclaimer.say,
        numbers=Markup(numbers),  # noqa: S704 - our own JSON, with every < escaped
    )


def _words(report: Report, made: datetime) -> dict[str, str]:
    """The words of the page that are the same in every report."""
    made_on = _("Estimated by slowrise {version} from the use of keyboard and mouse. Made on {day}, {time}.")
    names = [_("this computer") if name == "this one" else name for name in report.computers]
    return {
        "title": _("Sitting at the computer"),
        "made": made_on.format(version=__version__, day=day_name(made.date()), time=f"{made:%H:%M}"),
        "computers": _("Computers: {names}.").format(names=", ".join(names)) if names else "",
        "name": _("Name:"),
        "date": _("Date:"),
        "glance": _("At a glance"),
        "numbers": _("The numbers"),
        "symptoms": _("Logged symptoms"),
        "days": _("The days in numbers"),
        "how": _("How to read this"),
        "compare": _("Compare sits only under the same rule for breaks, and not with those of other devices."),
        "silent": _(
            "When keyboard and mouse are silent, a person may be reading, in a call, or away. slowrise estimates "
            "which. The true value lies in the range 9 times out of 10."
        ),
        "recorded": _(
            "Recorded is the time in which slowrise was on. Other time counts neither as sitting nor as a break."
        ),
        "standing": _("Standing is counted only as the user or a desk reported it."),
        "flare-up": _("A flare-up is the time in which the user had turned on flare-up mode."),
    }


def _sentences(report: Report) -> list[str]:
    if not report.seen:
        return [_("slowrise was not running on these days, or was paused, so nothing is known.")]
    sentences = flare_up_sentences(report.together)
    if report.usual:
        text = _("In the four weeks before, a usual day had about {length} of sitting.")
        sentences.append(text.format(length=format_about(report.usual.sitting_seconds, units())))
    return sentences


def _charts(report: Report) -> Iterator[Chart]:
    chart = partial(_chart, report)
    words = _("Each row is a day.") + (f" {reminder_sentence(report.together)}" if report.together.prompts else "")
    yield chart("days", _("Day by day"), words=words, draw=draw_days, height=days_height(report))
    if len(report.records) > 1:
        yield _trend(report)
    words = _("How much of each recorded hour was sitting, in per cent.")
    if any(cell.hour >= MIDNIGHT for cell in report.hours):
        words += " " + _("The hours after midnight are in the row of the evening before.")
    table = tables.week(report)
    title = _("Hours of the week")
    yield chart("week", title, words=words, draw=draw_week, height=week_height(report), table=table)
    words = f"{tables.break_rule(report)} {_('Lines mark 30 and 60 min.')}"
    table = tables.bouts(report)
    title = _("How long the sits were")
    yield chart("bouts", title, words=words, draw=draw_bouts, height=BARS_HEIGHT, table=table)
    if report.responses.prompts:
        words, table = tables.response_words(report), tables.responses(report)
        title = _("After the reminders")
        yield chart("prompts", title, words=words, draw=draw_responses, height=FEW_BARS_HEIGHT, table=table)


def _trend(report: Report) -> Chart:
    words = _(
        "Each dot is the most likely time. The bar behind it shows how far it may be off. The dashed line is the limit "
        "for a day."
    )
    height = trend_height(report)
    return _chart(report, "trend", _("Sitting of each day"), words=words, draw=draw_trend, height=height)


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
