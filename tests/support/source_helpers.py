"""Run a source in a test and give it input."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Source
from support.input_sessions import InputSession
from support.mock_bus import Sightings

SETTLED = 0.4
"""Seconds after which a source is ready: to watch, or to see a return."""


@asynccontextmanager
async def watched(source: Source, seen: Sightings) -> AsyncGenerator[asyncio.Task[None]]:
    """Run the source until the block ends. The block begins when the source is ready."""
    task = asyncio.create_task(source.watch(seen))
    try:
        await asyncio.sleep(SETTLED)
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def repeated(give: Callable[[], object], seconds: float, every: float = 0.1) -> float:
    """Call `give` repeatedly for this many seconds and return the boot time of the last call."""
    end = boot_seconds() + seconds
    while boot_seconds() < end:
        await asyncio.to_thread(give)
        await asyncio.sleep(every)
    await asyncio.to_thread(give)
    return boot_seconds()


async def work(session: InputSession, seconds: float = 1.3) -> float:
    """Give input for this many seconds and return the boot time of the last one."""
    return await repeated(session.touch, seconds)
