"""The input of each true state, with heavy-tailed pauses. Seconds since local midnight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from simulator.day import Stay, at_desk

from literature.people import Person, Rng, Spread

Floats = NDArray[np.float64]
Strokes = tuple[Floats, Floats]
"""Starts and ends of strokes, in order of time."""
CLICK_S = 0.1
"""A single click."""


def strokes(person: Person, rng: Rng, stays: list[Stay]) -> Strokes:
    """Return every stroke of a day: work at the desk, a last touch before leaving, and knocks on the empty desk."""
    begins: list[Floats] = []
    ends: list[Floats] = []
    arrived = True
    for stay, after in zip(stays, [*stays[1:], None], strict=True):
        if not at_desk(stay.state) or stay.state == "AM":
            begin, length = _knocks(person, rng, stay) if stay.state != "OFF" else (np.empty(0), np.empty(0))
            arrived = True
        else:
            begin, length = _work(person, rng, stay, arrived=arrived)
            arrived = False
            if (after is None or not at_desk(after.state) or after.state == "AM") and person.happens(rng, "farewell"):
                begin, length = _with_farewell(person, rng, stay, begin, length)
        begins.append(begin)
        ends.append(begin + length)
    begin, end = np.concatenate(begins), np.concatenate(ends)
    return begin, np.minimum(end, np.append(begin[1:], np.inf))


def _work(person: Person, rng: Rng, stay: Stay, *, arrived: bool) -> Strokes:
    lasts = stay.end - stay.start
    first = min(person.habits.spread["settle_s"].draw(rng), lasts) if arrived else None
    mode = stay.state[1]
    if mode == "V" and person.happens(rng, "listens"):
        mode = "F"
    gaps = _gaps(person, rng, mode, lasts)
    if first is None:
        first = float(gaps[0] * rng.random())
    at = stay.start + first + np.concatenate(([0.0], np.cumsum(gaps[1:])))
    at = at[at < stay.end]
    return at, _lengths(person, rng, mode, np.diff(at, append=stay.end))


def _gaps(person: Person, rng: Rng, mode: str, lasts: float) -> Floats:
    """Return more pauses between inputs than `lasts` seconds of the mode hold."""
    spread, amount = person.habits.spread, person.habits.amount
    if mode == "A":
        n = int(lasts) + 2
        most = amount["pareto_most_s"] ** -amount["pareto"]
        return (1 - rng.random(n) * (1 - most)) ** (-1 / amount["pareto"])
    if mode == "P":
        return rng.exponential(amount["passive_gap_s"], int(lasts / amount["passive_gap_s"] * 3) + 12)
    typical = spread[{"R": "read_gap_s", "V": "call_gap_s", "F": "film_gap_s"}[mode]]
    return _log_normal(rng, typical, int(lasts / typical.median * 3) + 12)


def _log_normal(rng: Rng, spread: Spread, n: int) -> Floats:
    drawn = spread.median * np.exp(spread.log_sd * rng.standard_normal(n))
    return np.clip(drawn, spread.least, spread.most)


def _lengths(person: Person, rng: Rng, mode: str, room: Floats) -> Floats:
    """Return the length of each stroke, never into the next. A stroke while not typing is often a single click."""
    length = np.minimum(_log_normal(rng, person.habits.spread["stroke_s"], len(room)), 0.9 * room)
    if mode != "A":
        length[rng.random(len(room)) < person.habits.chance["click"]] = CLICK_S
    return length


def _with_farewell(person: Person, rng: Rng, stay: Stay, begin: Floats, length: Floats) -> Strokes:
    last = max(stay.start, stay.end - float(rng.uniform(2, 20)))
    kept = begin < last
    begin = np.append(begin[kept], last)
    room = np.diff(begin, append=stay.end)
    return begin, np.minimum(np.append(length[kept], _lengths(person, rng, "R", room[-1:])), room)


def _knocks(person: Person, rng: Rng, stay: Stay) -> Strokes:
    """Return the movements of a knocked table, each up to half a second."""
    n = rng.poisson(person.bumps_h * (stay.end - stay.start) / 3600)
    begin = np.sort(rng.uniform(stay.start, stay.end, n))
    return begin, rng.uniform(0, 0.5, n)
