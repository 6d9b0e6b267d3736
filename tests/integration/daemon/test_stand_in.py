"""A source that stands in for a lost one is replaced when that is back: a terminal sees nothing of a desktop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from slowrise.daemon.virtual_time import VirtualClock
from slowrise.ports.input import Emit, Source
from slowrise.ports.probe import Lost
from support.person import MONDAY
from support.simulated_daemon import run_virtually, simulated


class Watched:
    """A source that watches until what it watches dies."""

    resolution = 15.0
    displays = ()
    unseen = ()

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead = asyncio.Event()

    async def watch(self, _: Emit) -> None:
        await self.dead.wait()
        raise Lost("it went away")

    def want_lull(self, wanted: bool) -> None:
        pass


class Desktop:
    """A compositor that can die and come back, and a terminal that is always there."""

    def __init__(self) -> None:
        self.compositor: Watched | None = None
        self.terminal = Watched("terminal")
        self.begin()

    def begin(self) -> None:
        self.compositor = Watched("wayland_idle")

    def die(self) -> None:
        dying, self.compositor = self.compositor, None
        assert dying
        dying.dead.set()

    def best(self) -> Source:
        return self.compositor or self.terminal


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(3600):
        while not true():  # noqa: ASYNC110 - the daemon reports to nobody which source it has
            await asyncio.sleep(1)


def test_the_compositor_is_watched_again_once_it_is_back() -> None:
    async def day(clock: VirtualClock) -> None:
        desktop = Desktop()
        daemon = simulated(clock, desktop.best).daemon
        running = asyncio.ensure_future(daemon.run())

        def watched_is(name: str) -> Callable[[], bool]:
            return lambda: daemon.source.watched is not None and daemon.source.watched.name == name

        await until(watched_is("wayland_idle"))
        for _ in range(2):
            desktop.die()
            await until(watched_is("terminal"))
            desktop.begin()
            await until(watched_is("wayland_idle"))
        daemon.stop()
        await running

    run_virtually(MONDAY, day)
