"""Other desktops than the story's: dunst, pynput alone, a bare terminal, and a Wayland session where pynput is blind."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.desk import BETWEEN_KEYS, Desk
from e2e.running import User, private_environ
from real.desktop import dunst, wait_until

SOON = """
[limits]
sit_soft = "2s"
sit_firm = "2m"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
wait_for_pause = "0s"
"""


@pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "dunst", "import")
def test_pynput_alone_and_dunst(desk: Desk, user: User, tmp_path: Path) -> None:
    user.configure(SOON)
    with dunst(desk.bus, desk.screen) as notices, user.daemon("--source", "pynput") as daemon:
        with desk.typing():
            daemon.wait_for("prompt: sit-soft")
            wait_until(lambda: notices.displayed() == 1, "the prompt")
            desk.screen.screenshot(tmp_path / "dunst.png")
            assert user.status()["source"] == "pynput"
            notices.press("5 more minutes")
            daemon.wait_for("answered: snooze")
            wait_until(lambda: notices.displayed() == 0, "the prompt to be taken away")
        daemon.wait_for_event("idle")
        assert daemon.end() == 0
    (shown,) = [notice for notice in notices_of(daemon.said())]
    assert shown == "sit-soft"
    active, idle = (next(event for event in user.events() if event["event"] == name) for name in ("active", "idle"))
    assert active["at"] < idle["since"]


def notices_of(said: str) -> list[str]:
    """The kinds of the prompts that were shown."""
    return [line.split()[2] for line in said.splitlines() if line.startswith("INFO prompt: ")]
