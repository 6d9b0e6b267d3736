"""Health notes with a real daemon: red flags on the screen and in the terminal, and profiles."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.resources import read_guidance
from slowrise.core.model import events as e
from support.daemon_process import User
from support.desktop_programs import dunst, wait_until
from support.desktop_session import DesktopSession

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "dunst")

GUIDANCE = read_guidance()
SOON = """
[limits]
sit_soft = "2s"
sit_repeat = "3s"
sit_firm = "2m"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
wait_for_pause = "0s"
on_prompt = "{command}"
"""
BOTH = ("symptom", "numbness", "--side", "both", "--level", "1")


def test_the_red_flags_come_before_hold_and_every_prompt_until_they_are_read(desk: DesktopSession, user: User) -> None:
    user.configure(SOON.format(command=""))
    with dunst(desk.bus, desk.screen) as notices, user.daemon() as daemon:
        wait_until(lambda: notices.displayed() == 1, "the welcome")
        user.ask("hold", "10m")
        wait_until(lambda: notices.displayed() == 0, "the end of the welcome")
        unread = user.run(*BOTH)
        assert (unread.code, GUIDANCE.emergency in unread.out) == (2, True)
        wait_until(lambda: notices.displayed() == 1, "the red flags, in a hold")
        user.ask("resume")
        with desk.typing():
            daemon.wait_for_event("active")
            wait_until(lambda: user.status()["seconds"] > 4, "more than sit_soft")
            assert "prompt: " not in daemon.log_text(), "the prompt did not wait for the red flags"
            assert "Reminders wait until you read when to get help at once" in user.ask("status")
            user.ask("red-flags", "--read")
            assert not user.status()["unread"]
            daemon.wait_for("prompt: sit-soft")
            wait_until(lambda: user.status()["showing"] == "sit-soft", "the prompt that waited")
        assert daemon.end() == 0
    assert [event for event in user.events() if event["event"] in ("dismissed", "acknowledged")] == []


@pytest.mark.parametrize("closed", [False, True])
def test_red_flags_open_the_window_and_stay_unread_until_they_are_read(
    desk: DesktopSession, user: User, *, closed: bool
) -> None:
    """Over a restart too. A click on dunst closes the notice, and dunst draws no buttons."""
    with dunst(desk.bus, desk.screen) as notices:
        with user.daemon() as daemon:
            wait_until(lambda: notices.displayed() == 1, "the welcome")
            user.run(*BOTH)
            wait_until(lambda: user.status()["unread"], "the red flags")
            wait_until(lambda: notices.displayed() == 1, "their notice")
            if closed:
                notices.dismiss()
            else:
                notices.press("Read now")
            wait_until(lambda: list(user.windows().values()) == ["back"], "the window")
            assert user.status()["unread"]
            assert "You have not read yet when to get help at once: slowrise red-flags --read" in user.ask("status")
            assert daemon.end() == 0
        with user.daemon():
            wait_until(lambda: notices.displayed() == 1, "the red flags again")
            user.ask("red-flags", "--read")
            wait_until(lambda: notices.displayed() == 0, "the red flags to go")
        with user.daemon():
            assert not user.status()["unread"]
            assert notices.displayed() == 0


def test_red_flags_logged_without_the_daemon_outlast_its_crash_and_are_read_without_it(
    desk: DesktopSession, user: User
) -> None:
    with dunst(desk.bus, desk.screen) as notices:
        assert user.run(*BOTH).code == 2
        with user.daemon() as daemon:
            wait_until(lambda: notices.displayed() == 1, "the red flags, at the first start of all")
            assert user.status()["unread"]
            notices.dismiss()
            daemon.kill()
        with user.daemon() as daemon:
            wait_until(lambda: notices.displayed() == 1, "the red flags after it was closed and killed")
            assert daemon.end() == 0
        user.ask("red-flags", "--read")
        with user.daemon():
            wait_until(lambda: notices.displayed() == 1, "the welcome, which had waited")
            assert not user.status()["unread"]
            notices.dismiss()
            wait_until(lambda: notices.history()[0]["summary"] == GUIDANCE.say("welcome-title"), "its title")


def test_reading_the_red_flags_in_the_terminal_removes_them_from_the_screen(desk: DesktopSession, user: User) -> None:
    with dunst(desk.bus, desk.screen) as notices, user.daemon():
        wait_until(lambda: notices.displayed() == 1, "the welcome")
        notices.dismiss()
        result = user.run(*BOTH, given="\n")
        assert result.code == 0
        assert result.out.startswith(GUIDANCE.emergency)
        wait_until(lambda: notices.displayed() == 0, "the red flags to go")
        assert user.run(*BOTH[:-1], "4").code == 2, "stronger"
        wait_until(lambda: notices.displayed() == 1, "the red flags")
        assert user.ask("red-flags", "--read") == f"{GUIDANCE.emergency}\n"
        wait_until(lambda: notices.displayed() == 0, "the red flags to go")
        assert notices.history()[0]["summary"] == "Please read this first"


def test_a_profile_takes_effect_at_once_and_outlasts_the_daemon(desk: DesktopSession, user: User) -> None:
    with dunst(desk.bus, desk.screen), user.daemon() as daemon:
        assert user.status()["profile"] == "standard"
        user.ask("flare-up", "on")
        assert user.status()["profile"] == "flare-up"
        assert daemon.end() == 0
    with dunst(desk.bus, desk.screen), user.daemon() as daemon:
        assert user.status()["profile"] == "flare-up"
        assert "Flare-up mode is now off" in user.ask("profile", "recovery")
        assert "Flare-up mode is now off" not in user.ask("profile", "recovery")
        assert user.status()["profile"] == "recovery"
        refused = user.run("symptom", "a", "--side", "left", "--level", "1")
        assert refused.code == 2
    health = [line for line in user.ask("export", "trace", "--with-health").splitlines() if "name" in line]
    assert [json.loads(line)["name"] for line in health] == ["recovery", "recovery"]


def test_recovery_ends_by_itself_with_an_event(desk: DesktopSession, user: User) -> None:
    """The flare-up ended fifteen days ago, and the daemon did not run since then."""
    over = datetime.now(UTC) - timedelta(days=15)
    ledger = SqliteLedger(user.ledger)
    ledger.append_all([e.FlareUp(at=over - timedelta(days=3), on=True), e.FlareUp(at=over, on=False)])
    ledger.close()
    with user.daemon() as daemon:
        daemon.wait_for_event("profile")
        assert user.status()["profile"] == "standard"


def test_the_buttons_of_a_prompt_open_the_way_to_get_up(desk: DesktopSession, user: User, tmp_path: Path) -> None:
    received = tmp_path / "received"
    script = tmp_path / "command"
    script.write_text(f'#!/bin/sh\ncat >> {received}\necho "$SLOWRISE_KIND" >> {received}\n')
    script.chmod(0o700)
    user.configure(SOON.format(command=script))
    with dunst(desk.bus, desk.screen) as notices, user.daemon() as daemon:
        with desk.typing():
            wait_until(lambda: user.status()["showing"] == "sit-soft", "the prompt")
            notices.press("Show me how")
            daemon.wait_for("answered: how")
            wait_until(lambda: list(user.windows().values()) == ["getup"], "the window")
            assert [event for event in user.events() if event["event"] == "acknowledged"] == []
            wait_until(lambda: user.status()["showing"] == "sit-repeat", "the next prompt")
            notices.press("I'm getting up")
            daemon.wait_for("answered: standing-up")
            daemon.wait_for_event("acknowledged")
        assert daemon.end() == 0
    assert "sit-repeat" in received.read_text().splitlines(), "the command did not get the kind"


def test_a_drive_that_is_noted_while_the_daemon_runs_outlasts_its_crash(desk: DesktopSession, user: User) -> None:
    with dunst(desk.bus, desk.screen) as notices:
        with user.daemon() as daemon:
            wait_until(lambda: notices.displayed() == 1, "the welcome")
            assert not user.status()["after_drive"]
            user.ask("drive", "2h")
            assert user.status()["after_drive"]
            daemon.kill()
        with user.daemon():
            wait_until(lambda: user.status()["after_drive"], "the limits after the drive")
            assert "After your long drive you are reminded sooner" in user.ask("status")
