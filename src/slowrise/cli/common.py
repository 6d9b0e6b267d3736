"""What several commands share: where things lie, asking the daemon, and failing with the right exit code."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from slowrise.adapters.system.paths import Paths, paths
from slowrise.core.model import time_text

if TYPE_CHECKING:
    from slowrise.messages.guidance import Guidance

USAGE = 2
NOT_RUNNING = 3
NOTHING_TO_WATCH = 4


class Failure(click.ClickException):
    """A command that cannot do what it was asked; the message says what to do."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click means it to be set so, and declares it for the class


class Length(click.ParamType[float]):
    """A length of time such as `45m`, `1h30m` or `90s`."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds."""
        if isinstance(value, float):
            return value
        try:
            seconds = time_text.parse_duration(value)
        except time_text.TimeTextError as misread:
            self.fail(str(misread), param, ctx)
        if seconds <= 0:
            self.fail(f"{value!r} is no length of time; for example 45m", param, ctx)
        return seconds


class When(click.ParamType[datetime]):
    """A time: `14:05` (the latest one gone by) or ISO 8601; a date alone is the midnight it begins with."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware label."""
        if isinstance(value, datetime):
            return value
        with suppress(ValueError):
            return datetime.combine(date.fromisoformat(value), time()).astimezone()
        try:
            return time_text.parse_instant(value, here_and_now())
        except time_text.TimeTextError as misread:
            self.fail(str(misread), param, ctx)


class Day(click.ParamType[date]):
    """A date such as 2026-03-02; of a time, its date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date."""
        try:
            return value if isinstance(value, date) else datetime.fromisoformat(value).date()
        except ValueError:
            self.fail(f"{value!r} is no date; for example 2026-03-02", param, ctx)


data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the record lies (default: the XDG data directory).",
)
config_file = click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The configuration file to read.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def here_and_now() -> datetime:
    """Now, in the zone of this place."""
    from slowrise.adapters.system.clock import RealClock

    return RealClock().now().wall


def found(data_dir: Path | None, config_file: Path | None = None) -> Paths:
    """Where things lie; fails with a message where the runtime directory is not safe to use."""
    from slowrise.adapters.system.files import Unsafe

    try:
        return paths(config=config_file, data=data_dir)
    except (Unsafe, OSError) as error:
        raise Failure(str(error)) from None


def ask(data_dir: Path | None, do: str, **with_: Any) -> dict[str, Any]:
    """What the running daemon answers."""
    from slowrise.daemon import control

    try:
        return control.ask(found(data_dir).socket, do, with_)
    except control.Silent as error:
        raise Failure(f"{error}. Try again; if it stays so, end it and start it: slowrise run", NOT_RUNNING) from None
    except control.NotRunning as error:
        raise not_running(str(error)) from None
    except control.Refused as error:
        raise Failure(str(error), error.code) from None


def not_running(why: str) -> Failure:
    """The failure of a command that needs the daemon."""
    return Failure(
        f"{why}. Start it with your desktop: slowrise service install; or here: slowrise run",
        NOT_RUNNING,
    )


def configured(path: Path) -> Any:
    """The configuration in the file, or a failure that names every mistake in it."""
    from slowrise.adapters.system.resources import read_config
    from slowrise.config.parse import ConfigError

    try:
        return read_config(path)
    except ConfigError as error:
        raise Failure(str(error), USAGE) from None


def guidance_here(data_dir: Path | None = None, config_file: Path | None = None) -> Guidance:
    """What there is to say, in the user's language. A wrong configuration is no reason to say nothing."""
    from slowrise.adapters.system.resources import read_config, read_guidance
    from slowrise.config.parse import ConfigError

    try:
        return read_guidance(read_config(found(data_dir, config_file).config).guidance)
    except (ConfigError, Failure):
        return read_guidance()


def printed(value: Any) -> None:
    """Print as JSON, one object. A path that is no UTF-8 is escaped, so that whoever reads it gets the same bytes."""
    import json

    import msgspec

    try:
        click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))
    except UnicodeEncodeError:
        click.echo(json.dumps(msgspec.to_builtins(value), indent=2))


def said(text: str, *, nl: bool = True, hanging: int = 0) -> None:
    """Print sentences; on a terminal no word is torn apart at its edge. A pipe is given them as they are.

    What does not fit a line goes on `hanging` columns further in.
    """
    import shutil
    import sys

    from slowrise.cli.views.wrap import wrapped

    if sys.stdout.isatty():
        text = wrapped(text, shutil.get_terminal_size().columns, hanging=hanging)
    click.echo(text, nl=nl)
