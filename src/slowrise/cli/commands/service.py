"""`slowrise service`: start slowrise with the desktop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from slowrise.adapters.system import autostart
from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.resources import read_config
from slowrise.cli.common import Failure, Subcommands, data_dir, paths_for
from slowrise.cli.views.i18n import translate
from slowrise.config.parse import ConfigError


@click.group(cls=Subcommands, epilog="Example: slowrise service install")
def service() -> None:
    """Start slowrise with your desktop, or stop that.

    It uses a systemd user unit, or an autostart entry where there is no systemd. `install` looks how this desktop
    starts programs, and tells you which way it took.
    """


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except autostart.ServiceFailed as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"{error.filename} cannot be written ({error.strerror})") from None


@service.command(epilog="Example: slowrise service install")
@data_dir
def install(data_dir: Path | None) -> None:
    """Start slowrise now, and each time you log in."""
    paths = paths_for(data_dir)
    with _failures():
        _print(autostart.install(autostart.executable(), paths.data, _shared_folder(paths)))


def _shared_folder(paths: Paths) -> Path | None:
    """The folder where the daemon shares its days. The daemon reports a wrong configuration; this ignores it."""
    try:
        folder = read_config(paths.config).share.folder
    except ConfigError:
        return None
    return Path(folder).expanduser() if folder else None


@service.command(epilog="Example: slowrise service uninstall")
def uninstall() -> None:
    """Stop slowrise, and do not start it again. Your data and settings stay."""
    with _failures():
        _print(autostart.uninstall())


@service.command(epilog="Example: slowrise service status")
def status() -> None:
    """Show whether slowrise is installed and running."""
    with _failures():
        _print(autostart.status())


def _print(lines: list[str]) -> None:
    for line in lines:
        click.echo(translate(line))
