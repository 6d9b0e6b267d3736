"""Films at any moment: the Wayland source on model compositors in virtual time, and what the rules make of it.

The models do as sway and KWin were seen to do (tests/contract/input/test_film.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowrise.adapters.input import wayland
from slowrise.adapters.system.resources import weights
from slowrise.core.model import events as e
from slowrise.daemon.virtual_time import VirtualLoop
from slowrise.history.replay import replay
from slowrise.ports.input import Sighting

RESOLUTION, EVERY, PATIENCE = 15.0, 60.0, 15.0
UNKNOWABLE = EVERY + PATIENCE + RESOLUTION
"""Seconds: a film that is shorter may not be found."""
SOON = 0.1
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Note:
    """An idle notification."""

    def __init__(self, seconds: float, idled: Callable[[], None], resumed: Callable[[], None], *, obeys: bool) -> None:
        self.seconds, self.idled, self.resumed, self.obeys = seconds, idled, resumed, obeys
        self.is_idle = False
        self.timer: asyncio.TimerHandle | None = None


class ModelCompositor:
    """`wakes`: it takes the begin of an inhibitor for input, as sway 1.10 does."""

    def __init__(self, *, ignores_inhibitors: bool, wakes: bool) -> None:
        self.ignores_inhibitors = ignores_inhibitors
        self._wakes = wakes
        self._notes: list[Note] = []
        self._inhibited = False

    def notify(
        self,
        seconds: float,
        *,
        idled: Callable[[], None] = lambda: None,
        resumed: Callable[[], None] = lambda: None,
        obeys_inhibitors: bool = False,
    ) -> Note:
        note = Note(seconds, idled, resumed, obeys=obeys_inhibitors or not self.ignores_inhibitors)
        self._notes.append(note)
        self._arm(note)
        return note

    def forget(self, note: Note) -> None:
        self._notes.remove(note)
        if note.timer:
            note.timer.cancel()

    def give_input(self) -> None:
        for note in self._obedient(also_others=True):
            if not (self._inhibited and note.obeys):
                self._wake(note)
                self._arm(note)

    def inhibit(self, *, on: bool) -> None:
        self._inhibited = on
        for note in self._obedient():
            if on and self._wakes:
                self._wake(note)
            if not note.is_idle:
                self._arm(note)

    def _obedient(self, *, also_others: bool = False) -> list[Note]:
        return [note for note in self._notes if note.obeys or also_others]

    def _wake(self, note: Note) -> None:
        if note.is_idle and note in self._notes:
            note.is_idle = False
            note.resumed()

    def _arm(self, note: Note) -> None:
        if note.timer:
            note.timer.cancel()
        if not (self._inhibited and note.obeys) and note in self._notes:
            note.timer = asyncio.get_running_loop().call_later(note.seconds, self._fall_idle, note)

    def _fall_idle(self, note: Note) -> None:
        note.is_idle = True
        note.idled()


class Seen:
    """What really happened, and what the source reported. All times are seconds."""

    def __init__(self) -> None:
        self.inputs: list[float] = []
        self.films: list[tuple[float, float]] = []
        self.sightings: list[Sighting] = []

    def last_input(self, at: float) -> float:
        return max(each for each in self.inputs if each <= at)

    def film_overlaps(self, begin: float, end: float) -> bool:
        return any(start < end and begin < stop for start, stop in self.films)


Part = tuple[str, float]
parts = st.lists(
    st.tuples(
        st.sampled_from(["work", "pause", "film", "film in which one works", "left in a film"]), st.floats(1, 400)
    ),
    min_size=1,
    max_size=6,
)


def lived(day: list[Part], *, ignores_inhibitors: bool, wakes: bool) -> Seen:
    """Live the parts one after another, each begun by a key."""
    seen = Seen()
    loop = VirtualLoop()

    async def live() -> None:
        compositor: Any = ModelCompositor(ignores_inhibitors=ignores_inhibitors, wakes=wakes)
        notifications = wayland._Notifications(compositor, seen.sightings.append, RESOLUTION, EVERY, PATIENCE)

        def key() -> None:
            seen.inputs.append(loop.time())
            compositor.give_input()

        await asyncio.sleep(1)
        for what, seconds in day:
            key()
            await asyncio.sleep(0.5)
            if "film" in what:
                begin = loop.time()
                compositor.inhibit(on=True)
                await (typing(key, seconds) if "works" in what else asyncio.sleep(seconds))
                compositor.inhibit(on=False)
                seen.films.append((begin, loop.time()))
                await asyncio.sleep(300 if "left" in what else 1)
            elif what == "work":
                await typing(key, seconds)
            else:
                await asyncio.sleep(seconds)
        key()
        await asyncio.sleep(2 * RESOLUTION)
        notifications.close()

    with pytest.MonkeyPatch.context() as patch, asyncio.Runner(loop_factory=lambda: loop) as runner:
        patch.setattr(wayland, "boot_seconds", loop.time)
        runner.run(live())
    return seen


async def typing(key: Callable[[], None], seconds: float) -> None:
    for _ in range(int(seconds)):
        key()
        await asyncio.sleep(1)


def idles(seen: Seen) -> list[tuple[Sighting, float]]:
    """Return each `idle` with its `since`."""
    return [(each, each.since) for each in seen.sightings if each.what == "idle" and each.since is not None]


@settings(deadline=None, max_examples=30)
@given(parts)
def test_where_input_is_shown_each_pause_is_dated_to_the_last_key(day: list[Part]) -> None:
    seen = lived(day, ignores_inhibitors=True, wakes=False)
    for idle, since in idles(seen):
        assert not idle.unseen
        assert abs(since - seen.last_input(idle.at)) <= SOON


@settings(deadline=None, max_examples=30)
@given(parts, st.booleans())
def test_where_input_is_hidden_a_pause_is_as_late_as_what_cannot_be_known(day: list[Part], wakes: bool) -> None:
    seen = lived(day, ignores_inhibitors=False, wakes=wakes)
    was_unseen = False
    for idle, since in idles(seen):
        last = seen.last_input(since + SOON)
        assert since >= last - SOON, "no pause begins before a key that was shown"
        if idle.unseen:
            assert seen.film_overlaps(since - SOON, idle.at), "only a film hides input"
        elif was_unseen:
            assert any(abs(since - end) <= SOON for _, end in seen.films), "it is shown again from the end of a film"
        elif seen.film_overlaps(last, since + SOON):
            assert since - last <= UNKNOWABLE + SOON
        else:
            assert since - last <= SOON
        was_unseen = idle.unseen


@settings(deadline=None, max_examples=30)
@given(parts, st.booleans())
def test_no_replay_takes_a_hidden_film_for_input(day: list[Part], wakes: bool) -> None:
    seen = lived(day, ignores_inhibitors=False, wakes=wakes)
    told: list[e.Event] = [e.Started(at=BEGIN)]
    for sighting in seen.sightings:
        at = BEGIN + timedelta(seconds=sighting.at)
        if sighting.what == "active":
            told.append(e.Active(at=at))
        elif sighting.since is not None:
            told.append(e.Idle(at=at, since=BEGIN + timedelta(seconds=sighting.since), unseen=sighting.unseen))
    concluded = replay([*told, e.Stopped(at=told[-1].at + timedelta(minutes=5))], weights())
    certain = [
        ((span.start - BEGIN).total_seconds(), (span.end - BEGIN).total_seconds())
        for span in concluded.spans
        if span.state == "sitting" and span.confidence == 1.0
    ]
    for begin, end in seen.films:
        believed = sum(max(min(stop, end) - max(start, begin), 0.0) for start, stop in certain)
        assert believed <= UNKNOWABLE + SOON
