"""`slowrise summary`: how the user sat on a day or in a period. Reads the ledger; needs no daemon."""

from __future__ import annotations

import sys
from datetime import date, timedelta

import click

from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import (
    Failure,
    as_json,
    echo_json,
    load_config,
    load_guidance,
    with_paths,
)
from slowrise.cli.day_reader import open_days
from slowrise.cli.views.i18n import _
from slowrise.cli.views.sentences import symptom_sentences
from slowrise.cli.views.timeline import marks_of
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.metrics.period import Usual, period, usual
from slowrise.core.metrics.summary import Summary
from slowrise.core.metrics.summary_json import as_json as summary_object
from slowrise.core.metrics.usual import USUAL_OVER
from slowrise.core.model.time_text import OutOfBounds, TimeTextError, parse_day
from slowrise.daemon.exit_codes import ExitCode
from slowrise.history.combined import CombinedDays
from slowrise.messages.day_words import closing_line

PERIODS = {"month": 30, "year": 365}
"""The periods by name, in days up to today."""
WEEK, LAST_WEEK = "week", "last-week"
"""A week begins on Monday."""


@click.command(epilog="Example: slowrise summary yesterday")
@with_paths
@as_json
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, one line for each day.")
@click.option("-v", "--verbose", is_flag=True, help="Print every number to the minute, with its range.")
@click.argument("day", default="today")
def summary(paths: Paths, day: str, *, as_json: bool, as_csv: bool, verbose: bool) -> None:
    """Show how you sat today, on another day, or in a week.

    DAY is today, yesterday, a date such as 2026-03-02, or one of: week (since Monday), last-week, month (the last 30
    days), year (365).
    """
    with open_days(paths, load_config(paths.config)) as days:
        first, last = dates(day, days.today)
        is_one = first == last and day not in (WEEK, *PERIODS)
        records = list(days.between(first, last, whole=is_one))
        usual_day = None if as_csv or as_json else usual_before(days, first)
        remarks = [] if is_one else _remarks(days, records)
        today = days.today
    if as_csv:
        from slowrise.cli.views.export import as_csv as csv_lines

        sys.stdout.writelines(csv_lines(summary_object(record.summary) for record in records))
    elif as_json:
        _print_json(records, today, is_one=is_one)
    elif is_one:
        _print_day(records[0], usual_day, today, exact=verbose)
    else:
        _print_period(
            [each.summary for each in records], usual_day, remarks, today=today, by_month=day == "year", exact=verbose
        )


def dates(day: str, today: date) -> tuple[date, date]:
    """Return the first and the last day that the argument names."""
    if day in PERIODS:
        return today - timedelta(days=PERIODS[day] - 1), today
    yesterday, monday = today - timedelta(days=1), today - timedelta(days=today.weekday())
    if day == WEEK:
        return monday, today
    if day == LAST_WEEK:
        return monday - timedelta(days=7), yesterday - timedelta(days=today.weekday())
    try:
        named = {"today": today, "yesterday": yesterday}.get(day) or parse_day(day)
    except OutOfBounds as error:
        raise Failure(str(error), ExitCode.USAGE) from None
    except TimeTextError:
        raise Failure(
            _(
                "Not a date: {day}. Use today, yesterday, a date such as {example}, week, last-week, month or year."
            ).format(day=day, example=yesterday),
            ExitCode.USAGE,
        ) from None
    return named, named


def usual_before(days: CombinedDays, first: date) -> Usual | None:
    """Return the usual day of the four weeks before `first`, from the summaries that are stored already."""
    return usual(days.known(first - USUAL_OVER, first - timedelta(days=1)))


def _print_json(records: list[DayRecord], today: date, *, is_one: bool) -> None:
    if is_one:
        echo_json(summary_object(records[0].summary))
        return
    summaries = [record.summary for record in records]
    together = summary_object(period(summaries, unfinished=today))
    echo_json({"days": [summary_object(each) for each in summaries], "together": together})


def _print_day(record: DayRecord, usual_day: Usual | None, today: date, *, exact: bool) -> None:
    from slowrise.cli.views.terminal import DayPage, console_on  # rich; JSON and CSV do without it

    marks = marks_of(record.prompts, record.summary.symptoms)
    line = closing_line(record.summary, load_guidance())
    page = DayPage(record.summary, record.spans, marks, line=line, usual=usual_day, today=today, exact=exact)
    console_on(sys.stdout).print(page)


def _remarks(days: CombinedDays, records: list[DayRecord]) -> list[str]:
    """Symptoms after long sits; in a standard period without symptoms, the hint to ask about exercise."""
    guidance = load_guidance()
    # Level 0 means none that day.
    with_symptoms = [each.summary.day for each in records if any(note.level for note in each.summary.symptoms)]
    if not with_symptoms and not any(record.summary.observed_seconds for record in records):
        return []
    if not with_symptoms and days.policy.profile == "standard":
        return [guidance.say("about-exercise")]
    whole = [record for day in with_symptoms for record in days.between(day, day, whole=True)]
    return symptom_sentences(whole, guidance, days.policy.break_min)


def _print_period(
    summaries: list[Summary], usual_day: Usual | None, remarks: list[str], *, today: date, by_month: bool, exact: bool
) -> None:
    from slowrise.cli.views.terminal import PeriodPage, console_on  # rich; JSON and CSV do without it

    together = period(summaries, unfinished=today)
    console = console_on(sys.stdout)
    line = closing_line(together, load_guidance())
    console.print(PeriodPage(summaries, together, line, usual_day, remarks, by_month, exact, today))
