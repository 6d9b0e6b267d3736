from __future__ import annotations

import asyncio
import os

import pytest

from slowrise.adapters.signals import logind
from slowrise.adapters.signals.logind import Logind
from slowrise.ports.probe import Lost, Unavailable
from support.desktop_programs import PATIENCE, wait_until
from support.mock_bus import MockBus, Sightings, watched

pytestmark = pytest.mark.real("dbus-daemon", "dbusmock", "gdbus")

LOGIN1 = "org.freedesktop.login1"
ROOT = "/org/freedesktop/login1"
C1 = f"{ROOT}/session/c1"
SEAT = f"{ROOT}/seat/seat0"
SESSION = f"{LOGIN1}.Session"


def hint(system: MockBus, *, locked: bool, path: str = C1) -> None:
    system.ask(LOGIN1, path, f"{SESSION}.SetLockedHint", str(locked).lower())


def sleep(system: MockBus, *, begins: bool) -> None:
    system.emit(LOGIN1, ROOT, f"{LOGIN1}.Manager.PrepareForSleep", "b", f"[<{str(begins).lower()}>]")


def show(system: MockBus, name: str) -> None:
    """Give the screen to a session."""
    system.alter(LOGIN1, SEAT, f"{LOGIN1}.Seat", "ActiveSession", f"('{name}', objectpath '{ROOT}/session/{name}')")
    system.alter(LOGIN1, C1, SESSION, "Active", str(name == "c1").lower())


def elect(system: MockBus) -> None:
    """Make `c1` the session of this user that has the screen."""
    system.alter(LOGIN1, f"{ROOT}/user/{os.getuid()}", f"{LOGIN1}.User", "Display", f"('c1', objectpath '{C1}')")


@pytest.fixture
def locked(system: MockBus, monkeypatch: pytest.MonkeyPatch) -> MockBus:
    """A logind whose session is locked: once the signal has emitted the lock, it listens to everything."""
    monkeypatch.setenv("XDG_SESSION_ID", "c1")
    system.logind()
    system.session("c1")
    hint(system, locked=True)
    return system


def test_emits_the_lock_of_the_hint_also_one_from_before_watch(locked: MockBus) -> None:
    async def monitor() -> None:
        seen = Sightings()
        async with watched(Logind(), seen):
            await seen.expect("locked")
            hint(locked, locked=False)
            hint(locked, locked=True)
            await seen.expect("locked", "unlocked", "locked")

    asyncio.run(monitor())


def test_a_lock_request_and_its_hint_count_once(locked: MockBus) -> None:
    async def monitor() -> None:
        seen = Sightings()
        async with watched(Logind(), seen):
            await seen.expect("locked")
            hint(locked, locked=False)
            locked.ask(LOGIN1, C1, f"{SESSION}.Lock")
            hint(locked, locked=True)
            locked.ask(LOGIN1, C1, f"{SESSION}.Lock")
            locked.ask(LOGIN1, C1, f"{SESSION}.Unlock")
            hint(locked, locked=False)
            sleep(locked, begins=True)
            await seen.expect("locked", "unlocked", "locked", "unlocked", "suspended")

    asyncio.run(monitor())


def test_a_lock_request_counts_on_a_desktop_without_the_hint(locked: MockBus) -> None:
    async def monitor() -> None:
        seen = Sightings()
        async with watched(Logind(), seen):
            await seen.expect("locked")
            hint(locked, locked=False)
            locked.ask(LOGIN1, C1, f"{SESSION}.Lock")
            await seen.expect("locked", "unlocked", "locked")
            locked.ask(LOGIN1, C1, f"{SESSION}.Unlock")
            await seen.expect("locked", "unlocked", "locked", "unlocked")

    asyncio.run(monitor())


def test_a_requested_lock_ends_with_the_hint(locked: MockBus, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who types the password sends no request through logind."""
    monkeypatch.setattr(logind, "_UNCONFIRMED", 3600.0)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Logind(), seen):
            await seen.expect("locked")
            locked.ask(LOGIN1, C1, f"{SESSION}.Lock")
            hint(locked, locked=False)
            await seen.expect("locked", "unlocked")

    asyncio.run(monitor())


def test_an_unconfirmed_lock_expires(locked: MockBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logind, "_UNCONFIRMED", 0.05)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Logind(), seen):
            await seen.expect("locked")
            hint(locked, locked=False)
            locked.ask(LOGIN1, C1, f"{SESSION}.Lock")
            await seen.expect("locked", "unlocked", "locked", "unlocked")

    asyncio.run(monitor())


def test_sleep_is_delayed_until_it_was_emitted_and_again_after_waking(locked: MockBus) -> None:
    def held() -> bool:
        return "slowrise" in inhibitors(locked)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Logind(), seen):
            await seen.expect("locked")
            assert held()
            sleep(locked, begins=True)
            await seen.expect("locked", "suspended")
            assert held()
            await asyncio.to_thread(wait_until, lambda: not held(), "the release of the sleep lock")
            sleep(locked, begins=False)
            await seen.expect("locked", "suspended", "resumed")
            await asyncio.to_thread(wait_until, held, "the sleep lock")
        wait_until(lambda: not held(), "the release of the sleep lock")
        assert seen[1].at <= seen[2].at

    asyncio.run(monitor())


def test_another_user_on_the_screen_makes_this_one_unobserved(locked: MockBus) -> None:
    locked.session("c2", user=os.getuid() + 1)

    async def monitor() -> None:
        seen = Sightings()
        show(locked, "c1")
        async with watched(Logind(), seen):
            await seen.expect("locked")
            show(locked, "c2")
            await seen.expect("locked", "paused")
            show(locked, "c1")
            await seen.expect("locked", "paused", "unpaused")

    asyncio.run(monitor())


def test_a_greeter_is_a_lock_until_another_user_logs_in(locked: MockBus) -> None:
    locked.session("g1", user=os.getuid() + 2, kind="greeter")
    locked.session("c2", user=os.getuid() + 1)

    async def monitor() -> None:
        seen = Sightings()
        show(locked, "c1")
        async with watched(Logind(), seen):
            await seen.expect("locked")
            hint(locked, locked=False)
            await seen.expect("locked", "unlocked")
            show(locked, "g1")
            await seen.expect("locked", "unlocked", "locked")
            show(locked, "c2")
            await seen.expect("locked", "unlocked", "locked", "unlocked", "paused")

    asyncio.run(monitor())


def test_a_user_service_finds_the_session_on_the_screen(system: MockBus) -> None:
    system.logind()
    system.session("c1")
    hint(system, locked=True)
    elect(system)
    asyncio.run(is_told("locked"))


def test_a_session_of_another_user_is_ignored(system: MockBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_ID", "c9")
    system.logind()
    hint(system, locked=True, path=system.session("c9", user=os.getuid() + 1))

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Logind(), seen):
            await asyncio.to_thread(wait_until, lambda: "slowrise" in inhibitors(system), "the sleep lock")
            for _ in range(3):
                sleep(system, begins=True)
            await seen.expect("suspended")

    asyncio.run(monitor())


def test_a_session_that_begins_later_is_found(system: MockBus) -> None:
    system.logind()

    async def monitor() -> None:
        seen = Sightings()
        async with watched(Logind(), seen):
            await asyncio.to_thread(wait_until, lambda: "slowrise" in inhibitors(system), "the sleep lock")
            system.session("c1")
            hint(system, locked=True)
            elect(system)
            await new_session(system)
            await seen.expect("locked")

    asyncio.run(monitor())


async def new_session(system: MockBus) -> None:
    system.emit(LOGIN1, ROOT, f"{LOGIN1}.Manager.SessionNew", "so", f"[<'c1'>, <objectpath '{C1}'>]")


def test_the_end_of_the_session_is_a_loss(locked: MockBus) -> None:
    async def monitor() -> None:
        seen = Sightings()
        async with watched(Logind(), seen) as task:
            await seen.expect("locked")
            locked.emit(LOGIN1, ROOT, f"{LOGIN1}.Manager.SessionRemoved", "so", f"[<'c1'>, <objectpath '{C1}'>]")
            with pytest.raises(Lost, match="session"):
                await asyncio.wait_for(asyncio.shield(task), PATIENCE)
            assert seen.names == ["locked", "unlocked"]

    asyncio.run(monitor())


def test_messages_of_a_wrong_type_are_ignored(locked: MockBus) -> None:
    async def monitor() -> None:
        seen = Sightings()
        async with watched(Logind(), seen):
            await seen.expect("locked")
            locked.emit(LOGIN1, ROOT, f"{LOGIN1}.Manager.PrepareForSleep", "s", "[<'true'>]")
            locked.emit(LOGIN1, ROOT, f"{LOGIN1}.Manager.PrepareForSleep", "", "@av []")
            changed = "org.freedesktop.DBus.Properties.PropertiesChanged"
            locked.emit(LOGIN1, C1, changed, "sa{ss}as", f"[<'{SESSION}'>, <{{'LockedHint': 'no'}}>, <@as []>]")
            locked.emit(LOGIN1, C1, changed, "sa{sv}as", f"[<'{SESSION}'>, <{{'LockedHint': <'no'>}}>, <@as []>]")
            locked.emit(LOGIN1, C1, changed, "su", f"[<'{SESSION}'>, <uint32 3>]")
            sleep(locked, begins=True)
            await seen.expect("locked", "suspended")

    asyncio.run(monitor())


def test_reports_why_it_is_unavailable(system: MockBus, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="no logind"):
        asyncio.run(Logind().probe())
    system.close()
    with pytest.raises(Unavailable, match="does not answer"):
        asyncio.run(Logind().probe())
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "tcp:host=localhost,port=1")
    with pytest.raises(Unavailable, match="no Unix socket"):
        asyncio.run(Logind().probe())


def inhibitors(system: MockBus) -> str:
    return system.ask(LOGIN1, ROOT, f"{LOGIN1}.Manager.ListInhibitors")


async def is_told(*names: str) -> None:
    seen = Sightings()
    async with watched(Logind(), seen):
        await seen.expect(*names)
