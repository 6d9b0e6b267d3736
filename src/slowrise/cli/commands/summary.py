"""`slowrise summary`: the daily sitting summary, from the ledger; no daemon is needed."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from slowrise.cli.common import (
    USAGE,
    Failure,
    as_json,
    config_file,
    configured,
    data_dir,
    found,
    guidance_here,
    printed,
)

if TYPE_CHECKING:
    from slowrise.cli.views.timeline import Mark
    from slowrise.core.metrics.day_record import DayRecord
    from slowrise.core.metrics.period import Usual
    from slowrise.core.metrics.summary import Summary
    from slowrise.history.combined import CombinedDays

SPANS_OF_DAYS = {"week": 7, "month": 30, "year": 365}
USUAL_OVER = 28
"""Days before the first one shown that make up the usual: four weeks have each weekday four times."""


@click.command(epilog="Example: slowrise summary yesterday")
@data_dir
@config_file
@as_json
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, a line for each day.")
@click.argument("day", default="today")
def summary(data_dir: Path | None, config_file: Path | None, day: str, *, as_json: bool, as_csv: bool) -> None:
    """The daily sitting summary (default: today).

    DAY is today, yesterday, a date, week, month or year.
    """
    from slowrise.cli.day_reader import open_days

    paths = found(data_dir, config_file)
    with open_days(paths, configured(paths.config)) as days:
        first, last = _named(day, days.today)
        alone = day not in SPANS_OF_DAYS
        records = list(days.between(first, last, whole=alone))
        usual = None if as_csv or as_json else _usual(days, first)
        asides = [] if alone else _asides(days, records)
        today = days.today
    if as_csv:
        _print_csv(records)
    elif as_json:
        _print_json(records, today, alone=alone)
    elif alone:
        _print_day(records[0], usual, today)
    else:
        _print_days([record.summary for record in records], usual, asides, today=today, by_month=day == "year")


def _named(day: str, today: date) -> tuple[date, date]:
    """The first and the last of the days that are meant."""
    match day:
        case "today":
            return today, today
        case "yesterday":
            return today - timedelta(days=1), today - timedelta(days=1)
    if day in SPANS_OF_DAYS:
        return today - timedelta(days=SPANS_OF_DAYS[day] - 1), today
    try:
        return date.fromisoformat(day), date.fromisoformat(day)
    except ValueError:
        accepted = "today, yesterday, week, month, year or a date such as 2026-03-02"
        raise Failure(f"{day!r} is no day; accepted are {accepted}", USAGE) from None


def _usual(days: CombinedDays, before: date) -> Usual | None:
    """The usual of the weeks before, as far as it is known without telling them again."""
    from slowrise.core.metrics.period import usual

    return usual(days.known(before - timedelta(days=USUAL_OVER), before - timedelta(days=1)))


def _print_json(records: list[DayRecord], today: date, *, alone: bool) -> None:
    from slowrise.core.metrics.period import period
    from slowrise.core.metrics.summary_json import as_json as plain

    if alone:
        printed(plain(records[0].summary))
        return
    summaries = [record.summary for record in records]
    printed({"days": [plain(each) for each in summaries], "together": plain(period(summaries, unfinished=today))})


def _print_csv(records: list[DayRecord]) -> None:
    import csv

    from slowrise.core.metrics.summary_json import as_json as plain

    rows = [_flat(plain(record.summary)) for record in records]
    writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """The plain values of a summary; what is a list or a table of its own is left to JSON."""
    return {name: value for name, value in values.items() if not isinstance(value, dict | list)}


def _print_day(record: DayRecord, usual: Usual | None, today: date) -> None:
    from slowrise.cli.views.terminal import DayPage, console_on

    console_on(sys.stdout).print(
        DayPage(record.summary, record.spans, _marks(record), line=_line(), usual=usual, today=today)
    )


def _asides(days: CombinedDays, records: list[DayRecord]) -> list[str]:
    """Symptoms beside the sits before them; without any symptom where to ask about exercise."""
    from slowrise.cli.views.sentences import beside_sentences

    guidance = guidance_here()
    noted = [record.summary.day for record in records if record.summary.symptoms]
    if not noted and days.policy.profile == "standard":
        return [guidance.say("about-exercise")]
    whole = [record for day in noted for record in days.between(day, day, whole=True)]
    return beside_sentences(whole, guidance, days.policy.break_min)


def _print_days(
    summaries: list[Summary], usual: Usual | None, asides: list[str], *, today: date, by_month: bool
) -> None:
    from slowrise.cli.views.terminal import WeekPage, YearPage, console_on
    from slowrise.core.metrics.period import period

    page = YearPage if by_month else WeekPage
    console = console_on(sys.stdout)
    console.print(page(summaries, period(summaries, unfinished=today), line=_line(), usual=usual))
    for aside in asides:
        console.print(aside)


def _line() -> str:
    return guidance_here().say("summary-line")


def _marks(record: DayRecord) -> list[Mark]:
    from slowrise.cli.views.timeline import marks_of

    return marks_of(record.prompts, record.summary.symptoms)
