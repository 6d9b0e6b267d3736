"""`slowrise config`: where the settings are, whether they are right, and which are in force."""

from __future__ import annotations

from pathlib import Path

import click

from slowrise.adapters.system import files
from slowrise.cli.common import Subcommands, config_file, load_config, paths_for
from slowrise.cli.views.i18n import _, translate
from slowrise.cli.views.profile import profile_name
from slowrise.config import reference as shipped
from slowrise.config.config import SETTINGS, Config, policy_of
from slowrise.config.types import toml


@click.group(cls=Subcommands, epilog="Example: slowrise config check")
def config() -> None:
    """Find, check or show the settings."""


@config.command(epilog='Example: $EDITOR "$(slowrise config path)"')
@config_file
def path(config_file: Path | None) -> None:
    """Print the path of the settings file, even if there is none yet."""
    click.echo(paths_for(None, config_file).config)


@config.command(epilog="Example: slowrise config check")
@config_file
def check(config_file: Path | None) -> None:
    """Check the settings file.

    Lists every mistake with its key and an example that works.
    """
    file = paths_for(None, config_file).config
    for warning in load_config(file).warnings:
        click.echo(translate(warning), err=True)
    text = _("{file}: no mistakes") if files.exists(file) else _("{file}: no such file, so the defaults are in force")
    click.echo(text.format(file=file))


@config.command(epilog='Example: slowrise config show --default > "$(slowrise config path)"')
@config_file
@click.option("--default", "reference", is_flag=True, help="Print the default file: every setting, with its reason.")
def show(config_file: Path | None, *, reference: bool) -> None:
    """Print every setting in force, and where it comes from."""
    if reference:
        click.echo(shipped.reference(), nl=False)
        return
    file = paths_for(None, config_file).config
    click.echo(settings_in_force(load_config(file), str(file)), nl=False)


def settings_in_force(config: Config, origin: str) -> str:
    """Return every setting in force and where it comes from, as TOML that reads back; `origin` names the file."""
    policy = policy_of(config)
    lines = []
    for setting in SETTINGS:
        source = origin
        if setting.value(config) == setting.default:
            source = (
                _("profile {name}").format(name=profile_name(config.profile)) if setting.by_profile else _("default")
            )
        value = setting.type.write(setting.effective(config, policy))
        lines.append((f"{setting.name} = {toml(value)}", source))
    width = max(len(line) for line, _ in lines)
    return "".join(f"{line:{width}}  # {source}\n" for line, source in lines)
