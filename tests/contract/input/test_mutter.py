from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.dbus_stage import Told
from support.input_places import RESOLUTION, MutterDesk
from support.source_helpers import SETTLED, watched

pytestmark = pytest.mark.real("mutter", "dbus-daemon", "dbusmock")

NAME, PATH = "org.gnome.SessionManager", "/org/gnome/SessionManager"
IDLE, ANYTHING_ELSE = 8, 4


@pytest.fixture
def desk(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MutterDesk]:
    with MutterDesk(private_home, monkeypatch) as desk:
        desk.stage.mock(NAME, PATH, NAME, name=NAME)
        desk.stage.ask(NAME, PATH, "AddProperty", NAME, "InhibitedActions", "<uint32 0>")
        yield desk


def inhibit(desk: MutterDesk, actions: int) -> None:
    desk.stage.ask(NAME, PATH, "UpdateProperties", NAME, f"{{'InhibitedActions': <uint32 {actions}>}}")


def test_sees_a_pause_while_an_inhibitor_is_held(desk: MutterDesk) -> None:
    async def film() -> None:
        told = Told()
        async with watched(desk.source(), told):
            for count in (1, 2):
                inhibit(desk, IDLE)
                desk.touch()
                await told.so_far(*("active", "idle") * count)
                active, idle = told[-2:]
                assert idle.since is not None
                assert abs(idle.since - active.at) < SETTLED
                # The idle time goes to zero with it, and a pause counted from then is no news.
                inhibit(desk, 0)
                await asyncio.sleep(1.5 * RESOLUTION)
                assert told.whats == ["active", "idle"] * count, "letting go of an inhibitor is no input"

    asyncio.run(film())


def test_what_inhibits_something_else_changes_nothing(desk: MutterDesk) -> None:
    async def burning_a_disc() -> None:
        told = Told()
        async with watched(desk.source(), told):
            inhibit(desk, ANYTHING_ELSE)
            desk.touch()
            await told.so_far("active", "idle")

    asyncio.run(burning_a_disc())


def test_an_inhibitor_held_from_before_is_known(desk: MutterDesk) -> None:
    async def film() -> None:
        inhibit(desk, IDLE)
        told = Told()
        async with watched(desk.source(), told):
            desk.touch()
            await told.so_far("active", "idle")

    asyncio.run(film())


def test_outlives_the_session_manager(desk: MutterDesk) -> None:
    async def day() -> None:
        told = Told()
        async with watched(desk.source(), told):
            inhibit(desk, IDLE)
            desk.stage.end_services()
            desk.touch()
            await told.so_far("active", "idle")

    asyncio.run(day())
