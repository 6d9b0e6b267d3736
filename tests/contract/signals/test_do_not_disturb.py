from __future__ import annotations

import asyncio
import os
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from jeepney import DBusAddress

from slowrise.adapters.signals.do_not_disturb import DoNotDisturb
from slowrise.adapters.system.dbus import connect
from slowrise.ports.probe import Unavailable
from support.desktop_programs import (
    PATIENCE,
    EnterSession,
    dunst,
    process,
    session_bus,
    wait_until,
    x_server,
    xfce4_notifyd,
)
from support.gnome import gnome_shell
from support.input_sessions import SwaySession
from support.mock_bus import MockBus, Sightings, watched
from support.notice_servers import plasma
from support.programs import program_named

BANNERS = ("org.gnome.desktop.notifications", "show-banners")


@pytest.mark.seen("X11", "do-not-disturb")
@pytest.mark.real("dbus-daemon", "Xvfb", "dunst", "dunstctl")
def test_emits_do_not_disturb_of_dunst(enter_session: EnterSession) -> None:
    with session_bus() as bus, x_server(bus) as screen, dunst(bus, screen) as service:
        enter_session(screen.environ)
        service.ctl("set-paused", "true")

        async def monitor() -> None:
            seen = Sightings()
            async with watched(DoNotDisturb(), seen):
                await seen.expect("quieted")
                service.ctl("set-paused", "false")
                await seen.expect("quieted", "unquieted")
                service.ctl("set-paused", "true")
                await seen.expect("quieted", "unquieted", "quieted")

        asyncio.run(monitor())


@pytest.mark.seen("Xfce", "do-not-disturb")
@pytest.mark.real("dbus-daemon", "Xvfb", "xfce4-notifyd", "xfconfd")
def test_emits_do_not_disturb_of_xfce_whose_settings_start_later(enter_session: EnterSession) -> None:
    with session_bus() as bus, x_server(bus) as screen, xfce4_notifyd(bus, screen):
        enter_session(screen.environ)

        def quiet(word: str) -> None:
            screen.run("xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb", "-n", "-t", "bool", "-s", word)

        async def monitor() -> None:
            seen = Sightings()
            async with watched(DoNotDisturb(), seen):
                bus.announce("org.xfce.Xfconf", program_named("xfconfd").path or "")
                quiet("true")
                await seen.expect("quieted")
                quiet("false")
                await seen.expect("quieted", "unquieted")
                quiet("true")
                await seen.expect("quieted", "unquieted", "quieted")
                screen.run("xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb", "-r")
                await seen.expect("quieted", "unquieted", "quieted", "unquieted")

        asyncio.run(monitor())


@pytest.mark.seen("sway", "do-not-disturb")
@pytest.mark.real("dbus-daemon", "sway", "swaync", "dconf-service")
def test_emits_do_not_disturb_of_swaync(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_bus() as bus, SwaySession(private_home, monkeypatch):
        bus.announce("ca.desrt.dconf", program_named("dconf-service").path or "")
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        with process("swaync", environ=os.environ, log=private_home / "swaync.log"):
            wait_until(lambda: bus.owner("org.erikreider.swaync.cc") is not None, "swaync")

            def toggle() -> None:
                command = ["swaync-client", "--toggle-dnd"]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)

            async def monitor() -> None:
                toggle()
                seen = Sightings()
                async with watched(DoNotDisturb(), seen):
                    await seen.expect("quieted")
                    toggle()
                    await seen.expect("quieted", "unquieted")
                    toggle()
                    await seen.expect("quieted", "unquieted", "quieted")

            asyncio.run(monitor())


@pytest.mark.real("dbus-daemon", "sway", "mako", "makoctl")
def test_emits_do_not_disturb_of_mako_where_it_tells(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mako 1.7 tells nobody when its modes change, so nothing is claimed of it."""
    with session_bus() as bus, SwaySession(private_home, monkeypatch):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        with process("mako", environ=os.environ, log=private_home / "mako.log"):
            wait_until(lambda: bus.owner() is not None, "mako")

            def mode(*words: str) -> None:
                subprocess.run(["makoctl", "mode", *words], check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)

            async def monitor() -> None:
                mode("-a", "do-not-disturb")
                seen = Sightings()
                told = await DoNotDisturb().probe()
                async with watched(DoNotDisturb(), seen):
                    if "mako" not in told:
                        assert told == "but nothing here tells of it now"
                        return
                    await seen.expect("quieted")
                    mode("-a", "away")
                    mode("-r", "do-not-disturb")
                    await seen.expect("quieted", "unquieted")
                    mode("-s", "dnd")
                    await seen.expect("quieted", "unquieted", "quieted")

            asyncio.run(monitor())


@pytest.mark.seen("Plasma", "do-not-disturb")
@pytest.mark.real("dbus-daemon", "Xvfb", "plasmawindowed")
def test_emits_do_not_disturb_of_plasma(enter_session: EnterSession) -> None:
    """Another program, or the user in the list of notices, inhibits them."""
    service = DBusAddress("/org/freedesktop/Notifications", *["org.freedesktop.Notifications"] * 2)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(DoNotDisturb(), seen), connect("session") as other:
            (number,) = await other.call(service, "Inhibit", "ssa{sv}", "org.kde.konsole", "a talk", {})
            await seen.expect("quieted")
            await other.call(service, "UnInhibit", "u", number)
            await seen.expect("quieted", "unquieted")
            await other.call(service, "Inhibit", "ssa{sv}", "org.kde.konsole", "another", {})
            await seen.expect("quieted", "unquieted", "quieted")
            assert "the notification service" in await DoNotDisturb().probe()

    with session_bus() as bus, x_server(bus) as screen, plasma(bus, screen):
        enter_session(screen.environ)
        asyncio.run(monitor())


@pytest.mark.seen("GNOME", "do-not-disturb")
@pytest.mark.real("dbus-daemon", "gnome-shell", "gjs", "gdbus", "dbusmock", "gsettings", "dconf-service")
def test_emits_do_not_disturb_of_gnome(enter_session: EnterSession) -> None:
    with session_bus() as bus:
        bus.announce("ca.desrt.dconf", program_named("dconf-service").path or "")
        with gnome_shell(bus) as shell:
            enter_session(bus.environ)
            shell.disturb(yes=False)

            async def monitor() -> None:
                seen = Sightings()
                async with watched(DoNotDisturb(), seen):
                    await seen.expect("quieted")
                    shell.disturb(yes=True)
                    await seen.expect("quieted", "unquieted")
                    bus.run("gsettings", "set", *BANNERS, "false")
                    await seen.expect("quieted", "unquieted", "quieted")
                    bus.run("gsettings", "reset-recursively", "org.gnome.desktop.notifications")
                    await seen.expect("quieted", "unquieted", "quieted", "unquieted")

            asyncio.run(monitor())


@pytest.mark.real("dbus-daemon", "dbusmock", "gdbus", "gsettings", "dconf-service")
def test_follows_gnome_when_it_starts_after_the_daemon_and_ends(enter_session: EnterSession) -> None:
    """The switch stays set in the settings of a user who changes to another desktop."""

    def own_name() -> AbstractContextManager[object]:
        mock = ("/usr/bin/python3", "-m", "dbusmock", "--session", *["org.gnome.Shell", "/org/gnome/Shell"])
        return process(*mock, "org.gnome.Shell", environ=bus.environ, log=bus.folder / "shell.log")

    async def monitor() -> None:
        seen = Sightings()
        async with watched(DoNotDisturb(), seen):
            with own_name():
                await seen.expect("quieted")
            await seen.expect("quieted", "unquieted")
            with own_name():
                await seen.expect("quieted", "unquieted", "quieted")
                bus.run("gsettings", "set", *BANNERS, "true")
                await seen.expect("quieted", "unquieted", "quieted", "unquieted")

    with session_bus() as bus:
        bus.announce("ca.desrt.dconf", program_named("dconf-service").path or "")
        enter_session(bus.environ)
        bus.run("gsettings", "set", *BANNERS, "false")
        asyncio.run(monitor())


@pytest.mark.real("dbus-daemon", "dbusmock", "gdbus")
def test_is_unavailable_on_gnome_without_gsettings(
    session: MockBus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.mock("org.gnome.Shell", "/org/gnome/Shell", "org.gnome.Shell", name="org.gnome.Shell")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="GNOME"):
        asyncio.run(DoNotDisturb().probe())
