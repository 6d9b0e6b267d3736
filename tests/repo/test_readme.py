"""README and docs/ match the program: links, commands, settings, targets, files, pictures and words."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import click
import pytest

from slowrise.adapters.input.choose import SOURCES
from slowrise.adapters.system.resources import read_guidance, weights
from slowrise.cli.main import commands
from slowrise.config.parse import parse
from slowrise.history import trace
from slowrise.history.replay import replay
from support import PROJECT, documents

README = PROJECT / "README.md"
PAGES = (README, PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md")))
DOCS = (
    "architecture",
    "costs",
    "desktops",
    "evidence",
    "fortnight.ko",
    "fortnight",
    "glossary",
    "how-it-judges",
    "privacy",
    "settings",
    "simulated-people",
    "using",
)
MOST_WORDS = 900
PNG = b"\x89PNG\r\n"

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def section(text: str, name: str) -> str:
    """Return the text under a heading."""
    found = re.search(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.*)", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").split()) <= MOST_WORDS


def test_every_page_of_the_docs_exists_and_is_linked() -> None:
    assert tuple(page.stem for page in PAGES[2:]) == DOCS
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in DOCS:
        assert re.search(rf"\((docs/)?{name}\.md[)#]", text), name


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        assert found.is_file(), f"{page.name}: {target}"
        assert not anchor or anchor in anchors(found.read_text(encoding="utf-8")), f"{page.name}: {target}"


def test_the_readme_shows_four_pictures() -> None:
    pictures = re.findall(r"!\[([^\]]+)\]\((docs/pictures/\w+\.png)\)", README.read_text(encoding="utf-8"))
    assert len(pictures) == 4
    for alternative, name in pictures:
        assert len(alternative) > 20, f"{name} has no description for those who cannot see it"
        assert (PROJECT / name).read_bytes().startswith(PNG), name


def test_the_sample_day_is_the_demo_day() -> None:
    text = read("docs/using.md")
    assert documents.with_sample_day(text) == text, "`make documents` updates it"


def test_the_demo_day_has_every_step_of_the_prompts() -> None:
    result = replay(trace.read(documents.DEMO_DAY.read_bytes().splitlines()), weights())
    assert {prompt.kind for prompt in result.prompts} == {"sit-soft", "sit-repeat", "sit-firm", "budget", "summary"}


def test_the_sample_day_fits_a_terminal_of_80_columns() -> None:
    lines = documents.sample_day().splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("You sat about ") for line in lines)
    assert any("▵" in line for line in lines), "no prompt is on the timeline"


@each_page
def test_every_command_it_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`slowrise ([a-z][^`]*)`", " ".join(text.split()))
    named += re.findall(r"^ {4}slowrise ([a-z][a-z -]*)", text, re.MULTILINE)
    for words in named:
        _check(words.split())


def _check(words: list[str]) -> None:
    """Check that the words are a command and options of it."""
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
    (toml,) = re.findall(r"```toml\n(.*?)```", read("docs/using.md"), re.DOTALL)
    assert parse(toml) != parse("")


def test_every_source_is_listed() -> None:
    named = re.findall(r"^\| `(\w+)` \|", section(read("docs/using.md"), "Where input comes from"), re.MULTILINE)
    assert named == list(SOURCES)


@each_page
def test_every_target_it_names_is_in_the_makefile(page: Path) -> None:
    for target in re.findall(r"(?:`|^ {4})make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE):
        assert re.search(rf"^{target}:", read("Makefile"), re.MULTILINE), target


def test_each_of_the_four_libraries_is_shown_by_existing_tests() -> None:
    text = section(read("docs/costs.md"), "What the four named libraries do here")
    tests = dict(re.findall(r"^(\d+)\. `(tests/\S+)`$", text, re.MULTILINE))
    rows = dict(re.findall(r"^\| (\w+) \| [^|]+ \| ([\d, ]+) \|$", text, re.MULTILINE))
    assert set(rows) == {"pynput", "plyer", "apscheduler", "psutil"}
    assert sorted(number for numbers in rows.values() for number in numbers.split(", ")) == sorted(tests)
    for test in tests.values():
        name, _, function = test.partition("::")
        assert re.search(rf"^def {function}\(", read(name), re.MULTILINE), test


def test_it_has_the_disclaimer_word_for_word() -> None:
    assert read_guidance().disclaimer.say in " ".join(
        section(README.read_text(encoding="utf-8"), "Please read").split()
    )


@each_page
def test_every_file_it_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:src|tests|benchmarks|config)/[\w./]+)`", text):
        assert "NAME" in name or (PROJECT / name).exists(), name
    if page.stem == "architecture":
        for name in re.findall(r"\b((?:core|messages|config|ports|history|adapters|daemon|cli)/[\w/]+\.py)\b", text):
            assert (PROJECT / "src/slowrise" / name).is_file(), name


GLOSSARY_ROW = re.compile(r"^\| \*\*([\w ,]+)\*\* \|[^|]+\|([^|]*)\|", re.MULTILINE)
CODE = re.compile(r"`([A-Za-z_.]+)`")


def public_names() -> dict[str, set[str]]:
    """Return every public class and function of the program with the modules that define it."""
    found: dict[str, set[str]] = {}
    source = PROJECT / "src/slowrise"
    for path in source.rglob("*.py"):
        if path.name == "__main__.py":
            continue
        module = importlib.import_module(".".join(("slowrise", *path.relative_to(source).with_suffix("").parts)))
        for name, value in vars(module).items():
            if inspect.isclass(value) or inspect.isfunction(value):
                found.setdefault(name, set()).add(value.__module__)
            elif not name.startswith("_"):
                found.setdefault(name, set())
    return found


def test_every_name_in_the_glossary_is_in_the_code() -> None:
    names = public_names()
    text = read("docs/glossary.md")
    rows = GLOSSARY_ROW.findall(text)
    assert len(rows) > 30
    for word, code in rows:
        for name in CODE.findall(code):
            assert name.partition(".")[0] in names or name in {"float", "datetime"}, f"{word}: {name}"
    for name in re.findall(r"`(\w+/[\w/]+\.py)`", text):
        assert (PROJECT / "src/slowrise" / name).is_file(), name


def test_a_class_named_after_a_glossary_word_is_the_one_the_glossary_names() -> None:
    """One word, one class: it is defined once."""
    names = public_names()
    wrong = []
    for word, code in GLOSSARY_ROW.findall(read("docs/glossary.md")):
        listed = {name.partition(".")[0] for name in CODE.findall(code)}
        for part in word.split(", "):
            title = "".join(each.capitalize() for each in part.split())
            modules = {module for module in names.get(title, ()) if module.startswith("slowrise.")}
            if (title in names and title not in listed) or len(modules) > 1:
                wrong.append(f"{title}, which the glossary calls {sorted(listed)}: {sorted(modules)}")
    assert not wrong
