"""A daemon with a simulated outside: the clock, the source and the notifier are the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, TypeVar

from slowrise.adapters.notify.console import ConsoleNotifier
from slowrise.adapters.system.clock import Clock
from slowrise.adapters.system.paths import Paths
from slowrise.config import config as c
from slowrise.config.parse import parse
from slowrise.daemon.app import App
from slowrise.daemon.daemon import Parts
from slowrise.daemon.supervisor import Watchable
from slowrise.daemon.virtual_time import VirtualClock, VirtualLoop
from slowrise.history.monitor import Monitor
from slowrise.ports.input import Source
from slowrise.ports.ledger import Archive
from slowrise.ports.notifier import Notifier
from support import ledgers

T = TypeVar("T")


def simulated(
    clock: Clock,
    make_source: Callable[[], Source],
    *,
    config: c.Config | None = None,
    ledger: Archive | None = None,
    notifier: Notifier | None = None,
    monitor: Monitor | None = None,
    paths: Paths | None = None,
    signals: Sequence[Watchable] = (),
    changed: Callable[[], None] = lambda: None,
) -> App:
    """Build a daemon that has no signals, stores in memory and shows on the console, unless told otherwise."""
    settings = config or parse("")
    shown_by = notifier or ConsoleNotifier()

    async def make(_: c.SourceSettings) -> Source:
        return make_source()

    async def the_same(_: c.NotificationSettings) -> Notifier:
        return shown_by

    def made(signal: Watchable) -> Callable[[], Coroutine[Any, Any, Watchable]]:
        async def make_signal() -> Watchable:
            return signal

        return make_signal

    parts = Parts(
        config=settings,
        clock=clock,
        ledger=ledger or ledgers.in_memory(),
        make_source=make,
        make_signals=tuple((signal.name, made(signal)) for signal in signals),
        make_notifier=the_same,
        read_config=lambda: settings,
    )
    return App(parts, shown_by, monitor, paths=paths, changed=changed)


def run_virtually(start: datetime, live: Callable[[VirtualClock], Coroutine[Any, Any, T]]) -> T:
    """Run it in virtual time whose wall clock shows `start` at the beginning."""
    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(live(VirtualClock(loop, start)))
