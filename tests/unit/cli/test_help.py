"""The help texts on a terminal of 80 columns, the list of commands, and words that are no command."""

import re
from collections import Counter

import click
import pytest
from click.testing import CliRunner

from slowrise.cli.main import COMMANDS, commands
from slowrise.cli.views.i18n import catalogue
from slowrise.cli.views.listing import BELOW, MEANINGS, exit_codes, groups
from slowrise.cli.views.wrap import cells

COLUMNS = 80
GROUPS = [name for name in COMMANDS if isinstance(commands.get_command(click.Context(commands), name), click.Group)]
DAILY = """
status summary report window pause resume standing sitting stand-up symptom red-flags
"""


@pytest.mark.parametrize("group", [[], *([name] for name in GROUPS)], ids=lambda names: names[0] if names else "all")
def test_the_description_of_each_command_fits_on_one_line(group: list[str]) -> None:
    done = CliRunner().invoke(commands, [*group, "--help"], terminal_width=COLUMNS)
    listed = "".join(
        done.stdout.partition(f"\n{heading}:\n")[2].partition("\n\n")[0] + "\n" for heading in ("Commands", *groups())
    )
    assert listed.strip()
    assert all(re.match(r"  \w", line) for line in listed.splitlines() if line), "a line is wrapped"
    assert not [line for line in listed.splitlines() if line.endswith("...")]


def test_each_command_is_in_exactly_one_of_four_groups_and_the_daily_ones_come_first() -> None:
    listed = [name for entries in groups().values() for name in entries]
    assert Counter(listed) == Counter(list(COMMANDS))
    assert len(groups()) == 4
    assert list(next(iter(groups().values()))) == DAILY.split()
    assert listed == list(COMMANDS)


def test_the_list_fits_in_korean_too() -> None:
    korean = catalogue("ko")
    width = max(map(len, COMMANDS)) + 4
    lines = [korean[line] for entries in groups().values() for line in entries.values()]
    assert [line for line in lines if width + cells(line) > COLUMNS] == []


def said(*words: str) -> str:
    done = CliRunner().invoke(commands, words)
    assert done.exit_code == 2
    return done.output.rstrip("\n")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("sumary", " slowrise summary"),
        ("Pause", " slowrise pause"),
        ("stat", " slowrise status"),
        ("res", " slowrise resume"),
        ("re", "\n  slowrise report\n  slowrise resume\n  slowrise red-flags\n  slowrise reload\n  slowrise replay"),
        ("setings", "\n  slowrise window settings\n  slowrise config"),
        ("settings", "\n  slowrise window settings\n  slowrise config"),
        ("stop", "\n  slowrise pause\n  slowrise service uninstall"),
        ("quit", "\n  slowrise pause\n  slowrise service uninstall"),
        ("start", " slowrise service install"),
        ("help", " slowrise --help"),
        ("pain", "\n  slowrise symptom\n  slowrise red-flags"),
        ("설정", "\n  slowrise window settings\n  slowrise config"),
    ],
)
def test_an_unknown_word_gets_the_nearest_command(word: str, meant: str) -> None:
    assert said(word) == f"Error: There is no command {word!r}. Perhaps you mean:{meant}"


@pytest.mark.parametrize("word", ["hello", "xyzzy", "42", "-"])
def test_a_word_without_a_meaning_gets_the_list(word: str) -> None:
    assert said(word).endswith("All of them: slowrise --help")


def test_every_meaning_is_a_command_and_no_command_has_another_meaning() -> None:
    assert not set(MEANINGS) & set(COMMANDS)
    for command in {command for meant in MEANINGS.values() for command in meant}:
        arguments = command.split()
        asked = arguments if command.startswith("--") else [*arguments, "--help"]
        done = CliRunner().invoke(commands, asked)
        assert done.exit_code == 0, command


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("service", "start"), "slowrise service install"),
        (("service", "uninst"), "slowrise service uninstall"),
        (("service", "stop"), "slowrise service uninstall"),
        (("config", "edit"), "slowrise config path"),
        (("config", "chekc"), "slowrise config check"),
        (("export", "csv"), "slowrise export days"),
    ],
)
def test_below_a_command_too(words: tuple[str, str], meant: str) -> None:
    assert said(*words) == f"Error: There is no command {words[1]!r}. Perhaps you mean: {meant}"
    assert said(words[0], "xyzzy") == f"Error: There is no command 'xyzzy'. All of them: slowrise {words[0]} --help"


def test_every_meaning_below_a_command_is_there() -> None:
    for above, meanings in BELOW.items():
        group = commands.get_command(click.Context(commands), above)
        assert isinstance(group, click.Group)
        assert set(meanings.values()) <= set(group.commands)
        assert not set(meanings) & set(group.commands)


def test_the_exit_codes_are_those_of_the_manual() -> None:
    assert exit_codes() == commands.epilog
