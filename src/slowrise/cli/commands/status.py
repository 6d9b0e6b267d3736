"""`slowrise status`: what the running daemon sees and does now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from slowrise.adapters.system.single_instance import socket_of
from slowrise.cli.common import Failure, as_json, ask, data_dir, echo_json, not_running, now_here, paths_for
from slowrise.cli.views.status import status_line, status_text
from slowrise.core.model.safe_text import json_text
from slowrise.daemon import control
from slowrise.daemon.exit_codes import ExitCode
from slowrise.daemon.status import parse_status


@click.command(epilog="Example: slowrise status --format waybar --follow")
@data_dir
@as_json
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "waybar"]),
    default="text",
    show_default=True,
    help="The format.",
)
@click.option("--verbose", is_flag=True, help="Also print the profile and the names of what slowrise works with.")
@click.option("--follow", is_flag=True, help="Keep running, and print a line for each change.")
def status(data_dir: Path | None, form: str, *, as_json: bool, verbose: bool, follow: bool) -> None:
    """Show whether you sit, stand or are away, and the next reminder."""
    form = "json" if as_json else form
    try:
        if follow:
            _follow(data_dir, form)
        else:
            _show(ask(data_dir, "status"), form, verbose=verbose)
    except control.NotRunning as error:
        raise not_running(error, paths_for(data_dir)) from None
    except Failure as failure:
        if form != "waybar" or follow or failure.exit_code != ExitCode.NOT_RUNNING:
            raise
        from slowrise.cli.views.waybar import stopped  # loads html, only for a bar

        click.echo(stopped())


def _follow(data_dir: Path | None, form: str) -> None:
    """Show the status after each change, until the daemon stops or the user presses Ctrl-C."""
    try:
        for answer in control.follow(socket_of(paths_for(data_dir))):
            _show(answer, form, is_stream=True)
        ended: control.NotRunning = control.Absent()
    except control.NotRunning as error:
        ended = error
    except KeyboardInterrupt:
        return
    if form == "waybar":
        from slowrise.cli.views.waybar import stopped  # loads html, only for a bar

        click.echo(stopped())
    raise not_running(ended, paths_for(data_dir))


def _show(answer: dict[str, Any], form: str, *, verbose: bool = False, is_stream: bool = False) -> None:
    now = now_here()
    if form == "waybar":
        from slowrise.cli.views.waybar import waybar

        click.echo(waybar(parse_status(answer), now))
    elif form == "json" and is_stream:
        click.echo(json_text(answer))
    elif form == "json":
        echo_json(answer)
    else:
        status = parse_status(answer)
        click.echo(status_line(status, now) if is_stream else status_text(status, now, verbose=verbose))
