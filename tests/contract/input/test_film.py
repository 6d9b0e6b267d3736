"""A program that keeps the screen on, on real compositors: what is seen of the user meanwhile is dated right.

Compositors with version 2 of ext-idle-notify-v1 show input under it, the others show none. Each test says which it is
for, and is left out on the others: Debian 12 and 13 have none of the first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from slowrise.adapters.input.wayland import WaylandIdle
from slowrise.adapters.input.wayland_display import Compositor
from slowrise.adapters.system.clock import boot_seconds
from support.film import Film
from support.input_sessions import RESOLUTION, InputSession, KWinSession, SwaySession
from support.mock_bus import Sightings
from support.source_helpers import SETTLED, watched

SLACK = 0.7
PATIENCE = 1.0
GLANCES = 0.6
HIDDEN_BY = PATIENCE + GLANCES + SLACK
"""Seconds after which an inhibitor is found at the latest."""

DESKS = [
    pytest.param(
        SwaySession, id="sway", marks=[pytest.mark.real("sway", "swaymsg"), pytest.mark.seen("sway", "inhibitor")]
    ),
    pytest.param(
        KWinSession,
        id="kwin",
        marks=[pytest.mark.real("kwin_wayland", "dbus-daemon"), pytest.mark.seen("Plasma", "inhibitor")],
    ),
]


@pytest.fixture(params=DESKS)
def session(
    request: pytest.FixtureRequest, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[InputSession]:
    with request.param(private_home, monkeypatch) as session:
        yield session


@pytest.fixture
def hides_input(session: InputSession) -> InputSession:
    if shows_input():
        pytest.xfail("this compositor shows input while the screen is kept on")
    return session


@pytest.fixture
def shown_input(session: InputSession) -> InputSession:
    if not shows_input():
        pytest.xfail("no version 2 of ext-idle-notify-v1 in this release: input is hidden while the screen is kept on")
    return session


def shows_input() -> bool:
    compositor = Compositor()
    compositor.close()
    return compositor.ignores_inhibitors


@asynccontextmanager
async def desk(seen: Sightings) -> AsyncGenerator[None]:
    source = WaylandIdle(resolution=RESOLUTION, glance_every=GLANCES, patience=PATIENCE)
    async with watched(source, seen):
        yield


def test_a_user_who_leaves_in_a_film_was_not_there_from_its_begin(hides_input: InputSession) -> None:
    async def evening() -> None:
        seen = Sightings()
        with Film() as film:
            async with desk(seen):
                await asyncio.to_thread(hides_input.touch)
                touched = boot_seconds()
                await asyncio.sleep(SETTLED)
                film.play()
                begun = boot_seconds()
                await seen.expect("active", "idle")
                unseen = seen[-1]
                assert unseen.unseen
                assert unseen.since is not None
                assert touched - SLACK <= unseen.since <= begun + SLACK
                assert unseen.at <= begun + HIDDEN_BY

                await asyncio.to_thread(hides_input.touch)
                await asyncio.sleep(RESOLUTION)
                assert len(seen) == 2, "the compositor shows nothing of that"

                film.stop()
                ended = boot_seconds()
                await seen.expect("active", "idle", "idle")
                shown = seen[-1]
                assert shown.since is not None
                assert not shown.unseen
                assert ended - SLACK <= shown.since <= ended + SLACK
                await asyncio.sleep(2 * RESOLUTION + PATIENCE)
                assert len(seen) == 3, "the end of a film is no input"

                await asyncio.to_thread(hides_input.touch)
                await seen.expect("active", "idle", "idle", "active", "idle")
                assert not seen[-1].unseen

    asyncio.run(evening())


def test_a_user_who_types_on_after_a_film_is_back_at_the_first_key(hides_input: InputSession) -> None:
    async def evening() -> None:
        seen = Sightings()
        with Film() as film:
            async with desk(seen):
                await asyncio.to_thread(hides_input.touch)
                film.play()
                await seen.expect("active", "idle")
                film.stop()
                await seen.expect("active", "idle", "idle")
                back = boot_seconds()
                await asyncio.to_thread(hides_input.touch)
                await seen.expect("active", "idle", "idle", "active")
                assert back <= seen[-1].at <= back + SLACK

    asyncio.run(evening())


def test_the_next_film_of_a_list_hides_input_again(hides_input: InputSession) -> None:
    async def evening() -> None:
        seen = Sightings()
        with Film() as film:
            async with desk(seen):
                await asyncio.to_thread(hides_input.touch)
                film.play()
                await seen.expect("active", "idle")
                film.stop()
                await seen.expect("active", "idle", "idle")
                film.play()
                begun = boot_seconds()
                await seen.until_count(4)
                # A compositor that takes the begin of a film for input has a touch of no length here, which is nothing.
                await seen.until_count(5 if seen[3].what == "active" else 4)
                unseen = seen[-1]
                assert (unseen.what, unseen.unseen) == ("idle", True)
                assert unseen.since is not None
                assert abs(unseen.since - begun) <= SLACK

    asyncio.run(evening())


def test_the_pause_in_a_film_is_told_and_so_is_the_film(shown_input: InputSession) -> None:
    async def evening() -> None:
        seen = Sightings()
        with Film() as film:
            async with desk(seen):
                film.play()
                await asyncio.to_thread(shown_input.touch)
                left = boot_seconds()
                await seen.expect("active", "idle", "inhibited")
                idle = seen[1]
                assert idle.since is not None
                assert not idle.unseen
                assert abs(idle.since - left) <= SLACK

                await asyncio.to_thread(shown_input.touch)
                left = boot_seconds()
                await seen.expect("active", "idle", "inhibited", "active", "idle")
                assert seen[-1].since is not None
                assert abs(seen[-1].since - left) <= SLACK

                film.stop()
                ended = boot_seconds()
                await seen.expect("active", "idle", "inhibited", "active", "idle", "uninhibited")
                assert ended - SLACK <= seen[-1].at <= ended + SLACK

                await asyncio.to_thread(shown_input.touch)
                await asyncio.sleep(RESOLUTION + PATIENCE + SLACK)
                assert seen.names[6:] == ["active", "idle"], "no film any more"

    asyncio.run(evening())
