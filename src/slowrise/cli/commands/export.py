"""`slowrise export` and `slowrise forget`: take the data out, or away."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slowrise.cli.common import Day, Failure, When, config_file, configured, data_dir, found

if TYPE_CHECKING:
    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.adapters.system.paths import Paths
    from slowrise.config.config import Config
    from slowrise.core.metrics.day_record import DayRecord


@click.group(epilog="Example: slowrise export trace > trace.jsonl")
def export() -> None:
    """Take the data out, as text on standard output."""


begin = click.option("--from", "begin", type=When(), help="From this time on: 14:05 or ISO 8601.")
end = click.option("--to", "end", type=When(), help="Up to this time.")


@export.command(epilog="Example: slowrise export trace --from 2026-03-02 > trace.jsonl")
@data_dir
@begin
@end
@click.option("--with-health", is_flag=True, help="Symptoms, flare-ups and profiles too.")
def trace(data_dir: Path | None, begin: datetime | None, end: datetime | None, *, with_health: bool) -> None:
    """Every event, a JSON object a line; `slowrise replay` reads it."""
    from slowrise.core.model.events import HEALTH
    from slowrise.history.trace import written_line
    from slowrise.ports.ledger import LedgerFailed

    try:
        for event in _archive(data_dir).events(begin, end):
            if with_health or not isinstance(event, HEALTH):
                click.echo(written_line(event))
    except LedgerFailed as error:
        raise Failure(str(error)) from None


first = click.option("--from", "first", type=Day(), help="The first day (default: that of the first record).")
last = click.option("--to", "last", type=Day(), help="The last day (default: today).")


@export.command(epilog="Example: slowrise export days --from 2026-01-01 --format csv > days.csv")
@data_dir
@config_file
@first
@last
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
def days(data_dir: Path | None, config_file: Path | None, *, first: date | None, last: date | None, form: str) -> None:
    """The summary of every day that was seen; times are seconds."""
    from slowrise.cli.views import export as exporting

    written = exporting.as_csv if form == "csv" else exporting.as_lines
    with _records(data_dir, config_file, first, last) as records:
        _write(written(exporting.days(records)))


@export.command(epilog="Example: slowrise export bouts --format activitywatch > bouts.json")
@data_dir
@config_file
@first
@last
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv", "activitywatch"]), default="jsonl", show_default=True
)
def bouts(data_dir: Path | None, config_file: Path | None, *, first: date | None, last: date | None, form: str) -> None:
    """Every bout of sitting and standing; cut where days begin.

    Each with the rule for the break that ends one.
    """
    import platform

    from slowrise.cli.views import export as exporting

    written = exporting.as_csv if form == "csv" else exporting.as_lines
    with _records(data_dir, config_file, first, last) as records:
        if form == "activitywatch":
            _write(exporting.as_activitywatch(records, platform.node()))
        else:
            _write(written(exporting.bouts(records)))


@contextmanager
def _records(
    data_dir: Path | None, config_file: Path | None, first: date | None, last: date | None
) -> Iterator[Iterator[DayRecord]]:
    """The records of those days, read as they are asked for."""
    from slowrise.cli.day_reader import open_days

    paths = found(data_dir, config_file)
    with open_days(paths, configured(paths.config)) as days:
        begin = first or days.first_day
        yield iter(()) if begin is None else days.between(begin, last or days.today)


def _write(texts: Iterator[str]) -> None:
    for text in texts:
        sys.stdout.write(text)
    sys.stdout.flush()


@click.command(epilog="Example: slowrise forget --before 2026-01-01")
@data_dir
@config_file
@click.option("--before", type=When(), help="Forget what happened before this time.")
@click.option("--all", "everything", is_flag=True, help="Forget everything.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(
    data_dir: Path | None, config_file: Path | None, before: datetime | None, *, everything: bool, yes: bool
) -> None:
    """Take data away, beyond recovery. Asks first.

    The estimates of the days that stay may move a little, for less is known of
    how you differ from most people.
    """
    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.adapters.system import single_instance
    from slowrise.ports.ledger import LedgerFailed

    if everything == (before is not None):
        raise Failure("Give either --before DATE or --all; for example --before 2026-01-01", 2)
    paths = found(data_dir, config_file)
    what = "everything" if everything else f"all before {before:%Y-%m-%d %H:%M}"
    if not recorded(paths):
        click.echo("Nothing is recorded.")
        return
    if single_instance.running(paths.lock) is not None:
        raise Failure("The daemon is running and would write on: stop it first (slowrise service uninstall, or Ctrl-C)")
    if not yes:
        click.confirm(f"Forget {what}, beyond recovery?", abort=True)
    try:
        ledger = SqliteLedger(paths.ledger)
        if before is None:
            _take_back(ledger, configured(paths.config))
            ledger.delete_all()
            paths.report.unlink(missing_ok=True)
        else:
            ledger.delete_before(before)
        ledger.close()
    except LedgerFailed as error:
        raise Failure(str(error)) from None
    click.echo(f"Forgotten: {what}.")


def _take_back(ledger: SqliteLedger, config: Config) -> None:
    """Delete what this computer has put into the shared folder."""
    from slowrise.adapters.storage.shared_folder import name_here, remove, this_computer

    computer = this_computer(ledger, name_here(config))
    if config.share.folder and computer is not None:
        try:
            remove(Path(config.share.folder).expanduser(), computer)
        except OSError as error:
            raise Failure(f"{config.share.folder}: {error.strerror}. Nothing was deleted.") from None


def recorded(paths: Paths) -> bool:
    """Whether anything is: in the ledger, in one that was set aside, or in a report made of them."""
    from slowrise.adapters.storage.database import files_aside

    return paths.ledger.exists() or paths.report.exists() or bool(files_aside(paths.ledger))


def _archive(data_dir: Path | None) -> SqliteLedger:
    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.ports.ledger import LedgerFailed

    try:
        return SqliteLedger.open_read_only(found(data_dir).ledger)
    except LedgerFailed as error:
        raise Failure(str(error)) from None
