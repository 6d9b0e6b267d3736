"""`slowrise report`: some days on a page with charts, for oneself or a clinician."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from slowrise.cli.common import (
    USAGE,
    Day,
    Failure,
    config_file,
    configured,
    data_dir,
    found,
    guidance_here,
    here_and_now,
)

if TYPE_CHECKING:
    from slowrise.adapters.system.paths import Paths
    from slowrise.cli.report.model import Report

DAYS = 14
LONGEST = 366
"""Days: a longer page could be neither read nor drawn."""
USUAL_OVER = 28


PAGE = click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path)


@click.command(epilog="Example: slowrise report --days 28 --html sitting.html --open")
@data_dir
@config_file
@click.option(
    "--days", "number", type=click.IntRange(1, LONGEST), help=f"So many days up to the last. [default: {DAYS}]"
)
@click.option("--from", "first", type=Day(), help="The first day.")
@click.option("--to", "last", type=Day(), help="The last day (default: today).")
@click.option("--html", type=PAGE, help="Write the page there (default: beside the record); - is standard output.")
@click.option("--png", type=PAGE, help="Write a picture of it there.")
@click.option("--open", "opens", is_flag=True, help="Show the page in the browser.")
def report(
    data_dir: Path | None,
    config_file: Path | None,
    *,
    number: int | None,
    first: date | None,
    last: date | None,
    html: Path | None,
    png: Path | None,
    opens: bool,
) -> None:
    """A page with charts, for you or to show to a clinician.

    One file, which needs no network.
    """
    check_for_charts()
    paths = found(data_dir, config_file)
    made = _report(paths, configured(paths.config), (first, last, number))
    guidance = guidance_here(data_dir, config_file)
    if png is not None:
        from slowrise.cli.report.png import png as picture

        write_page(png, picture(made, guidance.disclaimer.say))
    if png is None or html is not None or opens:
        from slowrise.cli.report.html import page

        path = html or _beside_the_record(paths)
        write_page(path, page(made, guidance, here_and_now()).encode())
        if opens and str(path) != "-":
            click.launch(path.absolute().as_uri())


def _beside_the_record(paths: Paths) -> Path:
    """Where the page goes that is not named, also where nothing was ever recorded."""
    with suppress(OSError):  # what is wrong there is told when it is written
        paths.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return paths.report


def _report(paths: Any, config: Any, asked: tuple[date | None, date | None, int | None]) -> Report:
    from slowrise.cli.day_reader import open_days
    from slowrise.cli.report.model import Report
    from slowrise.core.metrics.period import usual

    with open_days(paths, config) as days:
        first, last = _span(*asked, today=days.today)
        records = list(days.between(first, last))
        before = days.known(first - timedelta(days=USUAL_OVER), first - timedelta(days=1))
        return Report(
            records,
            days.policy,
            usual=usual(before),
            today=days.today,
            computers=days.computers,
            missing=days.missing,
        )


def _span(first: date | None, last: date | None, number: int | None, *, today: date) -> tuple[date, date]:
    """The first and the last day that are meant."""
    if first is not None and last is not None and number is not None:
        raise Failure("Give two of --from, --to and --days; for example --from 2026-03-02 --days 14", USAGE)
    back = timedelta(days=(number or DAYS) - 1)
    if first is not None and last is None:
        last = first + back if number else today
    last = last or today
    first = first or last - back
    if not first <= last:
        raise Failure(f"--from {first} is after --to {last}", USAGE)
    if (last - first).days >= LONGEST:
        raise Failure(f"{first} to {last} are more than {LONGEST} days; for example --days {LONGEST}", USAGE)
    return first, last


def missing_for_charts() -> list[str]:
    """What draws the report and is not installed."""
    from importlib.util import find_spec

    from slowrise.adapters.system.paths import REPORT_NEEDS

    return [name for name in REPORT_NEEDS if find_spec(name) is None]


def check_for_charts() -> None:
    """Raise `Failure` where what draws the report is not installed."""
    missing = missing_for_charts()
    if missing:
        raise Failure(
            f"The report is drawn by {' and '.join(missing)}, not installed here. To install: "
            f"{sys.executable} -m pip install 'slowrise[report]'"
        )


def write_page(path: Path, content: bytes) -> None:
    """Written whole, and readable by its user alone: it may hold health notes."""
    import os
    import tempfile

    if str(path) == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".report-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
    click.echo(f"Written: {path}", err=True)
