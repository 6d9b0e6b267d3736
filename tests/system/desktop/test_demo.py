"""The demonstration: a day to its end, the same each time, its summary and its report. Nothing is stored."""

import os
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from slowrise.adapters.system.resources import text, weights
from slowrise.history import trace
from slowrise.history.replay import Replay, replay
from support.daemon_process import COMMAND, User
from support.desktop_programs import PATIENCE, dunst, wait_until
from support.desktop_session import DesktopSession
from support.documents import sample_day

AS_FAST_AS_IT_GOES = ("--speed", "1000000")


@pytest.fixture
def user(tmp_path: Path) -> User:
    """Somebody without a desktop."""
    return User(tmp_path / "home", {"PATH": "/usr/bin:/bin", "MPLCONFIGDIR": str(tmp_path)})


def replayed() -> Replay:
    return replay(trace.read(text("config/demo-day.jsonl").encode().splitlines()), weights())


@pytest.mark.parametrize("speed", ["1000000", "5000"])
def test_it_plays_a_day_with_the_numbers_of_its_replay_at_any_speed(user: User, speed: str) -> None:
    told = user.run("demo", "--speed", speed)
    assert told.code == 0, told
    assert sample_day() == "```text\n" + "".join(f"{line.rstrip()}\n" for line in told.out.splitlines()) + "```\n"
    for prompt in replayed().prompts:
        assert f"\n{prompt.shown_at:%H:%M}  " in told.err
        assert f" ({prompt.kind})\n" in told.err
    assert "push with your hands" in told.err, "the notices go through the real notifiers"


def test_it_stores_nothing_and_says_how_to_get_the_report(user: User) -> None:
    told = user.run("demo", *AS_FAST_AS_IT_GOES)
    assert "--html" in told.err
    assert not [path for path in user.home.rglob("*") if path.is_file()]


@pytest.mark.real("Xvfb", "dbus-daemon", "dunst")
def test_the_desktop_shows_its_prompts_and_changes_no_number(desk: DesktopSession, user: User) -> None:
    with dunst(desk.bus, desk.screen) as notices:
        playing = subprocess.Popen(
            [*COMMAND, "demo", "--speed", "3000"],
            env={**desk.environ, "HOME": str(user.home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: any(" min" in notice["summary"] for notice in notices.history()), "a prompt")
        notices.dismiss()
        out, _ = playing.communicate(timeout=PATIENCE)
    assert playing.returncode == 0
    assert "\n".join(line.rstrip() for line in out.splitlines()) in sample_day()


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
    assert b"You sat about " in told.stdout
    given = shown.read_text()
    page = Path(unquote(urlparse(given).path) if given.startswith("file:") else given)
    assert "6 March 2026" in page.read_text()
    assert not user.data.exists()


def test_a_speed_below_that_of_real_time_is_refused(user: User) -> None:
    assert user.run("demo", "--speed", "0.5").code == 2
