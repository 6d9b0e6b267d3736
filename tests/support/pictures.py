"""Take the README's pictures from the running program: `make pictures`.

Each picture is a screenshot of the real thing: a reminder that `slowrise demo` sends to a real notification server, the
summary of the demo day in a real terminal, the window with the demo day as today, the report of two weeks in a real
browser. Needs Xvfb, xfce4-notifyd, xterm, ImageMagick and Chromium; `make test-deps` installs them.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.resources import read_guidance
from slowrise.history import trace
from support import PROJECT, demo_record, two_weeks, window
from support.browser import chromium
from support.daemon_process import User
from support.desktop_programs import XDisplay, Xfce4Notifyd, process, session_bus, wait_until, x_server, xfce4_notifyd
from support.panels import xfce_panel

PICTURES = PROJECT / "docs/pictures"
DEMO_DAY = PROJECT / "config/demo-day.jsonl"
SLOWRISE = (sys.executable, "-m", "slowrise")
DEMO = (*SLOWRISE, "demo", "--speed", "60")
"""Slow enough that the first reminder is shown for some twenty seconds."""
WALLPAPER = "#35506b"
PAPER = "#fbfbfa"
SCREEN = (1280, 720)
MARGIN = 120
"""Pixels of desktop that the picture of the reminder shows on its left."""
REPORT = (1000, 930)
"""Size in pixels of the part of the report that the README shows: its top and the first chart."""


@contextmanager
def desktop() -> Iterator[tuple[XDisplay, Xfce4Notifyd]]:
    """Yield a desktop with a wallpaper and a notification server that draws buttons."""
    width, height = SCREEN
    with session_bus() as bus, x_server(bus, size=f"{width}x{height}x24") as screen:
        screen.run("xsetroot", "-solid", WALLPAPER)
        with xfce4_notifyd(bus, screen) as server:
            yield screen, server


def take_prompt() -> None:
    """Take a picture of the first reminder of the demo day."""
    with desktop() as (screen, server), process(*DEMO, environ=screen.environ, log=screen.folder / "demo"):
        played = screen.folder / "demo"
        wait_until(lambda: "(sit-soft)" in played.read_text(), "the first reminder", patience=120)
        time.sleep(2)  # The server replaces the notice before and fades in.
        notice = server.window()
        left, bottom = notice.x - MARGIN, notice.y + notice.height + MARGIN // 2
        part = f"{SCREEN[0] - left}x{bottom}+{left}+0"
        screen.run("import", "-window", "root", "-crop", part, "+repage", str(PICTURES / "prompt.png"))


def take_summary() -> None:
    """Take a picture of the demo day as `slowrise summary` prints it in a terminal of 80 columns."""
    with desktop() as (screen, _), tempfile.TemporaryDirectory() as data:
        ledger = SqliteLedger(Path(data) / "ledger.sqlite3")
        ledger.append_all(trace.read(DEMO_DAY.read_bytes().splitlines()))
        ledger.close()
        shown = Path(data) / "shown"
        command = f"printf '\\033[?25l'; slowrise summary 2026-03-06 --data-dir {data}; touch {shown}; sleep 60"
        look = ("-fa", "DejaVu Sans Mono", "-fs", "11", "-b", "12", "-bg", PAPER, "-fg", "#222222", "+sb")
        palette = ("-xrm", "XTerm*color4: #2f5d8a", "-xrm", "XTerm*color6: #4f9d9d")
        environ = {**screen.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        terminal = ("xterm", *look, *palette, "-geometry", "80x19+0+0", "-e", "sh", "-c", command)
        with process(*terminal, environ=environ, log=screen.folder / "xterm"):
            wait_until(shown.exists, "the summary", patience=60)
            time.sleep(1)  # xterm draws after the program has written
            terminal_window = screen.run("xdotool", "search", "--onlyvisible", "--class", "xterm").split()[0]
            screen.run("import", "-window", terminal_window, str(PICTURES / "summary.png"))


def take_window() -> None:
    """Take a picture of the window in the afternoon of the demo day, with a daemon that counts on."""
    window.take_picture("today", PICTURES / "window.png", "--demo", "--size", "1000x720")


def take_getup() -> None:
    """Take a picture of the sixth step of getting up, when its time has come."""
    before = sum(step.seconds for step in read_guidance().steps[:5])
    window.take_picture("getup", PICTURES / "getup.png", "--demo", "--wait", str(before + 4))


def take_tray() -> None:
    """Take a picture of the icon in Xfce's panel with its menu, in the afternoon of the demo day."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as home, session_bus() as bus, x_server(bus, size="420x330x24") as screen:
        screen.run("xsetroot", "-solid", WALLPAPER)
        user = User(Path(home), {**screen.environ, "TZ": demo_record.zone_name(now)})
        demo_record.fill(user.data, now)
        with xfce_panel(bus, screen) as panel, user.daemon():
            wait_until(panel.is_drawn, "the icon in the panel")
            for _ in range(3):  # The demo's user works.
                screen.run("xdotool", "mousemove_relative", "9", "9", "mousemove_relative", "--", "-9", "-9")
            wait_until(lambda: user.status()["state"] == "sitting", "the demo's user to sit")
            panel.click(3)
            wait_until(panel.menus, "the menu of the icon")
            time.sleep(1)  # The menu fades in.
            screen.run("import", "-window", "root", str(PICTURES / "tray.png"))


def take_report() -> None:
    """Take a picture of the top of a report over two weeks."""
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        two_weeks.fill(data)
        page = data / "report.html"
        days = ("--from", two_weeks.FIRST.isoformat(), "--to", two_weeks.LAST.isoformat())
        subprocess.run([*SLOWRISE, "report", *days, "--data-dir", name, "--html", str(page)], check=True)
        with chromium(data / "browser") as browser:
            width, height = REPORT
            browser.emulate(width=width, height=height)
            browser.ask("Emulation.setScrollbarsHidden", hidden=True)
            browser.open(page)
            clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
            shot = browser.ask("Page.captureScreenshot", format="png", clip=clip)
        (PICTURES / "report.png").write_bytes(base64.b64decode(shot["data"]))


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    for take in (take_prompt, take_summary, take_window, take_getup, take_tray, take_report):
        take()
