"""Each kind of notice in its real words, on real services: the text shown and the answer of each button."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from slowrise.adapters.system.resources import read_guidance
from slowrise.core.prompts.kinds import KINDS, NoticeKind
from slowrise.daemon.notifications import notice_of
from slowrise.messages.notices import Words
from slowrise.ports.notifier import Notice, Urgency
from support.desktop_programs import Dunst, Xfce4Notifyd
from support.notices import freedesktop, settled, until
from support.prompts import EVERY_KIND, a_summary, words_of

GUIDANCE = read_guidance()


def words(kind: NoticeKind) -> Words:
    return words_of(kind, GUIDANCE, bout_seconds=1980.0, day_seconds=18600.0, flare_up_day=3, summary=a_summary())


PRESSED = [
    pytest.param(kind, place, id=f"{kind}-{key}")
    for kind in EVERY_KIND
    for place, (key, _) in enumerate(words(kind).buttons)
]


def notice(kind: NoticeKind) -> Notice:
    return notice_of(kind, words(kind))


@pytest.mark.real("dbus-daemon", "Xvfb", "dunst")
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_dunst_shows_every_word(dunst: Dunst, kind: NoticeKind) -> None:
    async def show() -> None:
        async with freedesktop() as notifier:
            await notifier.show(notice(kind), lambda _: None)
            assert dunst.displayed() == 1
            await notifier.withdraw()

    asyncio.run(show())
    (shown,) = dunst.history()
    assert (shown["summary"], shown["body"]) == words(kind)[:2]
    assert shown["timeout"] == (0 if KINDS[kind].stays else KINDS[kind].seconds * 1_000_000)


@pytest.mark.seen("X11", "buttons")
@pytest.mark.real("dbus-daemon", "Xvfb", "dunst")
@pytest.mark.parametrize(("kind", "place"), PRESSED)
def test_each_button_answers_on_dunst(dunst: Dunst, kind: NoticeKind, place: int) -> None:
    key, label = words(kind).buttons[place]

    async def press() -> list[str]:
        answers: list[str] = []
        async with freedesktop() as notifier:
            await notifier.show(notice(kind)._replace(stays=True), answers.append)
            await asyncio.to_thread(dunst.press, label)
            await until(lambda: answers, "the answer")
        return answers

    assert asyncio.run(press()) == [key]


@pytest.mark.seen("Xfce", "buttons")
@pytest.mark.real("dbus-daemon", "Xvfb", "xfce4-notifyd", "xdotool", "import")
@pytest.mark.parametrize(("kind", "place"), PRESSED)
def test_each_button_is_on_the_screen_and_answers(
    notifyd: Xfce4Notifyd, kind: NoticeKind, place: int, tmp_path: Path
) -> None:
    shown = notice(kind)

    async def press() -> list[str]:
        answers: list[str] = []
        async with freedesktop() as notifier:
            await notifier.show(shown._replace(stays=True), answers.append)
            window = await asyncio.to_thread(notifyd.window)
            assert window.y + window.height <= 800, "its buttons lie on the screen"
            assert notifyd.desktop.screenshot(tmp_path / f"{kind}.png").stat().st_size > 0
            await asyncio.to_thread(notifyd.press_one_of, [button.label for button in shown.buttons], place)
            await until(lambda: answers, "the answer")
            await settled(notifier)
        return answers

    assert asyncio.run(press()) == [shown.buttons[place].key]


def test_only_red_flags_are_critical() -> None:
    assert [kind for kind in EVERY_KIND if notice(kind).urgency is Urgency.CRITICAL] == ["red-flag"]


def test_the_welcome_is_a_notice_that_gnome_shows_as_a_banner() -> None:
    """It comes once, explains what is recorded, and that slowrise is no medical device."""
    assert notice("welcome").urgency is Urgency.NORMAL


@pytest.mark.real("dbus-daemon", "Xvfb", "xfce4-notifyd", "xdotool")
def test_a_click_that_opens_something_is_no_button_of_its_own(notifyd: Xfce4Notifyd) -> None:
    """A click on the notice dismisses it there, and its buttons are as wide as without."""

    async def shown(click: str) -> tuple[int, int, list[str]]:
        answers: list[str] = []
        async with freedesktop() as notifier:
            await notifier.show(notice("sit-soft")._replace(click=click), answers.append)
            window = await asyncio.to_thread(notifyd.window)
            await asyncio.to_thread(notifyd.dismiss)
            await until(lambda: answers, "the answer")
            await until(lambda: not notifyd.windows(), "the notice to go away")
        return window.width, window.height, answers

    assert asyncio.run(shown("Open")) == asyncio.run(shown(""))


@pytest.mark.real("dbus-daemon", "Xvfb", "dunst")
def test_a_click_on_dunst_answers(dunst: Dunst) -> None:
    """Its middle button, or `dunstctl action`."""

    async def click() -> list[str]:
        answers: list[str] = []
        async with freedesktop() as notifier:
            await notifier.show(notice("sit-soft")._replace(click="Open"), answers.append)
            await asyncio.to_thread(dunst.ctl, "action")
            await until(lambda: answers, "the answer")
        return answers

    assert asyncio.run(click()) == ["default"]
