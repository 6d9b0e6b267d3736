"""Several displays are one source: active while any is, idle since the latest input of all."""

from __future__ import annotations

import asyncio
from typing import Self

import pytest

from slowrise.adapters.input.lull import LullSwitch
from slowrise.adapters.input.together import Together
from slowrise.adapters.system.desktop import Display, LoginSession, missing
from slowrise.ports.input import Emit, Sighting
from slowrise.ports.probe import Lost


class Screen(LullSwitch):
    """A display whose input is the test's."""

    name = "x11_idle"

    async def watch(self, emit: Emit) -> None:
        self.emit = emit
        self.lost = asyncio.Event()
        await self.lost.wait()
        raise Lost("it went away")


class Desk:
    """Two displays that are watched together."""

    def __init__(self) -> None:
        self.one, self.other = Screen(), Screen()
        self.together = Together(self.one, [self.other], displays=(":0", ":1"), unseen=())
        self.seen: list[Sighting] = []

    async def __aenter__(self) -> Self:
        self.watching = asyncio.ensure_future(self.together.watch(self.seen.append))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.watching.cancel()
        await asyncio.gather(self.watching, return_exceptions=True)


def test_input_moves_from_one_display_to_the_other() -> None:
    async def day() -> list[Sighting]:
        async with Desk() as desk:
            desk.one.emit(Sighting("active", 10.0))
            desk.other.emit(Sighting("active", 20.0))
            desk.one.emit(Sighting("idle", 40.0, 25.0))
            desk.other.emit(Sighting("idle", 60.0, 45.0))
            desk.one.emit(Sighting("active", 90.0))
            desk.one.emit(Sighting("idle", 120.0, 105.0))
            return desk.seen

    assert asyncio.run(day()) == [
        Sighting("active", 10.0),
        Sighting("idle", 60.0, 45.0),
        Sighting("active", 90.0),
        Sighting("idle", 120.0, 105.0),
    ]


def test_a_film_that_hides_the_input_of_one_display_hides_it() -> None:
    async def day() -> list[Sighting]:
        async with Desk() as desk:
            desk.one.emit(Sighting("active", 10.0))
            desk.one.emit(Sighting("idle", 40.0, 25.0, unseen=True))
            desk.other.emit(Sighting("active", 50.0))
            desk.other.emit(Sighting("idle", 80.0, 65.0))
            desk.one.emit(Sighting("idle", 99.0, 90.0))
            return desk.seen[1:]

    assert asyncio.run(day()) == [
        Sighting("idle", 40.0, 25.0, unseen=True),
        Sighting("active", 50.0),
        Sighting("idle", 80.0, 65.0, unseen=True),
        Sighting("idle", 99.0, 90.0),
    ]


def test_a_lull_is_one_of_all_displays() -> None:
    async def day() -> list[Sighting]:
        async with Desk() as desk:
            desk.one.emit(Sighting("active", 10.0))
            desk.other.emit(Sighting("active", 11.0))
            desk.one.emit(Sighting("lull", 20.0, 15.0))
            desk.other.emit(Sighting("lull", 23.0, 18.0))
            return desk.seen[1:]

    assert asyncio.run(day()) == [Sighting("lull", 23.0, 18.0)]


def test_another_display_that_ends_leaves_the_rest_watched() -> None:
    async def day() -> list[str]:
        async with Desk() as desk:
            desk.one.emit(Sighting("active", 10.0))
            desk.other.emit(Sighting("active", 11.0))
            desk.other.lost.set()
            await asyncio.sleep(0.01)
            desk.one.emit(Sighting("idle", 1e9, 1e9))
            assert not desk.watching.done()
            desk.one.lost.set()
            with pytest.raises(Lost):
                await desk.watching
            return [sighting.what for sighting in desk.seen]

    assert asyncio.run(day()) == ["active", "idle"]


X0, X1, WAYLAND = Display("x11", ":0.0"), Display("x11", ":1"), Display("wayland", "wayland-1")


@pytest.mark.parametrize(
    ("sessions", "found", "gnome", "names"),
    [
        ([("1", "x11", ":0")], [X0], False, []),
        ([("1", "x11", ":0"), ("2", "x11", ":10")], [X0, X1], False, [":10"]),
        ([("1", "wayland", "")], [WAYLAND], False, []),
        ([("1", "wayland", ""), ("2", "wayland", "")], [WAYLAND], False, ["session 2"]),
        ([("1", "wayland", "")], [], True, []),
        ([("1", "wayland", "")], [], False, ["session 1"]),
    ],
)
def test_a_session_without_a_display_that_is_known_is_named(
    sessions: list[tuple[str, str, str]], found: list[Display], gnome: bool, names: list[str]
) -> None:
    assert missing([LoginSession(*each) for each in sessions], found, has_gnome=gnome) == names  # type: ignore[arg-type]
