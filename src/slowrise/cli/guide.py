"""The commands that show the guidance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from slowrise.cli.common import config_file, configured, found

if TYPE_CHECKING:
    from slowrise.guidance import Guidance


def _guidance() -> Guidance:
    from slowrise.reading import read_guidance

    return read_guidance()


@click.command("stand-up", epilog="Example: slowrise stand-up")
def stand_up() -> None:
    """How to stand up slowly, step by step."""
    from slowrise.guidance import numbered_steps

    guidance = _guidance()
    click.echo(numbered_steps(guidance))
    click.echo()
    click.echo(f"Sitting down: {guidance.down.say}")


@click.command("red-flags", epilog="Example: slowrise red-flags")
def red_flags() -> None:
    """When to get help at once. It does not wait for anything."""
    click.echo(_guidance().red_flags.text)


@click.command(epilog="Example: slowrise guidance | less")
@config_file
def guidance(config_file: Path | None) -> None:
    """Every rule and sentence active now, with what it rests on."""
    from slowrise.config import policy_of
    from slowrise.views.guidance import guidance_page

    config = configured(found(None, config_file).config)
    click.echo(guidance_page(_guidance(), policy_of(config)))
