from __future__ import annotations

import asyncio

import pytest

from slowrise.adapters.signals.idle_inhibitors import DesktopInhibitors, LogindInhibitors
from slowrise.ports.probe import Unavailable
from support.mock_bus import MockBus, Sightings, watched

pytestmark = pytest.mark.real("dbus-daemon", "dbusmock", "gdbus")

GNOME = "org.gnome.SessionManager"
GNOME_PATH = "/org/gnome/SessionManager"
KDE = "org.kde.Solid.PowerManagement.PolicyAgent"
KDE_PATH = "/org/kde/Solid/PowerManagement/PolicyAgent"
LOGIN1 = "org.freedesktop.login1"
ROOT = "/org/freedesktop/login1"


def gnome(session: MockBus, *, idle: bool, changed: str = "") -> None:
    """Set the session manager's answer for flag 8, and signal the change."""
    session.ask(GNOME, GNOME_PATH, "AddMethod", GNOME, "IsInhibited", "u", "b", f"ret = args[0] == 8 and {idle}")
    if changed:
        session.emit(GNOME, GNOME_PATH, f"{GNOME}.{changed}", "o", f"[<objectpath '{GNOME_PATH}/Inhibitor1'>]")


def kde(session: MockBus, *, idle: bool) -> None:
    """As PowerDevil does: the signal contains the list, whose names are ignored."""
    session.ask(KDE, KDE_PATH, "AddMethod", KDE, "HasInhibition", "u", "b", f"ret = args[0] == 4 and {idle}")
    session.emit(KDE, KDE_PATH, f"{KDE}.InhibitionsChanged", "a(ss)as", "[<[('player', 'a film')]>, <@as []>]")


def logind(system: MockBus, *inhibitors: str) -> None:
    held = ", ".join(inhibitors)
    answer = f"ret = dbus.Array([{held}], signature='(ssssuu)')"
    system.ask(LOGIN1, ROOT, "AddMethod", f"{LOGIN1}.Manager", "ListInhibitors", "", "a(ssssuu)", answer)
    changed = f"[<'{LOGIN1}.Manager'>, <{{'BlockInhibited': <'idle'>}}>, <@as []>]"
    system.emit(LOGIN1, ROOT, "org.freedesktop.DBus.Properties.PropertiesChanged", "sa{sv}as", changed)


def film(*, what: str = "sleep:idle", mode: str = "block", user: str = "os.getuid()") -> str:
    return f"('{what}', 'player', 'a film', '{mode}', dbus.UInt32({user}), dbus.UInt32(1))"


def test_queries_gnome_for_idle_after_each_change(session: MockBus) -> None:
    session.mock(GNOME, GNOME_PATH, GNOME, name=GNOME)
    gnome(session, idle=True)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(DesktopInhibitors(), seen):
            await seen.expect("inhibited")
            gnome(session, idle=True, changed="InhibitorAdded")
            gnome(session, idle=False, changed="InhibitorRemoved")
            await seen.expect("inhibited", "uninhibited")
            gnome(session, idle=True, changed="InhibitorAdded")
            await seen.expect("inhibited", "uninhibited", "inhibited")

    asyncio.run(monitor())


def test_queries_kde_for_the_screen_after_each_change(session: MockBus) -> None:
    session.mock(KDE, KDE_PATH, KDE, name=KDE)
    kde(session, idle=True)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(DesktopInhibitors(), seen):
            await seen.expect("inhibited")
            kde(session, idle=False)
            await seen.expect("inhibited", "uninhibited")

    asyncio.run(monitor())


def test_only_idle_inhibitors_of_this_user_count_in_logind(system: MockBus) -> None:
    system.logind()
    logind(system, film())

    async def monitor() -> None:
        seen = Sightings()
        async with watched(LogindInhibitors(), seen):
            await seen.expect("inhibited")
            others = (film(what="sleep:handle-lid-switch"), film(mode="delay"), film(user="4294967294"))
            logind(system, *others)
            await seen.expect("inhibited", "uninhibited")
            logind(system, *others, film(what="idle"))
            await seen.expect("inhibited", "uninhibited", "inhibited")

    asyncio.run(monitor())


def test_a_failing_answer_means_no(session: MockBus) -> None:
    session.mock(GNOME, GNOME_PATH, GNOME, name=GNOME)
    gnome(session, idle=True)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(DesktopInhibitors(), seen):
            await seen.expect("inhibited")
            session.ask(GNOME, GNOME_PATH, "AddMethod", GNOME, "IsInhibited", "u", "s", "ret = 'yes'")
            session.emit(GNOME, GNOME_PATH, f"{GNOME}.InhibitorAdded", "u", "[<uint32 1>]")
            await seen.expect("inhibited", "uninhibited")

    asyncio.run(monitor())


def test_each_reports_why_it_is_unavailable(session: MockBus, system: MockBus) -> None:
    with pytest.raises(Unavailable, match="no session manager"):
        asyncio.run(DesktopInhibitors().probe())
    with pytest.raises(Unavailable, match="no logind"):
        asyncio.run(LogindInhibitors().probe())
