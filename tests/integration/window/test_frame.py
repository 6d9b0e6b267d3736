"""The frame of the window: its pages, what it says is wrong, and how it comes up."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton

from slowrise.adapters.system.launcher import Launcher
from slowrise.adapters.system.paths import Paths, paths
from slowrise.adapters.system.single_instance import running
from slowrise.cli.window import style
from slowrise.cli.window.window import Window
from support import demo_record
from support.daemon_process import COMMAND, SOURCES, User
from support.desktop_programs import XDisplay, dunst, process, session_bus, wait_until, x_server
from support.window import cut, name_of, named, opened, settle, until, window_process, words

pytestmark = pytest.mark.real("Xvfb")

NOT_RUNNING = "slowrise is not running: nothing is recorded, and no reminder comes."


@pytest.fixture(scope="module")
def screen() -> Iterator[XDisplay]:
    with session_bus() as bus, x_server(bus) as display:
        yield display


@pytest.fixture
def user(screen: XDisplay, private_home: Path) -> User:
    return User(private_home, {**screen.environ, "QT_QPA_PLATFORM": "xcb"})


def banner(window: Window) -> str:
    return window.banner.words.text() if window.banner.isVisible() else ""


# -- in this process -------------------------------------------------------------------------------------------------


def test_pages_are_reached_by_keyboard(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "today") as window:
        assert window.windowTitle() == "slowrise"
        listed = [name_of(button) for button in window.findChildren(QToolButton)]
        assert listed == ["Today", "Get up slowly", "How is my back?", "Settings"]
        first = named(window, "Today", QToolButton)
        assert first.isChecked()
        first.setFocus()
        for _ in range(3):
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Down)
        assert first.isChecked()
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
        assert named(window, "Settings", QToolButton).isChecked()
        QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
        assert first.isChecked()


def test_the_page_that_has_the_keyboard_is_marked_with_the_accent(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "today") as window:
        listed = named(window, "Settings", QToolButton)
        accent = style.colours(listed.palette()).accent.rgb()
        marked = []
        for focus in (named(window, "Today", QToolButton), listed):
            focus.setFocus()
            settle(qt)
            image = listed.grab().toImage()
            middle = image.height() // 2
            marked.append(accent in {image.pixel(x, middle) for x in range(5)})
        assert marked == [False, True]


def test_the_keyboard_begins_at_the_page_that_is_shown(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "back") as window:
        assert window.focusWidget() is named(window, "How is my back?", QToolButton)


@pytest.mark.parametrize("kind", [style.Radio, style.Check])
def test_what_can_be_ticked_is_seen_in_dark_colours(qt: QApplication, kind: type[style.Radio | style.Check]) -> None:
    dark = QPalette(QColor("#323232"), QColor("#323232"))
    dark.setColor(QPalette.ColorRole.Base, QColor("#2d2d2d"))
    button = kind("")
    button.setPalette(dark)
    image = button.grab().toImage()
    lightest = max(image.pixelColor(x, y).lightness() for x in range(image.width()) for y in range(image.height()))
    assert lightest > 120
    button.deleteLater()


def test_without_a_daemon_a_sentence_and_a_button_say_so(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "today", follow=True) as window:
        until(qt, lambda: banner(window) == NOT_RUNNING, "the sentence")
        assert named(window, "Start slowrise", QPushButton).isEnabled()
        assert "Not watching at present" in words(window)


def test_a_mistake_in_the_settings_is_said(qt: QApplication, own_paths: Paths) -> None:
    own_paths.config.write_text("[thresholds]\nsit_soft = 3\n")
    with opened(qt, own_paths, "today") as window:
        assert "The settings file has a mistake" in banner(window)
        assert named(window, "Show settings", QPushButton).isEnabled()


def test_a_mistake_made_while_the_window_is_open_is_said_and_so_is_its_end(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "today") as window:
        own_paths.config.write_text("[limits\n")
        until(qt, lambda: "The settings file has a mistake" in banner(window), "the mistake")
        own_paths.config.write_text('[limits]\nsit_soft = "20m"\n')
        until(qt, lambda: not banner(window), "its end")
        assert window.context.config.limits.sit_soft == 20 * 60


@pytest.mark.parametrize("points", [9, 24])
@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("size", [(1500, 1000), (640, 480), (420, 640)])
def test_nothing_is_cut(
    qt: QApplication, own_paths: Paths, points: int, direction: Qt.LayoutDirection, size: tuple[int, int]
) -> None:
    before = qt.font()
    try:
        qt.setFont(QFont(before.family(), points))
        qt.setLayoutDirection(direction)
        with opened(qt, own_paths, "today", follow=True) as window:
            window.resize(*size)
            until(qt, lambda: banner(window), "the sentence")
            assert not cut(window)
    finally:
        qt.setFont(before)
        qt.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        settle(qt)


@pytest.mark.real("xdotool")
def test_unread_red_flags_come_first(
    qt: QApplication, qt_screen: XDisplay, own_paths: Paths, private_home: Path
) -> None:
    user = User(private_home, qt_screen.environ)
    own = own_paths._replace(data=user.data, ledger=user.ledger, lock=user.data / "lock", config=user.config)
    own = own._replace(socket=paths(config=user.config, data=user.data).socket)
    with user.daemon():
        user.run("symptom", "pain", "--side", "both", "--level", "5")
        wait_until(lambda: user.status()["unread"], "the red flags")
        with opened(qt, own, "today", follow=True) as window:
            until(qt, lambda: window.page is window.pages.get("back"), "the page of the back")
            window.show_page("settings")
            assert banner(window) == "There is something to read first about your symptoms."
            QTest.mouseClick(named(window, "Read now", QPushButton), Qt.MouseButton.LeftButton)
            assert window.page is window.pages["back"]


def make_unusable(data: Path) -> str:
    """Put a link in place of the data directory, which the daemon refuses. Returns how the reason begins."""
    data.mkdir(exist_ok=True)
    data.rename(data.with_name("elsewhere"))
    data.symlink_to("elsewhere")
    return f"slowrise could not be started: {data} is a symbolic link"


def test_a_start_that_fails_says_why(qt: QApplication, own_paths: Paths) -> None:
    reason = make_unusable(own_paths.data)
    with opened(qt, own_paths, "today", follow=True) as window:
        until(qt, lambda: banner(window) == NOT_RUNNING, "the sentence")
        QTest.mouseClick(named(window, "Start slowrise", QPushButton), Qt.MouseButton.LeftButton)
        assert banner(window) == "slowrise is being started."
        until(qt, lambda: banner(window).startswith(reason), "the reason")
        assert named(window, "Try again", QPushButton).isEnabled()


def test_while_the_daemon_before_ends_the_next_is_being_started(qt: QApplication, own_paths: Paths) -> None:
    code = (
        "import pathlib, signal, sys\n"
        "from slowrise.adapters.system.single_instance import SingleInstance\n"
        f"lock = SingleInstance(pathlib.Path({str(own_paths.lock)!r}))\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as before:
        assert before.stdin is not None
        assert before.stdout is not None
        assert before.stdout.readline() == b"held\n"
        reason = make_unusable(own_paths.data)
        with opened(qt, own_paths, "today") as window:
            window.starter.restart()
            window._tell()
            assert banner(window) == "slowrise is being started."
            before.stdin.close()
            until(qt, lambda: banner(window).startswith(reason), "the end of the start")


UNDERSTOOD: dict[str, object] = {
    "state": "sitting",
    "since": "2026-03-02T10:00:00+00:00",
    "sure": 0.9,
    "seconds": 60,
    "profile": "standard",
    **dict.fromkeys(("next_prompt", "next_kind", "why_waiting", "showing", "source", "held_until", "paused_until")),
    "unseen_seconds": 0,
    "notifier": "freedesktop",
    "held": [],
    "today": None,
    "notes": [],
}
"""The status of a daemon that did not tell its version yet."""


@pytest.mark.parametrize("status", [{"state": "sitting"}, UNDERSTOOD], ids=["odd", "understood"])
def test_a_daemon_of_another_version_is_said(qt: QApplication, own_paths: Paths, status: dict[str, object]) -> None:
    """A real socket with the answer of a daemon that does not know today's status, or all that is new."""
    line = json.dumps({"ok": True, "result": status}).encode() + b"\n"
    asked: list[socket.socket] = []
    own_paths.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(own_paths.socket))
        server.listen()

        def answer() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    asked.append(connection)  # and kept open, as for one that follows
                    connection.recv(4096)
                    connection.sendall(line)

        threading.Thread(target=answer, daemon=True).start()
        with opened(qt, own_paths, "today", follow=True) as window:
            until(qt, lambda: banner(window).startswith("slowrise was updated"), "the sentence")
            assert named(window, "Start again", QPushButton).isEnabled()
        server.shutdown(socket.SHUT_RDWR)
        for connection in asked:
            connection.close()


# -- as a command ----------------------------------------------------------------------------------------------------


@pytest.mark.real("xdotool")
def test_a_second_command_shows_its_page_in_the_open_window(user: User, screen: XDisplay) -> None:
    with window_process(screen, "today", "--data-dir", str(user.data), **user.environ) as window:
        window.wait_shown()
        before = window.child.pid
        result = user.run("window", "today", "--data-dir", str(user.data))
        assert (result.code, result.err) == (0, "")
        assert window.child.poll() is None
        found = screen.run("xdotool", "search", "--onlyvisible", "--name", "^slowrise$").split()
        assert len(found) == 1
        assert before == window.child.pid


@pytest.mark.real("xdotool")
def test_a_closed_window_leaves_its_place_to_the_next(user: User, screen: XDisplay) -> None:
    for _ in range(2):
        with window_process(screen, "today", **user.environ) as window:
            window.press("ctrl+w")
            assert window.child.wait(60) == 0
            assert window.log_text() == ""
    left = sorted(path.name for path in user.data.parent.rglob("*")) if user.data.parent.exists() else []
    assert left == []


@pytest.mark.real("xdotool")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_the_end_of_the_session_close_the_window(
    user: User, screen: XDisplay, number: signal.Signals
) -> None:
    with window_process(screen, "getup", **user.environ) as window:
        window.wait_shown()
        window.press("Right")  # It is through with starting.
        window.child.send_signal(number)
        assert window.child.wait(60) == 0
        assert window.log_text() == ""


@pytest.mark.real("xdotool")
@pytest.mark.parametrize("kind", ["directory", "nothing"])
def test_the_daemon_opens_the_window_whatever_its_settings_file_has_become(
    user: User, screen: XDisplay, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = user.home / "own.toml"
    if kind == "directory":
        file.mkdir()
    for name, value in screen.environ.items():
        monkeypatch.setenv(name, value)

    async def open_it() -> None:
        Launcher(paths(config=file, data=user.data)).open_window("settings")
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})

    asyncio.run(open_it())
    wait_until(user.windows, "the window")
    (window,) = user.windows()
    assert str(file) in window.cmdline()
    window.terminate()
    window.wait(60)


@pytest.mark.real("xdotool")
def test_the_button_starts_the_daemon_and_it_outlives_the_window(user: User, screen: XDisplay) -> None:
    with window_process(screen, "today", **user.environ) as window:
        window.wait_shown()
        # The button is the first thing after the list of pages.
        wait_until(lambda: user.run("status").code == 3, "no daemon")
        window.press("alt+s")
        wait_until(lambda: user.run("status").code == 0, "the daemon")
    try:
        assert user.status()["source"] == "x11_idle"
    finally:
        os.kill(running(user.data / "lock") or 0, signal.SIGTERM)


def test_without_a_screen_the_command_says_so(user: User) -> None:
    environ = {name: value for name, value in user.environ.items() if name not in {"DISPLAY", "QT_QPA_PLATFORM"}}
    lonely = User(user.home, environ)
    result = lonely.run("window")
    assert result.code == 1
    assert "There is no screen to open a window on" in result.err


@pytest.mark.real("dunst", "xdotool")
def test_from_a_menu_a_failure_is_a_notification(screen: XDisplay, private_home: Path) -> None:
    with session_bus() as bus, x_server(bus) as own, dunst(bus, own) as server:
        user = User(private_home, {**own.environ, "DISPLAY": ":12345", "QT_QPA_PLATFORM": "xcb"})
        assert user.run("window").code == 1
        wait_until(lambda: server.displayed() == 1, "the notification")
        server.ctl("close-all")
        assert "There is no screen" in server.history()[0]["body"]


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


@pytest.mark.real("xdotool", "setpriv")
@pytest.mark.parametrize("closed", ["config", "config/slowrise", "config/slowrise/slowrise.toml", "data/slowrise"])
@pytest.mark.parametrize("page", [(), ("settings",)])
def test_where_one_may_not_look_the_window_opens(
    user: User, screen: XDisplay, closed: str, page: tuple[str, ...]
) -> None:
    user.configure("")
    user.data.mkdir(parents=True)
    (user.home / closed).chmod(0)
    rights = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")  # root may look everywhere
    try:
        with window_process(screen, *page, before=rights, **user.environ) as window:
            window.press("ctrl+w")
            assert window.child.wait(60) == 0
            assert window.log_text() == ""
    finally:
        (user.home / closed).chmod(0o700)


@pytest.mark.real("unshare", "mount", "import")
def test_in_a_read_only_home_the_record_is_shown(user: User, screen: XDisplay, tmp_path: Path) -> None:
    demo_record.fill(user.data, datetime.now(UTC))
    before = user.ledger.read_bytes()
    private = ("unshare", "--mount", "--propagation", "private", "sh", "-c", READ_ONLY, str(user.data))
    log = tmp_path / "log"
    with process(*private, *COMMAND, "window", "today", environ=user.environ, log=log) as child:
        picture = tmp_path / "picture.png"

        def is_drawn() -> bool:
            image = QImage(str(screen.screenshot(picture)))
            points = ((x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4))
            return any(image.pixelColor(x, y).name() == "#0072b2" for x, y in points)

        wait_until(is_drawn, "the record")
        assert child.poll() is None
    assert log.read_text() == ""
    assert user.ledger.read_bytes() == before


def without(module: str, folder: Path) -> dict[str, str]:
    """Return an environment in which a module cannot be imported, as where it is not installed."""
    code = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.partition('.')[0] == {module!r}:\n"
        "            raise ModuleNotFoundError(name)\n"
        "import importlib.util\n"
        "found = importlib.util.find_spec\n"
        f"importlib.util.find_spec = lambda name, *rest: None if name == {module!r} else found(name, *rest)\n"
        "sys.meta_path.insert(0, Absent())\n"
    )
    (folder / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": f"{folder}:{SOURCES}"}


def test_without_qt_the_command_says_what_to_install(user: User, tmp_path: Path) -> None:
    poor = User(user.home, user.environ)
    poor.environ |= without("PySide6", tmp_path)
    result = poor.run("window")
    assert result.code == 1
    assert "The window needs PySide6, which is not installed." in result.err


def hidden(path: Path) -> tuple[str, ...]:
    """Return the beginning of a command that runs without this file, as where it is not installed."""
    hide = 'mount --bind /dev/null "$0" && exec "$@"'
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c", hide, str(path.resolve()))


@pytest.mark.real("unshare", "mount")
def test_without_the_cursor_library_the_command_says_what_to_install(user: User) -> None:
    (library,) = Path("/usr/lib").glob("*/libxcb-cursor.so.0")
    result = user.run("window", before=hidden(library))
    assert result.code == 1
    assert result.err == (
        "Error: The window needs the library libxcb-cursor, which is not installed. "
        "On Debian or Ubuntu: sudo apt install libxcb-cursor0\n"
    )
