"""`slowrise report`: a page with charts about some days, for the user or a clinician."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from subprocess import DEVNULL

import click

from slowrise.adapters.system import files
from slowrise.adapters.system.paths import REPORT_NEEDS, Paths
from slowrise.cli.commands.summary import usual_before
from slowrise.cli.common import (
    DayParam,
    Failure,
    how_to_install,
    load_config,
    load_guidance,
    now_here,
    with_paths,
)
from slowrise.cli.day_reader import open_days
from slowrise.cli.report.model import Report
from slowrise.cli.views.i18n import _, in_language
from slowrise.config.config import Config
from slowrise.daemon.exit_codes import ExitCode
from slowrise.messages.locale import LANGUAGES

DAYS = 14
LONGEST = 366
"""Days. A longer page would be too slow to draw and too long to read."""

PAGE = click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path)


@click.command(epilog="Example: slowrise report --days 28 --html sitting.html --open")
@with_paths
@click.option(
    "--days", "number", type=click.IntRange(1, LONGEST), help=f"The number of days up to the last. [default: {DAYS}]"
)
@click.option("--from", "first", type=DayParam(), help="The first day.")
@click.option("--to", "last", type=DayParam(), help="The last day (default: today).")
@click.option("--html", type=PAGE, help="Write the page to this file (default: in the data directory); - prints it.")
@click.option("--png", type=PAGE, help="Write one picture of all charts to this file.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="The language of the report, if another than yours: en or ko."
)
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
def report(
    paths: Paths,
    *,
    number: int | None,
    first: date | None,
    last: date | None,
    html: Path | None,
    png: Path | None,
    language: str | None,
    opens: bool,
) -> None:
    """Make a page with charts, for you or a clinician.

    The page is one file, which needs no network.
    """
    check_for_charts()
    content = _report(paths, load_config(paths.config), (first, last, number))
    guidance = load_guidance(paths, language)
    if not content.seen:
        nothing = _("Nothing is recorded from {first} to {last}; the report says only that.")
        click.echo(nothing.format(first=content.first, last=content.last), err=True)
    if png is not None:
        from slowrise.cli.report.png import language_of_picture  # matplotlib, which has been looked for by now
        from slowrise.cli.report.png import png as draw_png

        with in_language(guidance.language):
            small = load_guidance(paths, language_of_picture()).disclaimer.say
            write_page(png, draw_png(content, small))
    if png is None or html is not None or opens:
        from slowrise.cli.report.html import page  # matplotlib and jinja2

        path = html or _default_path(paths)
        write_page(path, page(content, guidance, now_here()).encode())
        if opens and str(path) != "-":
            _open_in_browser(path.absolute().as_uri())


def _open_in_browser(address: str) -> None:
    """Open the page. The browser gets none of our streams: it may run for hours, and others wait for their end."""
    if sys.platform != "linux":
        click.launch(address)
        return
    with suppress(OSError):  # there is no desktop; `write_page` has printed the path
        subprocess.Popen(["xdg-open", address], stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)


def _default_path(paths: Paths) -> Path:
    """The page in the data directory, which is made if it is missing."""
    with suppress(OSError):  # `write_page` reports it
        paths.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return paths.report


def _report(paths: Paths, config: Config, wanted: tuple[date | None, date | None, int | None]) -> Report:
    with open_days(paths, config) as days:
        first, last = _dates(*wanted, today=days.today)
        return Report(
            list(days.between(first, last)),
            days.policy,
            usual=usual_before(days, first),
            today=days.today,
            computers=days.computers,
            missing=days.missing,
        )


def _dates(first: date | None, last: date | None, number: int | None, *, today: date) -> tuple[date, date]:
    """The first and the last day of the report."""
    if first is not None and last is not None and number is not None:
        raise Failure("Give two of --from, --to and --days; for example --from 2026-03-02 --days 14", ExitCode.USAGE)
    back = timedelta(days=(number or DAYS) - 1)
    if first is not None and last is None:
        last = first + back if number else today
    last = last or today
    first = first or last - back
    if not first <= last:
        raise Failure(f"--from {first} is after --to {last}", ExitCode.USAGE)
    if (last - first).days >= LONGEST:
        raise Failure(f"{first} to {last} are more than {LONGEST} days; for example --days {LONGEST}", ExitCode.USAGE)
    return first, last


def missing_for_charts() -> list[str]:
    """Return the libraries that the report needs and that are not installed."""
    return [name for name in REPORT_NEEDS if importlib.util.find_spec(name) is None]


def check_for_charts() -> None:
    """Raise `Failure` if a library that the report needs is not installed."""
    missing = missing_for_charts()
    if missing:
        text = _("The report needs {what}, which is not installed. To install: {how}")
        raise Failure(text.format(what=", ".join(missing), how=how_to_install("report")))


def write_page(path: Path, content: bytes) -> None:
    """Write the file in one step, or print it for `-`. Only the user can read it: it may hold health notes."""
    if str(path) == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        files.write(path, content)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
    click.echo(_("Written: {path}").format(path=path), err=True)
