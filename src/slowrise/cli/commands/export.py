"""`slowrise export`: print events, days or bouts as text for other programs."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import (
    DayParam,
    Subcommands,
    TimeParam,
    data_dir,
    load_config,
    open_ledger,
    paths_for,
    with_paths,
)
from slowrise.cli.day_reader import open_days
from slowrise.cli.views import export as view
from slowrise.cli.views.i18n import _
from slowrise.core.metrics.day_record import DayRecord
from slowrise.core.model.events import SHOWS_HEALTH
from slowrise.history.trace import written


@click.group(cls=Subcommands, epilog="Example: slowrise export trace > trace.jsonl")
def export() -> None:
    """Print your data as text, for other programs."""


@export.command(epilog="Example: slowrise export trace --from 2026-03-02 > trace.jsonl")
@data_dir
@click.option("--from", "begin", type=TimeParam(), help="Start at this time: 14:05 or 2026-03-02T14:05.")
@click.option("--to", "end", type=TimeParam(), help="Stop at this time (default: now).")
@click.option("--with-health", is_flag=True, help="Include symptoms, flare-ups and profiles.")
def trace(data_dir: Path | None, begin: datetime | None, end: datetime | None, *, with_health: bool) -> None:
    """Print every event, one JSON object a line.

    `slowrise replay` reads this format.
    """
    with open_ledger(paths_for(data_dir)) as ledger:
        events = (event for event in ledger.events(begin, end) if with_health or not isinstance(event, SHOWS_HEALTH))
        _write(line + "\n" for line in written(events))


first = click.option("--from", "first", type=DayParam(), help="The first day (default: the first one recorded).")
last = click.option("--to", "last", type=DayParam(), help="The last day (default: today).")


@export.command(epilog="Example: slowrise export days --from 2026-01-01 --format csv > days.csv")
@with_paths
@first
@last
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True, help="The format."
)
def days(paths: Paths, *, first: date | None, last: date | None, form: str) -> None:
    """Print the summary of every recorded day. Lengths are in seconds."""
    as_text = view.as_csv if form == "csv" else view.as_json_lines
    with _records(paths, first, last) as records:
        _write(as_text(view.days(records)))


@export.command(epilog="Example: slowrise export bouts --format activitywatch > bouts.json")
@with_paths
@first
@last
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv", "activitywatch"]),
    default="jsonl",
    show_default=True,
    help="The format.",
)
def bouts(paths: Paths, *, first: date | None, last: date | None, form: str) -> None:
    """Print every sit and every time of standing.

    A sit that goes on past the start of a day becomes two. Each has the length of break that ends it.
    """
    as_text = view.as_csv if form == "csv" else view.as_json_lines
    with _records(paths, first, last) as records:
        if form == "activitywatch":
            _write(view.as_activitywatch(records, platform.node()))
        else:
            _write(as_text(view.bouts(records)))


@contextmanager
def _records(paths: Paths, first: date | None, last: date | None) -> Iterator[Iterator[DayRecord]]:
    """The records of these days, each read when it is needed."""
    with open_days(paths, load_config(paths.config)) as days:
        begin = first or days.first_day
        # No day after today has a record, and all the years until a day far ahead would be gone through.
        yield iter(()) if begin is None else days.between(begin, min(last or days.today, days.today))


def _write(texts: Iterator[str]) -> None:
    """Print the texts. If there are none, say so where no program reads it."""
    printed = False
    for text in texts:
        printed = True
        sys.stdout.write(text)
    sys.stdout.flush()
    if not printed:
        click.echo(_("Nothing is recorded for that time."), err=True)
