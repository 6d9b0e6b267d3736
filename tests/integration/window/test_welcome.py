"""The welcome page: shown once, with the limits in force, and left with Done."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton, QRadioButton, QToolButton

from slowrise.adapters.system.paths import Paths
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.window.first_time import first_page, note_seen
from support.window import cut, named, opened, until, words

pytestmark = pytest.mark.real("Xvfb")


def test_it_is_the_first_page_until_it_was_seen(qt: QApplication, own_paths: Paths) -> None:
    assert first_page(own_paths) == "welcome"
    with opened(qt, own_paths, "welcome") as window:
        assert not [each for each in window.findChildren(QToolButton) if each.isVisible()]
        QTest.mouseClick(named(window, "Done", QPushButton), Qt.MouseButton.LeftButton)
        assert named(window, "Today", QToolButton).isVisible()
    assert first_page(own_paths) == "today"


def test_a_home_that_cannot_be_written_shows_it_again(private_home: Path, own_paths: Paths) -> None:
    (private_home / "data").touch()
    note_seen(own_paths)
    assert first_page(own_paths) == "welcome"


def test_it_has_three_cards_and_the_disclaimer(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "welcome") as window:
        shown = words(window)
        for card in ("What it sees", "Your limits", "Where to find it"):
            assert card in shown
        assert window.context.guidance.disclaimer.say in shown
        assert "First reminder after 30 min, one that stays after 50 min. A break of 5 min." in shown
        assert not cut(window)


def test_the_profile_and_the_start_at_login_are_in_force_at_once(
    qt: QApplication, own_paths: Paths, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(private_home / "no systemctl"))
    entry = private_home / ".config/autostart/slowrise.desktop"
    with opened(qt, own_paths, "welcome") as window:
        recovery = named(window, "Recovery", QRadioButton)
        QTest.mouseClick(recovery, Qt.MouseButton.LeftButton, pos=QPoint(8, recovery.height() // 2))
        until(qt, lambda: HealthNotes(own_paths).profile()[0].profile == "recovery", "the profile")
        box = named(window, "Start when I log in", QCheckBox)
        assert not box.isChecked()
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Space)
        until(qt, lambda: entry.exists() and box.isEnabled(), "the start at login")
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Space)
        until(qt, lambda: not entry.exists() and box.isEnabled(), "no start at login")


@pytest.mark.parametrize("points", [9, 26])
def test_huge_type_is_not_cut(qt: QApplication, own_paths: Paths, points: int) -> None:
    usual = qt.font()
    font = qt.font()
    font.setPointSize(points)
    qt.setFont(font)
    try:
        with opened(qt, own_paths, "welcome") as window:
            assert not cut(window)
    finally:
        qt.setFont(usual)
