"""`slowrise export` and `slowrise forget`: take the data out, or away."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slowrise.cli.common import Failure, When, data_dir, found

if TYPE_CHECKING:
    from slowrise.ledgers import Archive


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
    from slowrise.events import HEALTH
    from slowrise.ports import LedgerFailed
    from slowrise.trace import written_line

    try:
        for event in _archive(data_dir).events(begin, end):
            if with_health or not isinstance(event, HEALTH):
                click.echo(written_line(event))
    except LedgerFailed as error:
        raise Failure(str(error)) from None


@click.command(epilog="Example: slowrise forget --before 2026-01-01")
@data_dir
@click.option("--before", type=When(), help="Forget what happened before this time.")
@click.option("--all", "everything", is_flag=True, help="Forget everything.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(data_dir: Path | None, before: datetime | None, *, everything: bool, yes: bool) -> None:
    """Take data away, beyond recovery. Asks first."""
    from slowrise import instance
    from slowrise.ledgers.sqlite import SqliteLedger
    from slowrise.ports import LedgerFailed

    if everything == (before is not None):
        raise Failure("Give either --before DATE or --all; for example --before 2026-01-01", 2)
    places = found(data_dir)
    what = "everything" if everything else f"all before {before:%Y-%m-%d %H:%M}"
    if not places.ledger.exists():
        click.echo("Nothing is recorded.")
        return
    if instance.running(places.lock) is not None:
        raise Failure("The daemon is running and would write on: stop it first (slowrise service uninstall, or Ctrl-C)")
    if not yes:
        click.confirm(f"Forget {what}, beyond recovery?", abort=True)
    try:
        ledger = SqliteLedger(places.ledger)
        if before is None:
            ledger.delete_all()
        else:
            ledger.delete_before(before)
        ledger.close()
    except LedgerFailed as error:
        raise Failure(str(error)) from None
    click.echo(f"Forgotten: {what}.")


def _archive(data_dir: Path | None) -> Archive:
    from slowrise.ledgers.sqlite import SqliteLedger
    from slowrise.ports import LedgerFailed

    try:
        return SqliteLedger.open_read_only(found(data_dir).ledger)
    except LedgerFailed as error:
        raise Failure(str(error)) from None
