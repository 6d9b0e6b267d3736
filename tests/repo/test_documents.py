"""What is written from the code is as the code is now, and can be read."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from slowrise.cli.main import COMMANDS
from support import documents

STALE = "`make documents` brings it up to date"


def test_the_manual_page_has_the_help_texts_as_they_are() -> None:
    # In a process of its own: click keeps the help option of a command as whoever ran it first had it.
    program = [sys.executable, "-c", "from support import documents; print(documents.manual(), end='')"]
    place = Path(documents.__file__).parents[1]
    told = subprocess.run(program, cwd=place, env={"PYTHONUTF8": "1"}, capture_output=True, text=True, check=True)
    assert documents.MANUAL.read_text(encoding="utf-8") == told.stdout, STALE


def test_the_page_of_settings_has_them_as_they_are() -> None:
    assert documents.SETTINGS_PAGE.read_text(encoding="utf-8") == documents.settings_document(), STALE


@pytest.mark.real("groff")
def test_the_manual_page_can_be_read() -> None:
    command = ["groff", "-man", "-Tutf8", "-ww", "-rLL=100n", "-P-c", str(documents.MANUAL)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not shown.stderr
    text = re.sub(".\b", "", shown.stdout)  # bold is a letter printed twice in one place
    text = re.sub("(?<=\\S) +", " ", text)
    for heading in (*(f"slowrise {name}" for name in COMMANDS), "EXIT STATUS", "FILES"):
        assert re.search(rf"^ *{heading}\b", text, re.MULTILINE), heading
