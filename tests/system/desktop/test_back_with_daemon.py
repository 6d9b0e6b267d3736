"""The page "How is my back?" with a real daemon and its notices: nothing is lost, and nothing is logged twice."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from slowrise.adapters.system.paths import Paths, paths
from slowrise.adapters.system.resources import read_guidance
from slowrise.adapters.system.single_instance import SingleInstance
from slowrise.cli.window.back.page import BackPage
from slowrise.cli.window.window import Window
from slowrise.core.model.events import Side, SymptomKind
from support.daemon_process import User
from support.desktop_programs import Dunst, dunst, wait_until
from support.desktop_session import DesktopSession
from support.window import opened, settle, until, words

pytestmark = pytest.mark.real("Xvfb", "dbus-daemon", "dbusmock", "gdbus", "xdotool", "dunst")

GUIDANCE = read_guidance()
BOTH = ("symptom", "numbness", "--side", "both", "--level", "1")


@pytest.fixture
def own(user: User) -> Paths:
    """Return the files that the user's daemon and this process share."""
    return paths(config=user.config, data=user.data)


@pytest.fixture
def notices(desk: DesktopSession) -> Iterator[Dunst]:
    with dunst(desk.bus, desk.screen) as found:
        yield found


def page_of(window: Window) -> BackPage:
    page = window.page
    assert isinstance(page, BackPage)
    return page


def save(qt: QApplication, page: BackPage, kind: SymptomKind, side: Side, level: int) -> None:
    """Fill in the form and press Save, and wait for the red flags."""
    page.form.places.buttons["leg"].click()
    page.form.sides.buttons[side].click()
    page.form.kinds.buttons[kind].click()
    page.form.levels.buttons[level].click()
    page.form.save.click()
    until(qt, page.flags.isVisible, "the red flags")


def symptoms(user: User) -> list[tuple[str, str, int]]:
    """Return every symptom in the record."""
    lines = user.ask("export", "trace", "--with-health").splitlines()
    events = [event for event in map(json.loads, lines) if event["event"] == "symptom"]
    return [(event["kind"], event["side"], event["level"]) for event in events]


def test_a_symptom_reaches_the_daemon_once_and_brings_no_notice(
    qt: QApplication, user: User, own: Paths, notices: Dunst
) -> None:
    with user.daemon() as daemon, opened(qt, own, "back", follow=True) as window:
        wait_until(lambda: notices.displayed() == 1, "the welcome")
        notices.dismiss()
        page = page_of(window)
        save(qt, page, "numbness", "both", 3)
        assert symptoms(user) == []
        page.flags.button.click()
        until(qt, page.result.isVisible, "that it is logged")
        daemon.wait_for_event("symptom")
        assert notices.displayed() == 0, "they were read in the window"
        assert symptoms(user) == [("numbness", "both", 3)]


def test_red_flags_that_wait_are_the_first_thing_on_the_page(
    qt: QApplication, user: User, own: Paths, notices: Dunst
) -> None:
    with user.daemon():
        wait_until(lambda: notices.displayed() == 1, "the welcome")
        notices.dismiss()
        assert user.run(*BOTH).code == 2
        with opened(qt, own, "back", follow=True) as window:
            page = page_of(window)
            until(qt, page.flags.isVisible, "the red flags")
            until(qt, lambda: GUIDANCE.red_flags.urgent in words(window), "their text")
            assert page.flags.button.text() == "I have read this"
            page.flags.button.click()
            until(qt, lambda: not user.status()["unread"], "that they are read")
            until(qt, page.form.isVisible, "the page")
            wait_until(lambda: notices.displayed() == 0, "the notice to go")
            assert user.run(*BOTH[:-1], "4").code == 2, "stronger"
            until(qt, page.flags.isVisible, "the red flags, while the page is shown")
            assert user.run("red-flags", "--read").code == 0
            until(qt, page.form.isVisible, "the page, once they were read in the terminal")


def test_whoever_leaves_without_reading_gets_the_notice(
    qt: QApplication, user: User, own: Paths, notices: Dunst
) -> None:
    with user.daemon():
        wait_until(lambda: notices.displayed() == 1, "the welcome")
        notices.dismiss()
        with opened(qt, own, "back", follow=True) as window:
            save(qt, page_of(window), "weakness", "left", 4)
        wait_until(lambda: user.status()["unread"], "that the daemon keeps asking")
        wait_until(lambda: notices.displayed() == 1, "the red flags")
        assert symptoms(user) == [("weakness", "left", 4)]
        with opened(qt, own, "back", follow=True) as window:
            page = page_of(window)
            until(qt, page.flags.isVisible, "the red flags")
            page.flags.button.click()
            until(qt, lambda: not user.status()["unread"], "that they are read")
    assert symptoms(user) == [("weakness", "left", 4)]


def test_a_daemon_that_starts_while_the_entry_is_saved_gets_it(
    qt: QApplication, user: User, own: Paths, notices: Dunst
) -> None:
    own.data.mkdir(parents=True, mode=0o700)
    with opened(qt, own, "back", follow=True) as window:
        page = page_of(window)
        save(qt, page, "numbness", "left", 3)
        starting = SingleInstance(own.lock)  # as a daemon has it before it answers
        page.flags.button.click()
        settle(qt)
        assert not page.result.isVisible()
        starting.release()
        with user.daemon():
            until(qt, page.result.isVisible, "that it is logged")
            assert notices.displayed() <= 1
            assert symptoms(user) == [("numbness", "left", 3)]
            save_again(qt, page)
        assert len(symptoms(user)) == 2


def save_again(qt: QApplication, page: BackPage) -> None:
    """Log one more, now through the daemon."""
    page.result.another.click()
    save(qt, page, "numbness", "left", 8)
    page.flags.button.click()
    until(qt, page.result.isVisible, "that it is logged")


def test_a_daemon_that_ends_leaves_the_page_at_work(qt: QApplication, user: User, own: Paths, notices: Dunst) -> None:
    with opened(qt, own, "back", follow=True) as window:
        page = page_of(window)
        with user.daemon() as daemon:
            until(qt, lambda: page.context.link.status is not None, "the daemon")
            save(qt, page, "numbness", "left", 3)
            assert daemon.end() == 0
        page.flags.button.click()
        until(qt, page.result.isVisible, "that it is logged")
        assert symptoms(user) == [("numbness", "left", 3)]
        assert notices.displayed() == 0
