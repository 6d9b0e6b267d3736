"""The help texts on a terminal of 80 columns."""

import re

import click
import pytest
from click.testing import CliRunner

from slowrise.cli.main import COMMANDS, commands

COLUMNS = 80
GROUPS = [name for name in COMMANDS if isinstance(commands.get_command(click.Context(commands), name), click.Group)]


@pytest.mark.parametrize("group", [[], *([name] for name in GROUPS)], ids=lambda names: names[0] if names else "all")
def test_the_description_of_each_command_fits_on_one_line(group: list[str]) -> None:
    done = CliRunner().invoke(commands, [*group, "--help"], terminal_width=COLUMNS)
    headings = ["Commands", *dict.fromkeys(entry.group for entry in COMMANDS.values())]
    listed = "".join(done.stdout.partition(f"\n{heading}:\n")[2].partition("\n\n")[0] + "\n" for heading in headings)
    assert listed.strip()
    assert all(re.match(r"  \w", line) for line in listed.splitlines() if line), "a line is wrapped"
    assert not [line for line in listed.splitlines() if line.endswith("...")]
