"""Notices on a real dunst: the text shown and the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from slowrise.adapters.notify.freedesktop import FreedesktopNotifier
from slowrise.ports.notifier import GONE, Notice, Urgency
from support.desktop_programs import Dunst
from support.notices import BUTTONS, FIRM, PROMPT, freedesktop, settled, until

pytestmark = pytest.mark.real("dbus-daemon", "Xvfb", "dunst")

SECOND = 1_000_000  # dunst counts microseconds


def with_notifier(test: Callable[[FreedesktopNotifier, list[str]], Awaitable[None]]) -> list[str]:
    """Run a test; return the keys that its notices answered."""
    answers: list[str] = []

    async def run() -> None:
        async with freedesktop() as notifier:
            await test(notifier, answers)

    asyncio.run(run())
    return answers


@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button.key)
def test_a_button_answers_once_and_closes_the_notice(dunst: Dunst, button: tuple[str, str]) -> None:
    key, label = button

    async def press(notifier: FreedesktopNotifier, answers: list[str]) -> None:
        await notifier.show(PROMPT, answers.append)
        assert dunst.displayed() == 1
        await asyncio.to_thread(dunst.press, label)
        await until(lambda: answers, "the answer")
        await until(lambda: dunst.displayed() == 0, "dunst to take the notice away")
        await settled(notifier)

    assert with_notifier(press) == [key]


def test_dismissing_a_notice_answers(dunst: Dunst) -> None:
    async def dismiss(notifier: FreedesktopNotifier, answers: list[str]) -> None:
        await notifier.show(PROMPT, answers.append)
        dunst.dismiss()
        await until(lambda: answers, "the answer")

    assert with_notifier(dismiss) == ["dismissed"]


def test_a_notice_whose_time_is_over_is_reported_as_gone(dunst: Dunst) -> None:
    async def wait(notifier: FreedesktopNotifier, answers: list[str]) -> None:
        await notifier.show(PROMPT._replace(stays=False, seconds=1), answers.append)
        await until(lambda: dunst.displayed() == 0, "the notice to expire")
        await until(lambda: answers, "the end to be reported")
        await settled(notifier)

    assert with_notifier(wait) == [GONE]


def test_a_withdrawn_notice_is_gone_and_does_not_answer(dunst: Dunst) -> None:
    async def withdraw(notifier: FreedesktopNotifier, answers: list[str]) -> None:
        await notifier.show(PROMPT, answers.append)
        await notifier.withdraw()
        assert dunst.displayed() == 0
        await settled(notifier)

    assert with_notifier(withdraw) == []


@pytest.mark.seen("X11", "notice")
def test_a_notice_replaces_the_one_before(dunst: Dunst) -> None:
    async def replace(notifier: FreedesktopNotifier, answers: list[str]) -> None:
        await notifier.show(PROMPT, answers.append)
        await notifier.show(FIRM, lambda word: answers.append(f"firm {word}"))
        assert dunst.displayed() == 1
        dunst.dismiss()
        await until(lambda: answers, "the answer")
        await settled(notifier)

    assert with_notifier(replace) == ["firm dismissed"]
    assert [notice["summary"] for notice in dunst.history()] == [FIRM.title]


@pytest.mark.seen("X11", "stays")
@pytest.mark.parametrize(
    ("urgency", "stays", "seconds"),
    [
        (Urgency.LOW, False, 30),
        (Urgency.NORMAL, False, 60),
        (Urgency.CRITICAL, False, 60),
        (Urgency.NORMAL, True, 0),
        (Urgency.CRITICAL, True, 0),
    ],
)
def test_urgency_and_stays_are_respected(dunst: Dunst, urgency: Urgency, stays: bool, seconds: int) -> None:
    async def show(notifier: FreedesktopNotifier, answers: list[str]) -> None:
        await notifier.show(PROMPT._replace(urgency=urgency, stays=stays, seconds=seconds or 30), answers.append)
        await notifier.withdraw()

    with_notifier(show)
    assert dunst.history()[0]["timeout"] == seconds * SECOND


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>bold</b> & 'so' \"on\" &amp;", "&lt;b&gt;bold&lt;/b&gt; &amp; 'so' \"on\" &amp;amp;"),
        ("one\n\ntwo\nthree", "one\n\ntwo\nthree"),
        ("--help", "--help"),
        ("-u critical", "-u critical"),
        ("50 % \N{NO-BREAK SPACE}min \N{EM DASH} 30\N{NARROW NO-BREAK SPACE}s", None),
        ("sit " * 100, None),
        ("a\x00b\x1b[31m\ud800c\r\x9bd", "ab[31mcd"),
    ],
)
def test_any_text_is_shown_as_written(dunst: Dunst, text: str, shown: str | None) -> None:
    async def show(notifier: FreedesktopNotifier, answers: list[str]) -> None:
        await notifier.show(Notice("sit-soft", title=f"T{text}", body=text), answers.append)
        await notifier.withdraw()

    with_notifier(show)
    (notice,) = dunst.history()
    assert (notice["body"], notice["appname"]) == (shown or text, "slowrise")


def test_probe_names_the_service(dunst: Dunst) -> None:
    async def ask(notifier: FreedesktopNotifier, answers: list[str]) -> None:
        server = await notifier.server()
        assert server
        assert (server.name, server.buttons) == ("dunst", True)
        assert await notifier.probe() == f"dunst {server.version}, supports buttons"

    with_notifier(ask)


def test_notices_of_other_programs_do_not_wake_the_process(dunst: Dunst) -> None:
    """The notifier has a match rule on the service's signals only while a notice is shown."""

    def matches() -> int:
        stats = "org.freedesktop.DBus.Debug.Stats.GetAllMatchRules"
        told = dunst.desktop.run(
            "dbus-send", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus", stats
        )
        return told.count("interface='org.freedesktop.Notifications'")

    async def count(notifier: FreedesktopNotifier, answers: list[str]) -> None:
        before = matches()
        await notifier.show(PROMPT, answers.append)
        await notifier.show(FIRM, answers.append)
        assert matches() == before + 1
        await notifier.withdraw()
        await settled(notifier)
        assert matches() == before
        await notifier.show(PROMPT, answers.append)
        dunst.dismiss()
        await until(lambda: answers, "the answer")
        await settled(notifier)
        assert matches() == before

    with_notifier(count)
