"""A user of sway with waybar and mako: reminded, led through getting up, and on another workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.daemon_process import User
from support.desktop_programs import process, wait_until
from support.desktop_session import DesktopSession
from support.panels import Waybar, registered, waybar

pytestmark = pytest.mark.real(
    *("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "sway", "swaymsg", "waybar", "mako", "makoctl", "wtype")
)

SOON = """
[limits]
sit_soft = "2s"
spacing = "0s"
[source]
resolution = "1s"
[notifications]
wait_for_pause = "0s"
"""


@pytest.fixture
def bar(desk: DesktopSession, tmp_path: Path) -> Iterator[Waybar]:
    with waybar(desk.bus, desk.screen) as bar:
        environ = {name: value for name, value in bar.environ.items() if name != "DISPLAY"}
        with process("mako", environ=environ, log=tmp_path / "mako.log"):
            wait_until(lambda: desk.bus.owner() is not None, "mako")
            yield bar
        wait_until(lambda: desk.bus.owner() is None, "mako to be gone")


@pytest.fixture
def user(bar: Waybar, private_home: Path, desk: DesktopSession) -> User:
    environ = {name: value for name, value in desk.environ.items() if name not in {"DISPLAY", "XDG_SESSION_ID"}}
    display = f"{bar.environ['XDG_RUNTIME_DIR']}/{bar.environ['WAYLAND_DISPLAY']}"
    return User(private_home, {**environ, "WAYLAND_DISPLAY": display, "QT_QPA_PLATFORM": "wayland"})


def test_the_window_comes_to_the_user_from_a_notice_and_from_the_icon(
    desk: DesktopSession, bar: Waybar, user: User, tmp_path: Path
) -> None:
    pytest.importorskip("PySide6")
    user.configure(SOON)
    typing = "while wtype a; do sleep 0.2; done"
    with user.daemon() as daemon:
        wait_until(lambda: "StatusNotifierItem" in registered(desk.bus), "waybar to know the icon")
        assert user.status()["source"] == "wayland_idle"
        with process("sh", "-c", typing, environ=bar.environ, log=tmp_path / "typing"):
            daemon.wait_for("prompt: sit-soft")
            wait_until(lambda: "standing-up" in bar.run("makoctl", "list"), "the reminder in mako")
        bar.run("makoctl", "invoke", "standing-up")
        daemon.wait_for_event("acknowledged")
        wait_until(lambda: bar.has_the_window_on("1"), "the way to get up")
        bar.run("swaymsg", "workspace", "2")
        bar.click()
        wait_until(lambda: bar.has_the_window_on("2"), "the window where the user is")
        assert len(user.windows()) == 1
        bar.run("swaymsg", '[app_id="slowrise"]', "kill")
        wait_until(lambda: not user.windows(), "the window to be gone")
        assert daemon.end() == 0
    assert "Traceback" not in daemon.log_text()
