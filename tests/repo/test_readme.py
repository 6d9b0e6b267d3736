"""README says what is so: its sample day, its commands, its tests, its disclaimer."""

import re

import click

from slowrise.adapters.input.choose import SOURCES
from slowrise.adapters.system.resources import read_guidance, weights
from slowrise.cli.main import commands
from slowrise.config.parse import parse
from slowrise.history import trace
from slowrise.history.replay import replay
from support import PROJECT, documents

TEXT = documents.README.read_text(encoding="utf-8")


def section(name: str) -> str:
    """What stands under a heading."""
    found = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


def test_the_sample_day_is_the_day_of_the_demonstration_as_it_is_shown() -> None:
    assert documents.with_sample_day(TEXT) == TEXT, "`make documents` brings it up to date"


def test_the_day_of_the_demonstration_has_every_step_of_the_prompts() -> None:
    told = replay(trace.read(documents.DEMO_DAY.read_bytes().splitlines()), weights())
    assert {"sit-soft", "sit-repeat", "sit-firm", "question", "return", "budget", "summary"} <= {
        prompt.kind for prompt in told.prompts
    }


def test_the_sample_day_can_be_read_in_a_terminal_of_80_columns() -> None:
    lines = documents.sample_day().splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("Estimated desk sitting ") for line in lines)
    assert any("▵" in line for line in lines), "no prompt is on the timeline"


def test_every_command_it_names_is_there() -> None:
    named = [words.split() for words in re.findall(r"`slowrise ([a-z][^`]*)`", " ".join(TEXT.split()))]
    named += [words.split() for words in re.findall(r"^ {4}slowrise ([a-z][a-z -]*)", TEXT, re.MULTILINE)]
    assert len(named) > 8
    for words in named:
        _check(words)


def _check(words: list[str]) -> None:
    """That the words are a command, with options it has."""
    command: click.Command = commands
    for word in words:
        if isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            assert found, f"slowrise {' '.join(words)}"
            command = found
        elif word.startswith("-"):
            options = {option for each in command.params for option in each.opts}
            assert word in options, f"slowrise {' '.join(words)}"


def test_its_configuration_is_accepted() -> None:
    (toml,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert parse(toml) != parse("")


def test_every_source_it_names_is_there_and_none_is_forgotten() -> None:
    named = re.findall(r"^\| `(\w+)` \|", section("Where input comes from"), re.MULTILINE)
    assert named == list(SOURCES)


def test_every_target_it_names_is_in_the_makefile() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^ {4})make ([a-z-]+)", TEXT, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_each_of_the_four_libraries_is_shown_by_tests_that_there_are() -> None:
    told = section("What the four named libraries do here")
    tests = dict(re.findall(r"^(\d+)\. `(tests/\S+)`$", told, re.MULTILINE))
    rows = dict(re.findall(r"^\| (\w+) \| [^|]+ \| ([\d, ]+) \|$", told, re.MULTILINE))
    assert set(rows) == {"pynput", "plyer", "apscheduler", "psutil"}
    assert sorted(number for numbers in rows.values() for number in numbers.split(", ")) == sorted(tests)
    for test in tests.values():
        name, _, function = test.partition("::")
        source = (PROJECT / name).read_text(encoding="utf-8")
        assert re.search(rf"^def {function}\(", source, re.MULTILINE), test


def test_it_has_the_disclaimer_word_for_word() -> None:
    assert read_guidance().disclaimer.say in " ".join(section("Please read").split())


def test_every_file_it_names_is_there() -> None:
    for name in re.findall(r"`((?:src|tests)/[\w./]+|\w+\.md)`", TEXT):
        assert (PROJECT / name).exists(), name
