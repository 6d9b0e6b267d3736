"""The icon in real panels: seen, clicked, its menu used."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.daemon_process import Daemon, User
from support.desktop_programs import PATIENCE, process, wait_until
from support.desktop_session import DesktopSession
from support.panels import KDED, XfcePanel, plasma_tray, registered, waybar, xfce_panel

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "import", "xfce4-panel", "xfconfd")

QUICK = '[source]\nresolution = "1s"\n'
GETTING_UP, HOLD, PAUSE, PAUSE_DAY, BACK, TODAY, SETTINGS, QUIT = range(1, 9)
"""The places of the entries of somebody at the desk."""
RESUME_WHILE_PAUSED, RESUME_WHILE_QUIET = 1, 2


@pytest.fixture
def panel(desk: DesktopSession) -> Iterator[XfcePanel]:
    with xfce_panel(desk.bus, desk.screen) as panel:
        yield panel


def windows_of_slowrise(desk: DesktopSession) -> list[str]:
    return subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", "^slowrise"],
        env=desk.screen.environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    ).stdout.split()


def close_window(desk: DesktopSession) -> None:
    for window in windows_of_slowrise(desk):
        pid = desk.screen.run("xdotool", "getwindowpid", window).strip()
        subprocess.run(["kill", pid], check=False)
    wait_until(lambda: not windows_of_slowrise(desk), "the window to close")


def chosen(daemon: Daemon, key: str, times: int = 1) -> None:
    daemon.wait_for(f"chosen in the panel: {key}\n", times)


@pytest.mark.seen("Xfce", "tray")
def test_in_xfce_the_icon_is_seen_and_its_menu_pauses_resumes_and_quits(
    desk: DesktopSession, user: User, panel: XfcePanel
) -> None:
    user.configure(QUICK)
    with user.daemon() as daemon:
        wait_until(panel.is_drawn, "the icon in the panel")
        with desk.typing():
            daemon.wait_for_event("active")
        before = panel.picture()
        panel.choose(PAUSE)
        chosen(daemon, "pause")
        assert user.status()["paused_until"]
        wait_until(lambda: panel.is_drawn() and panel.picture() != before, "the icon of a pause")
        panel.choose(RESUME_WHILE_PAUSED)
        chosen(daemon, "resume")
        assert not user.status()["paused_until"]
        panel.choose(HOLD)
        chosen(daemon, "hold")
        assert user.status()["why_waiting"] == "held by you"
        panel.choose(RESUME_WHILE_QUIET)
        chosen(daemon, "resume", 2)
        panel.choose(QUIT)
        chosen(daemon, "quit")
        assert daemon.process.wait(PATIENCE) == 0
    wait_until(lambda: not panel.is_drawn(), "the icon to be gone")


def test_in_xfce_a_click_opens_the_window_and_getting_up_opens_the_way(
    desk: DesktopSession, user: User, panel: XfcePanel
) -> None:
    pytest.importorskip("PySide6")
    user.configure(QUICK)
    with user.daemon() as daemon:
        wait_until(panel.is_drawn, "the icon in the panel")
        panel.click()
        wait_until(lambda: windows_of_slowrise(desk), "the window")
        close_window(desk)
        panel.choose(GETTING_UP)
        daemon.wait_for_event("acknowledged")
        wait_until(lambda: windows_of_slowrise(desk), "the way to get up")
        close_window(desk)


def test_the_icon_comes_back_with_the_panel_and_goes_with_the_setting(desk: DesktopSession, user: User) -> None:
    user.configure(QUICK)
    with user.daemon() as daemon:
        for _ in range(2):
            with xfce_panel(desk.bus, desk.screen) as panel:
                wait_until(panel.is_drawn, "the icon in the panel")
        with xfce_panel(desk.bus, desk.screen) as panel:
            wait_until(panel.is_drawn, "the icon in the panel")
            user.configure(QUICK + '[tray]\nshow = "never"\n')
            user.ask("reload")
            wait_until(lambda: not panel.is_drawn(), "the icon to go")
            assert "icon (never): no, switched off" in user.ask("doctor")
            user.configure(QUICK)
            user.ask("reload")
            wait_until(panel.is_drawn, "the icon to come back")
            assert "icon (auto): works" in user.ask("doctor")
        assert daemon.end() == 0


def test_what_the_panel_is_told_says_how_the_user_sits_and_nothing_else(
    desk: DesktopSession, user: User, panel: XfcePanel, tmp_path: Path
) -> None:
    user.configure(QUICK)
    listening = ["dbus-monitor", "--session"]
    heard = tmp_path / "heard"
    with process(*listening, environ=desk.environ, log=heard):
        wait_until(lambda: heard.exists() and "NameAcquired" in heard.read_text(errors="replace"), "the monitor")
        with user.daemon() as daemon:
            wait_until(panel.is_drawn, "the icon in the panel")
            with desk.typing():
                daemon.wait_for_event("active")
            daemon.wait_for_event("idle")
            wait_until(
                lambda: "slowrise: Sitting since" in heard.read_text(errors="replace"), "the panel to hear of it"
            )
            user.ask("symptom", "pain", "--side", "left", "--level", "7")
            panel.choose(PAUSE)
            chosen(daemon, "pause")
            assert daemon.end() == 0
    text = heard.read_text(errors="replace")
    ours = {sender for sender, member in re.findall(r"sender=(\S+) .*member=(\w+)", text) if member == "NewToolTip"}
    assert len(ours) == 1
    messages = re.split(r"^(?=method|signal|error)", text, flags=re.MULTILINE)
    heads = [(each.partition("\n")[0], each) for each in messages]
    # What it asks of the bus itself reaches no other program.
    sent = [
        each for head, each in heads if f"sender={next(iter(ours))} " in head and "=org.freedesktop.DBus " not in head
    ]
    said = {found for each in sent for found in re.findall(r'string "([^"]*)"', each)}
    assert any(each.startswith("slowrise: Sitting since ") for each in said), said
    assert not [each for each in said if re.search(r"pain|left|(?<![\d.:])7\b", each)], said
    assert not [each for each in said if re.search(r"\d", each) and not re.search(FIGURES, each)], said


FIGURES = re.compile(
    r"^(slowrise: )?(Sitting|Standing|Away) since \d\d:\d\d$|^(slowrise: )?Paused until \d\d:\d\d$"
    r"|^(Sitting|Away) \d+ min(, next reminder in about \d+ min)?\xa0*$|^Paused until \d\d:\d\d\xa0*$"
    r"|^(Quiet|Pause) for 45 min$|^:1\.\d+$"
)
"""The only lines with figures, and the name on the bus."""


@pytest.mark.seen("sway", "tray")
@pytest.mark.real("sway", "waybar", "grim", "convert")
def test_in_waybar_the_icon_is_seen_and_its_menu_keeps_quiet(desk: DesktopSession, user: User, tmp_path: Path) -> None:
    user.configure(QUICK)
    with waybar(desk.bus, desk.screen) as bar, user.daemon() as daemon:
        wait_until(lambda: "StatusNotifierItem" in registered(desk.bus), "waybar to know the icon")
        wait_until(lambda: grey_in(bar.picture(tmp_path / "bar.png"), "22x28+0+0") > SOME_PIXELS, "the icon in waybar")
        bar.click()
        wait_until(lambda: windows_of_slowrise(desk), "the window")
        close_window(desk)
        bar.click(button=3)
        wait_until(lambda: white_in(bar.picture(tmp_path / "menu.png")) > 100 * SOME_PIXELS, "the menu of the icon")
        bar.click(*A_QUIET_ENTRY)
        daemon.wait_for("chosen in the panel: ")
        assert re.search("chosen in the panel: (hold|pause|pause-day)\n", daemon.log_text())
        status = user.status()
        assert status["held_until"] or status["paused_until"]
        assert daemon.end() == 0


@pytest.mark.seen("Plasma", "tray")
@pytest.mark.until("bookworm")  # Plasma 6 draws no icon in a tray that is a window of its own
@pytest.mark.real("plasmawindowed", KDED, "convert")
def test_in_plasma_the_icon_is_clicked_and_its_menu_pauses(desk: DesktopSession, user: User, tmp_path: Path) -> None:
    user.configure(QUICK)
    with plasma_tray(desk.bus, desk.screen) as tray, user.daemon() as daemon:
        wait_until(lambda: "StatusNotifierItem" in registered(desk.bus), "Plasma to know the icon")
        with desk.typing():
            daemon.wait_for_event("active")
        whole = tmp_path / "screen.png"
        wait_until(lambda: grey_in(desk.screen.screenshot(whole), "1280x800+0+0") > SOME_PIXELS, "the icon in Plasma")
        tray.click()
        wait_until(lambda: windows_of_slowrise(desk), "the window")
        close_window(desk)
        tray.choose(PAUSE)
        chosen(daemon, "pause")
        assert user.status()["paused_until"]
        assert daemon.end() == 0


SOME_PIXELS = 60
A_QUIET_ENTRY = (60, 119)
"""The middle of the three entries that keep slowrise quiet, with GTK's own theme and font."""


def grey_in(picture: Path, part: str) -> int:
    """Return how many pixels have the grey of the icons."""
    return pixels(picture, part).count(bytes.fromhex("87909c"))


def white_in(picture: Path) -> int:
    return pixels(picture, "300x200+20+40").count(b"\xff\xff\xff")


def pixels(picture: Path, part: str) -> list[bytes]:
    command = ["convert", str(picture), "-crop", part, "-depth", "8", "rgb:-"]
    data = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True).stdout
    return [data[at : at + 3] for at in range(0, len(data), 3)]
