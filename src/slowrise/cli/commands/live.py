"""The live line of `slowrise run` on a terminal."""

from __future__ import annotations

import asyncio
import shutil
import sys
from typing import TYPE_CHECKING

from slowrise.cli.views.status import Ticker, status_line

if TYPE_CHECKING:
    from slowrise.daemon.requests import Requests

EVERY = 5.0
"""Seconds between two looks, on a terminal only, where somebody may be looking."""


async def live_line(requests: Requests) -> None:
    """Show one line, renewed every so often, until cancelled."""
    ticker = Ticker(sys.stderr)
    try:
        while True:
            ticker.show(status_line(requests.status(), requests.daemon.stamp()), shutil.get_terminal_size().columns)
            await asyncio.sleep(EVERY)
    finally:
        ticker.clear()
