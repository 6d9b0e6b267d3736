"""What commands share: options, files, the ledger, the daemon, printing, and failures with the right exit code.

The daemon imports this module, so whatever it does not need is imported inside a function.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime, time
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import click
import msgspec

from slowrise.adapters.system.clock import RealClock
from slowrise.adapters.system.files import Unsafe
from slowrise.adapters.system.paths import NoHome, Paths, paths
from slowrise.adapters.system.single_instance import running, socket_of
from slowrise.core.model import time_text
from slowrise.core.model.safe_text import json_text, plain
from slowrise.daemon import control
from slowrise.daemon.exit_codes import ExitCode
from slowrise.ports.ledger import LedgerFailed

if TYPE_CHECKING:
    from slowrise.adapters.storage.sqlite import SqliteLedger
    from slowrise.config.config import Config
    from slowrise.messages.guidance import Guidance


DEBIAN_PACKAGES: dict[Literal["report", "window"], str] = {
    "report": "python3-jinja2 python3-matplotlib",
    "window": "python3-pyside6.qtsvg python3-pyside6.qtwidgets python3-tomlkit",
}
"""What to install beside the Debian package of slowrise, as `debian/control` names it."""


class Failure(click.ClickException):
    """A command could not do its work. The message tells the user what to do next."""

    def __init__(self, message: str, code: int = ExitCode.ERROR) -> None:
        super().__init__(plain(message))
        self.exit_code = code  # type: ignore[misc]  # click declares it on the class, and documents this


class Subcommands(click.Group):
    """A command with commands below it. An unknown word gets the name of the nearest of them."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command as click does."""
        if args and args[0] not in self.commands and not ctx.resilient_parsing and not args[0].startswith("-"):
            from slowrise.cli.views.listing import unknown_below

            raise Failure(unknown_below(self.name or "", args[0], self.commands), ExitCode.USAGE)
        return super().resolve_command(ctx, args)


# -- types of arguments ------------------------------------------------------------------------------------------------

if TYPE_CHECKING:
    from click import ParamType
else:

    class ParamType(click.ParamType, Generic[TypeVar("Value")]):
        """The type of click. Before 8.3 it takes no parameter; Debian 13 has 8.1."""


class LengthParam(ParamType[float]):
    """A duration such as `45m`, `1h30m` or `90s`."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the duration in seconds."""
        if isinstance(value, float):
            return value
        try:
            seconds = time_text.parse_duration(value)
        except time_text.TimeTextError as error:
            self.fail(str(error), param, ctx)
        if seconds <= 0:
            self.fail(f"{value!r} is not above zero; for example 45m", param, ctx)
        return seconds


class TimeParam(ParamType[datetime]):
    """A time: `14:05` is the latest 14:05 in the past; ISO 8601 is exact; a date alone means its midnight."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return an aware wall time."""
        if isinstance(value, datetime):
            return value
        now, is_date = now_here(), False  # first, because it makes sure of a possible time zone
        with suppress(ValueError):
            is_date = bool(date.fromisoformat(value))
        try:
            if is_date:
                return datetime.combine(time_text.parse_day(value), time()).astimezone()
            return time_text.parse_instant(value, now)
        except time_text.TimeTextError as error:
            self.fail(str(error), param, ctx)


class DayParam(ParamType[date]):
    """A date such as 2026-03-02. Of a time it takes the date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date."""
        try:
            return value if isinstance(value, date) else time_text.parse_day(value)
        except time_text.OutOfBounds as error:
            self.fail(str(error), param, ctx)
        except time_text.TimeTextError:
            self.fail(f"Not a date: {value}. Write it like 2026-03-02", param, ctx)


data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="The directory of your data (default: ~/.local/share/slowrise).",
)
config_file = click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The configuration file to use.",
)
any_config_file = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="The configuration file to use; the window also shows what is wrong with one.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def with_paths(
    command: Callable[..., None], config_option: Callable[[Callable[..., None]], Callable[..., None]] = config_file
) -> Callable[..., None]:
    """Add `data_dir` and `config_file` to a command that takes `paths` instead of their values."""

    @data_dir
    @config_option
    @wraps(command)
    def with_options(data_dir: Path | None, config_file: Path | None, **options: Any) -> None:
        command(paths_for(data_dir, config_file), **options)

    return with_options


# -- the machine, its files, and the daemon ----------------------------------------------------------------------------


def now_here() -> datetime:
    """Return the current time in the local time zone."""
    return RealClock().now().wall


def paths_for(data_dir: Path | None, config_file: Path | None = None) -> Paths:
    """Return the paths of all files. Raises `Failure` if the runtime directory is not safe to use."""
    try:
        return paths(config=config_file, data=data_dir)
    except (Unsafe, NoHome, OSError) as error:
        raise Failure(str(error)) from None


def load_config(path: Path) -> Config:
    """Return the configuration in the file. Raises `Failure`, which lists every mistake in it."""
    from slowrise.adapters.system.resources import read_config  # loads every setting, which `status` does not need
    from slowrise.config.parse import ConfigError

    try:
        return read_config(path)
    except ConfigError as error:
        raise Failure(str(error), ExitCode.USAGE) from None


def load_guidance(paths: Paths | None = None, language: str | None = None) -> Guidance:
    """Return the guidance in that language, or else in the user's.

    It must be readable even if the configuration is wrong.
    """
    from slowrise.adapters.system.resources import read_config, read_guidance
    from slowrise.config.config import GuidanceSettings
    from slowrise.config.parse import ConfigError

    try:
        wanted = read_config((paths or paths_for(None)).config).guidance
    except (ConfigError, Failure):
        wanted = GuidanceSettings()
    return read_guidance(wanted if language is None else msgspec.structs.replace(wanted, language=language))


@contextmanager
def ledger_failures() -> Iterator[None]:
    """Turn what goes wrong with the ledger into a `Failure`."""
    try:
        yield
    except LedgerFailed as error:
        raise Failure(str(error)) from None


@contextmanager
def open_ledger(paths: Paths, *, write: bool = False) -> Iterator[SqliteLedger]:
    """Open the ledger, read-only unless `write`, and close it at the end. Ledger errors become a `Failure`."""
    from slowrise.adapters.storage.sqlite import SqliteLedger  # `status` does without SQLite

    with ledger_failures():
        ledger = SqliteLedger(paths.ledger) if write else SqliteLedger.open_read_only(paths.ledger)
        with closing(ledger):
            yield ledger
    if ledger.left_out:
        from slowrise.cli.views.i18n import _

        row, why = min(ledger.left_out.items())
        text = _("{number} of the recorded events cannot be used and were left out. The first: row {row} ({why}).")
        click.echo(text.format(number=len(ledger.left_out), row=row, why=why), err=True)


def ask(data_dir: Path | None, do: str, **with_: Any) -> dict[str, Any]:
    """Return the answer of the running daemon. Raises `Failure` if it refuses, is silent or does not run."""
    where = paths_for(data_dir)
    try:
        return control.ask(socket_of(where), do, with_)
    except control.Silent as error:
        from slowrise.cli.views.i18n import _

        advice = _("Try again. If that does not help, log out and in again.")
        raise Failure(f"{error}. {advice}", ExitCode.NOT_RUNNING) from None
    except control.NotRunning as error:
        raise not_running(error, where) from None
    except control.Refused as error:
        raise Failure(str(error), error.code) from None


def not_running(error: control.NotRunning, paths: Paths) -> Failure:
    """Return the failure of a command that needs the daemon."""
    from slowrise.cli.views.i18n import _  # the daemon has no words for a terminal

    if isinstance(error, control.Absent) and (pid := running(paths.lock)):
        text = _("slowrise runs as process {pid}, but cannot be reached: nothing answers at {path}. To start it again:")
        again = f"\n  kill {pid}\n  slowrise service install"
        return Failure(text.format(pid=pid, path=socket_of(paths)) + again, ExitCode.NOT_RUNNING)
    why = _("slowrise is not running") if isinstance(error, control.Absent) else str(error)
    return Failure(
        _("{why}. To start it now and with each login:").format(why=why) + "\n  slowrise service install",
        ExitCode.NOT_RUNNING,
    )


def how_to_install(extra: Literal["report", "window"]) -> str:
    """Return the command that installs the libraries of the report or of the window."""
    from slowrise.adapters.system.autostart import packaged  # only after something went wrong

    if packaged():
        return f"sudo apt install {DEBIAN_PACKAGES[extra]}"
    return f"{sys.executable} -m pip install 'slowrise[{extra}]'"


# -- asking --------------------------------------------------------------------------------------------------------


def is_terminal() -> bool:
    """Return whether the command can ask the user: standard input and output are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def confirmed(guidance: Guidance) -> bool:
    """Wait for a line on standard input, which confirms that the red flags above were read."""
    from slowrise.cli.views.i18n import _  # the daemon has no words for a terminal

    click.echo(_("{read}: press Enter").format(read=guidance.say("button-read")) + " ", nl=False)
    if sys.stdin.readline():
        return True
    click.echo()
    return False


# -- printing ----------------------------------------------------------------------------------------------------------


def echo_json(value: Any) -> None:
    """Print one indented JSON object."""
    click.echo(json_text(value, indent=2))


def agrees(question: str, *, err: bool = False) -> bool:
    """Ask on the terminal, and return whether the user agrees. No answer means no; the end of the input aborts.

    `ㅛ` is the key of y while the keyboard types Korean.
    """
    click.echo(f"{question} [y/N]: ", nl=False, err=err)
    typed = sys.stdin.readline()
    if not typed:
        click.echo(err=err)
        raise click.Abort
    return typed.strip().lower() in {"y", "yes", "ㅛ", "예", "네"}


def echo(text: str, *, nl: bool = True, hanging: int = 0) -> None:
    """Print sentences. On a terminal, break lines between words; in a pipe, change nothing.

    `hanging`: columns by which the second and later lines are indented.
    """
    text = plain(text)
    if sys.stdout.isatty():
        from slowrise.cli.views.wrap import wrapped

        text = wrapped(text, shutil.get_terminal_size().columns, hanging=hanging)
    click.echo(text, nl=nl)
