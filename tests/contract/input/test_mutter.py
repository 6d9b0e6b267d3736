from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.dbus_stage import Sightings
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


def test_reports_idle_while_an_inhibitor_is_held(desk: MutterDesk) -> None:
    async def film() -> None:
        seen = Sightings()
        async with watched(desk.source(), seen):
            for count in (1, 2):
                inhibit(desk, IDLE)
                desk.touch()
                await seen.expect(*("active", "idle") * count)
                active, idle = seen[-2:]
                assert idle.since is not None
                assert abs(idle.since - active.at) < SETTLED
                # The idle time restarts at zero then. A pause counted from there must not be emitted again.
                inhibit(desk, 0)
                await asyncio.sleep(1.5 * RESOLUTION)
                assert seen.names == ["active", "idle"] * count, "letting go of an inhibitor is no input"

    asyncio.run(film())


def test_an_inhibitor_of_another_action_changes_nothing(desk: MutterDesk) -> None:
    async def burning_a_disc() -> None:
        seen = Sightings()
        async with watched(desk.source(), seen):
            inhibit(desk, ANYTHING_ELSE)
            desk.touch()
            await seen.expect("active", "idle")

    asyncio.run(burning_a_disc())


def test_an_inhibitor_held_before_watch_counts(desk: MutterDesk) -> None:
    async def film() -> None:
        inhibit(desk, IDLE)
        seen = Sightings()
        async with watched(desk.source(), seen):
            desk.touch()
            await seen.expect("active", "idle")

    asyncio.run(film())


def test_works_on_after_the_session_manager_ends(desk: MutterDesk) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(desk.source(), seen):
            inhibit(desk, IDLE)
            desk.stage.end_services()
            desk.touch()
            await seen.expect("active", "idle")

    asyncio.run(day())
