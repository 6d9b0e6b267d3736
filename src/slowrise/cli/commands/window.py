"""`slowrise window`: the window, a process of its own that lives only while it is open."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import get_args

import click

from slowrise.adapters.system.paths import Page, Paths
from slowrise.adapters.system.programs import leave_current_directory
from slowrise.cli.common import Failure, any_config_file, with_paths
from slowrise.cli.views.i18n import _
from slowrise.cli.window import failing
from slowrise.cli.window.first_time import first_page
from slowrise.cli.window.single import OneWindow, Wish


@click.command(epilog="Example: slowrise window getup")
@failing.seen()
@partial(with_paths, config_option=any_config_file)  # a menu has no place for a mistake in it
@click.argument("page", type=click.Choice(get_args(Page)), required=False)
def window(paths: Paths, page: Page | None) -> None:
    """Open the window: your day, getting up, your back, the settings.

    Without PAGE it shows a welcome the first time, and later the day.

    You can close the window at any time; slowrise goes on in the background.
    """
    leave_current_directory()
    page = page or first_page(paths)
    with OneWindow(paths) as one:
        if not one.claim():
            if one.hand_over(Wish(page, os.environ.get("XDG_ACTIVATION_TOKEN", ""))):
                return
            if not one.claim():
                raise Failure(_("The open window does not answer. Close it, then open it again."))
        with failing.missing_libraries():
            from slowrise.cli.window.app import run  # Qt

        sys.exit(run(paths, page, one))
