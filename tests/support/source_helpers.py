"""A source at work in a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.input import Source
from support.dbus_stage import Told
from support.input_places import Desk

SETTLED = 0.4
"""Seconds after which a source that begins to watch or to wait for a return does so."""


@asynccontextmanager
async def watched(source: Source, told: Told) -> AsyncGenerator[asyncio.Task[None]]:
    """The source at work, settled, until the end."""
    task = asyncio.create_task(source.watch(told))
    try:
        await asyncio.sleep(SETTLED)
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def repeated(give: Callable[[], object], seconds: float, every: float = 0.1) -> float:
    """Give something again and again for so long; when it was last given."""
    end = boot_seconds() + seconds
    while boot_seconds() < end:
        await asyncio.to_thread(give)
        await asyncio.sleep(every)
    await asyncio.to_thread(give)
    return boot_seconds()


async def work(desk: Desk, seconds: float = 1.3) -> float:
    """Give input for a while; when the last was given."""
    return await repeated(desk.touch, seconds)
