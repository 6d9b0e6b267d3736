from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from slowrise.adapters.input.mutter import Mutter
from slowrise.adapters.system.clock import boot_seconds
from support.input_sessions import RESOLUTION, MutterSession
from support.mock_bus import Sightings
from support.source_helpers import SETTLED, repeated, watched

pytestmark = pytest.mark.real("mutter", "dbus-daemon", "dbusmock")

NAME, PATH = "org.gnome.SessionManager", "/org/gnome/SessionManager"
IDLE, ANYTHING_ELSE = 8, 4


@pytest.fixture
def session(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MutterSession]:
    with MutterSession(private_home, monkeypatch) as session:
        session.bus.mock(NAME, PATH, NAME, name=NAME)
        session.bus.ask(NAME, PATH, "AddProperty", NAME, "InhibitedActions", "<uint32 0>")
        yield session


def inhibit(session: MutterSession, actions: int) -> None:
    session.bus.ask(NAME, PATH, "UpdateProperties", NAME, f"{{'InhibitedActions': <uint32 {actions}>}}")


@pytest.mark.seen("GNOME", "inhibitor")
def test_reports_idle_while_an_inhibitor_is_held(session: MutterSession) -> None:
    async def film() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            for count in (1, 2):
                inhibit(session, IDLE)
                session.touch()
                await seen.expect(*("active", "idle") * count)
                active, idle = seen[-2:]
                assert idle.since is not None
                assert abs(idle.since - active.at) < SETTLED
                # The idle time restarts at zero then. A pause counted from there must not be emitted again.
                inhibit(session, 0)
                await asyncio.sleep(1.5 * RESOLUTION)
                assert seen.names == ["active", "idle"] * count, "letting go of an inhibitor is no input"

    asyncio.run(film())


@pytest.mark.parametrize(("begins", "lasts"), [(0.1, 0.6), (0.6, 0.6), (0.9, 1.5)])
def test_a_short_film_does_not_date_the_idle_late(session: MutterSession, begins: float, lasts: float) -> None:
    """Letting go of an inhibitor restarts mutter's idle time, so the pause that it reports begins there."""

    async def film() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            session.touch()
            left = boot_seconds()
            await asyncio.sleep(begins)
            inhibit(session, IDLE)
            await asyncio.sleep(lasts)
            inhibit(session, 0)
            await seen.expect("active", "idle")
            assert seen[-1].since is not None
            assert abs(seen[-1].since - left) < SETTLED

    asyncio.run(film())


def test_input_in_a_short_film_is_dated_to_the_reading(session: MutterSession) -> None:
    async def film() -> None:
        seen = Sightings()
        source = Mutter(resolution=RESOLUTION, poll=0.2)
        async with watched(source, seen):
            inhibit(session, IDLE)
            left = await repeated(session.touch, 2 * RESOLUTION, every=0.3)
            await asyncio.sleep(0.6)
            inhibit(session, 0)
            await seen.expect("active", "idle")
            assert seen[-1].since is not None
            assert abs(seen[-1].since - left) < SETTLED

    asyncio.run(film())


def test_an_inhibitor_of_another_action_changes_nothing(session: MutterSession) -> None:
    async def burning_a_disc() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            inhibit(session, ANYTHING_ELSE)
            session.touch()
            await seen.expect("active", "idle")

    asyncio.run(burning_a_disc())


def test_an_inhibitor_held_before_watch_counts(session: MutterSession) -> None:
    async def film() -> None:
        inhibit(session, IDLE)
        seen = Sightings()
        async with watched(session.source(), seen):
            session.touch()
            await seen.expect("active", "idle")

    asyncio.run(film())


def test_works_on_after_the_session_manager_ends(session: MutterSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            inhibit(session, IDLE)
            session.bus.end_services()
            session.touch()
            await seen.expect("active", "idle")

    asyncio.run(day())
