"""The button of the evening: it opens the report, made by a command of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from urllib.parse import unquote, urlparse

import pytest

from slowrise.adapters.system.launcher import Launcher
from slowrise.adapters.system.paths import paths
from slowrise.adapters.system.resources import read_guidance
from slowrise.core.metrics.summary import summarize
from slowrise.core.model.policy import Policy
from slowrise.core.prompts.due import Prompt
from slowrise.daemon.notifications import Notifications
from slowrise.ports.notifier import AnswerKey, Notice, OnAnswer
from support.day_strategies import spans_of
from support.notices import until

EVENING = Prompt(0.0, datetime(2026, 3, 2, 18, tzinfo=UTC), "summary", day="2026-03-02")
LONGEST_WAIT = 60.0
"""Seconds: matplotlib may have to look at every font of a busy machine."""


class Screen:
    name = "screen"
    reports_end = True

    def __init__(self) -> None:
        self.up: list[Notice] = []
        self.answer: OnAnswer = lambda _: None

    async def show(self, notice: Notice, answer: OnAnswer) -> None:
        self.up.append(notice)
        self.answer = answer

    async def withdraw(self) -> None: ...

    async def close(self) -> None: ...


def evening(opens: Callable[[], None] | None) -> tuple[Notice, list[str]]:
    """The notice, and what was answered once its first button was pressed, if it has any."""
    screen, pressed = Screen(), list[str]()
    day = summarize(spans_of("s60 a10 s60"), day=date(2026, 3, 2), break_min=120.0)

    async def run() -> None:
        notifications = Notifications(
            screen,
            read_guidance(),
            pressed=lambda press: pressed.append(press.key),
            policy=Policy,
            summary_of=lambda _: day,
            open_report=opens,
        )
        notifications.show_prompt(EVENING)
        await until(lambda: screen.up, "the notice")
        screen.answer(AnswerKey(screen.up[0].buttons[0].key if screen.up[0].buttons else "dismissed"))

    asyncio.run(run())
    return screen.up[0], pressed


def test_without_a_window_the_evening_has_a_button_that_opens_the_report() -> None:
    opened: list[str] = []
    notice, pressed = evening(lambda: opened.append("it"))
    assert (notice.title, notice.body) == (
        "Today: about 2 hours of sitting",
        "Longest without a break: 1\N{NO-BREAK SPACE}h.",
    )
    assert [button.label for button in notice.buttons] == ["Open the report"]
    assert (opened, pressed) == (["it"], [])


def test_where_no_report_can_be_drawn_nothing_offers_one() -> None:
    notice, pressed = evening(None)
    assert notice.buttons == ()
    assert pressed == ["dismissed"]


def browser(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A browser for xdg-open that notes what it was given."""
    shown = directory / "shown"
    program = directory / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {shown}.part && mv {shown}.part {shown}\n')
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(program))
    monkeypatch.setenv("MPLCONFIGDIR", str(directory))
    return shown


def opened(shown: Path) -> Path:
    """The page that the browser was given in the end."""

    async def run() -> None:
        launcher = Launcher(paths())
        assert launcher.can_report
        launcher.open_report()
        launcher.open_report()
        await until(shown.exists, "the browser", patience=LONGEST_WAIT)
        assert launcher.making is not None
        await launcher.making

    asyncio.run(run())
    given = shown.read_text()
    return Path(unquote(urlparse(given).path) if given.startswith("file:") else given)


@pytest.mark.real("xdg-open")
def test_it_is_made_and_given_to_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(browser(tmp_path, monkeypatch))
    assert page == paths().report
    assert "Sitting at the computer" in page.read_text()


@pytest.mark.real("xdg-open")
def test_without_the_systemd_that_a_service_asks_it_is_opened_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOCATION_ID", "0" * 32)
    assert opened(browser(tmp_path, monkeypatch)) == paths().report


@pytest.mark.real("xdg-open")
def test_a_browser_that_stays_open_does_not_keep_the_button_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = browser(tmp_path, monkeypatch)
    with (tmp_path / "browser").open("a") as program:
        program.write("exec sleep 120\n")
    begun = monotonic()
    opened(shown)
    assert monotonic() - begun < 100


def test_a_service_has_systemd_start_it_outside_its_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    program = tmp_path / "systemd-run"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("INVOCATION_ID", "0" * 32)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")

    async def run() -> None:
        launcher = Launcher(paths())
        launcher.open_report()
        await asyncio.wait_for(launcher.making or asyncio.sleep(0), LONGEST_WAIT)

    asyncio.run(run())
    words = told.read_text().splitlines()
    assert "--user" in words
    assert "--setenv=WAYLAND_DISPLAY=wayland-7" in words
    command = words[words.index("--") + 1 :]
    assert command[1:6] == ["-P", "-m", "slowrise", "report", "--open"]
    assert str(paths().data) in command
