"""The settings page with real clicks and keys: what it writes, what it refuses, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTime
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QPushButton, QRadioButton, QTimeEdit

from slowrise.adapters.system.config_file import MARK
from slowrise.adapters.system.paths import Paths, paths
from slowrise.adapters.system.resources import read_config, read_guidance
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.window.window import Window
from slowrise.core.model.units import HOUR
from support.daemon_process import User
from support.desktop_programs import XDisplay, session_bus, x_server
from support.window import cut, named, opened, settle, until, words

pytestmark = pytest.mark.real("Xvfb")


@pytest.fixture
def window(qt: QApplication, own_paths: Paths) -> Iterator[Window]:
    with opened(qt, own_paths, "settings") as shown:
        yield shown


def written(own: Paths) -> str:
    return own.config.read_text(encoding="utf-8") if own.config.exists() else ""


def set_number(box: QDoubleSpinBox, number: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, number)
    QTest.keyClick(box, Qt.Key.Key_Return)


def click(button: QPushButton | QCheckBox | QRadioButton) -> None:
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


def list_named(window: Window, name: str) -> QComboBox:
    """Return the list with this label. On Linux its accessible name is its value, and the label is a relation."""
    (found,) = [each for each in window.findChildren(QComboBox) if each.isVisible() and each.accessibleName() == name]
    return found


def description(widget: QDoubleSpinBox) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Description)


def test_a_typed_length_is_written_and_undo_takes_it_back(qt: QApplication, window: Window, own_paths: Paths) -> None:
    own_paths.config.write_text("# mine\n", encoding="utf-8")
    set_number(named(window, "First reminder", QDoubleSpinBox), "25")
    settle(qt)
    assert written(own_paths) == f'# mine\n\n[limits]\nsit_soft = "25m"  {MARK}\n'
    assert "Saved: First reminder: 25 min" in words(window)
    assert "First reminder after 25 min" in words(window)
    click(named(window, "Undo", QPushButton))
    settle(qt)
    assert written(own_paths) == "# mine\n"
    assert named(window, "First reminder", QDoubleSpinBox).value() == 30
    assert "Undone: First reminder" in words(window)


def test_the_button_goes_back_to_the_profile(qt: QApplication, window: Window, own_paths: Paths) -> None:
    set_number(named(window, "First reminder", QDoubleSpinBox), "25")
    settle(qt)
    click(named(window, "As the profile: 30 min", QPushButton))
    settle(qt)
    assert read_config(own_paths.config).limits.sit_soft is None
    assert named(window, "First reminder", QDoubleSpinBox).value() == 30


def test_steps_with_the_arrows_count_once_they_end(qt: QApplication, window: Window, own_paths: Paths) -> None:
    box = named(window, "Reminder that stays", QDoubleSpinBox)
    box.setFocus()
    for _ in range(3):
        QTest.keyClick(box, Qt.Key.Key_Up)
    assert not written(own_paths)
    until(qt, lambda: written(own_paths), "the steps count")
    assert read_config(own_paths.config).limits.sit_firm == 53 * 60


def test_what_contradicts_is_refused_in_plain_words(qt: QApplication, window: Window, own_paths: Paths) -> None:
    box = named(window, "First reminder", QDoubleSpinBox)
    set_number(box, "55")
    settle(qt)
    reason = "Not longer than “Reminder that stays”, which is 50 min. Change that one first."
    assert reason in words(window)
    assert reason in description(box)
    assert box.value() == 30
    assert not written(own_paths)


def test_a_length_beyond_the_advice_is_written_with_a_warning(
    qt: QApplication, window: Window, own_paths: Paths
) -> None:
    set_number(named(window, "First reminder", QDoubleSpinBox), "5")
    settle(qt)
    assert "Advised: 10 min to 1 h." in words(window)
    assert read_config(own_paths.config).limits.sit_soft == 300


def test_days_hours_and_switches(qt: QApplication, window: Window, own_paths: Paths) -> None:
    click(named(window, "Sunday", QCheckBox))
    until(qt, lambda: read_config(own_paths.config).notifications.workdays == frozenset(range(6)), "the days")
    click(named(window, "Only in these hours", QCheckBox))
    settle(qt)
    assert read_config(own_paths.config).notifications.quiet_hours == ((17 * HOUR, 9 * HOUR),)
    click(named(window, "Add a quiet time", QPushButton))
    settle(qt)
    assert read_config(own_paths.config).notifications.quiet_hours == ((17 * HOUR, 9 * HOUR), (12 * HOUR, 13 * HOUR))
    named(window, "Reminders until", QTimeEdit).setTime(QTime(8, 0))
    until(qt, lambda: "The end must be later than the start." in words(window), "the refusal")
    click(named(window, "Remove", QPushButton))
    click(named(window, "Only in these hours", QCheckBox))
    click(named(window, "My desk can be raised", QCheckBox))
    settle(qt)
    config = read_config(own_paths.config)
    assert config.notifications.quiet_hours == ()
    assert config.standing_desk.have


def test_no_day_at_all_is_refused(qt: QApplication, window: Window, own_paths: Paths) -> None:
    own_paths.config.write_text('[notifications]\nworkdays = ["mon"]\n', encoding="utf-8")
    until(qt, lambda: not named(window, "Sunday", QCheckBox).isChecked(), "the file is read again")
    click(named(window, "Monday", QCheckBox))
    until(qt, lambda: "At least one day is needed." in words(window), "the refusal")
    assert named(window, "Monday", QCheckBox).isChecked()


def test_the_wheel_scrolls_the_page_and_changes_nothing(window: Window) -> None:
    box = named(window, "First reminder", QDoubleSpinBox)
    at = QPointF(box.rect().center())
    nothing = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    window.setFocus()
    QApplication.sendEvent(box, QWheelEvent(at, box.mapToGlobal(at), QPoint(), QPoint(0, 120), *nothing, False))
    assert box.value() == 30


def test_a_file_with_mistakes_shows_each_with_its_line_and_is_left_alone(
    qt: QApplication, window: Window, own_paths: Paths
) -> None:
    broken = "[limits]\nsit_soft = 30\n\n[notifications]\nsounds = true\n"
    own_paths.config.write_text(broken, encoding="utf-8")
    until(qt, lambda: "Your settings file has a mistake" in words(window), "the mistakes")
    shown = words(window)
    assert 'Line 2\nFirst reminder (limits.sit_soft): 30 has no unit. For example: sit_soft = "30m"' in shown
    assert "Line 5\nnotifications.sounds: no such setting; the nearest is notifications.sound." in shown
    assert "Your limits" not in shown
    assert written(own_paths) == broken
    assert named(window, "Open the file", QPushButton).isEnabled()
    own_paths.config.write_text("[limits\n", encoding="utf-8")
    click(named(window, "Try again", QPushButton))
    settle(qt)
    assert "Line 1\nThis line cannot be read: Expected ']'" in words(window)
    own_paths.config.write_text('[limits]\nsit_soft = "20m"\n', encoding="utf-8")
    click(named(window, "Try again", QPushButton))
    settle(qt)
    assert named(window, "First reminder", QDoubleSpinBox).value() == 20


def test_a_file_that_cannot_be_written_is_a_sentence_and_the_old_value_comes_back(
    qt: QApplication, own_paths: Paths
) -> None:
    with opened(qt, own_paths._replace(config=Path("/sys/slowrise.toml")), "settings") as window:
        box = named(window, "First reminder", QDoubleSpinBox)
        set_number(box, "25")
        settle(qt)
        assert "Nothing was changed: your settings file cannot be written" in words(window)
        assert box.value() == 30


def test_why_a_value_was_not_taken_stays_until_something_changes(
    qt: QApplication, window: Window, own_paths: Paths
) -> None:
    set_number(named(window, "First reminder", QDoubleSpinBox), "55")
    settle(qt)
    assert "Not longer than “Reminder that stays”" in words(window)
    (own_paths.config.parent / "another.toml").touch()  # beside it, as a part that was not finished
    window.context.read_config()
    window.context.link.changed.emit()
    settle(qt)
    assert "Not longer than “Reminder that stays”" in words(window)
    set_number(named(window, "Reminder that stays", QDoubleSpinBox), "60")
    settle(qt)
    assert "Not longer than" not in words(window)


def test_a_file_that_cannot_be_read_is_a_sentence(qt: QApplication, own_paths: Paths) -> None:
    own_paths.config.mkdir()
    with opened(qt, own_paths, "settings") as window:
        assert "It cannot be read: Is a directory" in words(window)


def test_a_profile_is_chosen_without_the_daemon_and_taken_back(
    qt: QApplication, window: Window, own_paths: Paths
) -> None:
    click(named(window, "Recovery", QRadioButton))
    until(qt, lambda: "The profile is now “Recovery”." in words(window), "the profile")
    assert HealthNotes(own_paths).profile()[0].profile == "recovery"
    eagerness = list_named(window, "When it is not sure")
    assert eagerness.currentText() == "As the profile: Rather remind once too often"
    assert eagerness.width() >= eagerness.sizeHint().width(), "the longer words are not cut"
    assert named(window, "First reminder", QDoubleSpinBox).value() == 25
    click(named(window, "Undo", QPushButton))
    until(qt, lambda: "The profile is now “Standard”." in words(window), "the profile before")
    click(named(window, "Flare-up", QRadioButton))
    until(qt, lambda: "The profile is now “Flare-up”." in words(window), "the profile")
    assert read_guidance().say("leaving-early") not in words(window)
    click(named(window, "Standard", QRadioButton))
    until(qt, lambda: read_guidance().say("leaving-early") in words(window), "the warning")
    assert HealthNotes(own_paths).profile()[0].profile == "standard"


def test_another_language_is_spoken_at_once(qt: QApplication, private_home: Path) -> None:
    own = paths(data=private_home / "data")  # the words of commands and window follow the usual file only
    with opened(qt, own, "settings") as window:
        box = list_named(window, "Language")
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_End)
        until(qt, lambda: "첫 알림" in words(window), "Korean")
        box = list_named(window, "언어")
        assert box.currentText() == "한국어"
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Home)
        until(qt, lambda: "First reminder" in words(window), "English again")


def test_every_field_has_a_name_a_description_and_room(qt: QApplication, window: Window) -> None:
    for kind in (QDoubleSpinBox, QComboBox, QTimeEdit):
        for field in window.findChildren(kind):
            assert QAccessible.queryAccessibleInterface(field).text(QAccessible.Text.Name)
    described = named(window, "First reminder", QDoubleSpinBox)
    assert description(described) == "How long you sit before slowrise first asks you to get up."
    assert not cut(window)


@pytest.mark.parametrize("points", [9, 26])
def test_huge_type_from_right_to_left_is_not_cut(qt: QApplication, own_paths: Paths, points: int) -> None:
    usual = qt.font()
    font = qt.font()
    font.setPointSize(points)
    qt.setFont(font)
    qt.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        with opened(qt, own_paths, "settings") as window:
            assert not cut(window)
    finally:
        qt.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        qt.setFont(usual)


# -- with the daemon ---------------------------------------------------------------------------------------------------


@pytest.fixture
def screen() -> Iterator[XDisplay]:
    with session_bus() as bus, x_server(bus) as shown:
        yield shown


def test_a_change_is_in_force_in_the_daemon_at_once(
    qt: QApplication, screen: XDisplay, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = User(private_home / "u", screen.environ)
    monkeypatch.setenv("XDG_RUNTIME_DIR", user.environ["XDG_RUNTIME_DIR"])
    own = paths(config=user.config, data=user.data)
    with user.daemon(), opened(qt, own, "settings", follow=True) as window:
        until(qt, lambda: window.context.link.status is not None, "the daemon")
        set_number(named(window, "First reminder", QDoubleSpinBox), "20")
        until(qt, lambda: 'sit_soft = "20m"' in written(own), "the file")
        until(qt, lambda: "'sit_soft': '20m'" in str(user.events()), "the daemon reloads")
        assert 'limits.sit_soft = "20m"' in user.ask("config", "show")
        click(named(window, "Flare-up", QRadioButton))
        until(qt, lambda: user.status()["profile"] == "flare-up", "the profile")
        until(qt, lambda: named(window, "Reminder that stays", QDoubleSpinBox).value() == 30, "its limits")
        click(named(window, "Stop slowrise", QPushButton))
        until(qt, lambda: "slowrise has stopped." in words(window), "the daemon ends")
    assert user.ledger.exists()
