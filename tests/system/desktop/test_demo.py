"""The demonstration, as somebody meets it who has nothing yet: a day to its end, its summary, its report."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from support.daemon_process import COMMAND, User
from support.desktop_programs import PATIENCE

AS_FAST_AS_IT_GOES = ("--speed", "6000")


@pytest.fixture
def user(tmp_path: Path) -> User:
    """Somebody without a desktop."""
    return User(tmp_path / "home", {"PATH": "/usr/bin:/bin", "MPLCONFIGDIR": str(tmp_path)})


def test_it_plays_a_day_to_its_summary_and_stores_nothing(user: User) -> None:
    told = user.run("demo", *AS_FAST_AS_IT_GOES)
    assert told.code == 0, told
    # Which of them, and when, hangs on how busy the machine is.
    assert re.search(r"^\d\d:\d\d  .*(of sitting|Still sitting).* \(sit-", told.err, re.MULTILINE), told.err
    assert "push with hands" in told.err
    assert "Estimated desk sitting" in told.out
    (counted,) = re.findall(r"^Prompts: (\d+)\.", told.out, re.MULTILINE)
    assert 1 <= told.out.count("▵") - 1 <= int(counted), "besides the legend only what is counted is marked"
    assert "--html" in told.err, "it does not say how to have the report"
    assert not [path for path in user.home.rglob("*") if path.is_file()]


def test_its_report_goes_where_it_is_asked_for(user: User, tmp_path: Path) -> None:
    page = tmp_path / "day.html"
    told = user.run("demo", *AS_FAST_AS_IT_GOES, "--html", str(page))
    assert told.code == 0, told
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "6 March 2026" in text
    assert not user.data.exists()


@pytest.mark.real("xdg-open")
def test_somebody_at_a_terminal_is_asked_whether_to_see_the_report(user: User, tmp_path: Path) -> None:
    shown = tmp_path / "shown"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {shown}\n')
    browser.chmod(0o755)
    ours, theirs = os.openpty()
    os.write(ours, b"y\n")
    told = subprocess.run(
        [*COMMAND, "demo", *AS_FAST_AS_IT_GOES],
        env=user.environ | {"BROWSER": str(browser), "TMPDIR": str(tmp_path)},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        timeout=2 * PATIENCE,
        check=True,
    )
    os.close(theirs)
    os.close(ours)
    assert b"Estimated desk sitting" in told.stdout
    given = shown.read_text()
    page = Path(unquote(urlparse(given).path) if given.startswith("file:") else given)
    assert "6 March 2026" in page.read_text()
    assert not user.data.exists()


def test_faster_than_it_can_be_told_it_refuses(user: User) -> None:
    told = user.run("demo", "--speed", "100000")
    assert told.code == 2
    assert "6000" in told.err
