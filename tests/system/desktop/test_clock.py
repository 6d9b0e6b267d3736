"""The wall clock is set by hours while the user sits: durations stay right, labels move, prompts come on time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from support.daemon_process import User
from support.desktop_session import DesktopSession
from support.replay_agreement import assert_replay_agrees
from support.wall_clock import fake_wall_clock

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "faketime")

SOON = """
[limits]
sit_soft = "3s"
sit_firm = "6s"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
use = "console"
wait_for_pause = "0s"
"""
BACK, FORWARD = -3 * 3600, 2 * 3600


def label(text: str) -> datetime:
    return datetime.fromisoformat(text)


def set_clock(clock: Path, by: int, user: User) -> None:
    """Set the daemon's wall clock and make the daemon notice: by the kernel, or else by a command."""
    clock.write_text(f"{by:+d}")
    try:
        time.clock_settime(time.CLOCK_REALTIME, time.clock_gettime(time.CLOCK_REALTIME))
    except PermissionError:
        user.status()


def test_setting_the_clock_moves_labels_and_keeps_durations(desk: DesktopSession, user: User, tmp_path: Path) -> None:
    user.configure(SOON)
    clock = tmp_path / "clock"
    clock.write_text("+0")
    with user.daemon(**fake_wall_clock(clock)) as daemon:
        with desk.typing():
            daemon.wait_for_event("active")
            set_clock(clock, BACK, user)
            daemon.wait_for_event("clock-stepped")
            daemon.wait_for("prompt: sit-soft")
            set_clock(clock, FORWARD, user)
            daemon.wait_for_event("clock-stepped", times=2)
            daemon.wait_for("prompt: sit-firm")
        daemon.wait_for_event("idle")
        assert daemon.end() == 0

    events = {event["event"]: event for event in user.events()}
    steps = [event["by"] for event in user.events() if event["event"] == "clock-stepped"]
    assert steps == [pytest.approx(BACK, abs=1), pytest.approx(FORWARD - BACK, abs=1)]
    day = json.loads(user.ask("summary", "--json"))
    (typed,) = desk.typed
    assert day["sitting_seconds"] == pytest.approx(typed.seconds, abs=1.5)
    assert day["unobserved_seconds"] == 0
    replayed = user.replayed()
    assert_prompts_on_time(replayed["prompts"], label(events["active"]["at"]))
    assert_without_hole(replayed["spans"])
    assert_replay_agrees(user, daemon)


def assert_prompts_on_time(prompts: list[dict[str, Any]], active: datetime) -> None:
    """Check that each prompt came after the configured sitting, by the clock as it was set then."""
    soft, firm = ((label(prompt["at"]) - active).total_seconds() for prompt in prompts)
    assert soft - BACK == pytest.approx(3.0, abs=0.1)
    assert firm - FORWARD == pytest.approx(6.0, abs=0.1)


def assert_without_hole(spans: list[dict[str, Any]]) -> None:
    assert [span["end"] for span in spans[:-1]] == [span["start"] for span in spans[1:]]
    assert all(label(span["start"]) < label(span["end"]) for span in spans)


@pytest.mark.parametrize("year", [2298, 9999])
def test_a_clock_that_python_cannot_read_gets_a_sentence(year: int) -> None:
    command = ["faketime", f"{year}-07-28 02:30:00", sys.executable, "-P", "-m", "slowrise", "status"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: the clock of this computer is set to a year after 2262. Set it right, then try again.\n"
    )
