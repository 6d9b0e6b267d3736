"""The record corrected by what the commands print: pasted into a shell line by line, or agreed to on a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.core.model import events as e
from support.daemon_process import User, noon_now
from support.desktop_programs import PATIENCE
from support.desktop_session import DesktopSession
from support.person import PersonDay as Living
from support.terminal_run import TerminalRun

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool")

MINUTE = 60.0
YESTERDAY = timedelta(days=1, hours=2)
TODAY = timedelta(hours=2)


@pytest.fixture
def user(user: User) -> User:
    """Return a user with a doubtful absence yesterday and one today, and with `slowrise` on the path."""
    user.data.mkdir(parents=True)
    ledger = SqliteLedger(user.ledger)
    for ago in (YESTERDAY, TODAY):
        happened = absence_in_doubt(Living(noon_now() - ago + timedelta(milliseconds=437)))
        ledger.append_all([*happened, e.Stopped(at=happened[-1].at)])
    ledger.close()
    shim = user.home / "bin" / "slowrise"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m slowrise "$@"\n')
    shim.chmod(0o755)
    user.environ["PATH"] = f"{shim.parent}{os.pathsep}{user.environ['PATH']}"
    return user


def absence_in_doubt(desk: Living) -> list[e.Event]:
    """Input, an absence with a click every four minutes or so, and input again."""
    desk.emit(e.Started)
    desk.type_for(3 * MINUTE, 280.0)
    for until_next in (240.0, 260.0, 230.0, 250.0):
        desk.type_for(0.5, until_next - 0.5)
    desk.type_for(30 * MINUTE)
    return desk.events


def pasted(user: User, line: str) -> str:
    """Return what a shell prints for the line, in another time zone than that of the record."""
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        env={**user.environ, "TZ": "Asia/Seoul"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), line
    return done.stdout


def why(user: User, *time: str) -> dict[str, Any]:
    return dict(json.loads(user.ask("why", *time, "--json")))


def commands_in(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("slowrise ")]


@pytest.mark.parametrize("ago", [YESTERDAY, TODAY], ids=["yesterday", "today"])
def test_each_line_that_why_prints_corrects_exactly_that_silence(
    ago: timedelta, desk: DesktopSession, user: User
) -> None:
    at = (noon_now() - ago + timedelta(minutes=10)).isoformat()
    silence = why(user, at)
    assert silence["answers"] == []
    with user.daemon():
        lines = commands_in(user.ask("why", at))
        assert {line.split()[2] for line in lines} == {"sitting", "away", "standing"} - {silence["verdict"]}
        for line in lines:
            assert "|" not in line
            assert pasted(user, line).startswith("Noted: ")
            corrected = why(user, at)
            was = line.split()[2]
            assert corrected["answers"] == [{"from": silence["from"], "to": silence["to"], "was": was}]
            assert {span["state"] for span in corrected["record"]} == {was}
    answers = [event for event in user.events() if event["event"] == "answered"]
    assert [(each["from"], each["to"]) for each in answers] == [(silence["from"], silence["to"])] * len(lines)


def test_without_a_terminal_it_only_says_what_it_would_correct(desk: DesktopSession, user: User) -> None:
    silence = why(user)
    with user.daemon():
        result = user.run("was", "away")
        assert result.code == 2
        assert "21 min" in result.out
        assert "in doubt" in result.out
        assert "Nothing was changed." in result.err
        assert why(user)["answers"] == []
        (line,) = commands_in(result.err)
        assert pasted(user, line).startswith("Noted: away")
        assert why(user)["answers"] == [{"from": silence["from"], "to": silence["to"], "was": "away"}]
        assert "as you said" in user.ask("was", "sitting", "--yes")
        assert why(user)["answers"] == [{"from": silence["from"], "to": silence["to"], "was": "sitting"}]


def test_on_a_terminal_it_asks(desk: DesktopSession, user: User) -> None:
    silence = why(user)
    with user.daemon():
        for refused in ("\n", "n\n"):
            printed = on_terminal(user, "was", "standing", typed=refused)
            assert "Count it as: standing? [y/N]" in printed
            assert "Nothing was changed." in printed
        assert why(user)["answers"] == []
        assert "Noted: standing" in on_terminal(user, "was", "standing", typed="y\n")
        assert why(user)["answers"] == [{"from": silence["from"], "to": silence["to"], "was": "standing"}]


def on_terminal(user: User, *arguments: str, typed: str) -> str:
    """Return what the command prints on a terminal on which this is typed when it asks."""
    with TerminalRun(user.environ, *arguments) as run:
        run.wait_for("[y/N]")
        run.type(typed)
        assert run.ended() == 0
        return run.printed
