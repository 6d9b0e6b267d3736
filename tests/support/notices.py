"""Example notices, and a notifier that is closed at the end of a block."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from slowrise.adapters.notify.freedesktop import FreedesktopNotifier
from slowrise.ports.notifier import Button, Notice, Urgency
from slowrise.ports.probe import Unavailable

BUTTONS = (
    Button("standing-up", "I'm getting up"),
    Button("snooze", "5 more minutes"),
    Button("standing", "At my standing desk"),
)

PROMPT = Notice(
    kind="sit-soft",
    title="30 min of sitting. Get up slowly when you are ready.",
    body="Scoot forward, feet flat, push with your hands, pause.",
    buttons=BUTTONS,
    stays=True,
)

FIRM = PROMPT._replace(kind="sit-firm", title="An hour of sitting", urgency=Urgency.CRITICAL)


@asynccontextmanager
async def freedesktop(*, sound: bool = False) -> AsyncIterator[FreedesktopNotifier]:
    notifier = FreedesktopNotifier(sound=sound)
    try:
        yield notifier
    finally:
        await notifier.close()


async def until(true: Callable[[], object], what: str, *, patience: float = 20.0) -> None:
    """Wait until the condition holds. Fail with `what` after `patience` seconds."""
    end = asyncio.get_running_loop().time() + patience
    while not true():
        assert asyncio.get_running_loop().time() < end, f"waited {patience:.0f} s for: {what}"
        await asyncio.sleep(0.02)


async def settled(notifier: FreedesktopNotifier) -> None:
    """Wait until the notifier has handled every signal that the service has sent so far."""
    with suppress(Unavailable):
        await notifier.server()  # Its answer arrives after every earlier signal.
    for _ in range(20):
        await asyncio.sleep(0)
