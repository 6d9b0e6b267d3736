"""The frame of the window: its pages, what it says is wrong, and how it comes up."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton

from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.single_instance import running
from slowrise.cli.window.window import Window
from support.daemon_process import User
from support.desktop_programs import XDisplay, dunst, session_bus, wait_until, x_server
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
