"""The signals of a true day: locks, suspends, calls and inhibitors. Seconds since local midnight.

Edges are `(at, name)`. The input of the person ends a lock or suspend, and a sleeping machine sees no input. So this
module makes locks and suspends from the input, and removes the input that the machine did not see.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from simulator.day import Interval, Stay, at_desk, runs
from simulator.trace import RESOLUTION_S, Report

from literature.inputs import Strokes
from literature.people import Person, Rng

Edge = tuple[float, str]
EDGES = {"call": ("call-started", "call-ended"), "inhibitor": ("inhibited", "uninhibited")}
SHORTEST_S = 2.0
IDLE_SLEEP_S = 1800.0
LID_AFTER_S = 900.0
INHIBITS = {"SF": "film_inhibits", "SR": "read_inhibits", "TR": "read_inhibits"}
WAKES_BEFORE_S = 1.5
"""Seconds from the wake-up of the machine to the first input that it sees."""


def streams(person: Person, rng: Rng, stays: list[Stay]) -> tuple[list[Edge], list[Interval]]:
    """Return the edges of calls and inhibitors, and the periods in which the automatic lock is inhibited."""
    edges: list[Edge] = []
    inhibited: list[Interval] = []

    def hold(kind: str, start: float, end: float) -> None:
        if end - start > SHORTEST_S:
            edges.extend((at, name) for at, name in zip((start, end), EDGES[kind], strict=True))
            if kind == "inhibitor":
                inhibited.append((start, end))

    for stay in stays:
        if stay.state in ("SV", "TV"):
            start, end = stay.start + float(rng.uniform(0, 5)), stay.end + float(rng.uniform(0, 4))
            if person.happens(rng, "microphone"):
                hold("call", start, end)
            if person.happens(rng, "call_inhibits"):
                hold("inhibitor", start + 1, end)
        elif stay.state in INHIBITS and person.happens(rng, INHIBITS[stay.state]):
            hold("inhibitor", stay.start + 1, stay.end + float(rng.uniform(0, 4)))
    for kind, start, end in _left_on(person, rng, stays):
        hold(kind, start, end)
    return edges, inhibited


def _left_on(person: Person, rng: Rng, stays: list[Stay]) -> Iterator[tuple[str, float, float]]:
    """Yield music and microphones that the person left on."""
    begin, end = stays[0].start, stays[-1].start
    for chance, kind in (("music_left", "inhibitor"), ("microphone_left", "call")):
        if person.happens(rng, chance):
            start = float(rng.uniform(begin, end))
            lasts = 60 * person.habits.spread["music"].draw(rng)
            yield kind, start, min(start + lasts, stays[-1].end - 1)


def session(
    person: Person, rng: Rng, stays: list[Stay], made: Strokes, inhibited: list[Interval]
) -> tuple[list[Edge], Strokes]:
    """Return the edges of locks and suspends, and the input that the machine saw while awake."""
    begin, end = made
    locks, sleeps, keys = _by_hand(person, rng, stays)
    if keys:
        begin = np.concatenate((begin, keys))
        end = np.concatenate((end, keys))
        order = np.argsort(begin, kind="stable")
        begin, end = begin[order], end[order]
    present = np.zeros(len(begin), dtype=bool)
    for start, stop in runs(stays, at_desk):
        present |= (begin >= start) & (begin < stop)
    closing = stays[-1].end
    locks += _by_itself(60 * person.auto_lock if person.auto_lock else None, (begin, end), closing, inhibited)
    sleeps += _by_itself(IDLE_SLEEP_S if person.sleeps else None, (begin, end), closing, inhibited)
    edges: list[Edge] = []
    kept = np.ones(len(begin), dtype=bool)
    locked_until = awake_at = -np.inf
    for at, what in sorted([(at, "locked") for at in locks] + [(at, "suspended") for at in sleeps]):
        back = np.flatnonzero(present & (begin > at + 0.5))
        first = float(begin[back[0]]) if len(back) else np.inf
        if what == "locked" and at > locked_until and at >= awake_at:
            locked_until = first + float(rng.uniform(0.7, 4.5))
            edges.append((at, "locked"))
            if first < np.inf:
                edges.append((locked_until, "unlocked"))
        elif what == "suspended" and at > awake_at:
            awake_at = first - WAKES_BEFORE_S
            if awake_at - at < 5:
                awake_at = -np.inf
                continue
            edges.append((at, "suspended"))
            kept &= ~((begin > at) & (begin < first))
            if first < np.inf:
                edges.append((awake_at, "resumed"))
                if locked_until <= at:
                    edges.append((first + float(rng.uniform(0.5, 3)), "unlocked"))
    return edges, (begin[kept], end[kept])


def _by_hand(person: Person, rng: Rng, stays: list[Stay]) -> tuple[list[float], list[float], list[float]]:
    """Return when the person locks, when they close the lid, and the key presses of locks by keyboard."""
    locks: list[float] = []
    sleeps: list[float] = []
    keys: list[float] = []
    for start, end in runs(stays, lambda state: not at_desk(state)):
        last = end >= stays[-1].end
        if end - start > 60 and (person.happens(rng, "lock") or (last and rng.random() < 0.5)):
            locks.append(start)
            if person.lock_is_input:
                keys.append(start - 0.01)
        if end - start > LID_AFTER_S and person.laptop and person.happens(rng, "lid"):
            sleeps.append(start + float(rng.uniform(2, 60)))
    work = [stay for stay in stays if stay.state in ("SR", "SP") and stay.end - stay.start > 60]
    for name, found in (("privacy_lock", locks), ("lid_seated", sleeps)):
        if work and rng.random() < person.habits.amount[name]:
            stay = work[rng.integers(len(work))]
            found.append(stay.start + float(rng.uniform(1, 20)))
    return locks, sleeps, keys


def _by_itself(after: float | None, made: Strokes, closing: float, inhibited: list[Interval]) -> list[float]:
    """Return when the machine locks or sleeps: `after` seconds without input, unless it is inhibited then."""
    if after is None:
        return []
    begin, end = made
    due = [float(since) + after for since in end[np.append(begin[1:], closing) - end > after]]
    return [at for at in due if not any(start <= at < stop for start, stop in inhibited)]


def report(seen: Strokes, edges: list[Edge], begins: float, over: float) -> list[Report]:
    """Return the events that the daemon would record between `begins` and `over`."""
    found: list[Report] = [(begins, "started", None)]
    sleeps = sorted(at for at, name in edges if name == "suspended")
    begin, end = seen
    kept = (begin > begins) & (begin < over)
    begin, end = begin[kept], end[kept]
    if len(begin):
        splits = np.flatnonzero(begin[1:] - end[:-1] >= RESOLUTION_S)
        firsts, lasts = begin[np.append(0, splits + 1)], end[np.append(splits, len(end) - 1)]
        nap = 0
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            found.append((first, "active", None))
            at = last + RESOLUTION_S
            while nap < len(sleeps) and sleeps[nap] < first:
                nap += 1
            if at < over and not (nap < len(sleeps) and sleeps[nap] < at):
                found.append((at, "idle", last))
    found += [(at, name, None) for at, name in edges if begins < at < over]
    found.append((over, "stopped", None))
    return sorted(found, key=lambda event: event[0])


def postures(declare: float, rng: np.random.Generator, stays: list[Stay]) -> list[Edge]:
    """Return the changes of posture that the person declares; some are forgotten."""
    edges: list[Edge] = []
    for start, end in runs(stays, lambda state: state.startswith("T")):
        if rng.random() < declare:
            edges.append((start + float(rng.uniform(1, 8)), "standing"))
            if rng.random() < declare:
                edges.append((end + float(rng.uniform(1, 8)), "sitting"))
    return edges
