"""The page of getting up, clicked under a real X server; its clock is set by the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QToolButton, QWidget

from slowrise.adapters.system.paths import Paths, paths
from slowrise.adapters.system.resources import read_guidance
from slowrise.cli.window.getup.drawing import Drawing, Ring
from slowrise.cli.window.getup.page import GetUpPage
from slowrise.cli.window.window import Window
from slowrise.daemon.status import Status
from slowrise.messages.guidance import while_seated
from support.daemon_process import User
from support.desktop_programs import session_bus, x_server
from support.window import cut, name_of, named, opened, settle, until, window_process, words

pytestmark = pytest.mark.real("Xvfb")
STEPS = read_guidance().steps
STANDING = 7


class Guided:
    """The page in a window, at a time that the test sets."""

    def __init__(self, qt: QApplication, window: Window) -> None:
        self.qt, self.window = qt, window
        page = window.page
        assert isinstance(page, GetUpPage)
        self.page = page
        self.seconds = 0.0
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answer: dict[str, Any] = {}
        self.page.now = lambda: self.seconds
        self.page.context.link.ask = self._ask  # type: ignore[assignment,method-assign]
        self.page.begin()

    def _ask(self, do: str, then: Any = None, _failed: Any = None, **with_: Any) -> None:
        self.asked.append((do, with_))
        if then is not None:
            then(self.answer)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.page.tick()
        settle(self.qt)

    def wait_until_step(self, step: int) -> None:
        self.wait(sum(each.seconds for each in STEPS[:step]) - self.seconds)

    def click(self, name: str) -> None:
        QTest.mouseClick(named(self.window, name, QAbstractButton), Qt.MouseButton.LeftButton)
        settle(self.qt)

    def key(self, key: Qt.Key, to: QWidget | None = None) -> None:
        QTest.keyClick(to or self.page, key)
        settle(self.qt)

    def buttons(self) -> set[str]:
        found = self.page.findChildren(QAbstractButton)
        return {each.text() for each in found if each.isVisible() and each.text()}

    def step(self) -> int:
        """Return the step that the drawing and the text show alike."""
        drawing = self.page.findChild(Drawing)
        assert isinstance(drawing, Drawing)
        step = int(drawing.name.removeprefix("step-"))
        assert STEPS[step].say in words(self.page)
        assert f"Step {step + 1} of 10" in words(self.page)
        return step


@contextmanager
def guided(qt: QApplication, own: Paths) -> Iterator[Guided]:
    with opened(qt, own, "getup") as window:
        yield Guided(qt, window)


@pytest.fixture
def guide(qt: QApplication, own_paths: Paths) -> Iterator[Guided]:
    with guided(qt, own_paths) as guide:
        yield guide


def a_status(**facts: Any) -> Status:
    usual: dict[str, Any] = dict.fromkeys(Status.__struct_fields__) | {"profile": "standard", "gently": False}
    return Status(**(usual | {"suggestion": "water"} | facts))


def test_steps_change_by_themselves_up_to_the_break_and_the_end(guide: Guided) -> None:
    for step in range(len(STEPS)):
        guide.wait_until_step(step)
        assert guide.step() == step
    guide.wait_until_step(len(STEPS))
    assert "Only as far as it is comfortable. Stop if it brings on symptoms." in words(guide.page)
    assert name_of(named(guide.page, "0 min of 5 min", Ring)) == "0 min of 5 min"
    guide.wait(130)
    assert named(guide.page, "2 min of 5 min", Ring).isVisible()
    guide.wait(171)
    assert read_guidance().down.say in words(guide.page)
    assert "The break is over. Sit down slowly when you like." in words(guide.page)


def test_the_daemon_is_told_once_and_not_by_a_glance(guide: Guided) -> None:
    guide.wait(STEPS[0].seconds - 1)
    assert guide.asked == []
    for _ in range(3):
        guide.wait(20)
    guide.click("I'm up")
    guide.wait(1000)
    assert guide.asked == [("getting-up", {})]


def test_back_next_and_pause_are_clicked(guide: Guided) -> None:
    assert not named(guide.page, "Back", QAbstractButton).isEnabled()
    guide.click("Next")
    guide.click("Next")
    assert guide.step() == 2
    guide.click("Back")
    assert guide.step() == 1
    guide.click("Pause")
    guide.wait(3600)
    assert guide.step() == 1
    assert "Paused. Press Go on when you are ready." in words(guide.page)
    guide.click("Go on")
    guide.wait(STEPS[1].seconds)
    assert guide.step() == 2


def test_the_arrows_turn_the_steps_and_space_pauses(guide: Guided) -> None:
    guide.key(Qt.Key.Key_Right)
    guide.key(Qt.Key.Key_Right, named(guide.page, "Next", QAbstractButton))
    assert guide.step() == 2
    guide.key(Qt.Key.Key_Left)
    assert guide.step() == 1
    guide.key(Qt.Key.Key_Space)
    guide.wait(3600)
    assert guide.step() == 1
    guide.key(Qt.Key.Key_Space)
    guide.wait(STEPS[1].seconds)
    assert guide.step() == 2


def test_an_arrow_does_not_skip_the_break(guide: Guided) -> None:
    guide.wait_until_step(len(STEPS))
    guide.key(Qt.Key.Key_Right)
    assert named(guide.page, "0 min of 5 min", Ring).isVisible()


def test_the_arrows_are_mirrored_from_right_to_left(qt: QApplication, own_paths: Paths) -> None:
    qt.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        with guided(qt, own_paths) as guide:
            guide.key(Qt.Key.Key_Left)
            assert guide.step() == 1
            first, second = (named(guide.page, name, QAbstractButton) for name in ("Back", "Next"))
            assert first.x() > second.x()
            assert not cut(guide.page)
    finally:
        qt.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_nothing_needs_to_be_pressed_once_one_stands(guide: Guided) -> None:
    guide.click("I'm up")
    assert guide.step() == STANDING
    assert "Nothing to press now: the steps go on by themselves." in words(guide.page)
    assert guide.buttons() == {"Back", "Pause", "Next"}
    guide.wait(sum(step.seconds for step in STEPS[STANDING:]))
    assert guide.buttons() == {"Sit down again", "Read when to get help"}


def test_a_key_does_not_press_the_button_beside_one_that_went_away(guide: Guided) -> None:
    up = named(guide.page, "I'm up", QAbstractButton)
    up.setFocus()
    guide.key(Qt.Key.Key_Space, up)
    assert guide.step() == STANDING
    focus = guide.window.focusWidget()
    assert focus is guide.page


def test_the_last_step_leads_to_when_to_get_help_in_full(guide: Guided) -> None:
    guide.wait_until_step(len(STEPS) - 1)
    guide.click("Read when to get help")
    flags = read_guidance().red_flags
    shown = words(guide.window)
    assert [part for part in (flags.head, *flags.signs) if part not in shown] == []
    guide.click("Back")
    assert flags.head not in words(guide.window)


def test_who_reads_about_help_finds_the_break_again(guide: Guided) -> None:
    guide.wait_until_step(len(STEPS))
    guide.page.left()
    guide.wait(60)
    guide.page.entered()
    assert named(guide.page, "1 min of 5 min", Ring).isVisible()
    guide.wait(1000)
    guide.page.left()
    guide.page.entered()
    assert guide.step() == 0


def test_who_leaves_before_standing_is_not_taken_to_stand(guide: Guided) -> None:
    guide.click("Next")
    guide.asked.clear()
    guide.page.left()
    guide.seconds += 3600
    guide.page.config_changed()
    guide.page.entered()
    assert guide.step() == 0
    assert guide.asked == []


def test_escape_leaves_the_page(guide: Guided) -> None:
    guide.key(Qt.Key.Key_Escape)
    assert named(guide.window, "Today", QToolButton).isChecked()


def test_who_walks_through_the_list_of_pages_goes_on_there(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "getup") as window:
        assert window.focusWidget() is window.page
        listed = named(window, "Today", QToolButton)
        listed.setFocus()
        for name in ("Get up slowly", "How is my back?"):
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Down)
            assert window.focusWidget() is named(window, name, QToolButton)


def test_the_end_closes_the_window(guide: Guided) -> None:
    guide.wait(1000)
    guide.click("Close")
    assert not guide.window.isVisible()


def test_the_break_has_the_daemons_suggestion_and_the_limits_of_its_profile(guide: Guided) -> None:
    guide.page.context.link.status = a_status(profile="flare-up", suggestion="corridor", gently=True)
    guide.wait_until_step(len(STEPS))
    shown = words(guide.page)
    assert f"If it is comfortable: {read_guidance().suggestions['corridor'].do}" in shown
    assert "3 min away from the chair already counts as a break." in shown


def test_the_break_after_the_first_reminder_of_a_day_says_what_to_avoid(guide: Guided) -> None:
    guide.wait_until_step(len(STEPS))
    for avoid, is_said in (("bags", True), ("", False), ("a line of another version", False)):
        guide.page.context.link.status = a_status(avoid=avoid)
        guide.page.status_changed()
        assert (read_guidance().avoid["bags"].say in words(guide.page)) is is_said


def test_who_stands_is_not_told_that_he_sits(guide: Guided) -> None:
    since = datetime.now(UTC) - timedelta(minutes=34)
    guide.page.context.link.status = a_status(state="sitting", since=since.isoformat(), notes=())
    shown = guide.window.state_words
    guide.wait_until_step(STANDING - 1)
    guide.page.context.link.changed.emit()
    assert "Sitting for 34" in shown.state.text()
    for step, doing in ((STANDING, "Getting up"), (len(STEPS), "On a break")):
        guide.wait_until_step(step)
        assert (shown.state.text(), shown.next.text()) == (doing, "")
    guide.wait(400)
    assert "Sitting for 34" in shown.state.text()


def test_five_more_minutes_and_not_today_are_there_until_one_stands(guide: Guided) -> None:
    guide.page.context.link.status = a_status()
    guide.page.status_changed()
    assert {"5 more minutes", "Not today"} <= guide.buttons()
    assert named(guide.page, "Not today", QAbstractButton).toolTip() == (
        "No more reminders until tomorrow. Your sitting is still counted."
    )
    guide.click("I'm up")
    assert guide.buttons() == {"Back", "Pause", "Next"}


@pytest.mark.parametrize(
    ("seconds", "cut_short", "left", "said"),
    [
        (300, False, 600, "Put off until 10:05. You can put it off for 10 min more."),
        (120, True, 0, "Put off until 10:05. You cannot put it off longer in this sit."),
        (0, True, 0, "You cannot put this reminder off any longer. After a break you can again."),
    ],
)
def test_five_more_minutes(guide: Guided, seconds: float, cut_short: bool, left: float, said: str) -> None:
    guide.page.context.link.status = a_status()
    guide.page.status_changed()
    guide.answer = {"seconds": seconds, "cut": cut_short, "left": left, "until": "2026-03-02T10:05:00+01:00"}
    guide.click("5 more minutes")
    assert guide.asked == [("snooze", {})]
    assert words(guide.page) == said
    guide.wait(3600)
    assert words(guide.page) == said
    assert guide.buttons() == {"Close", "Show the steps"}
    guide.click("Show the steps")
    assert guide.step() == 0


def test_one_who_cannot_get_up_gets_something_to_do(guide: Guided) -> None:
    lead, *things, note = while_seated(read_guidance())
    guide.wait_until_step(3)
    guide.click("I can't get up now")
    shown = words(guide.page)
    assert [part for part in (lead, *things, note) if part not in shown] == []
    assert [do for do, _ in guide.asked] == ["getting-up", "staying"]
    guide.wait(3600)
    assert note in words(guide.page)
    guide.click("Show the steps")
    assert guide.step() == 0
    guide.click("I'm up")
    assert "I can't get up now" not in guide.buttons()


def test_not_today_holds_until_the_day_ends(guide: Guided) -> None:
    guide.page.context.link.status = a_status()
    guide.page.status_changed()
    guide.answer = {"until": "2026-03-03T04:00:00+01:00"}
    guide.click("Not today")
    ((do, facts),) = guide.asked
    assert do == "hold"
    assert 0 < facts["seconds"] <= 25 * 3600
    assert words(guide.page) == "No more reminders until tomorrow. Your sitting is still counted."
    guide.click("Undo")
    assert guide.asked[1:] == [("resume", {})]
    assert words(guide.page) == "Reminders come as before."
    assert guide.buttons() == {"Close", "Show the steps"}


def test_it_works_without_the_daemon(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "getup", follow=True) as window:
        until(qt, lambda: window.context.link.reason, "the daemon is found missing")
        shown = [each.text() for each in window.findChildren(QAbstractButton) if each.isVisible()]
        assert {"5 more minutes", "Not today"}.isdisjoint(shown)
        QTest.mouseClick(named(window, "I'm up", QAbstractButton), Qt.MouseButton.LeftButton)
        assert STEPS[STANDING].say in words(window)


def test_the_daemon_learns_what_the_user_presses(qt: QApplication, private_home: Path) -> None:
    with session_bus() as bus, x_server(bus) as screen:
        user = User(private_home, screen.environ)
        with user.daemon(), opened(qt, paths(config=user.config, data=user.data), "getup", follow=True) as window:

            def click(name: str) -> None:
                QTest.mouseClick(named(window, name, QAbstractButton), Qt.MouseButton.LeftButton)

            until(qt, lambda: window.context.link.status, "the daemon")
            click("5 more minutes")
            until(qt, lambda: "Put off until" in words(window), "the answer")
            click("Show the steps")
            click("Not today")
            until(qt, lambda: "No more reminders until tomorrow" in words(window), "the answer")
            assert user.status()["held_until"]
            click("Undo")
            until(qt, lambda: "Reminders come as before." in words(window), "the answer")
            click("Show the steps")
            click("I'm up")
            until(qt, lambda: "acknowledged" in {event["event"] for event in user.events()}, "it is recorded")
            assert user.status()["held_until"] is None


def test_a_screen_reader_gets_each_step(guide: Guided) -> None:
    for step in range(3):
        text = f"Step {step + 1} of 10: {STEPS[step].say}"
        assert name_of(guide.page) == text
        guide.click("Next")


@pytest.mark.parametrize("points", [9, 24])
def test_every_word_fits_or_scrolls(qt: QApplication, own_paths: Paths, points: float) -> None:
    before = QFont(qt.font())
    qt.setFont(QFont(before.family(), int(points)))
    try:
        with guided(qt, own_paths) as guide:
            for step in range(len(STEPS)):
                guide.wait_until_step(step)
                assert not cut(guide.page), step
            guide.wait_until_step(len(STEPS))
            assert not cut(guide.page)
            area = guide.page.findChild(QScrollArea)
            assert isinstance(area, QScrollArea)
            assert not area.horizontalScrollBar().isVisible()
    finally:
        qt.setFont(before)


def test_a_drawing_has_the_colours_of_the_desktop(guide: Guided) -> None:
    drawing = guide.page.findChild(Drawing)
    assert isinstance(drawing, Drawing)
    for back, line in ((Qt.GlobalColor.white, Qt.GlobalColor.black), (Qt.GlobalColor.black, Qt.GlobalColor.white)):
        palette = drawing.palette()
        palette.setColor(palette.ColorRole.Window, back)
        palette.setColor(palette.ColorRole.WindowText, line)
        drawing.setPalette(palette)
        settle(guide.qt)
        picture = drawing.grab().toImage()
        shades = {picture.pixelColor(x, y).lightness() for x in range(picture.width()) for y in range(picture.height())}
        assert {0, 255} & shades == {0 if back == Qt.GlobalColor.black else 255}
        assert max(shades) - min(shades) > 200


@pytest.mark.real("xrandr", "xdotool")
@pytest.mark.parametrize(("pointer", "left", "right"), [(200, 0, 800), (1300, 800, 1600)])
def test_a_new_window_is_on_the_screen_with_the_pointer(pointer: int, left: int, right: int) -> None:
    with session_bus() as bus, x_server(bus, size="1600x900x24") as screen:
        screen.run("xrandr", "--setmonitor", "left", "800/200x900/225+0+0", "screen")
        screen.run("xrandr", "--setmonitor", "right", "800/200x900/225+800+0", "none")
        screen.run("xdotool", "mousemove", str(pointer), "450")
        with window_process(screen, "getup") as window:
            shown = screen.run("xdotool", "getwindowgeometry", "--shell", window.wait_shown())
            at = dict(line.split("=") for line in shown.split())
            assert left <= int(at["X"])
            assert int(at["X"]) + int(at["WIDTH"]) <= right
