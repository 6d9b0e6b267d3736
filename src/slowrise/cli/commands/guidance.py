"""`slowrise stand-up`, `red-flags` and `guidance`: read the guidance. None of them needs the daemon."""

from __future__ import annotations

import select
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from slowrise.adapters.system.paths import Paths
from slowrise.cli.common import (
    as_json,
    confirmed,
    data_dir,
    echo,
    echo_json,
    is_terminal,
    load_guidance,
    paths_for,
    with_paths,
)
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.views.guidance import guidance_object, guidance_page
from slowrise.cli.views.i18n import _
from slowrise.messages.guidance import while_seated


@click.command("stand-up", epilog="Example: slowrise stand-up")
@click.option("--all", "at_once", is_flag=True, help="Print all steps at once.")
@click.option("--seated", is_flag=True, help="Print what you can do if you cannot get up now.")
def stand_up(*, at_once: bool, seated: bool) -> None:
    """Show how to stand up slowly, step by step.

    On a terminal each step stays for the time it takes. Enter goes on at once, Ctrl-C ends.
    """
    guidance = load_guidance()
    if seated:
        echo("\n".join(while_seated(guidance)))
        return
    steps = [(f"{number}. {step.say}", step.seconds) for number, step in enumerate(guidance.steps, start=1)]
    # Step 9 sends for help, and this is the surface that has to say where.
    after = f"{_('Sitting down: {how}').format(how=guidance.down.say)}\n{guidance.say('red-flags-where')}"
    if at_once or not is_terminal():
        for step, _seconds in steps:
            echo(step)
        echo(after)
    elif _one_by_one(steps):
        echo(after)


def _one_by_one(steps: Iterable[tuple[str, float]]) -> bool:
    """Show each step for its seconds, or until the user presses Enter. Returns False if the user ends it."""
    click.echo(_("Each step stays for a while. Enter goes on at once, Ctrl-C ends.") + "\n")
    try:
        for step, seconds in steps:
            echo(step, nl=False)
            if not select.select([sys.stdin], [], [], seconds)[0]:
                click.echo("\n")
            elif sys.stdin.readline():  # the terminal shows the Enter, which ends the line
                click.echo()
            else:
                break
        else:
            return True
    except KeyboardInterrupt:
        pass
    click.echo()
    return False


@click.command("red-flags", epilog="Example: slowrise red-flags")
@data_dir
@click.option("--read", is_flag=True, help="Confirm that you have read them. Closes the notice; reminders come again.")
def red_flags(data_dir: Path | None, *, read: bool) -> None:
    """Show when to get help at once.

    Works at any time, with any settings.
    """
    guidance = load_guidance()
    echo(guidance.emergency)
    notes = HealthNotes(paths_for(data_dir))
    is_asked = not read and is_terminal() and notes.is_unread()
    if read or (is_asked and confirmed(guidance)):
        notes.mark_read()


@click.command(epilog="Example: slowrise guidance | less")
@with_paths
@as_json
def guidance(paths: Paths, *, as_json: bool) -> None:
    """Show every rule and sentence in force, with its source.

    For you or your clinician to read.
    """
    policy, until = HealthNotes(paths).profile()
    words = load_guidance(paths)
    if as_json:
        echo_json(guidance_object(words, policy, until))
    else:
        echo(guidance_page(words, policy, until))
