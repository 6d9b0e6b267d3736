"""The icon on a real bus: whatever another program calls, it answers or refuses, and goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, Message, MessageFlag, new_method_call, new_method_return
from jeepney.bus_messages import message_bus

from slowrise.adapters.system.dbus import MAX_UNSENT, Bus, CallFailed, connect
from slowrise.adapters.tray.menu import MENU, MENU_PATH
from slowrise.adapters.tray.status_notifier import ITEM, ITEM_PATH, WATCHER, StatusNotifierIcon, probe
from slowrise.ports.probe import Lost, Unavailable
from slowrise.ports.tray import Entry, Look
from support.desktop_programs import session_bus
from support.notices import until

pytestmark = pytest.mark.real("dbus-daemon")


class Content:
    """A menu of two entries."""

    opens = True

    def __init__(self) -> None:
        self.chosen: list[str] = []
        self.shown = Look("sitting", "Sitting since 14:05")

    def look(self) -> Look:
        return self.shown

    def menu(self) -> tuple[Entry, ...]:
        return (Entry("now", "Sitting 1 min", enabled=False), Entry("pause", "Pause"))

    def choose(self, key: str, token: str) -> None:
        self.chosen.append(key + token)

    def open(self, token: str) -> None:
        self.chosen.append("open" + token)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with session_bus(tmp_path) as bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        yield


@asynccontextmanager
async def watched(content: Content) -> AsyncIterator[tuple[StatusNotifierIcon, DBusAddress, Bus]]:
    """Yield the icon on the bus, the address of its menu, and another program."""
    icon = StatusNotifierIcon(content)
    watching = asyncio.ensure_future(icon.watch(lambda _: None))
    try:
        async with connect("session") as other:
            await until(lambda: icon._bus is not None and icon._bus.name, "the icon on the bus")
            assert icon._bus is not None
            yield icon, DBusAddress(MENU_PATH, icon._bus.name, MENU), other
            assert not watching.done()
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


ODD: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    ("GetLayout", "s", ("x" * 100_000,)),
    ("GetLayout", "iias", (-5, -5, ["label"] * 20_000)),
    ("GetGroupProperties", "aias", (list(range(1000, 60_000)), [])),
    ("Event", "isvu", (1, "clicked", ("a{sv}", {"deep": ("v", ("v", ("s", "x")))}), 0)),
    ("EventGroup", "a(isvu)", ([(n, "clicked", ("i", 0), 0) for n in range(500, 5000)],)),
    ("AboutToShowGroup", "ai", (list(range(100_000)),)),
    ("Nothing", "t", (2**64 - 1,)),
)


def test_odd_calls_are_answered_or_refused(session: None) -> None:
    async def call_oddly() -> list[str]:
        content = Content()
        async with watched(content) as (_, menu, other):
            for method, signature, arguments in ODD:
                with suppress(CallFailed):
                    await other.call(menu, method, signature, *arguments)
            item = DBusAddress(ITEM_PATH, menu.bus_name, ITEM)
            assert (await other.properties(item))["Title"] == "slowrise: Sitting since 14:05"
        return content.chosen

    assert asyncio.run(call_oddly()) == []


def test_a_flood_of_calls_ends_and_the_icon_answers_again(session: None) -> None:
    async def flood() -> None:
        async with watched(Content()) as (_, menu, other):
            with_answer, without = (new_method_call(menu, "AboutToShow", "i", (0,)) for _ in range(2))
            without.header.flags |= MessageFlag.no_reply_expected
            for _ in range(20):
                for _ in range(MAX_UNSENT // 4):
                    other.post(with_answer)
                    other.post(without)
                await until(lambda: not other._unsent, "the calls to be sent")
            assert len(await other.call(menu, "GetLayout", "iias", 0, -1, [])) == 2

    asyncio.run(flood())


def test_the_panel_hears_only_of_changes(session: None) -> None:
    async def heard() -> list[str]:
        content = Content()
        async with connect("session") as watcher, watched(content) as (icon, _, _):
            await own(watcher)
            await until(lambda: icon.is_registered, "the icon with a watcher")
            assert icon._bus is not None
            await watcher.follow(icon._bus.name)
            for member in ("NewIcon", "NewTitle", "NewToolTip", "NewStatus"):
                await watcher.listen(DBusAddress(ITEM_PATH, icon._bus.name, ITEM), member)
            for look in (
                content.shown,
                content.shown,
                Look("due", "Sitting since 14:05", "Get up"),
                Look("away", "Away"),
            ):
                content.shown = look
                icon.refresh()
            content.shown = Look("away", "Away", urgent=True)
            icon.refresh()
            found: list[str] = []
            with suppress(TimeoutError):
                async with asyncio.timeout(10):
                    while len(found) < 9:
                        found.append((await anext(watcher)).member)
            return found

    assert asyncio.run(heard()) == [
        *("NewIcon", "NewTitle", "NewToolTip", "NewIcon", "NewTitle", "NewToolTip"),
        *("NewStatus", "NewTitle", "NewToolTip"),
    ]


async def own(bus: Bus) -> None:
    """Be a watcher that says yes to everything."""

    def agree(call: Message) -> Message:
        return new_method_return(call)

    bus.answer = agree
    await bus.call(message_bus, "RequestName", "su", WATCHER, 4)


def test_a_bus_that_goes_away_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def outlive() -> None:
        with session_bus(tmp_path) as bus:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
            icon = StatusNotifierIcon(Content())
            watching = asyncio.ensure_future(icon.watch(lambda _: None))
            await until(lambda: icon._bus is not None, "the icon on the bus")
        with pytest.raises(Lost):
            await asyncio.wait_for(watching, 20)
        icon.refresh()
        with pytest.raises(Lost):
            await icon.watch(lambda _: None)

    asyncio.run(outlive())


@pytest.mark.parametrize(
    ("desktop", "reason"), [("ubuntu:GNOME", "GNOME shows no tray icons"), ("XFCE", "no panel here")]
)
def test_without_a_panel_the_probe_says_what_to_do(
    session: None, monkeypatch: pytest.MonkeyPatch, desktop: str, reason: str
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    with pytest.raises(Unavailable, match=reason) as raised:
        asyncio.run(probe())
    assert "slowrise is in the applications menu" in raised.value.fix
