"""`slowrise config`: where the configuration lies, whether it is right, what is in force."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from slowrise.cli.common import config_file, configured, found

if TYPE_CHECKING:
    from slowrise.config.config import Config


@click.group(epilog="Example: slowrise config check")
def config() -> None:
    """Where the configuration lies, if it is right, what is in force."""


@config.command(epilog='Example: $EDITOR "$(slowrise config path)"')
@config_file
def path(config_file: Path | None) -> None:
    """Print where the configuration lies, whether it is there or not."""
    click.echo(found(None, config_file).config)


@config.command(epilog="Example: slowrise config check")
@config_file
def check(config_file: Path | None) -> None:
    """Say whether the configuration is right.

    Every mistake is told with its key and an accepted example.
    """
    file = found(None, config_file).config
    for warning in configured(file).warnings:
        click.echo(warning, err=True)
    click.echo(f"{file}: right" if file.exists() else f"{file}: not there, so the defaults are in force")


@config.command(epilog='Example: slowrise config show --default > "$(slowrise config path)"')
@config_file
@click.option("--default", "reference", is_flag=True, help="Print the shipped file, with every key and its reason.")
def show(config_file: Path | None, *, reference: bool) -> None:
    """Print every setting in force, and where it comes from."""
    if reference:
        from slowrise.config import reference as shipped

        click.echo(shipped.reference(), nl=False)
        return
    file = found(None, config_file).config
    click.echo(settings_in_force(configured(file), str(file)), nl=False)


def settings_in_force(config: Config, origin: str) -> str:
    """Return every setting in force and where it comes from, as TOML that reads back; `origin` names the file."""
    from slowrise.config.config import SETTINGS, policy_of
    from slowrise.config.types import toml

    policy = policy_of(config)
    lines = []
    for setting in SETTINGS:
        source = origin
        if setting.value(config) == setting.default:
            source = f"profile {config.profile}" if setting.by_profile else "default"
        value = setting.type.write(setting.effective(config, policy))
        lines.append((f"{setting.name} = {toml(value)}", source))
    width = max(len(line) for line, _ in lines)
    return "".join(f"{line:{width}}  # {source}\n" for line, source in lines)
