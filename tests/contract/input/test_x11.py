from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from slowrise.adapters.input import x11 as x11_idle
from slowrise.adapters.input.jitter import JUDGED_FOR
from slowrise.adapters.input.x11 import X11Idle
from slowrise.ports.probe import Lost
from support.desktop_programs import PATIENCE
from support.input_sessions import LULL, RESOLUTION, XSession, warp
from support.mock_bus import Sightings
from support.source_helpers import SETTLED, repeated, watched, work

pytestmark = pytest.mark.real("Xvfb", "xdotool", "xset")


@pytest.fixture
def session(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[XSession]:
    with XSession(private_home, monkeypatch) as session:
        yield session


def reset() -> None:
    """Reset the screen saver, as some video players do again and again."""
    subprocess.run(["xset", "s", "reset"], check=True, timeout=PATIENCE)


def test_a_reset_of_the_idle_time_does_not_end_a_long_absence(session: XSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            await work(session)
            await seen.expect("active", "idle")
            await asyncio.sleep(SETTLED)
            await repeated(reset, RESOLUTION, every=0.5)
            assert seen.names == ["active", "idle"]
            # On a loaded machine the listeners may not be ready yet.
            for place in range(100, 1000, 100):
                warp(place)
                with suppress(TimeoutError):
                    async with asyncio.timeout(2 * JUDGED_FOR):
                        await seen.expect("active", "idle", "active", "idle")
                        break
            await seen.expect("active", "idle", "active", "idle")
            assert seen[-1].since == seen[-2].at, "a warp is jitter"
            await work(session)
            await seen.expect(*("active", "idle") * 3)

    asyncio.run(day())


def test_a_short_silence_ends_with_the_first_input(session: XSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(X11Idle(resolution=0.5, short=30), seen):
            for count in (1, 2, 3):
                session.touch()
                await seen.expect(*("active", "idle") * count)

    asyncio.run(day())


def test_a_heartbeat_does_not_delay_a_long_absence(session: XSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(X11Idle(resolution=0.4, short=2), seen):
            await work(session)
            await seen.expect("active", "idle")
            await repeated(reset, 3, every=0.8)
            expect = len(seen)
            await repeated(reset, 2, every=0.8)
            assert len(seen) == expect

    asyncio.run(day())


def test_input_without_pauses_from_a_machine_becomes_idle(session: XSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(x11_idle, "_TO_SHOW", 2.0)

    async def day() -> None:
        seen = Sightings()
        async with watched(X11Idle(resolution=1, unbroken=1.5), seen):
            await work(session, 4.5)
            assert seen.names == ["active"], "a person who never pauses is one all the same"
            await repeated(reset, 5)
            assert seen.names == ["active", "idle"]

    asyncio.run(day())


def test_a_pause_that_has_begun_counts_as_a_lull(session: XSession) -> None:
    async def day() -> None:
        seen = Sightings()
        source = X11Idle(resolution=30, lull=LULL)
        async with watched(source, seen):
            session.touch()
            await seen.expect("active")
            await asyncio.sleep(2 * LULL)
            source.want_lull(True)
            await seen.expect("active", "lull")
            assert seen[1].since is not None
            assert abs(seen[1].since - seen[0].at) < LULL

    asyncio.run(day())


def test_want_lull_is_harmless_while_the_server_dies(session: XSession) -> None:
    async def day() -> None:
        source = session.source()
        async with watched(source, Sightings()) as task:
            session.close()
            source.want_lull(True)
            with pytest.raises(Lost):
                await asyncio.wait_for(task, PATIENCE)

    asyncio.run(day())


def test_x_servers_that_number_their_extensions_differently_are_watched_together(
    session: XSession, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = os.environ["DISPLAY"]
    with XSession(private_home, monkeypatch, "-extension", "MIT-SHM") as other_session:
        other = os.environ["DISPLAY"]

        async def day() -> None:
            seen = {display: Sightings() for display in (own, other)}
            sources = [X11Idle(resolution=RESOLUTION, short=RESOLUTION / 2, display=display) for display in seen]
            async with watched(sources[0], seen[own]), watched(sources[1], seen[other]):
                for display, touched in ((own, session), (other, other_session)):
                    monkeypatch.setenv("DISPLAY", display)
                    await work(touched)
                    await seen[display].expect("active", "idle")

        asyncio.run(day())
