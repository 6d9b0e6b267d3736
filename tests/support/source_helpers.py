"""Watch with a source in a test, and give it input."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Source
from support.dbus_stage import Sightings
from support.input_places import Desk

SETTLED = 0.4
"""Seconds after which a source is ready: to watch, or to see a return."""


@asynccontextmanager
async def watched(source: Source, seen: Sightings) -> AsyncGenerator[asyncio.Task[None]]:
    """Watch with the source until the block ends, beginning when the source is ready."""
    task = asyncio.create_task(source.watch(seen))
    try:
        await asyncio.sleep(SETTLED)
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def repeated(give: Callable[[], object], seconds: float, every: float = 0.1) -> float:
    """Call `give` again and again for this many seconds; return the time of the last call."""
    end = boot_seconds() + seconds
    while boot_seconds() < end:
        await asyncio.to_thread(give)
        await asyncio.sleep(every)
    await asyncio.to_thread(give)
    return boot_seconds()


async def work(desk: Desk, seconds: float = 1.3) -> float:
    """Give input for a while; return the time of the last input."""
    return await repeated(desk.touch, seconds)
