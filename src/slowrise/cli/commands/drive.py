"""`slowrise drive`: note a long drive. Works with and without the daemon."""

from __future__ import annotations

import click

from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import LengthParam, echo, load_guidance, with_paths
from slowrise.cli.health_notes import HealthNotes
from slowrise.core.model.policy import LONG_DRIVE


@click.command(epilog="Example: slowrise drive 2h")
@with_paths
@click.argument("length", type=LengthParam())
def drive(paths: Paths, length: float) -> None:
    """Note a long drive, once you are back.

    The first sit after a drive of an hour or more gets the shorter limits of recovery. Never use it while you drive.
    """
    guidance = load_guidance(paths)
    if length < LONG_DRIVE:
        echo(guidance.say("drive-short"))
        return
    HealthNotes(paths).add("drive", seconds=length)
    echo(guidance.say("drive-on"))
