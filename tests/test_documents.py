"""What is written from the code is as the code is now, and can be read."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import documents
from slowrise.cli import COMMANDS

STALE = "`make documents` brings it up to date"


def test_the_readme_has_the_map_of_the_modules_as_they_are() -> None:
    text = documents.README.read_text(encoding="utf-8")
    assert documents.with_map(text) == text, STALE


def test_every_module_says_in_one_line_what_it_is_for() -> None:
    short = [line for line in documents.module_map().splitlines() if line.startswith("  ") and len(line.split()) < 3]
    assert not short


def test_the_manual_page_has_the_help_texts_as_they_are() -> None:
    # In a process of its own: click keeps the help option of a command as whoever ran it first had it.
    program = [sys.executable, "-c", "import documents; print(documents.manual(), end='')"]
    place = Path(documents.__file__).parent
    told = subprocess.run(program, cwd=place, env={"PYTHONUTF8": "1"}, capture_output=True, text=True, check=True)
    assert documents.MANUAL.read_text(encoding="utf-8") == told.stdout, STALE


@pytest.mark.real("groff")
def test_the_manual_page_can_be_read() -> None:
    command = ["groff", "-man", "-Tutf8", "-ww", "-rLL=100n", "-P-c", str(documents.MANUAL)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not shown.stderr
    text = re.sub(".\b", "", shown.stdout)  # bold is a letter printed twice in one place
    text = re.sub("(?<=\\S) +", " ", text)
    for heading in (*(f"slowrise {name}" for name in COMMANDS), "EXIT STATUS", "FILES"):
        assert re.search(rf"^ *{heading}\b", text, re.MULTILINE), heading
