from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from slowrise.adapters.signals.screensaver import ScreenSaver
from slowrise.ports.probe import Unavailable
from support.mock_bus import MockBus, Sightings, end, watched

pytestmark = pytest.mark.real("dbus-daemon", "dbusmock", "gdbus")

FREEDESKTOP = "org.freedesktop.ScreenSaver"
GNOME = "org.gnome.ScreenSaver"
PATHS = ("/org/freedesktop/ScreenSaver", "/ScreenSaver")

UP_FROM_THE_BEGINNING = """
BUS_NAME = MAIN_IFACE = "org.mate.ScreenSaver"
MAIN_OBJ = "/"
SYSTEM_BUS = False


def load(mock, parameters):
    mock.AddMethod(MAIN_IFACE, "GetActive", "", "b", "ret = True")
"""


def kde(session: MockBus, *, active: bool) -> subprocess.Popen[bytes]:
    """A screen saver with one interface on two paths, as KDE has."""
    mock = session.mock(FREEDESKTOP, PATHS[0], FREEDESKTOP, name=FREEDESKTOP)
    answer = f"('GetActive', '', 'b', 'ret = {active}')"
    session.ask(FREEDESKTOP, PATHS[0], "AddMethods", FREEDESKTOP, f"[{answer}]")
    session.ask(FREEDESKTOP, PATHS[0], "AddObject", PATHS[1], FREEDESKTOP, "@a{sv} {}", f"[{answer}]")
    return mock


def turn(session: MockBus, *, active: bool) -> None:
    for path in PATHS:
        session.emit(FREEDESKTOP, path, f"{FREEDESKTOP}.ActiveChanged", "b", f"[<{str(active).lower()}>]")


def test_a_change_sent_from_two_paths_counts_once(session: MockBus) -> None:
    kde(session, active=True)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(ScreenSaver(), seen):
            await seen.expect("locked")
            turn(session, active=False)
            turn(session, active=True)
            turn(session, active=False)
            await seen.expect("locked", "unlocked", "locked", "unlocked")

    asyncio.run(monitor())


def test_a_screen_saver_may_start_later_and_its_death_unlocks(session: MockBus) -> None:
    kde(session, active=True)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(ScreenSaver(), seen):
            await seen.expect("locked")
            turn(session, active=False)
            await seen.expect("locked", "unlocked")
            gnome = session.mock("--template", "gnome_screensaver", name=GNOME)
            session.ask(GNOME, "/org/gnome/ScreenSaver", f"{GNOME}.SetActive", "true")
            await seen.expect("locked", "unlocked", "locked")
            await asyncio.to_thread(end, gnome)
            await seen.expect("locked", "unlocked", "locked", "unlocked")

    asyncio.run(monitor())


@pytest.mark.parametrize("path", PATHS)
def test_either_path_alone_suffices(session: MockBus, path: str) -> None:
    kde(session, active=False)
    session.ask(FREEDESKTOP, path, "AddMethod", FREEDESKTOP, "GetActive", "", "b", "ret = True")

    async def monitor() -> None:
        seen = Sightings()
        async with watched(ScreenSaver(), seen):
            await seen.expect("locked")
            session.emit(FREEDESKTOP, path, f"{FREEDESKTOP}.ActiveChanged", "b", "[<false>]")
            session.emit(FREEDESKTOP, path, f"{FREEDESKTOP}.ActiveChanged", "b", "[<true>]")
            await seen.expect("locked", "unlocked", "locked")

    asyncio.run(monitor())


def test_a_screen_saver_that_starts_locked_is_asked(session: MockBus, tmp_path: Path) -> None:
    template = tmp_path / "mate.py"
    template.write_text(UP_FROM_THE_BEGINNING)
    kde(session, active=True)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(ScreenSaver(), seen):
            await seen.expect("locked")
            turn(session, active=False)
            await seen.expect("locked", "unlocked")
            session.mock("--template", str(template), name="org.mate.ScreenSaver")
            await seen.expect("locked", "unlocked", "locked")

    asyncio.run(monitor())


def test_messages_of_a_wrong_type_change_nothing(session: MockBus) -> None:
    kde(session, active=True)

    async def monitor() -> None:
        seen = Sightings()
        async with watched(ScreenSaver(), seen):
            await seen.expect("locked")
            for path in PATHS:
                session.emit(FREEDESKTOP, path, f"{FREEDESKTOP}.ActiveChanged", "s", "[<'false'>]")
                session.emit(FREEDESKTOP, path, f"{FREEDESKTOP}.ActiveChanged", "bb", "[<false>, <false>]")
            turn(session, active=False)
            turn(session, active=True)
            await seen.expect("locked", "unlocked", "locked")

    asyncio.run(monitor())


def test_reports_a_missing_session_bus() -> None:
    with pytest.raises(Unavailable, match="session bus does not answer"):
        asyncio.run(ScreenSaver().probe())
