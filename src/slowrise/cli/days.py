"""`slowrise summary`: the daily sitting summary, from the ledger; no daemon is needed."""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from slowrise.cli.common import USAGE, Failure, as_json, config_file, configured, data_dir, found, here_and_now, printed

if TYPE_CHECKING:
    from slowrise.config import Config
    from slowrise.places import Places
    from slowrise.remembering import DayRecord

SPANS_OF_DAYS = {"week": 7, "month": 30}


@click.command(epilog="Example: slowrise summary yesterday")
@data_dir
@config_file
@as_json
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, a line for each day.")
@click.argument("day", default="today")
def summary(data_dir: Path | None, config_file: Path | None, day: str, *, as_json: bool, as_csv: bool) -> None:
    """The daily sitting summary of DAY: today, yesterday, a date, week or month."""
    places = found(data_dir, config_file)
    config = configured(places.config)
    now = here_and_now()
    today = _local_day(now, config)
    if day in SPANS_OF_DAYS:
        days = [today - timedelta(days=back) for back in reversed(range(SPANS_OF_DAYS[day]))]
    else:
        days = [_named(day, today)]
    records = _records(places, config, days, now)
    if as_csv:
        _print_csv(records)
    elif as_json:
        _print_json(records, alone=day not in SPANS_OF_DAYS)
    else:
        _print_pages(records, today, alone=day not in SPANS_OF_DAYS)


def _local_day(now: datetime, config: Config) -> date:
    from slowrise.bout import day_of

    return day_of(now, config.day_starts)


def _named(day: str, today: date) -> date:
    match day:
        case "today":
            return today
        case "yesterday":
            return today - timedelta(days=1)
    try:
        return date.fromisoformat(day)
    except ValueError:
        accepted = "today, yesterday, week, month or a date such as 2026-03-02"
        raise Failure(f"{day!r} is no day; accepted are {accepted}", USAGE) from None


def _records(places: Places, config: Config, days: list[date], now: datetime) -> list[DayRecord]:
    from slowrise import instance
    from slowrise.ledgers.sqlite import SqliteLedger
    from slowrise.ports import LedgerFailed
    from slowrise.remembering import day_record

    try:
        archive = SqliteLedger.open_read_only(places.ledger)
        alive = instance.running(places.lock) is not None
        return [day_record(archive, day, config, now, alive=alive) for day in days]
    except LedgerFailed as error:
        raise Failure(str(error)) from None


def _print_json(records: list[DayRecord], *, alone: bool) -> None:
    from slowrise.summary import as_json as plain
    from slowrise.summary import week

    if alone:
        printed(plain(records[0].summary))
        return
    summaries = [record.summary for record in records]
    printed({"days": [plain(each) for each in summaries], "together": plain(week(summaries))})


def _print_csv(records: list[DayRecord]) -> None:
    import csv

    from slowrise.summary import as_json as plain

    rows = [_flat(plain(record.summary)) for record in records]
    writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """The plain values of a summary; what is a list or a table of its own is left to JSON."""
    return {name: value for name, value in values.items() if not isinstance(value, dict | list)}


def _print_pages(records: list[DayRecord], today: date, *, alone: bool) -> None:
    from slowrise.summary import week
    from slowrise.views.terminal import DayPage, WeekPage, console_on
    from slowrise.wiring import read_guidance

    line = read_guidance().say("summary-line")
    console = console_on(sys.stdout)
    if not alone:
        summaries = tuple(record.summary for record in records)
        console.print(WeekPage(summaries, week(summaries), line=line))
        return
    (record,) = records
    console.print(DayPage(record.summary, record.spans, _marks(record), line=line, today=today))


def _marks(record: DayRecord) -> list[Any]:
    from slowrise.views.timeline import Mark

    prompts = [Mark(prompt.label, "prompt") for prompt in record.prompts]
    return prompts + [Mark(note.at, "symptom") for note in record.summary.symptoms]
