"""`slowrise stand-up`, `red-flags` and `guidance`: read the guidance. None of them needs the daemon."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import as_json, data_dir, echo, echo_json, load_config, load_guidance, paths_for, with_paths
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.views.guidance import guidance_object, guidance_page
from slowrise.cli.views.i18n import _
from slowrise.config.config import policy_of


@click.command("stand-up", epilog="Example: slowrise stand-up")
def stand_up() -> None:
    """Show how to stand up slowly, step by step.

    On a terminal, press Enter for the next step.
    """
    guidance = load_guidance()
    steps = [f"{number}. {step.say}" for number, step in enumerate(guidance.steps, start=1)]
    steps.append(_("Sitting down: {how}").format(how=guidance.down.say))
    waits = sys.stdin.isatty() and sys.stdout.isatty()
    if waits:
        click.echo(_("Press Enter for the next step."))
    for place, step in enumerate(steps):
        echo(step, nl=not waits)
        if waits and (place + 1 == len(steps) or not sys.stdin.readline()):
            click.echo()
            return


@click.command("red-flags", epilog="Example: slowrise red-flags")
@data_dir
@click.option("--read", is_flag=True, help="Confirm that you have read them. Closes the notice; prompts come again.")
def red_flags(data_dir: Path | None, *, read: bool) -> None:
    """Show when to get help at once.

    Works at any time, with any settings.
    """
    echo(load_guidance().emergency)
    if read:
        HealthNotes(paths_for(data_dir)).mark_read()


@click.command(epilog="Example: slowrise guidance | less")
@with_paths
@as_json
def guidance(paths: Paths, *, as_json: bool) -> None:
    """Show every rule and sentence in force, with its source.

    For you or your clinician to read.
    """
    name, until = HealthNotes(paths).profile()
    policy = policy_of(load_config(paths.config), name)
    words = load_guidance(paths)
    if as_json:
        echo_json(guidance_object(words, policy, until))
    else:
        echo(guidance_page(words, policy, until))
