"""`slowrise service`: start with the desktop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from slowrise.cli.common import Failure, data_dir, found


@click.group(epilog="Example: slowrise service install")
def service() -> None:
    """Start with the desktop: the systemd user unit, or an autostart entry where there is no systemd."""


def _done(work: Callable[[], list[str]]) -> None:
    from slowrise.service import ServiceFailed

    try:
        lines = work()
    except ServiceFailed as error:
        raise Failure(str(error)) from None
    for line in lines:
        click.echo(line)


@service.command(epilog="Example: slowrise service install")
@data_dir
def install(data_dir: Path | None) -> None:
    """Start slowrise now and with each desktop session."""
    from slowrise import service as services

    _done(lambda: services.install(services.executable(), found(data_dir).data))


@service.command(epilog="Example: slowrise service uninstall")
def uninstall() -> None:
    """Stop slowrise and start it no more. Your record and configuration stay."""
    from slowrise import service as services

    _done(services.uninstall)


@service.command(epilog="Example: slowrise service status")
def status() -> None:
    """Say whether it is installed and runs."""
    from slowrise import service as services

    _done(services.status)
