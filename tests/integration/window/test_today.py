"""The page of today: from a real record, without a daemon and with one that answers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton

from slowrise.adapters.system.paths import Paths, paths
from slowrise.cli.window.today.page import TodayPage
from slowrise.cli.window.today.record import Stretch
from slowrise.cli.window.window import Window
from support import demo_record
from support.daemon_process import User
from support.desktop_programs import XDisplay, process, wait_until
from support.window import cut, name_of, named, opened, settle, until, words

pytestmark = pytest.mark.real("Xvfb")


@pytest.fixture
def user(qt_screen: XDisplay, private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[User]:
    """Return a user in a time zone in which it is 16:30, here as in the daemon."""
    now = datetime.now(UTC)
    user = User(private_home, qt_screen.environ)
    user.environ["TZ"] = demo_record.zone_name(now)
    monkeypatch.setenv("TZ", user.environ["TZ"])
    time.tzset()
    yield user
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def own(user: User) -> Paths:
    return paths(config=user.config, data=user.data)


@pytest.fixture
def demo(user: User) -> User:
    demo_record.fill(user.data, datetime.now(UTC))
    return user


@contextmanager
def working(user: User) -> Iterator[None]:
    """Move the pointer in a corner, while the daemon watches."""
    move = "while :; do xdotool mousemove 1590 1190 mousemove 1580 1190; sleep 0.5; done"
    with user.daemon(), process("sh", "-c", move, environ=user.environ, log=user.home / "pointer"):
        wait_until(lambda: user.status()["state"] == "sitting", "the user to sit")
        yield


def page_of(window: Window) -> TodayPage:
    page = window.pages["today"]
    assert isinstance(page, TodayPage)
    return page


def shown(qt: QApplication, window: Window) -> TodayPage:
    """Return the page once it shows the record."""
    page = page_of(window)
    until(qt, lambda: page.record is not None, "the record")
    settle(qt)
    return page


def test_no_sit_is_longer_than_the_sitting_of_the_day(qt: QApplication, own: Paths, demo: User) -> None:
    with opened(qt, own, "today") as window:
        page = shown(qt, window)
        assert page.record is not None
        day = page.record.today.summary
        page._tell_figures(msgspec.structs.replace(day, sitting_seconds=1500.0, low=1200.0, high=1800.0), 120.0)
        assert page.sitting.number.text() == page.longest.number.text() == "25 min"


def click(page: TodayPage, stretch: Stretch) -> None:
    bar = page.timeline
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.box_of(stretch).center().toPoint())


def test_the_record_is_shown_without_a_daemon(qt: QApplication, own: Paths, demo: User) -> None:
    with opened(qt, own, "today", follow=True) as window:
        page = shown(qt, window)
        read = words(page)
        summary = page.record.today.summary if page.record else None
        assert summary is not None
        assert page.sitting.number.text().endswith("min")
        assert page.longest.remark.text().startswith("13:30 to ")
        assert page.breaks.number.text() == str(len(summary.break_lengths))
        assert "Standing" in words(page.legend), "yesterday has some"
        assert "slowrise is not running" in read
        assert "The last seven days" in read
        assert "Yesterday" in read
        assert "is in doubt. What did you do? To answer, start slowrise." in read
        assert not named(window, "I was away", QPushButton).isEnabled()
        assert not page.pause.isVisible()


def test_the_bar_is_reached_by_keyboard(qt: QApplication, own: Paths, demo: User) -> None:
    with opened(qt, own, "today") as window:
        page = shown(qt, window)
        page.timeline.setFocus()
        QTest.keyClick(page.timeline, Qt.Key.Key_Home)
        QTest.keyClick(page.timeline, Qt.Key.Key_Right)
        chosen = page.timeline.chosen
        assert chosen is not None
        assert page.timeline.accessibleDescription() == page.answer.words.text()
        assert f"{chosen.start:%H:%M} to {chosen.end:%H:%M}: " in page.answer.words.text()
        QTest.keyClick(page.timeline, Qt.Key.Key_Home)
        assert page.timeline.chosen != chosen


def test_tab_goes_through_the_page_in_the_order_of_reading(qt: QApplication, own: Paths, demo: User) -> None:
    with opened(qt, own, "today", follow=True) as window:
        page = shown(qt, window)
        until(qt, window.banner.isVisible, "the sentence")
        named(window, "Today", QToolButton).setFocus()
        order = []
        for _ in range(5):
            order.append(name_of(window.focusWidget()))
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert order == ["Today", "Start slowrise", "Report", "Timeline of today", "Today"]
        assert not page.answer.sitting.isEnabled()


@pytest.mark.real("xdotool")
@pytest.mark.parametrize(("label", "kind"), [("I was away", "away"), ("I was sitting here", "sitting")])
def test_a_doubtful_absence_is_answered(qt: QApplication, own: Paths, demo: User, label: str, kind: str) -> None:
    with working(demo), opened(qt, own, "today", follow=True) as window:
        page = shown(qt, window)
        doubt = page._doubts()[0]
        click(page, doubt)
        assert page.timeline.chosen == doubt
        answer = named(window, label, QPushButton)
        until(qt, answer.isEnabled, "a daemon to answer to")
        QTest.mouseClick(answer, Qt.MouseButton.LeftButton)
        until(qt, lambda: "Noted for" in page.answer.words.text(), "the answer to be noted")

        def is_known() -> bool:
            middle = doubt.start + (doubt.end - doubt.start) / 2
            return any(each.kind == kind and each.start <= middle < each.end for each in page._parts)

        until(qt, is_known, "the bar to show it")
    (answered,) = [each for each in demo.events() if each["event"] == "answered"]
    assert answered["was"] == kind
    assert datetime.fromisoformat(answered["from"]) == doubt.start


@pytest.mark.real("xdotool")
def test_pause_and_resume(qt: QApplication, own: Paths, demo: User) -> None:
    with working(demo), opened(qt, own, "today", follow=True) as window:
        page = shown(qt, window)
        until(qt, page.pause.isVisible, "the button")
        assert "to stand up, at about" in page.reminder.remark.text()
        QTest.mouseClick(named(window, "Pause for 45 min", QPushButton), Qt.MouseButton.LeftButton)
        until(qt, lambda: page.pause.text() == "Resume", "the pause")
        assert page.reminder.number.text() == "Paused"
        assert window.state_words.state.text().startswith("Paused until")
        QTest.mouseClick(named(window, "Resume", QPushButton), Qt.MouseButton.LeftButton)
        until(qt, lambda: page.pause.text() == "Pause for 45 min", "the end of the pause")


def test_the_end_does_not_wait_for_a_long_record(qt_screen: XDisplay, own: Paths) -> None:
    code = (
        "import time\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QTimer\n"
        "from slowrise.adapters.system.paths import paths\n"
        "from slowrise.cli.window import app\n"
        "from slowrise.cli.window.single import OneWindow\n"
        "from slowrise.cli.window.today import record\n"
        "record.read = lambda *_: time.sleep(3600)\n"
        f"own = paths(config=Path({str(own.config)!r}), data=Path({str(own.data)!r}))\n"
        "place = app._place\n"
        "def close_soon(window):\n"
        "    place(window)\n"
        "    QTimer.singleShot(500, window, window.close)\n"
        "app._place = close_soon\n"
        "raise SystemExit(app.run(own, 'today', OneWindow(own)))\n"
    )
    environ = {**os.environ, **qt_screen.environ, "QT_QPA_PLATFORM": "xcb"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_empty_first_day(qt: QApplication, own: Paths) -> None:
    with opened(qt, own, "today") as window:
        page = shown(qt, window)
        read = words(page)
        assert "Nothing recorded yet today." in read
        assert "Sitting so far" not in read
        assert "Yesterday" not in read
        assert not page.report.isVisible()
    assert not own.data.exists()


def test_a_damaged_record_is_said_and_left_alone(qt: QApplication, own: Paths, demo: User) -> None:
    content = b"SQLite format 3\0" + b"damaged" * 4000
    demo.ledger.write_bytes(content)
    with opened(qt, own, "today") as window:
        page = page_of(window)
        until(qt, page.problem.isVisible, "the sentence")
        assert "Your record cannot be read, and nothing in it was changed: " in words(page)
        assert not page.day.isVisible()
    assert demo.ledger.read_bytes() == content


@pytest.mark.parametrize("points", [9, 24])
@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
@pytest.mark.parametrize("width", [1500, 700, 420])
def test_nothing_is_cut(
    qt: QApplication, own: Paths, demo: User, *, points: int, direction: Qt.LayoutDirection, width: int
) -> None:
    before = qt.font()
    try:
        qt.setFont(QFont(before.family(), points))
        qt.setLayoutDirection(direction)
        with opened(qt, own, "today", follow=True) as window:
            window.resize(width, 900)
            page = shown(qt, window)
            until(qt, window.banner.isVisible, "the sentence")
            settle(qt)
            assert not cut(window)
            assert page.timeline.width() <= window.width()
    finally:
        qt.setFont(before)
        qt.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        settle(qt)


def test_the_picture_shows_each_kind_in_its_colour(qt: QApplication, own: Paths, demo: User) -> None:
    with opened(qt, own, "today") as window:
        page = shown(qt, window)
        page.timeline.choose(None)
        image: QImage = page.timeline.grab().toImage()
        sitting = max((each for each in page._parts if each.kind == "sitting"), key=lambda each: each.seconds)
        middle: QPoint = page.timeline.box_of(sitting).center().toPoint() * image.devicePixelRatio()
        assert image.pixelColor(middle).name() == "#0072b2"
        away = max((each for each in page._parts if each.kind == "away"), key=lambda each: each.seconds)
        assert image.pixelColor(page.timeline.box_of(away).center().toPoint()).name() != "#0072b2"
