"""The page "How is my back?" without a daemon: clicks and keys, the red flags, what is logged, and what is said."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.paths import Paths, paths
from slowrise.adapters.system.resources import read_guidance
from slowrise.cli.health_notes import HealthNotes
from slowrise.cli.main import commands
from slowrise.cli.window.back.body import PLACES, SIDES, BodyDrawing, Place
from slowrise.cli.window.back.entry import KINDS, Entry
from slowrise.cli.window.back.page import BackPage
from slowrise.cli.window.context import Context
from slowrise.cli.window.link import DaemonLink
from slowrise.cli.window.style import Text
from slowrise.cli.window.window import Window
from slowrise.config.config import GuidanceSettings
from slowrise.core.model import events as e
from slowrise.core.model.events import Clinician, Drive, Event, FlareUp, PolicyChanged, Side, Symptom, SymptomKind
from slowrise.core.model.policy import LONG_DRIVE
from support.desktop_programs import XDisplay
from support.window import cut, opened, settle, until, words

pytestmark = pytest.mark.real("Xvfb")

GUIDANCE = read_guidance()
NOW = datetime.now().astimezone()
REASSURING = re.compile(
    r"irritat|ease off|normal|harmless|probably|worry|all is well|fine\b|no need|safe", re.IGNORECASE
)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def note(kind: SymptomKind, side: Side, level: int, days: float) -> Symptom:
    return Symptom(at=ago(days), kind=kind, side=side, level=level)


def known(days: float) -> Clinician:
    return Clinician(at=ago(days), knows="history")


def write(own: Paths, *events: Event) -> None:
    own.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    ledger = SqliteLedger(own.ledger)
    ledger.append_all(events)
    ledger.close()


def logged(own: Paths) -> list[Event]:
    """Return the health notes in the ledger."""
    ledger = SqliteLedger.open_read_only(own.ledger)
    events = list(ledger.health())
    ledger.close()
    return events


def page_of(window: Window) -> BackPage:
    page = window.page
    assert isinstance(page, BackPage)
    return page


def click(widget: QWidget, at: QPoint | None = None) -> None:
    assert widget.isVisible()
    assert widget.isEnabled()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())


def point(page: BackPage, place: Place, side: Side) -> None:
    drawing = page.form.drawing
    click(drawing, drawing.centre_of((place, side)).toPoint())


def fill(page: BackPage, kind: SymptomKind, side: Side, level: int) -> None:
    """Fill in the form by clicks on its lists."""
    place = next(place for place, kinds in KINDS.items() if kind in kinds)
    click(page.form.places.buttons[place])
    click(page.form.sides.buttons[side])
    click(page.form.kinds.buttons[kind])
    click(page.form.levels.buttons[level])


def save(qt: QApplication, page: BackPage) -> bool:
    """Press Save. Return whether the red flags come."""
    click(page.form.save)
    until(qt, lambda: page.flags.isVisible() or page.result.isVisible() or page.trouble.isVisible(), "an answer")
    return page.flags.isVisible()


def read(qt: QApplication, page: BackPage) -> None:
    click(page.flags.button)
    until(qt, lambda: page.result.isVisible() or page.trouble.isVisible(), "that it is logged")


# -- the form ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "side"), [(place, side) for place in PLACES for side in SIDES[place] if side != "both"]
)
def test_a_click_on_the_body_chooses_what_the_lists_show(
    qt: QApplication, own_paths: Paths, place: Place, side: Side
) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        point(page, place, side)
        assert (page.form.places.value, page.form.sides.value) == (place, side)
        left_half = page.form.drawing.centre_of((place, side)).x() < page.form.drawing.width() / 2 - 1
        assert left_half == (side == "left"), "seen from behind, left is on the left"


def test_the_lists_mark_the_body(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        click(page.form.places.buttons["foot"])
        click(page.form.sides.buttons["both"])
        assert page.form.drawing.chosen == ("foot", "both")
        assert "in the middle" not in [
            each.text().lower() for each in page.form.sides.buttons.values() if each.isVisible()
        ]


def test_keys_alone_fill_in_the_form(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        form = page.form
        window.activateWindow()
        until(qt, window.isActiveWindow, "the keyboard's focus")
        form.drawing.setFocus()
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
            QTest.keyClick(form.drawing, key)
        assert form.drawing.chosen == ("leg", "right")
        assert not form.save.isEnabled()
        form.kinds.buttons["radiating-pain"].setFocus()
        QTest.keyClick(form.kinds.buttons["radiating-pain"], Qt.Key.Key_Space)
        form.levels.buttons[0].setFocus()
        QTest.keyClick(form.levels.buttons[0], Qt.Key.Key_7)
        assert form.entry == Entry("radiating-pain", "right", 7, known=False)
        QTest.keyClick(form.levels.buttons[7], Qt.Key.Key_1)
        QTest.keyClick(form.levels.buttons[1], Qt.Key.Key_0)
        assert form.entry == Entry("radiating-pain", "right", 10, known=False)
        QTest.keyClick(form.levels.buttons[10], Qt.Key.Key_Left)
        assert form.entry == Entry("radiating-pain", "right", 9, known=False)


def test_the_tab_key_stops_once_at_each_question(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "back") as window:
        form = page_of(window).form
        window.activateWindow()
        until(qt, window.isActiveWindow, "the keyboard's focus")
        click(form.places.buttons["leg"])
        form.drawing.setFocus()
        stops = []
        for _ in range(5):
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
            stops.append(window.focusWidget())
        assert stops == [
            *(form.places.buttons["leg"], form.sides.buttons["left"], form.kinds.buttons["radiating-pain"]),
            *(form.levels.buttons[0], form.known),
        ]


def test_what_no_longer_fits_the_place_is_dropped(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "weakness", "left", 3)
        assert page.form.entry is not None
        point(page, "foot", "left")
        assert page.form.entry is None
        point(page, "back", "middle")
        assert page.form.entry == Entry("pain", "middle", 3, known=False), "low back pain is all there is to say there"
        click(page.form.places.buttons["leg"])
        assert page.form.sides.value is None


# -- the red flags -----------------------------------------------------------------------------------------------------


def test_the_red_flags_come_before_the_entry_is_logged(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "numbness", "left", 2)
        assert save(qt, page)
        shown = words(window)
        flags = GUIDANCE.red_flags
        assert [text for text in (flags.head, *flags.signs, flags.foot, flags.urgent) if text not in shown] == []
        assert not page.help.isVisible()
        assert logged(own_paths) == []
        read(qt, page)
        assert [(one.kind, one.side, one.level) for one in logged(own_paths) if isinstance(one, Symptom)] == [
            ("numbness", "left", 2)
        ]
        assert GUIDANCE.say("symptom-log") in words(window)
        assert page.form.entry is None


def test_a_key_that_is_held_down_confirms_nothing(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "numbness", "both", 2)
        page.form.save.setFocus()
        QTest.keyClick(page.form.save, Qt.Key.Key_Space)
        until(qt, page.flags.isVisible, "the red flags")
        for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape):
            QTest.keyClick(window.focusWidget(), key)
        assert page.flags.isVisible()
        assert logged(own_paths) == []


@pytest.mark.parametrize("leave", ["close", "other page"])
def test_an_entry_is_logged_once_if_the_user_leaves_without_reading(
    qt: QApplication, own_paths: Paths, leave: str
) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "weakness", "left", 2)
        assert save(qt, page)
        if leave == "close":
            window.close()
        else:
            window.show_page("today")
            until(qt, lambda: logged(own_paths), "the entry")
            window.show_page("back")
            assert page.flags.isVisible(), "they still wait to be read"
            read(qt, page)
    until(qt, lambda: logged(own_paths), "the entry")
    assert [one.kind for one in logged(own_paths) if isinstance(one, Symptom)] == ["weakness"]


def _close_while_saving(screen: XDisplay, own: Paths) -> subprocess.CompletedProcess[str]:
    """Save an entry in a window of its own, which is closed in the same moment."""
    code = (
        "from pathlib import Path\n"
        "from PySide6.QtCore import QTimer\n"
        "from slowrise.adapters.system.paths import paths\n"
        "from slowrise.cli.window import app\n"
        "from slowrise.cli.window.back.entry import Entry\n"
        "from slowrise.cli.window.single import OneWindow\n"
        f"own = paths(config=Path({str(own.config)!r}), data=Path({str(own.data)!r}))\n"
        "place = app._place\n"
        "def save_and_close(window):\n"
        "    place(window)\n"
        "    window.page.form.saved.emit(Entry('pain', 'middle', 4, known=False))\n"
        "    QTimer.singleShot(0, window, window.close)\n"
        "app._place = save_and_close\n"
        "raise SystemExit(app.run(own, 'back', OneWindow(own)))\n"
    )
    environ = {**os.environ, **screen.environ, "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)


def test_what_is_being_saved_while_the_window_closes_is_logged(qt_screen: XDisplay, own_paths: Paths) -> None:
    done = _close_while_saving(qt_screen, own_paths)
    assert (done.returncode, done.stderr) == (0, "")
    assert [one.kind for one in logged(own_paths) if isinstance(one, Symptom)] == ["pain"]


def test_what_cannot_be_saved_any_more_is_said_after_the_window_closed(qt_screen: XDisplay, own_paths: Paths) -> None:
    own_paths.data.write_text("no directory")
    done = _close_while_saving(qt_screen, own_paths)
    assert done.returncode == 1
    assert done.stderr.startswith("Your entry is not saved: Please enter again how your back is. ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("through", ["help", "question"])
def test_the_red_flags_can_be_read_at_any_time(qt: QApplication, own_paths: Paths, through: str) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "pain", "middle", 4)
        click(getattr(page, through))
        settle(qt)
        assert page.flags.isVisible()
        assert GUIDANCE.red_flags.signs[1] in words(window)
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
        assert not page.flags.isVisible()
        assert page.form.entry == Entry("pain", "middle", 4, known=False)
        assert logged(own_paths) == []


def test_red_flags_that_a_command_left_unread_come_first_without_a_daemon(qt: QApplication, own_paths: Paths) -> None:
    notes = HealthNotes(own_paths)
    notes.add("symptom", kind="numbness", side="both", level=4, red_flags=True)
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        until(qt, lambda: page.flags.isVisible() and page.is_reading, "the red flags")
        click(page.flags.button)
        until(qt, lambda: not notes.is_unread(), "that they were read")
        assert not page.flags.isVisible()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_red_flags_need_no_scrolling(qt: QApplication, own_paths: Paths, language: str) -> None:
    with opened(qt, own_paths, "back") as window:
        window.resize(960, 680)
        page = page_of(window)
        page.context.guidance = read_guidance(GuidanceSettings(language=language, emergency_number="112"))
        click(page.help)
        settle(qt)
        assert page.flags.area.verticalScrollBar().maximum() == 0
        assert page.flags.area.horizontalScrollBar().maximum() == 0
        shown = words(window)
        for flags in filter(None, (page.context.guidance.red_flags, page.context.guidance.original)):
            assert [text for text in (flags.head, *flags.signs, flags.foot, flags.urgent) if text not in shown] == []
        assert "112" in page.flags.number.text()
        top = page.flags.area.geometry()
        assert page.flags.number.geometry().bottom() < top.top() < top.bottom() < page.flags.button.geometry().top()
        assert cut(window) == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_small_window_shows_the_number_and_the_signs_first(qt: QApplication, own_paths: Paths, language: str) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        page.context.guidance = read_guidance(GuidanceSettings(language=language, emergency_number="112"))
        window.resize(640, 560)
        click(page.help)
        settle(qt)
        flags = page.context.guidance.red_flags
        for text in (page.context.guidance.number_line, *flags.signs[:3]):
            (label,) = [each for each in page.findChildren(Text) if each.text() == text and each.isVisible()]
            assert not label.visibleRegion().isEmpty(), text
            assert label.visibleRegion().boundingRect().height() == label.height(), text


def test_a_long_drive_is_noted_with_one_click(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        page.tabs.setCurrentIndex(1)
        settle(qt)
        click(page.flare_up.drive)
        until(qt, page.flare_up.drive_noted.isVisible, "the answer")
        assert page.flare_up.drive_noted.text() == GUIDANCE.say("drive-on")
        (noted,) = logged(own_paths)
        assert isinstance(noted, Drive)
        assert noted.seconds >= LONG_DRIVE


# -- the same as the command -------------------------------------------------------------------------------------------

HISTORIES: dict[str, tuple[Event, ...]] = {
    "nothing": (),
    "the same, weaker": (note("pain", "left", 2, 3), note("weakness", "left", 2, 3), note("numbness", "left", 2, 3)),
    "the same, as strong": (note("weakness", "left", 9, 3), note("numbness", "left", 9, 3), note("pain", "left", 9, 3)),
    "the other side": (note("numbness", "right", 3, 60),),
    "both": (note("odd-sensation", "both", 1, 400),),
    "both, known": (note("numbness", "both", 5, 3), note("pain", "both", 5, 3), known(2)),
    "both, known, and weaker since": (
        *(note("numbness", "both", 5, 3), known(2), note("numbness", "both", 2, 1), note("numbness", "both", 2, 0.5)),
    ),
    "weakness, known, and growing": (
        *(note("weakness", "left", 5, 3), known(2), note("weakness", "left", 2, 1), note("weakness", "left", 5, 0.5)),
    ),
    "known no longer": (note("numbness", "both", 5, 3), known(2), Clinician(at=ago(1), knows="nothing")),
    "a flare-up": (note("pain", "middle", 2, 3), FlareUp(at=ago(1), on=True)),
}
WHERE = [
    (kind, side)
    for kind, side in product(get_args(SymptomKind), get_args(Side))
    if any(kind in KINDS[place] and side in SIDES[place] for place in KINDS)
]


def after_command(own: Paths, kind: SymptomKind, side: Side, level: int) -> str:
    """Return what `slowrise symptom` prints."""
    arguments = ["symptom", kind, "--side", side, "--level", str(level), "--read", "--data-dir", str(own.data)]
    done = CliRunner().invoke(commands, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("history", HISTORIES)
def test_the_page_shows_the_red_flags_when_the_command_does_and_reassures_nobody(
    qt: QApplication, own_paths: Paths, private_home: Path, history: str
) -> None:
    command, kept = paths(config=own_paths.config, data=private_home / "command"), private_home / "kept"
    write(own_paths, *HISTORIES[history])
    shutil.copytree(own_paths.data, kept)
    page = BackPage(Context(own_paths, DaemonLink(own_paths.socket)))  # not shown: hundreds of entries are not drawn
    for (kind, side), level in product(WHERE, (1, 6)):
        case = f"{kind} {side} {level}"
        idle(qt, page)
        for own in (own_paths, command):
            shutil.rmtree(own.data, ignore_errors=True)
            shutil.copytree(kept, own.data)
        printed = after_command(command, kind, side, level)
        page.form.saved.emit(Entry(kind, side, level, known=False))
        idle(qt, page)
        assert page.is_reading == (GUIDANCE.emergency in printed), case
        if page.is_reading:
            assert [one for one in logged(own_paths) if one.at > NOW] == [], case
            page.flags.button.click()
            idle(qt, page)
        said = f"{page.result.logged.text()}\n{page.result.text.text()}"
        assert not REASSURING.search(said), f"{case}: {said}"
        assert (GUIDANCE.say("red-flag-after") in said) == (GUIDANCE.say("red-flag-after") in printed), case
        assert page.result.flare_up.isHidden() == (GUIDANCE.say("flare-up-offer") not in printed), case
        assert page.result.told.isHidden() == (GUIDANCE.say("clinician") not in printed), case
        assert [type(one) for one in logged(own_paths) if one.at > NOW] == [Symptom], case


@pytest.mark.parametrize(
    ("history", "entry"),
    [
        ("the same, weaker", ("numbness", "left", 6)),
        ("the other side", ("numbness", "left", 1)),
        ("both, known, and weaker since", ("numbness", "both", 4)),
        ("weakness, known, and growing", ("weakness", "left", 5)),
        ("nothing", ("weakness", "right", 1)),
        ("nothing", ("radiating-pain", "both", 3)),
        ("nothing", ("radiating-pain", "both", 0)),
    ],
)
def test_nothing_on_the_screen_reassures(
    qt: QApplication, own_paths: Paths, history: str, entry: tuple[SymptomKind, Side, int]
) -> None:
    write(own_paths, *HISTORIES[history])
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, *entry)
        assert not REASSURING.search(words(window))
        if save(qt, page):
            settle(qt)
            assert not REASSURING.search(words(window))
            read(qt, page)
        assert page.result.isVisible()
        assert not REASSURING.search(words(window))


def idle(qt: QApplication, page: BackPage) -> None:
    """Wait until the page has carried out everything, and shows the result."""
    for _ in range(2):  # what is done may ask for more
        done: list[object] = []
        page.notes.run(lambda _: None, done.append)
        until(qt, lambda done=done: bool(done), "the health notes")  # type: ignore[misc]


# -- what is logged ----------------------------------------------------------------------------------------------------


def test_what_the_clinician_knows_needs_no_reading_again(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "numbness", "both", 3)
        click(page.form.known, QPoint(5, page.form.known.height() // 2))
        assert save(qt, page)
        read(qt, page)
        assert "Known to your clinician: numbness in the leg or foot, both sides, up to 3." in words(window)
        click(page.result.another)
        fill(page, "numbness", "both", 3)
        assert not save(qt, page)
        click(page.result.another)
        fill(page, "numbness", "both", 5)
        assert save(qt, page)
        read(qt, page)
        page.tabs.setCurrentIndex(2)
        until(qt, lambda: "Nothing counts as known" in words(window), "that a level two higher ends it")
        assert page.log.unknown.isVisible(), "the mark can be taken back"
        click(page.log.unknown)
        until(qt, lambda: not page.log.unknown.isVisible(), "that it is taken back")
    assert [type(one).__name__ for one in logged(own_paths)] == [
        "Symptom",
        "Clinician",
        "Symptom",
        "Symptom",
        "Clinician",
    ]


def test_what_is_known_is_marked_for_the_entry_or_for_all(qt: QApplication, own_paths: Paths) -> None:
    write(own_paths, note("pain", "middle", 3, 2))
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "numbness", "left", 3)
        click(page.form.known, QPoint(5, page.form.known.height() // 2))
        save(qt, page)
        read(qt, page)
        mark = logged(own_paths)[-1]
        assert isinstance(mark, Clinician)
        assert (mark.knows, mark.kind, mark.side) == ("history", "numbness", "left")
        page.tabs.setCurrentIndex(2)
        until(qt, lambda: "Known to your clinician: numbness" in words(window), "what is known")
        assert "low back pain, in the middle, up to" not in words(window)
        click(page.log.known)
        assert page.flags.isVisible(), "what is marked as known may still be new"
        assert len([one for one in logged(own_paths) if isinstance(one, Clinician)]) == 1
        click(page.flags.button)
        until(qt, lambda: "low back pain, in the middle, up to 3" in words(window), "that all is known")


def test_none_today_is_thanked_for_without_the_red_flags(qt: QApplication, own_paths: Paths) -> None:
    write(own_paths, note("weakness", "right", 3, 2))
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "weakness", "left", 0)
        assert not save(qt, page)
        assert page.result.text.text() == GUIDANCE.say("symptom-none")
        assert not page.result.flare_up.isVisible()


def test_the_third_day_with_symptoms_names_the_clinician_until_it_is_ticked(qt: QApplication, own_paths: Paths) -> None:
    write(own_paths, note("pain", "middle", 3, 4), note("pain", "middle", 3, 2))
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "pain", "middle", 3)
        assert not save(qt, page), "it is as it was two days ago"
        assert GUIDANCE.say("clinician") in words(window)
        assert page.result.flare_up.isVisible()
        click(page.result.told, QPoint(5, page.result.told.height() // 2))
        until(qt, lambda: isinstance(logged(own_paths)[-1], Clinician), "the tick")
        click(page.result.another)
        fill(page, "pain", "middle", 3)
        save(qt, page)
        assert GUIDANCE.say("clinician") not in words(window)
    assert [one.knows for one in logged(own_paths) if isinstance(one, Clinician)] == ["symptoms"]


def test_an_entry_that_cannot_be_saved_stays_on_the_page(qt: QApplication, own_paths: Paths) -> None:
    own_paths.data.write_text("no directory")
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "pain", "middle", 4)
        assert save(qt, page)
        read(qt, page)
        assert "This is not saved yet. Your entry is still here; press Save to try again." in words(window)
        assert page.form.entry == Entry("pain", "middle", 4, known=False)
        own_paths.data.unlink()
        assert save(qt, page), "the command would show them again, too"
        click(page.flags.button)
        until(qt, page.result.isVisible, "that it is logged")
        assert not page.trouble.isVisible()
    assert len(logged(own_paths)) == 1


def test_a_flare_up_is_turned_on_told_of_and_ended(qt: QApplication, own_paths: Paths) -> None:
    write(own_paths, note("pain", "middle", 1, 1))
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        fill(page, "pain", "middle", 3)
        save(qt, page)
        read(qt, page)
        click(page.result.flare_up)
        until(qt, lambda: "Flare-up, day 1" in words(window), "the flare-up")
        assert GUIDANCE.say("clinician") in words(window)
        click(page.flare_up.clinician, QPoint(5, page.flare_up.clinician.height() // 2))
        until(qt, lambda: GUIDANCE.say("clinician") not in words(window), "that it is told")
        click(page.flare_up.button)
        until(qt, lambda: GUIDANCE.say("flare-up-off") in words(window), "its end")
    assert [type(one).__name__ for one in logged(own_paths)][-3:] == ["FlareUp", "Clinician", "FlareUp"]


def test_the_notices_of_a_flare_up_open_the_page_where_it_is(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "flare-up") as window:
        page = page_of(window)
        assert page.flare_up.isVisible()
        page.tabs.setCurrentIndex(0)
        window.show_page("today")
        window.show_page("flare-up")
        assert page.flare_up.isVisible()


def test_a_flare_up_in_the_settings_file_is_on_and_ends_here(qt: QApplication, own_paths: Paths) -> None:
    own_paths.config.parent.mkdir(parents=True, exist_ok=True)
    own_paths.config.write_text('profile = "flare-up"\n')
    own_paths.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    write(own_paths, PolicyChanged(at=ago(3), settings={"profile": "flare-up"}))
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        page.tabs.setCurrentIndex(1)
        until(qt, lambda: "Flare-up, day 4" in words(window), "the day")
        assert GUIDANCE.say("clinician-day-3", days=4) in words(window)
        assert GUIDANCE.say("flare-up-in-file") in words(window)
        click(page.flare_up.button)
        until(qt, lambda: GUIDANCE.say("flare-up-off") in words(window), "its end")
        assert GUIDANCE.say("flare-up-in-file") not in words(window)
    assert HealthNotes(own_paths).profile()[0].profile == "recovery"


def test_the_third_day_of_a_flare_up_asks_to_be_seen(qt: QApplication, own_paths: Paths) -> None:
    write(own_paths, FlareUp(at=ago(3), on=True))
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        page.tabs.setCurrentIndex(1)
        until(qt, lambda: GUIDANCE.say("clinician-day-3", days=4) in words(window), "the day")


def test_the_log_is_newest_first_and_can_be_copied(qt: QApplication, own_paths: Paths) -> None:
    write(own_paths, note("pain", "middle", 2, 5), note("pain", "middle", 6, 2), note("numbness", "left", 1, 1))
    with opened(qt, own_paths, "back") as window:
        page = page_of(window)
        page.tabs.setCurrentIndex(2)
        until(qt, lambda: page.log.table.rowCount() == 3, "the rows")
        items = [page.log.table.item(place, 1) for place in range(3)]
        assert [each and each.text() for each in items] == [
            "numbness in the leg or foot",
            "low back pain",
            "low back pain",
        ]
        click(page.log.copy)
        copied = QGuiApplication.clipboard().text()
        assert "low back pain, in the middle: 2 times from " in copied
        assert "from 2 to 6 of 10, last 6" in copied


def test_what_another_window_logged_is_shown(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "back") as first, opened(qt, own_paths, "back") as second:
        fill(page_of(first), "pain", "left", 3)
        save(qt, page_of(first))
        read(qt, page_of(first))
        second.show_page("today")
        second.show_page("back")
        page = page_of(second)
        until(qt, lambda: page.log.table.rowCount() == 1, "the entry of the first")
        fill(page, "pain", "right", 3)
        assert save(qt, page)
        assert GUIDANCE.say("red-flag-title") in words(second)
        read(qt, page)
        assert GUIDANCE.say("red-flag-after") in words(second), "the other side"
    assert len([one for one in logged(own_paths) if isinstance(one, e.Symptom)]) == 2


# -- how it looks ------------------------------------------------------------------------------------------------------

LOOKS: dict[str, Callable[[BackPage], object]] = {
    "empty": lambda _: None,
    "selected": lambda page: fill(page, "weakness", "both", 10),
    "flare-up": lambda page: page.tabs.setCurrentIndex(1),
    "log": lambda page: page.tabs.setCurrentIndex(2),
    "help": lambda page: click(page.help),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("size", "points"), [((960, 680), 0), ((1500, 1100), 20)], ids=["usual", "huge font"])
def test_nothing_is_cut(qt: QApplication, own_paths: Paths, look: str, size: Sequence[int], points: int) -> None:
    before, font = qt.font(), qt.font()
    if points:
        font.setPointSize(points)
    qt.setFont(font)
    write(own_paths, note("pain", "middle", 2, 5), FlareUp(at=ago(4), on=True))
    try:
        with opened(qt, own_paths, "back") as window:
            window.resize(*size)
            page = page_of(window)
            until(qt, lambda: page.log.table.rowCount() == 2, "the log")
            LOOKS[look](page)
            settle(qt)
            assert cut(window) == []
    finally:
        qt.setFont(before)


def test_left_and_right_stay_where_they_are_in_every_language(qt: QApplication) -> None:
    pictures = []
    before = qt.layoutDirection()
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        qt.setLayoutDirection(direction)
        drawing = BodyDrawing("left", "right")
        drawing.choose(("leg", "left"))
        drawing.resize(200, 440)
        pictures.append(drawing.grab().toImage())
    qt.setLayoutDirection(before)
    assert pictures[0] == pictures[1]
