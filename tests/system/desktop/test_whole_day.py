"""A day in seconds at a real desktop: the user types, gets prompts, presses each button, leaves, and comes back.

The limits are seconds, so every absence is shorter than half a minute. The daemon counts such a short absence only if
the screen is locked or the machine sleeps. So the user closes the lid.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.daemon_process import Daemon, User
from support.desktop_programs import Xfce4Notifyd, wait_until, xfce4_notifyd
from support.desktop_session import BETWEEN_KEYS, DesktopSession, Typed
from support.replay_agreement import assert_replay_agrees

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "xfce4-notifyd", "import")

RESOLUTION = 1.0

SECONDS = """
[limits]
sit_soft = "3s"
sit_repeat = "4s"
sit_firm = "2m"
break_min = "2s"
break_full = "4s"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
wait_for_pause = "0s"
snooze = "2s"
snooze_budget = "4s"
[standing_desk]
have = true
"""
BUTTONS = ("I'm getting up", "2 s more", "At my standing desk")
STANDING_UP, SNOOZE, STANDING = range(3)


def label(text: str) -> datetime:
    return datetime.fromisoformat(text)


def near(reported: str, real: datetime) -> bool:
    """Return whether the times differ by no more than the resolution and the time between two keys."""
    return abs((label(reported) - real).total_seconds()) <= RESOLUTION + BETWEEN_KEYS


@pytest.mark.timeout(180)
def test_a_day_in_seconds(desk: DesktopSession, user: User, tmp_path: Path) -> None:
    user.configure(SECONDS)
    with xfce4_notifyd(desk.bus, desk.screen) as notices, user.daemon() as daemon:
        wait_until(lambda: len(notices.windows()) == 1, "the welcome at the first start")
        with desk.typing():
            daemon.wait_for("prompt: sit-soft")
            assert_shown(notices, desk, tmp_path)
            now = user.status()
            assert (now["state"], now["source"], now["notifier"]) == ("sitting", "x11_idle", "freedesktop")
            assert now["showing"].startswith("sit-")
            stood = press_each_button(user, daemon, notices)
        leave(desk, daemon, notices)
        time.sleep(max(8 - (datetime.now(UTC) - desk.typed[0].end).total_seconds(), 0))
        come_back(desk, user, daemon)
        first, second = desk.typed
        user.ask("was", "away", "--from", first.end.isoformat(), "--to", second.begin.isoformat())
        assert daemon.end() == 0
    assert_summed_up(json.loads(user.ask("summary", "--json")), first, second, stood)
    assert_replay_agrees(user, daemon)


def press_each_button(user: User, daemon: Daemon, notices: Xfce4Notifyd) -> float:
    """Answer the prompt on the screen and those that follow. Return the seconds of declared standing."""
    notices.press_one_of(BUTTONS, SNOOZE)
    daemon.wait_for_event("snoozed")
    wait_until(lambda: not notices.windows(), "the prompt to go")

    daemon.wait_for("prompt: sit-", times=2)
    notices.press_one_of(BUTTONS, STANDING)
    daemon.wait_for_event("standing")
    stood_up = datetime.now(UTC)
    assert user.status()["state"] == "standing"
    user.ask("sitting")
    sat_down = datetime.now(UTC)

    daemon.wait_for("prompt: sit-", times=3)
    notices.press_one_of(BUTTONS, STANDING_UP)
    daemon.wait_for_event("acknowledged")
    wait_until(lambda: not notices.windows(), "the prompt to go")
    wait_until(lambda: list(user.windows().values()) == ["getup"], "the window")

    daemon.wait_for("prompt: sit-", times=4)
    wait_until(lambda: len(notices.windows()) == 1, "the next prompt, as there was no break")
    return (sat_down - stood_up).total_seconds()


def leave(desk: DesktopSession, daemon: Daemon, notices: Xfce4Notifyd) -> None:
    desk.lock()
    desk.sleep()
    daemon.wait_for_event("idle")
    wait_until(lambda: not notices.windows(), "the prompt to go when the user is away")


def come_back(desk: DesktopSession, user: User, daemon: Daemon) -> None:
    desk.wake()
    desk.unlock()
    came_back = datetime.now(UTC)
    with desk.typing():
        daemon.wait_for_event("active", times=2)
        wait_until(lambda: user.status()["state"] == "sitting", "the return to be noticed")
        assert near(user.status()["since"], came_back)
        time.sleep(2)
    daemon.wait_for_event("idle", times=2)


def assert_summed_up(day: dict[str, Any], first: Typed, second: Typed, stood: float) -> None:
    """Check that the summary agrees with the log of typing, within the resolution."""
    away = (second.begin - first.end).total_seconds()
    assert day["sitting_seconds"] == pytest.approx(first.seconds + second.seconds - stood, abs=2 * RESOLUTION)
    assert day["standing_seconds"] == pytest.approx(stood, abs=RESOLUTION)
    assert near(day["first_sitting"], first.begin)
    assert near(day["last_sitting"], second.end)
    assert day["break_lengths"] == [pytest.approx(away, abs=RESOLUTION)]


def assert_shown(notices: Xfce4Notifyd, desk: DesktopSession, folder: Path) -> None:
    """Check that a notice with buttons is on the screen: a row of pixels there has more than two colors."""
    picture = folder / "prompt.png"

    def buttons() -> bool:
        window = notices.window()
        row = f"{window.width}x1+{window.x}+{window.y + window.height - 30}"
        return int(desk.screen.run("identify", "-format", "%k", f"{desk.screen.screenshot(picture)}[{row}]")) > 2

    wait_until(buttons, f"a row of buttons on the screen; see {picture}")
