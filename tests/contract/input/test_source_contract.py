"""What every source does, each on the real thing it watches."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from slowrise.adapters.system.clock import boot_seconds
from slowrise.ports.probe import Lost, Unavailable
from support.dbus_stage import Told
from support.input_places import (
    LULL,
    PATIENCE,
    RESOLUTION,
    AlarmsOnlyDesk,
    Desk,
    KWinDesk,
    MutterDesk,
    PynputDesk,
    SwayDesk,
    TerminalDesk,
    XDesk,
)
from support.source_helpers import SETTLED, repeated, watched, work

SLACK = 0.7
"""Seconds an input may take from the hand to us on a busy machine."""


def on(desk: type[Desk], name: str, *parts: str) -> object:
    return pytest.param(desk, id=name, marks=pytest.mark.real(*parts))


DESKS = [
    on(XDesk, "x11_idle", "Xvfb", "xdotool"),
    on(AlarmsOnlyDesk, "x11_idle-alarms-only", "Xvfb", "xdotool"),
    on(PynputDesk, "pynput", "Xvfb", "xdotool"),
    on(SwayDesk, "wayland_idle-sway", "sway", "swaymsg"),
    on(KWinDesk, "wayland_idle-kwin", "kwin_wayland", "dbus-daemon"),
    on(MutterDesk, "mutter", "mutter", "dbus-daemon"),
    pytest.param(TerminalDesk, id="terminal"),
]


@pytest.fixture
def desk(request: pytest.FixtureRequest, private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with request.param(private_home, monkeypatch) as desk:
        yield desk


every_source = pytest.mark.parametrize("desk", DESKS, indirect=True)


def held() -> tuple[int, int]:
    """How many threads and descriptors this process has."""
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


def switches() -> int:
    """How often any thread of this process has gone to sleep by itself."""
    tasks = Path("/proc/self/task").glob("*/status")
    lines = (line for task in tasks for line in task.read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))


@every_source
def test_tells_active_and_idle_in_turn_and_sleeps_through_the_rest(desk: Desk) -> None:
    async def day() -> None:
        told = Told()
        async with watched(desk.source(), told):
            assert not told, "nobody has been there yet"

            before = boot_seconds()
            last = await work(desk)
            await told.so_far("active", "idle")
            active, idle = told
            assert before <= active.at <= before + SLACK
            assert idle.since is not None
            assert last - desk.blur - SLACK <= idle.since <= last + desk.blur + SLACK
            assert active.at <= idle.since <= idle.at

            await asyncio.sleep(SETTLED)
            # A single touch is a stretch of under a second, and so it can be told from a person.
            before = boot_seconds()
            await asyncio.to_thread(desk.touch)
            await told.so_far("active", "idle", "active", "idle")
            _, _, active, idle = told
            assert before <= active.at <= before + SLACK
            assert idle.since is not None
            assert -SLACK <= idle.since - active.at < 1

            await asyncio.sleep(RESOLUTION)
            before_sleep = switches()
            await asyncio.sleep(2)
            # This sleep is one, and another stands for the reading.
            assert switches() - before_sleep <= 2

    asyncio.run(day())


@every_source
def test_a_lull_is_told_once_a_pause_and_only_while_it_is_wanted(desk: Desk) -> None:
    async def day() -> None:
        told = Told()
        source = desk.source()
        async with watched(source, told):
            touches: list[tuple[float, float]] = []

            def touch() -> None:
                begin = boot_seconds()
                desk.touch()
                touches.append((begin, boot_seconds()))

            source.want_lull(True)
            last = await repeated(touch, 1.3)
            await told.until("idle")
            active, *lulls, idle = told
            assert (active.what, idle.what) == ("active", "idle")
            assert {each.what for each in lulls} == {"lull"}
            # A touch that took long on a busy machine leaves a pause before it.
            for before, after in pairwise(lulls):
                assert any(before.at < end and begin < after.at for begin, end in touches)
            lull = lulls[-1]
            assert lull.since is not None
            assert last - desk.blur - SLACK <= lull.since <= lull.at - LULL + SLACK

            source.want_lull(False)
            await work(desk)
            source.want_lull(True)
            await told.so_far(*told.whats[: len(lulls) + 2], "active", "lull", "idle")

    asyncio.run(day())


@every_source
def test_says_when_its_peer_is_lost_and_works_again_when_it_is_back(desk: Desk) -> None:
    async def day() -> None:
        source, told = desk.source(), Told()
        async with watched(source, told) as task:
            desk.close()
            with pytest.raises(Lost):
                await asyncio.wait_for(task, PATIENCE)
        with pytest.raises(Lost):
            await asyncio.wait_for(source.watch(told), PATIENCE)
        with pytest.raises(Unavailable) as refusal:
            await desk.source().probe()
        assert refusal.value.reason
        assert refusal.value.fix
        assert not told

        desk.open()
        for again in (source, desk.source()):
            told.clear()
            async with watched(again, told):
                async with asyncio.timeout(PATIENCE):
                    while not told:
                        await asyncio.to_thread(desk.touch)
                        await asyncio.sleep(0.1)
                assert told[0].what == "active"

    asyncio.run(day())


@every_source
def test_leaves_nothing_behind_when_cancelled(desk: Desk) -> None:
    async def days() -> None:
        source = desk.source()
        counts = []
        for _ in range(4):
            async with watched(source, Told()):
                desk.touch()
            counts.append(held())
        # What the test before has left may end meanwhile; more must not come of it.
        threads, files = zip(*counts, strict=True)
        assert (max(threads), max(files)) == counts[0]

    asyncio.run(days())


LEAVING = """
import asyncio, importlib, sys
module, name = sys.argv[1:]
source = getattr(importlib.import_module(module), name)(resolution=0.3)

async def main():
    task = asyncio.create_task(source.watch(print))
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.wait([task])

asyncio.run(main())
"""


@every_source
def test_a_process_that_has_watched_ends_cleanly(desk: Desk) -> None:
    source = type(desk.source())
    ended = subprocess.run(
        [sys.executable, "-c", LEAVING, source.__module__, source.__name__],
        env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
