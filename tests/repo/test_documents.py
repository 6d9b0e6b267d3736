"""The documents that are generated from the code are up to date and readable."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from slowrise.cli.main import COMMANDS
from support import documents

STALE = "`make documents` updates it"


def test_the_manual_page_has_the_current_help_texts() -> None:
    # A new process, because click caches the help option of a command with the settings of its first use.
    program = [sys.executable, "-c", "from support import documents; print(documents.manual(), end='')"]
    tests = Path(documents.__file__).parents[1]
    done = subprocess.run(program, cwd=tests, env={"PYTHONUTF8": "1"}, capture_output=True, text=True, check=True)
    assert documents.MANUAL.read_text(encoding="utf-8") == done.stdout, STALE


def test_the_page_of_settings_is_current() -> None:
    assert documents.SETTINGS_PAGE.read_text(encoding="utf-8") == documents.settings_document(), STALE


@pytest.mark.real("groff")
def test_groff_formats_the_manual_page_without_a_warning() -> None:
    command = ["groff", "-man", "-Tutf8", "-ww", "-rLL=100n", "-P-c", str(documents.MANUAL)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not shown.stderr
    text = re.sub(".\b", "", shown.stdout)  # groff prints a bold letter twice in one place
    text = re.sub("(?<=\\S) +", " ", text)
    for heading in (*(f"slowrise {name}" for name in COMMANDS), "EXIT STATUS", "FILES"):
        assert re.search(rf"^ *{heading}\b", text, re.MULTILINE), heading
