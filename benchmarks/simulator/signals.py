"""The signals of a true day: locks, suspends, calls and inhibitors. Seconds since local midnight.

Edges are `(at, name)`. The input of the person ends a lock or suspend, and a sleeping machine sees no input. So this
module makes locks and suspends from the input, and removes the input that the machine did not see.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from simulator.day import Interval, Stay, at_desk, runs, sessions
from simulator.inputs import TOUCH_S, Stroke, phantoms, streams_behind_lock
from simulator.people import Person, Rng

Edge = tuple[float, str]
EDGES = {"call": ("call-started", "call-ended"), "inhibitor": ("inhibited", "uninhibited")}
SHORTEST_S = 2.0
EDGE_S = 20.0
"""A call or film begins and ends within this of the hands, before or after them."""
IDLE_SLEEP_S = 1800.0
LID_AFTER_S = 900.0
ABSENT_S = 60.0
LOCKS = ((1800.0, "lock_for_half_hour"), (600.0, "lock_for_long"), (ABSENT_S, "lock"), (0.0, ""))
"""The chance of a lock by hand at an absence longer than so many seconds."""
WAKES_BEFORE_S = 1.5
"""Seconds from the wake-up of the machine to the first input that it sees."""


def streams(person: Person, rng: Rng, stays: list[Stay]) -> tuple[list[Edge], list[Interval]]:
    """Return the edges of calls and inhibitors, and the periods in which the automatic lock is inhibited."""
    held = [
        (kind, start, end)
        for source in (_calls, _films, _slides, _music)
        for kind, start, end in source(person, rng, stays)
        if end - start > SHORTEST_S
    ]
    edges = [edge for kind, start, end in held for edge in zip((start, end), EDGES[kind], strict=True)]
    return edges, [(start, end) for kind, start, end in held if kind == "inhibitor"]


def _near(rng: Rng, at: float) -> float:
    return at + float(rng.uniform(-EDGE_S, EDGE_S))


def _calls(person: Person, rng: Rng, stays: list[Stay]) -> Iterator[tuple[str, float, float]]:
    for begin, finish in sessions(stays, "call", "listening"):
        start, end = _near(rng, begin), _near(rng, finish)
        if person.happens(rng, "microphone"):
            yield "call", start, end
        if person.happens(rng, "call_inhibits"):
            yield "inhibitor", start + float(rng.uniform(0, 3)), end + float(rng.uniform(-1, 2))
    for start, end in _left_on(person, rng, stays, "microphone_left"):
        yield "call", start, end


def _films(person: Person, rng: Rng, stays: list[Stay]) -> Iterator[tuple[str, float, float]]:
    """Yield the inhibitors of films. A film may be over long before the person touches anything."""
    for begin, finish in sessions(stays, "film"):
        if person.happens(rng, "film_inhibits"):
            over = finish - float(rng.uniform(EDGE_S, 300)) if person.happens(rng, "film_over_early") else finish
            yield "inhibitor", _near(rng, begin), _near(rng, over)


def _slides(person: Person, rng: Rng, stays: list[Stay]) -> Iterator[tuple[str, float, float]]:
    for stay in stays:
        if stay.state in ("SR", "TR") and person.happens(rng, "read_inhibits"):
            yield "inhibitor", _near(rng, stay.start), _near(rng, stay.end)


def _music(person: Person, rng: Rng, stays: list[Stay]) -> Iterator[tuple[str, float, float]]:
    """Yield the inhibitors of a music player, which some people pause when they leave."""
    absences = [(a, b) for a, b in runs(stays, lambda state: not at_desk(state)) if b - a > ABSENT_S]
    for start, end in _left_on(person, rng, stays, "music"):
        now = start
        for left, back in absences:
            if now < left < end and person.happens(rng, "music_paused"):
                yield "inhibitor", now, left - float(rng.uniform(0, EDGE_S))
                now = back + float(rng.uniform(0, EDGE_S))
        yield "inhibitor", now, end


def _left_on(person: Person, rng: Rng, stays: list[Stay], name: str) -> Iterator[Interval]:
    """Yield when something is on for hours, whatever the person does. It begins while they are at the desk."""
    there = [stay for stay in stays if stay.state in ("SA", "SR", "TA", "TR")]
    for _ in range(person.times(rng, name) if there else 0):
        stay = there[rng.integers(len(there))]
        start = float(rng.uniform(stay.start, stay.end))
        yield start, min(start + 60 * person.habits.spread["music"].draw(rng), stays[-1].end - 1)


def session(
    person: Person, rng: Rng, stays: list[Stay], made: list[Stroke], inhibited: list[Interval]
) -> tuple[list[Edge], list[Stroke]]:
    """Return the edges of locks and suspends, and the input that the machine saw while awake."""
    locks, sleeps, more = _by_hand(person, rng, stays)
    made = sorted(made + more)
    closing = stays[-1].end
    locks += _by_itself(60 * person.auto_lock if person.auto_lock else None, made, closing, inhibited)
    sleeps += _by_itself(IDLE_SLEEP_S if person.sleeps else None, made, closing, inhibited)
    edges: list[Edge] = []
    asleep: list[Interval] = []
    locked_until = awake_at = float("-inf")
    for at, what in sorted([(at, "locked") for at in locks] + [(at, "suspended") for at in sleeps]):
        first = next((stroke.start for stroke in made if stroke.by_person and stroke.start > at + 0.5), float("inf"))
        if what == "locked" and at > locked_until and at >= awake_at:
            locked_until = first + float(rng.uniform(0.7, 4.5))
            edges.append((at, "locked"))
            if first <= closing:
                edges.append((locked_until, "unlocked"))
        elif what == "suspended" and at > awake_at and first - WAKES_BEFORE_S - at >= 5:
            awake_at = first - WAKES_BEFORE_S
            asleep.append((at, awake_at))
            edges.append((at, "suspended"))
            if first <= closing:
                if not person.happens(rng, "resume_lost"):
                    edges.append((awake_at, "resumed"))
                if locked_until <= at:
                    edges.append((first + float(rng.uniform(0.5, 3)), "unlocked"))
    seen = [part for stroke in made for part in _awake(stroke, asleep)]
    seen += [part for touch in phantoms(person, rng, seen, closing) for part in _awake(touch, asleep)]
    return edges, sorted(seen)


def _awake(stroke: Stroke, asleep: list[Interval]) -> Iterator[Stroke]:
    """Yield the part of a stroke before the machine falls asleep, or nothing if it begins in its sleep."""
    for sleeps, wakes in asleep:
        if sleeps < stroke.start < wakes:
            return
        if stroke.start <= sleeps < stroke.end:
            yield stroke._replace(end=sleeps)
            return
    yield stroke


def _by_hand(person: Person, rng: Rng, stays: list[Stay]) -> tuple[list[float], list[float], list[Stroke]]:
    """Return when the person locks, when they close the lid, and the input that comes with a lock.

    That is the key press of a lock by keyboard, and what moves the mouse behind the lock.
    """
    locks = [stay.start + float(rng.uniform(0, 3)) for stay in stays if stay.session == "locked"]
    sleeps = [stay.start + float(rng.uniform(0.5, 8)) for stay in stays if stay.session == "lid"]
    more: list[Stroke] = []
    for start, end in runs(stays, lambda state: not at_desk(state)):
        lasts = end - start
        name = next(name for least, name in LOCKS if lasts > least)
        if person.locks and name and person.happens(rng, name):
            at = start + float(rng.uniform(0, 10))
            locks.append(at)
            more += streams_behind_lock(person, rng, start, min(end, stays[-1].start))
            if person.lock_is_input:
                more.append(Stroke(at - 0.3, at - 0.3 + float(rng.uniform(*TOUCH_S))))
        lid = "lid_closed" if lasts > LID_AFTER_S else "lid_closed_briefly"
        if person.laptop and lasts > ABSENT_S and person.happens(rng, lid):
            sleeps.append(start + float(rng.uniform(2, 60)))
    return locks, sleeps, more


def _by_itself(after: float | None, made: list[Stroke], closing: float, inhibited: list[Interval]) -> list[float]:
    """Return when the machine locks or sleeps: `after` seconds without input, but not before an inhibitor ends."""
    if after is None:
        return []
    found: list[float] = []
    for before, next_one in pairwise([*made, Stroke(closing, closing)]):
        at = before.end + after
        for start, stop in sorted(inhibited):
            if start <= at < stop:
                at = stop
        if at < next_one.start:
            found.append(at)
    return found
