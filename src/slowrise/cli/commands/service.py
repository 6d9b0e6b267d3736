"""`slowrise service`: start with the desktop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import Failure, data_dir, found


@click.group(epilog="Example: slowrise service install")
def service() -> None:
    """Start with the desktop.

    By the systemd user unit, or an autostart entry where there is no systemd.
    """


def _done(work: Callable[[], list[str]]) -> None:
    from slowrise.adapters.system.autostart import ServiceFailed

    try:
        lines = work()
    except ServiceFailed as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"{error.filename} cannot be written ({error.strerror})") from None
    for line in lines:
        click.echo(line)


@service.command(epilog="Example: slowrise service install")
@data_dir
def install(data_dir: Path | None) -> None:
    """Start slowrise now and with each desktop session."""
    from slowrise.adapters.system import autostart

    paths = found(data_dir)
    _done(lambda: autostart.install(autostart.executable(), paths.data, _shared(paths)))


def _shared(paths: Paths) -> Path | None:
    """The folder that the daemon shares its days in. A wrong configuration names none, and is said by the daemon."""
    from slowrise.adapters.system.resources import read_config
    from slowrise.config.parse import ConfigError

    try:
        folder = read_config(paths.config).share.folder
    except ConfigError:
        return None
    return Path(folder).expanduser() if folder else None


@service.command(epilog="Example: slowrise service uninstall")
def uninstall() -> None:
    """Stop slowrise and start it no more. Your record and configuration stay."""
    from slowrise.adapters.system import autostart

    _done(autostart.uninstall)


@service.command(epilog="Example: slowrise service status")
def status() -> None:
    """Say whether it is installed and runs."""
    from slowrise.adapters.system import autostart

    _done(autostart.status)
