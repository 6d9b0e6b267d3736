"""`slowrise window`: the window, a process of its own that lives only while it is open."""

from __future__ import annotations

import sys
from typing import get_args

import click

from slowrise.adapters.system.launcher import Page
from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import with_paths


@click.command(epilog="Example: slowrise window getup")
@with_paths
@click.argument("page", type=click.Choice(get_args(Page)), default="today")
def window(paths: Paths, page: Page) -> None:
    """Show the day, the way to get up, your back, or the settings.

    The window closes without a trace; slowrise goes on in the background.
    """
    from slowrise.cli.window.app import run

    sys.exit(run(paths, page))
