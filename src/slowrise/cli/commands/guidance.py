"""The commands that show the guidance. None of them needs a daemon, and none fails over a wrong configuration."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from slowrise.cli.common import as_json, config_file, configured, data_dir, guidance_here, printed, said
from slowrise.cli.views.i18n import _


@click.command("stand-up", epilog="Example: slowrise stand-up")
def stand_up() -> None:
    """How to stand up slowly, step by step. On a terminal each step waits for Enter."""
    guidance = guidance_here()
    steps = [f"{number}. {step.say}" for number, step in enumerate(guidance.steps, start=1)]
    steps.append(_("Sitting down: {how}").format(how=guidance.down.say))
    waits = sys.stdin.isatty() and sys.stdout.isatty()
    if waits:
        click.echo(_("Enter shows the next step."))
    for place, step in enumerate(steps):
        said(step, nl=not waits)
        if waits and (place + 1 == len(steps) or not sys.stdin.readline()):
            click.echo()
            return


@click.command("red-flags", epilog="Example: slowrise red-flags")
@data_dir
@click.option("--read", is_flag=True, help="Say that you have read them: the notice goes, and prompts come again.")
def red_flags(data_dir: Path | None, *, read: bool) -> None:
    """When to get help at once. It does not wait for anything."""
    said(guidance_here().emergency)
    if read:
        from slowrise.cli.health_notes import HealthNotes

        HealthNotes(data_dir, None).were_read()


@click.command(epilog="Example: slowrise guidance | less")
@data_dir
@config_file
@as_json
def guidance(data_dir: Path | None, config_file: Path | None, *, as_json: bool) -> None:
    """Every rule and sentence active now, with what it rests on.

    For you or your clinician to read.
    """
    from slowrise.cli.health_notes import HealthNotes
    from slowrise.cli.views.guidance import guidance_object, guidance_page
    from slowrise.config.config import policy_of

    notes = HealthNotes(data_dir, config_file)
    name, until = notes.profile()
    policy = policy_of(configured(notes.paths.config), name)
    words = guidance_here(data_dir, config_file)
    if as_json:
        printed(guidance_object(words, policy, until))
    else:
        said(guidance_page(words, policy, until))
