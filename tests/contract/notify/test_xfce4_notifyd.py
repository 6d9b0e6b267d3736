"""Notices on a real xfce4-notifyd, which draws buttons; the tests press them with the pointer."""

from __future__ import annotations

import asyncio

import pytest

from slowrise.ports.notifier import Notice
from support.desktop_programs import Xfce4Notifyd
from support.notices import BUTTONS, FIRM, PROMPT, freedesktop, settled, until

pytestmark = pytest.mark.real("dbus-daemon", "Xvfb", "xfce4-notifyd", "xdotool")


@pytest.mark.parametrize("position", range(len(BUTTONS)), ids=[button.key for button in BUTTONS])
def test_a_button_pressed_on_the_screen_answers_once(notifyd: Xfce4Notifyd, position: int) -> None:
    async def press() -> list[str]:
        answers: list[str] = []
        async with freedesktop() as notifier:
            await notifier.show(PROMPT, answers.append)
            await asyncio.to_thread(notifyd.press, position, len(BUTTONS))
            await until(lambda: answers, "the answer")
            await until(lambda: not notifyd.windows(), "the notice to go away")
            await settled(notifier)  # It also signals that the notice was closed, as if dismissed.
        return answers

    assert asyncio.run(press()) == [BUTTONS[position].key]


def test_a_click_next_to_the_buttons_dismisses(notifyd: Xfce4Notifyd) -> None:
    async def click() -> list[str]:
        answers: list[str] = []
        async with freedesktop() as notifier:
            await notifier.show(PROMPT, answers.append)
            await asyncio.to_thread(notifyd.dismiss)
            await until(lambda: answers, "the answer")
        return answers

    assert asyncio.run(click()) == ["dismissed"]


@pytest.mark.seen("Xfce", "notice")
def test_one_window_is_replaced_and_withdrawn(notifyd: Xfce4Notifyd) -> None:
    async def show() -> list[str]:
        answers: list[str] = []
        async with freedesktop() as notifier:
            await notifier.show(PROMPT, answers.append)
            await until(lambda: len(notifyd.windows()) == 1, "the first notice")
            await notifier.show(FIRM, answers.append)
            await asyncio.to_thread(notifyd.window)
            await notifier.withdraw()
            await until(lambda: not notifyd.windows(), "the notice to go away")
            await settled(notifier)
        return answers

    assert asyncio.run(show()) == []


def test_a_notice_without_buttons_has_no_row_of_buttons(notifyd: Xfce4Notifyd) -> None:
    async def height(notice: Notice) -> int:
        async with freedesktop() as notifier:
            await notifier.show(notice, lambda _: None)
            window = await asyncio.to_thread(notifyd.window)
            await notifier.withdraw()
            await until(lambda: not notifyd.windows(), "the notice to go away")
        return window.height

    assert asyncio.run(height(PROMPT)) > asyncio.run(height(PROMPT._replace(buttons=())))
