"""A supervisor makes a source, watches it, makes it again when it was lost, and backs off when it keeps failing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from slowrise.daemon import supervisor
from slowrise.daemon.supervisor import Supervisor, Watchable
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost, Unavailable
from support.notices import until


class Thing:
    """Something to watch, which is lost when the test says so."""

    name = "thing"

    def __init__(self) -> None:
        self.lost = asyncio.Event()
        self.watched = 0

    async def watch(self, emit: Emit) -> None:
        self.watched += 1
        emit(Sighting("active", 0.0))
        await self.lost.wait()
        raise Lost("it went away")


class World:
    """Where things are made, or are not to be had."""

    def __init__(self) -> None:
        self.things: list[Thing] = []
        self.missing = False
        self.changes: list[Watchable | None] = []
        self.told: list[str] = []

    async def make(self) -> Thing:
        if self.missing:
            raise Unavailable("there is none")
        self.things.append(Thing())
        return self.things[-1]


@asynccontextmanager
async def followed(world: World) -> AsyncIterator[Supervisor]:
    follower = Supervisor(
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
    monkeypatch.setattr(supervisor, "FIRST_RETRY", 0.02)


def played(monitor: Callable[[World, Supervisor], object]) -> World:
    async def play() -> World:
        world = World()
        async with followed(world) as follower:
            await monitor(world, follower)  # type: ignore[misc]
        return world

    return asyncio.run(play())


def test_what_is_lost_is_made_again() -> None:
    async def monitor(world: World, follower: Supervisor) -> None:
        await until(lambda: world.things, "the first")
        world.things[0].lost.set()
        await until(lambda: len(world.things) == 2, "the second")
        await until(lambda: follower.watched is world.things[1], "it to be watched")
        assert follower.reason == ""

    world = played(monitor)
    assert world.changes == [world.things[0], None, world.things[1]]


def test_what_cannot_be_had_is_told_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def monitor(world: World, follower: Supervisor) -> None:
        world.missing = True
        await until(lambda: follower.reason == "there is none", "the reason")
        await asyncio.sleep(0.2)
        assert world.changes == [None]
        world.missing = False
        await until(lambda: follower.watched, "the thing")

    played(monitor)
    assert [record.message for record in caplog.records] == [
        "input is not available: there is none",
        "input is back: thing",
    ]


def test_to_restart_is_to_watch_the_same_anew() -> None:
    async def monitor(world: World, follower: Supervisor) -> None:
        await until(lambda: world.told, "the watching")
        follower.restart()
        await until(lambda: len(world.told) == 2, "the watching anew")
        assert world.things[0].watched == 2
        assert None not in world.changes

    assert len(played(monitor).things) == 1


def test_to_remake_is_to_watch_another_or_to_say_that_there_is_none() -> None:
    async def monitor(world: World, follower: Supervisor) -> None:
        await until(lambda: world.told, "the watching")
        follower.remake()
        await until(lambda: len(world.told) == 2, "another to be watched")
        assert follower.watched is world.things[1]
        world.missing = True
        follower.remake()
        await until(lambda: follower.reason == "there is none", "the reason")
        assert world.changes[-1] is None

    played(monitor)


def test_a_wish_for_another_is_not_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_RETRY", 3600.0)

    async def monitor(world: World, follower: Supervisor) -> None:
        world.missing = True
        await until(lambda: follower.reason, "the reason")
        world.missing = False
        follower.remake()
        await until(lambda: follower.watched, "the thing")

    played(monitor)


def test_what_is_lost_again_and_again_is_tried_more_and_more_rarely() -> None:
    async def monitor(world: World, follower: Supervisor) -> None:
        make = world.make

        async def short_lived() -> Thing:
            thing = await make()
            thing.lost.set()
            return thing

        follower._make = short_lived
        await asyncio.sleep(1.0)

    assert 3 <= len(played(monitor).things) <= 8  # 0.02 s, 0.04 s, 0.08 s ... between them; 50 at a steady pace


def test_what_comes_and_goes_is_said_to_do_so_and_no_more_until_it_stays(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervisor, "LAST_RETRY", 0.02)
    caplog.set_level(logging.INFO)

    async def monitor(world: World, follower: Supervisor) -> None:
        for last in [*[False] * 11, True]:
            await until(lambda: follower.watched and not world.things[-1].lost.is_set(), "the next")
            monkeypatch.setattr(supervisor, "LASTING", 0.1 if last else 3600.0)
            world.things[-1].lost.set()
        await until(lambda: "is back" in caplog.messages[-1] and len(caplog.messages) > 3, "it to have stayed")
        world.things[-1].lost.set()
        await until(lambda: len(caplog.messages) > 4, "the loss")

    played(monitor)
    assert caplog.messages[:5] == [
        "input is lost: it went away",
        "input is back: thing",
        "input keeps failing: it went away. Not logged again until it lasts",
        "input is back: thing",
        "input is lost: it went away",
    ]


def test_what_tells_without_end_is_left_in_peace(caplog: pytest.LogCaptureFixture) -> None:
    class Flood(Thing):
        async def watch(self, emit: Emit) -> None:
            while True:
                emit(Sighting("active", 0.0))
                await asyncio.sleep(0)

    class Flooded(World):
        async def make(self) -> Thing:
            self.things.append(Flood() if not self.things else Thing())
            return self.things[-1]

    async def play() -> Flooded:
        world = Flooded()
        async with followed(world) as follower:
            await until(lambda: len(world.things) == 2 and follower.watched, "another")
        return world

    world = asyncio.run(play())
    assert world.told == ["active"] * (supervisor.MOST + 1)
    assert world.changes == [world.things[0], None, world.things[1]]
    assert caplog.messages[0] == "input is lost: it reported 300 changes within 60 s"


def test_a_mistake_of_ours_is_shown_once_and_not_each_time_it_is_made(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervisor, "LAST_RETRY", 0.02)

    class Broken(Thing):
        async def watch(self, emit: Emit) -> None:
            emit(Sighting("active", 0.0))
            raise ZeroDivisionError

    class Broke(World):
        async def make(self) -> Thing:
            self.things.append(Broken())
            return self.things[-1]

    async def play() -> None:
        world = Broke()
        async with followed(world):
            await until(lambda: len(world.things) > 10, "many attempts")

    asyncio.run(play())
    assert sum("this is a bug" in line for line in caplog.messages) <= 2
    assert len(caplog.messages) <= 5
