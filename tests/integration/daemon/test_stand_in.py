"""A source that stands in for a lost one goes when that is back: a terminal sees nothing of a desktop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.clock import FastClock
from slowrise.adapters.system.resources import read_guidance
from slowrise.config import config as c
from slowrise.daemon.daemon import Daemon, Parts
from slowrise.ports.input import Emit, Source
from slowrise.ports.notifier import Notifier
from slowrise.ports.probe import Lost
from support.person import MONDAY, config

SPEED = 3600.0
"""A heartbeat is a sixtieth of a second."""


class Watched:
    """A source that watches until what it watches dies."""

    resolution = 15.0

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

    async def best(self, _: c.Source) -> Source:
        return self.compositor or self.terminal


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - the daemon tells nobody which source it has
            await asyncio.sleep(0.005)


def test_the_compositor_is_watched_again_once_it_is_back() -> None:
    async def day() -> None:
        async def console(_: object) -> Notifier:
            return ConsoleNotifier()

        desktop = Desktop()
        parts = Parts(
            config=config(),
            clock=FastClock(MONDAY, SPEED),
            ledger=SqliteLedger.in_memory(),
            notifier=ConsoleNotifier(),
            guidance=read_guidance(),
            make_source=desktop.best,
            make_signals=(),
            make_notifier=console,
            make_guidance=read_guidance,
            reread=config,
        )
        daemon = Daemon(parts, None)
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

    asyncio.run(day())
