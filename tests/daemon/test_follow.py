"""What comes and goes is followed: made, watched, lost, made again, and left in peace where it will not stay."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from real.notices import until
from slowrise import follow
from slowrise.follow import Follower, Watchable
from slowrise.ports import Lost, Sighting, Tell, Unavailable


class Thing:
    """Something to watch, which is lost when the test says so."""

    name = "thing"

    def __init__(self) -> None:
        self.lost = asyncio.Event()
        self.watched = 0

    async def watch(self, tell: Tell) -> None:
        self.watched += 1
        tell(Sighting("active", 0.0))
        await self.lost.wait()
        raise Lost("it went away")


class World:
    """Where things are made, or are not to be had."""

    def __init__(self) -> None:
        self.things: list[Thing] = []
        self.missing = False
        self.changes: list[Watchable | None] = []
        self.told: list[str] = []

    def make(self) -> Thing:
        if self.missing:
            raise Unavailable("there is none")
        self.things.append(Thing())
        return self.things[-1]


@asynccontextmanager
async def followed(world: World) -> AsyncIterator[Follower]:
    follower = Follower(
        "input", world.make, lambda sighting: world.told.append(sighting.what), changed=world.changes.append
    )
    running = asyncio.ensure_future(follower.run())
    try:
        yield follower
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "FIRST_RETRY", 0.02)


def played(story: Callable[[World, Follower], object]) -> World:
    async def play() -> World:
        world = World()
        async with followed(world) as follower:
            await story(world, follower)  # type: ignore[misc]
        return world

    return asyncio.run(play())


def test_what_is_lost_is_made_again() -> None:
    async def story(world: World, follower: Follower) -> None:
        await until(lambda: world.things, "the first")
        world.things[0].lost.set()
        await until(lambda: len(world.things) == 2, "the second")
        await until(lambda: follower.watched is world.things[1], "it to be watched")
        assert follower.why == ""

    world = played(story)
    assert world.changes == [world.things[0], None, world.things[1]]


def test_what_cannot_be_had_is_told_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def story(world: World, follower: Follower) -> None:
        world.missing = True
        await until(lambda: follower.why == "there is none", "the reason")
        await asyncio.sleep(0.2)
        assert world.changes == [None]
        world.missing = False
        await until(lambda: follower.watched, "the thing")

    played(story)
    assert [record.message for record in caplog.records] == ["input is not here: there is none", "input is back: thing"]


def test_to_restart_is_to_watch_the_same_anew() -> None:
    async def story(world: World, follower: Follower) -> None:
        await until(lambda: world.told, "the watching")
        follower.restart()
        await until(lambda: len(world.told) == 2, "the watching anew")
        assert world.things[0].watched == 2
        assert None not in world.changes

    assert len(played(story).things) == 1


def test_to_remake_is_to_watch_another_or_to_say_that_there_is_none() -> None:
    async def story(world: World, follower: Follower) -> None:
        await until(lambda: world.told, "the watching")
        follower.remake()
        await until(lambda: len(world.told) == 2, "another to be watched")
        assert follower.watched is world.things[1]
        world.missing = True
        follower.remake()
        await until(lambda: follower.why == "there is none", "the reason")
        assert world.changes[-1] is None

    played(story)


def test_a_wish_for_another_is_not_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "FIRST_RETRY", 3600.0)

    async def story(world: World, follower: Follower) -> None:
        world.missing = True
        await until(lambda: follower.why, "the reason")
        world.missing = False
        follower.remake()
        await until(lambda: follower.watched, "the thing")

    played(story)


def test_what_is_lost_again_and_again_is_tried_more_and_more_rarely() -> None:
    async def story(world: World, follower: Follower) -> None:
        make = world.make

        def short_lived() -> Thing:
            thing = make()
            thing.lost.set()
            return thing

        follower._make = short_lived
        await asyncio.sleep(1.0)

    assert 3 <= len(played(story).things) <= 8  # 0.02 s, 0.04 s, 0.08 s ... between them; 50 at a steady pace
