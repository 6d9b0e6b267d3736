"""Faults of the notification service or the bus: each costs at most one notice."""

from __future__ import annotations

import asyncio
import os
import signal
import socket

import pytest

from slowrise.adapters.notify import freedesktop as freedesktop_module
from slowrise.ports.notifier import GONE, NotifierFailed
from slowrise.ports.probe import Unavailable
from support import desktop_programs as desktop
from support.desktop_programs import EnterSession
from support.notices import FIRM, PROMPT, freedesktop, until
from support.scripted_notification_server import scripted_service

pytestmark = pytest.mark.real("dbus-daemon")


@pytest.mark.real("Xvfb", "dunst")
def test_a_hung_service_costs_one_notice_and_its_late_copy_is_closed(dunst: desktop.Dunst) -> None:
    async def hang() -> None:
        answers: list[str] = []
        async with freedesktop() as notifier:
            await notifier.show(PROMPT, answers.append)
            os.kill(dunst.pid, signal.SIGSTOP)
            with pytest.raises(NotifierFailed, match="no answer within 3 s"):
                await notifier.show(FIRM, answers.append)
            with pytest.raises(Unavailable, match="no answer within 3 s"):
                await notifier.server()
            await notifier.withdraw()
            os.kill(dunst.pid, signal.SIGCONT)
            await until(lambda: dunst.displayed() == 0, "dunst to close what comes late, and what was up before")
            await notifier.show(PROMPT, answers.append)
            assert dunst.displayed() == 1
            dunst.dismiss()
            await until(lambda: answers, "the answer to the notice after")
            assert answers == ["dismissed"]

    asyncio.run(hang())


@pytest.mark.real("Xvfb", "dunst", "xfce4-notifyd")
def test_another_service_may_take_over_the_name_of_a_killed_one(bus: desktop.Bus, screen: desktop.XDisplay) -> None:
    async def outlive() -> None:
        answers: list[str] = []
        async with freedesktop() as notifier:
            with desktop.dunst(bus, screen) as first:
                await notifier.show(PROMPT, answers.append)
                os.kill(first.pid, signal.SIGKILL)
                await until(lambda: bus.owner() is None, "the name to be free")
                with pytest.raises(NotifierFailed, match="no notification service is running"):
                    await notifier.show(PROMPT, answers.append)
                await notifier.withdraw()
            with desktop.dunst(bus, screen) as second:
                await notifier.show(PROMPT, lambda _: None)
                assert second.displayed() == 1
                os.kill(second.pid, signal.SIGKILL)
                await until(lambda: bus.owner() is None, "the name to be free")
            with desktop.xfce4_notifyd(bus, screen) as third:
                await notifier.show(FIRM, answers.append)
                await asyncio.to_thread(third.dismiss)
                await until(lambda: answers, "the answer from the third")
        assert answers == ["dismissed"]

    asyncio.run(outlive())


@pytest.mark.real("Xvfb", "dunst")
def test_a_notice_is_gone_with_its_service(
    bus: desktop.Bus, screen: desktop.XDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freedesktop_module, "RESTARTING", 0.1)

    async def outlive() -> None:
        answers: list[str] = []
        async with freedesktop() as notifier:
            with desktop.dunst(bus, screen):
                await notifier.show(PROMPT, answers.append)
            await until(lambda: answers, "the end to be reported")
        assert answers == [GONE]

    asyncio.run(outlive())


def test_a_notice_is_gone_with_the_bus(enter_session: EnterSession) -> None:
    async def outlive() -> None:
        answers: list[str] = []
        with desktop.session_bus() as bus:
            enter_session(bus.environ)
            async with scripted_service(bus.address), freedesktop() as notifier:
                await notifier.show(PROMPT, answers.append)
                os.kill(bus.pid, signal.SIGKILL)
                await until(lambda: answers, "the end to be reported")
        assert answers == [GONE]

    asyncio.run(outlive())


def test_without_a_service_probe_names_the_fix(bus: desktop.Bus) -> None:
    async def ask() -> None:
        async with freedesktop() as notifier:
            with pytest.raises(Unavailable, match="no notification service is running") as refused:
                await notifier.probe()
            assert "dunst" in refused.value.fix
            with pytest.raises(NotifierFailed, match="none could be started"):
                await notifier.show(PROMPT, lambda _: None)

    asyncio.run(ask())


@pytest.mark.real("Xvfb", "dunst")
def test_only_a_notice_starts_the_service(enter_session: EnterSession) -> None:
    async def start(bus: desktop.Bus) -> None:
        async with freedesktop() as notifier:
            assert "starts a notification service" in await notifier.probe()
            assert bus.owner() is None
            await notifier.show(PROMPT, lambda _: None)
            assert (await notifier.probe()).startswith("dunst")
            await notifier.withdraw()

    with desktop.session_bus() as bus, desktop.x_server(bus) as screen:
        enter_session(bus.environ)
        bus.announce("org.freedesktop.Notifications", f"/usr/bin/env DISPLAY={screen.environ['DISPLAY']} dunst")
        asyncio.run(start(bus))


@pytest.mark.parametrize(
    "environ",
    [
        {"DISPLAY": ":0", "XDG_RUNTIME_DIR": "/nonexistent"},
        {"DISPLAY": ":0", "DBUS_SESSION_BUS_ADDRESS": "autolaunch:"},
        *(
            {"DBUS_SESSION_BUS_ADDRESS": address}
            for address in ("unix:path=/nonexistent/bus", "tcp:host=localhost,port=1", "nonsense", "unix:path", "unix:")
        ),
    ],
    ids=lambda environ: environ.get("DBUS_SESSION_BUS_ADDRESS", "none"),
)
def test_a_missing_bus_is_reported_and_none_is_started(enter_session: EnterSession, environ: dict[str, str]) -> None:
    enter_session(environ)

    async def ask() -> None:
        async with freedesktop() as notifier:
            with pytest.raises(Unavailable, match="cannot be reached") as refused:
                await notifier.probe()
            assert "DBUS_SESSION_BUS_ADDRESS" in refused.value.fix
            with pytest.raises(NotifierFailed, match="cannot be reached"):
                await notifier.show(PROMPT, lambda _: None)

    asyncio.run(ask())


def test_without_an_address_the_bus_of_the_runtime_directory_is_used(
    bus: desktop.Bus, enter_session: EnterSession
) -> None:
    enter_session({"XDG_RUNTIME_DIR": bus.environ["XDG_RUNTIME_DIR"]})

    async def show() -> None:
        async with scripted_service(bus.address), freedesktop() as notifier:
            await notifier.show(PROMPT, lambda _: None)

    asyncio.run(show())


def test_reconnects_after_the_bus_hung_or_died(enter_session: EnterSession) -> None:
    async def outlive() -> None:
        with desktop.session_bus() as bus:
            enter_session(bus.environ)
            async with freedesktop() as notifier:
                async with scripted_service(bus.address):
                    await notifier.show(PROMPT, lambda _: None)
                    os.kill(bus.pid, signal.SIGSTOP)
                    with pytest.raises(NotifierFailed, match="within 3 s"):
                        await notifier.show(FIRM, lambda _: None)
                    os.kill(bus.pid, signal.SIGCONT)
                    await notifier.show(FIRM, lambda _: None)
                    os.kill(bus.pid, signal.SIGKILL)
                    await until(lambda: not _listens(bus), "the bus to be dead")
                    with pytest.raises(NotifierFailed):
                        await notifier.show(PROMPT, lambda _: None)
                    await notifier.withdraw()
                with desktop.session_bus(bus.folder) as again:
                    async with scripted_service(again.address) as service:
                        await notifier.show(PROMPT, lambda _: None)
                        assert len(service.got("Notify")) == 1

    asyncio.run(outlive())


def _listens(bus: desktop.Bus) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(bus.address.removeprefix("unix:path=")) == 0
