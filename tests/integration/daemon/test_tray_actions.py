"""Every entry of the menu, carried out by a daemon in virtual time; and an icon that fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from slowrise.adapters.input.trace_player import TracePlayer
from slowrise.adapters.tray.status_notifier import StatusNotifierIcon
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.daemon.app import App
from slowrise.daemon.tray import DaemonContent, Tray
from slowrise.daemon.virtual_time import VirtualClock
from slowrise.ports.input import Emit
from support.simulated_daemon import run_virtually, simulated

MORNING = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))
DESK = parse("[standing_desk]\nhave = true\n")

Act = Callable[[App, DaemonContent], Any]
Opened = list[tuple[str, str]]


def done(act: Act, *, window: bool = True) -> tuple[Any, Opened]:
    """Return what `act` returns for somebody who types since a minute, and the pages that were opened."""
    opened: Opened = []

    async def live(clock: VirtualClock) -> Any:
        player = TracePlayer([e.Active(at=MORNING)], clock, lambda: None)
        app = simulated(clock, lambda: player, config=DESK)
        app.requests.open_window = (lambda page, token="": opened.append((page, token))) if window else None
        running = asyncio.ensure_future(app.daemon.run())
        await asyncio.sleep(60)
        result = act(app, DaemonContent(app.requests, comes_back=lambda: False))
        app.daemon.stop()
        await running
        return result

    return run_virtually(MORNING, live), opened


def chosen(*keys: str) -> Act:
    """Choose these entries, then return the icon, and whether slowrise pauses and keeps quiet."""

    def act(app: App, content: DaemonContent) -> tuple[str, bool, bool]:
        for key in keys:
            content.choose(key, "token")
        status = app.requests.status()
        return content.look().icon, status.paused_until is not None, status.held_until is not None

    return act


@pytest.mark.parametrize(
    ("keys", "stands"),
    [
        ((), ("sitting", False, False)),
        (("standing",), ("standing", False, False)),
        (("standing", "sitting"), ("sitting", False, False)),
        (("hold",), ("sitting", False, True)),
        (("hold", "resume"), ("sitting", False, False)),
        (("pause",), ("paused", True, False)),
        (("unknown", ""), ("sitting", False, False)),
    ],
)
def test_an_entry_does_what_it_says(keys: tuple[str, ...], stands: tuple[str, bool, bool]) -> None:
    assert done(chosen(*keys)) == (stands, [])


def test_a_pause_until_tomorrow_ends_when_the_next_day_begins() -> None:
    def act(app: App, content: DaemonContent) -> str | None:
        content.choose("pause-day", "")
        return app.requests.status().paused_until

    until, _ = done(act)
    assert str(until).startswith("2026-03-03T04:00:00")


@pytest.mark.parametrize(
    ("key", "page"), [("getting-up", "getup"), ("back", "back"), ("today", "today"), ("settings", "settings")]
)
def test_an_entry_opens_its_page_with_the_token(key: str, page: str) -> None:
    assert done(chosen(key))[1] == [(page, "token")]


def test_a_click_opens_today_or_else_the_red_flags_that_wait() -> None:
    def act(app: App, content: DaemonContent) -> None:
        content.open("first")
        app.daemon.notifications.inform("red-flag")
        content.open("second")
        content.choose("read", "third")
        assert content.look().urgent

    assert done(act)[1] == [("today", "first"), ("back", "second"), ("back", "third")]


def test_without_a_window_the_red_flags_are_shown_again_and_no_page_is_offered() -> None:
    def act(app: App, content: DaemonContent) -> tuple[bool, set[str]]:
        content.open("")
        content.choose("getting-up", "")
        content.choose("read", "")
        return app.daemon.notifications.is_unread, {entry.key for entry in content.menu()}

    (is_unread, keys), _ = done(act, window=False)
    assert is_unread
    assert not keys & {"back", "today", "settings"}


def test_quit_ends_the_daemon() -> None:
    def act(app: App, content: DaemonContent) -> bool:
        content.choose("quit", "")
        return app.daemon._stopping.is_set()

    assert done(act)[0]


class FailingIcon:
    """An icon that cannot be shown anew."""

    name = "failing"

    def __init__(self) -> None:
        self.ended = False

    async def reach(self) -> None:
        pass

    async def watch(self, _emit: Emit) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True

    def refresh(self) -> None:
        raise RuntimeError("broken")


def test_an_icon_that_fails_is_logged_and_ends_with_the_setting(caplog: pytest.LogCaptureFixture) -> None:
    async def keep() -> list[bool]:
        icons: list[FailingIcon] = []

        def make() -> FailingIcon:
            icons.append(FailingIcon())
            return icons[-1]

        tray = Tray(make)
        for wanted in (False, True, True, False, True):
            tray.look(wanted=wanted)
            for _ in range(5):
                await asyncio.sleep(0)
        before = [icon.ended for icon in icons]
        await tray.close()
        return [*before, icons[-1].ended]

    assert asyncio.run(keep()) == [True, False, True]
    assert "the icon in the panel failed; this is a bug" in caplog.text


def test_without_a_session_bus_the_icon_is_logged_as_absent_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    caplog.set_level(logging.INFO)
    icon, _ = done(lambda _, content: StatusNotifierIcon(content))

    async def keep(_: VirtualClock) -> None:
        tray = Tray(lambda: icon)
        tray.look(wanted=True)
        await asyncio.sleep(3600)
        await tray.close()

    run_virtually(MORNING, keep)
    (line,) = [message for message in caplog.messages if message.startswith("the icon in the panel")]
    assert line.startswith("the icon in the panel is not available: the session bus does not answer")
