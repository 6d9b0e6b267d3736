"""The commands that query a running daemon, pause it, keep it quiet and change its settings."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from slowrise.daemon.status import REFUSED
from support.daemon_process import COMMAND, User
from support.desktop_programs import PATIENCE, wait_until
from support.desktop_session import DesktopSession

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool")

SOON = """
[limits]
sit_soft = "1s"
sit_firm = "2m"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
use = "console"
wait_for_pause = "0s"
snooze = "2s"
snooze_budget = "3s"
"""


@pytest.fixture
def user(user: User) -> User:
    user.configure(SOON)
    return user


def test_a_pause_records_no_input_and_ends_by_itself(desk: DesktopSession, user: User) -> None:
    with user.daemon() as daemon, desk.typing():
        daemon.wait_for_event("active")
        assert "Paused until" in user.ask("pause", "3s")
        daemon.wait_for_event("paused")
        assert user.status()["state"] == "unobserved"
        daemon.wait_for_event("unpaused")
        daemon.wait_for_event("active", times=2)
        assert user.status()["state"] == "sitting"
        events = [event["event"] for event in user.events()]
    begun, ended = events.index("paused"), events.index("unpaused")
    assert ended == begun + 1, events
    assert "unobserved" in [span["state"] for span in user.replayed()["spans"]]


def test_a_pause_outlives_a_crash_and_resume_ends_it(desk: DesktopSession, user: User) -> None:
    with user.daemon() as daemon:
        user.ask("pause", "1h")
        daemon.kill()
    with user.daemon() as daemon:
        daemon.wait_for_event("paused")
        assert user.status()["state"] == "unobserved"
        assert user.ask("resume") == "slowrise counts and reminds you as usual again.\n"
        daemon.wait_for_event("unpaused")
        assert user.ask("resume") == "There was no pause or quiet time to end.\n"


def test_a_hold_shows_no_prompt_and_still_counts_sitting(desk: DesktopSession, user: User) -> None:
    with user.daemon() as daemon, desk.typing():
        daemon.wait_for_event("active")
        assert "no reminder until" in user.ask("hold", "1h")
        time.sleep(2)
        held = user.status()
        assert (held["why_waiting"], held["showing"]) == ("held by you", None)
        assert held["seconds"] >= 1
        assert "prompt:" not in daemon.log_text()
        assert user.ask("resume") == "slowrise counts and reminds you as usual again.\n"
        daemon.wait_for("prompt: sit-soft")


def test_a_prompt_is_put_off_as_often_as_the_budget_allows(desk: DesktopSession, user: User) -> None:
    with user.daemon() as daemon, desk.typing():
        daemon.wait_for("prompt: sit-")
        assert "put it off for 1 s more" in user.ask("snooze")
        assert user.status()["why_waiting"] == "put off by you"
        user.ask("standing")
        assert user.status()["why_waiting"] is None, "a user who stands needs no prompt to stand up"
        user.ask("sitting")
        daemon.wait_for("prompt: sit-", times=2)
        assert "You cannot put it off longer in this sit" in user.ask("snooze", "1h")
        daemon.wait_for("prompt: sit-", times=3)
        result = user.run("snooze")
        assert result.code == 1
        assert "You cannot put this reminder off any longer" in result.err


def test_a_prompt_that_is_due_waits_for_a_pause_in_the_typing(desk: DesktopSession, user: User) -> None:
    # The prompt must be due only after long typing: a short touch of the keyboard ends without a lull.
    soon = SOON.replace('sit_soft = "1s"', 'sit_soft = "3s"').replace('"0s"\nsnooze', '"1m"\nsnooze')
    user.configure(soon.replace('resolution = "1s"', 'resolution = "15s"'))
    with user.daemon() as daemon:
        with desk.typing():
            daemon.wait_for_event("active")
            wait_until(lambda: user.status()["why_waiting"] == "a pause in the input", "a prompt that is due")
            assert "prompt:" not in daemon.log_text()
        daemon.wait_for_event("lull")
        daemon.wait_for("prompt: sit-soft")
        assert "idle" not in [event["event"] for event in user.events()]


def test_the_user_declares_standing_and_sitting(desk: DesktopSession, user: User) -> None:
    with user.daemon() as daemon, desk.typing():
        daemon.wait_for_event("active")
        assert user.ask("standing").startswith("Standing.")
        assert user.ask("status").startswith("Standing for ")
        assert user.ask("sitting") == "Sitting.\n"
        assert user.ask("status").startswith("Sitting for ")


def test_a_correction_of_another_day_names_the_day_in_the_users_language(desk: DesktopSession, user: User) -> None:
    with user.daemon(), desk.typing():
        day = (datetime.now().astimezone() - timedelta(days=2)).date()
        printed = user.ask("was", "away", "--from", f"{day}T09:00", "--to", f"{day}T09:10")
        assert printed == f"Noted: away from {day} 09:00 to 09:10.\n"
        user.environ["LANGUAGE"] = "ko"
        printed = user.ask("was", "away", "--from", f"{day}T09:00", "--to", f"{day}T09:10")
        assert printed == f"바로잡았습니다: {day} 09:00부터 09:10까지 자리 비움.\n"


def test_status_follow_prints_every_change_until_the_daemon_ends(desk: DesktopSession, user: User) -> None:
    with user.daemon() as daemon, following(user) as (follower, printed):
        wait_until(lambda: [each["state"] for each in printed()] == ["away"], "the state at first")
        with desk.typing():
            wait_until(lambda: printed()[-1]["state"] == "sitting", "the first input")
            wait_until(lambda: printed()[-1]["showing"] == "sit-soft", "the prompt")
            user.ask("standing")
            wait_until(lambda: printed()[-1]["state"] == "standing", "the posture")
        user.ask("pause", "1h")
        # Sooner than the minute after which the status is sent in any case.
        wait_until(lambda: printed()[-1]["paused_until"], "the pause", patience=PATIENCE)
        assert daemon.end() == 0
        assert follower.wait(PATIENCE) == 3


@contextmanager
def following(user: User) -> Iterator[tuple[subprocess.Popen[bytes], Any]]:
    """Yield a `status --follow`, and a function that returns what it has printed."""
    out = user.home / "followed"

    def printed() -> list[dict[str, Any]]:
        return [json.loads(line) for line in out.read_text().splitlines()]

    with out.open("wb") as sink:
        command = [*COMMAND, "status", "--follow", "--json"]
        with subprocess.Popen(command, env=user.environ, stdout=sink, stderr=subprocess.DEVNULL) as follower:
            try:
                yield follower, printed
            finally:
                follower.kill()


def test_changed_settings_are_reloaded_and_with_a_mistake_none_changes(desk: DesktopSession, user: User) -> None:
    with user.daemon() as daemon:
        user.configure('[limits]\nsit_sofft = "20m"\nsit_firm = "soon"\n')
        result = user.run("reload")
        assert result.code == 2
        assert "sit_sofft" in result.err
        assert "sit_soft" in result.err.replace("sit_sofft", "")
        assert "sit_firm" in result.err
        daemon.signal(signal.SIGHUP)
        daemon.wait_for("Nothing was changed.")
        assert policies(user) == [{"sit_soft": "1s", "sit_firm": "2m", "spacing": "0s"}]

        user.configure('profile = "recovery"\n[limits]\nsit_soft = "5m"\n')
        assert user.run("reload") == (
            0,
            "Your settings are now in use.\n",
            "limits.sit_soft: 5m is outside the advised 10m to 1h\n",
        )
        assert user.status()["profile"] == "recovery"
        user.configure('profile = "recovery"\n[standing_desk]\nsensor = "true"\n')
        assert "standing_desk.sensor takes effect when slowrise starts" in user.run("reload").err
        user.configure("")
        daemon.signal(signal.SIGHUP)
        daemon.wait_for("the configuration was reloaded", times=3)
        daemon.wait_for("WARNING standing_desk.sensor takes effect when slowrise starts the next time")
        assert user.status()["profile"] == "standard"
        assert policies(user)[1:] == [{"sit_soft": "5m"}, {}, {}]


def test_another_source_is_used_without_a_restart(desk: DesktopSession, user: User) -> None:
    with user.daemon() as daemon, desk.typing():
        daemon.wait_for_event("active")
        user.configure(SOON.replace("[source]", '[source]\nuse = "pynput"'))
        assert user.ask("reload") == "Your settings are now in use.\n"
        wait_until(lambda: user.status()["source"] == "pynput", "the other source")
        daemon.wait_for_event("active", times=2)
    assert "paused" not in [event["event"] for event in user.events()]


def policies(user: User) -> list[dict[str, str]]:
    """Return the limits in force, in order."""
    return [event["settings"].get("limits", {}) for event in user.events() if event["event"] == "policy"]


def test_without_a_daemon_commands_explain_how_to_start_it(user: User) -> None:
    for command in ("status", "pause", "reload"):
        result = user.run(command)
        assert result.code == 3, command
        assert (
            "slowrise is not running. To start it now and with each login:\n  slowrise service install\n" in result.err
        )
    result = user.run("status", "--format", "waybar")
    assert result.code == 0
    assert json.loads(result.out)


def test_the_doctor_ends_with_one_line_that_says_whether_it_works(user: User) -> None:
    with user.daemon():
        assert user.ask("doctor").splitlines()[-1].startswith("It works, but not notices on the desktop: ")
    assert user.ask("doctor").splitlines()[-1].endswith("It is not running now. To start it: slowrise service install")
    user.configure("[limits]\nsit_sofft = 3\n")
    assert user.ask("doctor").splitlines()[-1] == REFUSED


def test_a_mistake_at_the_start_of_a_service_leaves_the_last_good_settings_until_it_is_fixed(user: User) -> None:
    user.configure('profile = "recovery"\n[limits]\nsit_soft = "25m"\n')
    with user.daemon():
        pass
    user.configure('profile = "recovery"\n[limits]\nsit_soft = "soon"\n')
    with user.daemon(NOTIFY_SOCKET="/nonexistent"):
        status = user.status()
        assert (status["profile"], status["notes"]) == ("recovery", [REFUSED])
        assert user.ask("status").splitlines()[-1] == REFUSED
        assert policies(user) == [{"sit_soft": "25m"}, {"sit_soft": "25m"}]
        user.configure('[limits]\nsit_soft = "20m"\n')
        user.ask("reload")
        assert user.status()["notes"] == []
        assert policies(user)[-1] == {"sit_soft": "20m"}


@pytest.mark.parametrize("command", [("pause", "2x"), ("why", "25:99")])
def test_a_wrong_argument_is_named_once_with_an_example(user: User, command: tuple[str, str]) -> None:
    result = user.run(*command)
    assert result.code == 2
    assert result.err.count(repr(command[1])) == 1, result.err
    assert "for example" in result.err


def test_the_record_is_private(desk: DesktopSession, user: User) -> None:
    with user.daemon():
        files = [user.data, *user.data.iterdir(), *Path(user.environ["XDG_RUNTIME_DIR"], "slowrise").iterdir()]
        modes = {path.name: path.stat().st_mode & 0o777 for path in files}
    assert modes.pop("slowrise") == 0o700
    assert set(modes.values()) == {0o600}, modes
