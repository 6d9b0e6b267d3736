"""The window in a real Wayland compositor, sway, without a screen."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from support import demo_record
from support.daemon_process import User
from support.desktop_programs import PATIENCE, process, wait_until
from support.input_sessions import SwaySession
from support.window import COMMAND

pytestmark = pytest.mark.real("sway", "swaymsg", "grim")

SITTING = "#0072b2"
OF_QT = "qt.qpa.wayland.textinput:"
"""Qt 6.11 prints this when a window loses the keyboard, and nothing is wrong."""


@pytest.fixture
def user(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[User]:
    """Return a user of sway with a record."""
    with SwaySession(private_home, monkeypatch):
        now = datetime.now(UTC)
        found = User(private_home, {**os.environ, "QT_QPA_PLATFORM": "wayland", "QT_SCALE_FACTOR": "1"})
        found.environ["TZ"] = demo_record.zone_name(now)
        demo_record.fill(found.data, now)
        yield found


def windows() -> list[dict[str, Any]]:
    """Return the nodes of our windows in sway's tree."""
    answer = subprocess.run(["swaymsg", "-r", "-t", "get_tree"], capture_output=True, check=True, timeout=PATIENCE)
    found: list[dict[str, Any]] = []
    waiting = [json.loads(answer.stdout)]
    while waiting:
        node = waiting.pop()
        waiting += node["nodes"] + node["floating_nodes"]
        if node.get("app_id") == "slowrise":
            found.append(node)
    return found


def is_on_workspace(name: str) -> bool:
    """Whether our window has the focus on the workspace of that name."""
    answer = subprocess.run(["swaymsg", "-r", "-t", "get_tree"], capture_output=True, check=True, timeout=PATIENCE)
    spaces = [space for screen in json.loads(answer.stdout)["nodes"] for space in screen["nodes"]]
    nodes = [node for space in spaces if space["name"] == name for node in space["nodes"]]
    return any(node.get("app_id") == "slowrise" and node["focused"] for node in nodes)


def colours_on_screen(path: Path) -> set[str]:
    """Return some of the colours on the screen: those of every fourth point."""
    subprocess.run(["grim", str(path)], check=True, timeout=PATIENCE)
    image = QImage(str(path))
    return {image.pixelColor(x, y).name() for x in range(0, image.width(), 4) for y in range(0, image.height(), 4)}


def test_the_window_opens_once_and_shows_the_record(user: User, tmp_path: Path) -> None:
    picture = tmp_path / "screen.png"
    with process(*COMMAND, "window", "today", environ=user.environ, log=tmp_path / "log") as window:
        wait_until(windows, "the window in sway")
        wait_until(lambda: SITTING in colours_on_screen(picture), "the record on the screen")
        (node,) = windows()
        assert node["name"] == "slowrise"
        assert node["focused"]
        assert user.run("window", "today").code == 0
        assert len(windows()) == 1
        assert window.poll() is None
    printed = (tmp_path / "log").read_text().splitlines()
    assert not [line for line in printed if not line.startswith(OF_QT)]


def test_the_open_window_comes_to_where_the_user_is(user: User, tmp_path: Path) -> None:
    with process(*COMMAND, "window", "today", environ=user.environ, log=tmp_path / "log") as window:
        wait_until(partial(is_on_workspace, "1"), "the window in sway")
        for number in ("2", "3"):
            subprocess.run(["swaymsg", "--quiet", "workspace", number], check=True, timeout=PATIENCE)
            assert user.run("window", "getup").code == 0
            wait_until(partial(is_on_workspace, number), "the window where the user is")
        assert len(windows()) == 1
        assert window.poll() is None
