"""The contract of every source, tested on the real display servers, bus and terminals."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.probe import Lost, Unavailable
from support.desktop_programs import PATIENCE
from support.input_sessions import (
    LULL,
    RESOLUTION,
    InputSession,
    KWinSession,
    MutterSession,
    PynputSession,
    SwaySession,
    TerminalSession,
    XSession,
    XSessionWithoutRecord,
)
from support.mock_bus import Sightings
from support.source_helpers import SETTLED, repeated, watched, work

SLACK = 0.7
"""Seconds that an input may take to reach the source on a busy machine."""


def on(session: type[InputSession], name: str, *parts: str, marks: Sequence[pytest.MarkDecorator] = ()) -> object:
    return pytest.param(session, id=name, marks=[pytest.mark.real(*parts), *marks])


DESKS = [
    on(XSession, "x11_idle", "Xvfb", "xdotool", marks=[pytest.mark.seen("X11", "input", "idle", "dated")]),
    on(XSessionWithoutRecord, "x11_idle-alarms-only", "Xvfb", "xdotool"),
    on(PynputSession, "pynput", "Xvfb", "xdotool"),
    on(SwaySession, "wayland_idle-sway", "sway", "swaymsg", marks=[pytest.mark.seen("sway", "input", "idle", "dated")]),
    on(
        KWinSession,
        "wayland_idle-kwin",
        "kwin_wayland",
        "dbus-daemon",
        marks=[pytest.mark.seen("Plasma", "input", "idle", "dated")],
    ),
    on(MutterSession, "mutter", "mutter", "dbus-daemon", marks=[pytest.mark.seen("GNOME", "input", "idle", "dated")]),
    pytest.param(TerminalSession, id="terminal", marks=[pytest.mark.seen("terminal", "input", "idle", "dated")]),
]


@pytest.fixture
def session(
    request: pytest.FixtureRequest, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[InputSession]:
    with request.param(private_home, monkeypatch) as session:
        yield session


every_source = pytest.mark.parametrize("session", DESKS, indirect=True)


def held() -> tuple[int, int]:
    """Return the number of threads and of descriptors of this process."""
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


def switches() -> int:
    """Return how often the threads of this process have gone to sleep voluntarily."""
    tasks = Path("/proc/self/task").glob("*/status")
    lines = (line for task in tasks for line in task.read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))


@every_source
def test_emits_active_and_idle_in_turn_and_sleeps_in_between(session: InputSession) -> None:
    async def day() -> None:
        seen = Sightings()
        async with watched(session.source(), seen):
            assert not seen, "there was no input yet"

            before = boot_seconds()
            last = await work(session)
            await seen.expect("active", "idle")
            active, idle = seen
            assert before <= active.at <= before + SLACK
            assert idle.since is not None
            assert last - session.tolerance - SLACK <= idle.since <= last + session.tolerance + SLACK
            assert active.at <= idle.since <= idle.at

            await asyncio.sleep(SETTLED)
            # One touch is a burst of under a second, so the engine can distinguish it from a person.
            before = boot_seconds()
            await asyncio.to_thread(session.touch)
            await seen.expect("active", "idle", "active", "idle")
            _, _, active, idle = seen
            assert before <= active.at <= before + SLACK
            assert idle.since is not None
            assert -SLACK <= idle.since - active.at < 1

            await asyncio.sleep(RESOLUTION)
            before_sleep = switches()
            await asyncio.sleep(2)
            # One for this sleep, and one for reading the count.
            assert switches() - before_sleep <= 2

    asyncio.run(day())


@every_source
def test_emits_one_lull_a_pause_and_only_while_wanted(session: InputSession) -> None:
    async def day() -> None:
        seen = Sightings()
        source = session.source()
        async with watched(source, seen):
            touches: list[tuple[float, float]] = []

            def touch() -> None:
                begin = boot_seconds()
                session.touch()
                touches.append((begin, boot_seconds()))

            source.want_lull(True)
            last = await repeated(touch, 1.3)
            await seen.until("idle")
            active, *lulls, idle = seen
            assert (active.what, idle.what) == ("active", "idle")
            assert {each.what for each in lulls} == {"lull"}
            # On a busy machine a touch may take long, and then there is a pause before it.
            for before, after in pairwise(lulls):
                assert any(before.at < end and begin < after.at for begin, end in touches)
            lull = lulls[-1]
            assert lull.since is not None
            assert last - session.tolerance - SLACK <= lull.since <= lull.at - LULL + SLACK

            source.want_lull(False)
            await work(session)
            source.want_lull(True)
            await seen.expect(*seen.names[: len(lulls) + 2], "active", "lull", "idle")

    asyncio.run(day())


@every_source
def test_raises_lost_without_its_peer_and_works_again_with_it(session: InputSession) -> None:
    async def day() -> None:
        source, seen = session.source(), Sightings()
        async with watched(source, seen) as task:
            session.close()
            with pytest.raises(Lost):
                await asyncio.wait_for(task, PATIENCE)
        with pytest.raises(Lost):
            await asyncio.wait_for(source.watch(seen), PATIENCE)
        with pytest.raises(Unavailable) as refusal:
            await session.source().probe()
        assert refusal.value.reason
        assert refusal.value.fix
        assert not seen

        session.open()
        for again in (source, session.source()):
            seen.clear()
            async with watched(again, seen):
                async with asyncio.timeout(PATIENCE):
                    while not seen:
                        await asyncio.to_thread(session.touch)
                        await asyncio.sleep(0.1)
                assert seen[0].what == "active"

    asyncio.run(day())


@every_source
def test_leaves_nothing_behind_when_cancelled(session: InputSession) -> None:
    async def days() -> None:
        source = session.source()
        counts = []
        for _ in range(4):
            async with watched(source, Sightings()):
                session.touch()
            counts.append(held())
        # Threads of the test before may end meanwhile, so the numbers may fall but not rise.
        threads, files = zip(*counts, strict=True)
        assert (max(threads), max(files)) == counts[0]

    asyncio.run(days())


LEAVING = """
import asyncio, importlib, sys
module, name = sys.argv[1:]
source = getattr(importlib.import_module(module), name)(resolution=0.3)

async def main():
    # What is seen does not matter: a test beside this one may type on a terminal of the same user.
    task = asyncio.create_task(source.watch(lambda _: None))
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.wait([task])

asyncio.run(main())
"""


@every_source
def test_a_process_exits_cleanly_after_watch(session: InputSession) -> None:
    source = type(session.source())
    ended = subprocess.run(
        [sys.executable, "-c", LEAVING, source.__module__, source.__name__],
        env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
