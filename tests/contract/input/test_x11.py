from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from slowrise.adapters.input import x11 as x11_idle
from slowrise.adapters.input.jitter import JUDGED_FOR
from slowrise.adapters.input.x11 import X11Idle
from slowrise.ports.probe import Lost
from support.dbus_stage import Told
from support.input_places import LULL, PATIENCE, RESOLUTION, XDesk, warp
from support.source_helpers import SETTLED, repeated, watched, work

pytestmark = pytest.mark.real("Xvfb", "xdotool", "xset")


@pytest.fixture
def desk(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[XDesk]:
    with XDesk(private_home, monkeypatch) as desk:
        yield desk


def reset() -> None:
    """What some video players send again and again."""
    subprocess.run(["xset", "s", "reset"], check=True, timeout=PATIENCE)


def test_what_only_resets_the_idle_time_ends_no_long_absence(desk: XDesk) -> None:
    async def day() -> None:
        told = Told()
        async with watched(desk.source(), told):
            await work(desk)
            await told.so_far("active", "idle")
            await asyncio.sleep(SETTLED)
            await repeated(reset, RESOLUTION, every=0.5)
            assert told.whats == ["active", "idle"]
            # On a loaded machine the ears may only be opening yet.
            for place in range(100, 1000, 100):
                warp(place)
                with suppress(TimeoutError):
                    async with asyncio.timeout(2 * JUDGED_FOR):
                        await told.so_far("active", "idle", "active", "idle")
                        break
            await told.so_far("active", "idle", "active", "idle")
            assert told[-1].since == told[-2].at, "a warp is a twitch"
            await work(desk)
            await told.so_far(*("active", "idle") * 3)

    asyncio.run(day())


def test_a_short_silence_ends_with_the_first_input(desk: XDesk) -> None:
    async def day() -> None:
        told = Told()
        async with watched(X11Idle(resolution=0.5, short=30), told):
            for count in (1, 2, 3):
                desk.touch()
                await told.so_far(*("active", "idle") * count)

    asyncio.run(day())


def test_a_heartbeat_does_not_put_a_long_absence_off(desk: XDesk) -> None:
    async def day() -> None:
        told = Told()
        async with watched(X11Idle(resolution=0.4, short=2), told):
            await work(desk)
            await told.so_far("active", "idle")
            await repeated(reset, 3, every=0.8)
            so_far = len(told)
            await repeated(reset, 2, every=0.8)
            assert len(told) == so_far

    asyncio.run(day())


def test_a_machine_that_never_pauses_is_found_out(desk: XDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(x11_idle, "_TO_SHOW", 2.0)

    async def day() -> None:
        told = Told()
        async with watched(X11Idle(resolution=1, unbroken=1.5), told):
            await work(desk, 4.5)
            assert told.whats == ["active"], "a person who never pauses is one all the same"
            await repeated(reset, 5)
            assert told.whats == ["active", "idle"]

    asyncio.run(day())


def test_a_pause_that_has_begun_counts_as_a_lull(desk: XDesk) -> None:
    async def day() -> None:
        told = Told()
        source = X11Idle(resolution=30, lull=LULL)
        async with watched(source, told):
            desk.touch()
            await told.so_far("active")
            await asyncio.sleep(2 * LULL)
            source.want_lull(True)
            await told.so_far("active", "lull")
            assert told[1].since is not None
            assert abs(told[1].since - told[0].at) < LULL

    asyncio.run(day())


def test_a_wish_in_the_moment_of_loss_harms_nothing(desk: XDesk) -> None:
    async def day() -> None:
        source = desk.source()
        async with watched(source, Told()) as task:
            desk.close()
            source.want_lull(True)
            with pytest.raises(Lost):
                await asyncio.wait_for(task, PATIENCE)

    asyncio.run(day())
