"""The input of each true state. Seconds since local midnight.

Hands work in runs: a stroke is input without a pause of 15 s, which is the resolution of the trace. Pauses between
strokes are heavy-tailed. A click or key press of a person lasts 0.05 s or more. A touch by the machine has no length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from simulator.day import Stay, runs, sessions, works
from simulator.people import Person, Rng

SHORTEST_PAUSE_S = 15.0
TOUCH_S = (0.05, 0.25)
"""How long a click or a key press lasts in what a source reports."""
BUMP_S = (0.05, 0.5)
STREAM_AFTER_S = 120.0
"""Streams of input without a person begin this long after the person left, or later."""


class Stroke(NamedTuple):
    """A stretch of input."""

    start: float
    end: float
    by_person: bool = True


def strokes(person: Person, rng: Rng, stays: list[Stay]) -> list[Stroke]:
    """Return the input of a day in order of time: the person's, and what moves the mouse on an empty desk."""
    made: list[Stroke] = []
    arrived = True
    for stay, after in zip(stays, [*stays[1:], stays[-1]], strict=True):
        if works(stay.state):
            made += _hands(person, rng, stay, arrived=arrived, leaves=not works(after.state))
        elif stay.state != "OFF":
            made += _knocks(person, rng, stay)
        arrived = not works(stay.state)
    for start, end in sessions(stays, "call", "listening") + sessions(stays, "film"):
        made += _clicks(person, rng, stays, start, end)
    return sorted(made)


def _hands(person: Person, rng: Rng, stay: Stay, *, arrived: bool, leaves: bool) -> Iterator[Stroke]:
    """Yield the input of one stay. An arrival often begins with input, and a departure often ends with it."""
    spread = person.habits.spread
    if stay.session in ("locked", "lid"):
        if not leaves:
            yield Stroke(stay.end, stay.end + spread["scroll_s"].draw(rng))
        return
    rhythm = _Rhythm(person, rng, stay)
    end = stay.end
    last: Stroke | None = None
    if leaves and person.happens(rng, "farewell"):
        end = max(stay.start, end - float(rng.uniform(1, 20)))
        last = _cut(max(stay.start, end - rhythm.run()), end)
    elif leaves:
        end = max(stay.start, end - float(rng.uniform(0, 8)))
    now = stay.start
    if arrived and (stay.state[1] in "AR" or person.happens(rng, "touch_on_arrival")):
        now += spread["settle_s"].draw(rng)
    elif stay.state[1] != "A":
        now += rhythm.pause() * float(rng.random())
    while now < (last.start if last else end):
        stroke = _cut(now, min(now + rhythm.run(), end))
        yield stroke
        now = stroke.end + rhythm.pause()
    if last:
        yield last


def _cut(start: float, end: float) -> Stroke:
    """Return a stroke of the person that ends there, but lasts as long as a touch at least."""
    return Stroke(start, max(end, start + TOUCH_S[0]))


class _Rhythm:
    """How the hands alternate between runs and pauses during one stay."""

    def __init__(self, person: Person, rng: Rng, stay: Stay) -> None:
        self.person, self.rng = person, rng
        self.mode = stay.session or stay.state[1]
        self.still = self.mode in ("listening", "film") and person.happens(rng, "untouched")
        self.period = person.habits.spread["burst_period"].draw(rng) * 60
        self.jitter = float(rng.uniform(0.05, 0.4))

    def run(self) -> float:
        """Return the length of the next run of input."""
        spread, rng = self.person.habits.spread, self.rng
        match self.mode:
            case "A":
                return spread["flick_s" if self.person.happens(rng, "flick") else "run_s"].draw(rng)
            case "R" | "call":
                return self._touch_or("scroll_s")
            case "bursts":
                return spread["burst_s"].draw(rng)
            case _:
                return self._touch_or("passive_s")

    def pause(self) -> float:
        """Return the length of the next pause. It is infinite if the hands stay still."""
        spread, amount, rng = self.person.habits.spread, self.person.habits.amount, self.rng
        if self.still:
            return float("inf")
        match self.mode:
            case "A":
                least = (SHORTEST_PAUSE_S / amount["pareto_most_s"]) ** amount["pareto"]
                return float(SHORTEST_PAUSE_S * (1 - rng.random() * (1 - least)) ** (-1 / amount["pareto"]))
            case "bursts":
                return self.period * max(0.2, 1 + self.jitter * float(rng.standard_normal()))
            case "P":
                return float(rng.exponential(amount["passive_gap_s"]))
            case _:
                name = {"R": "read_gap_s", "call": "call_gap_s", "paper": "paper_gap_s"}.get(self.mode, "rare_gap_s")
                return spread[name].draw(rng)

    def _touch_or(self, name: str) -> float:
        if self.person.happens(self.rng, "click"):
            return float(self.rng.uniform(*TOUCH_S))
        return self.person.habits.spread[name].draw(self.rng)


def _clicks(person: Person, rng: Rng, stays: list[Stay], start: float, end: float) -> Iterator[Stroke]:
    """Yield the input that begins and ends a call or film: the click on "join" or "play" ends what came before it."""
    there = runs(stays, works)
    run = person.habits.spread["scroll_s"].draw
    if person.happens(rng, "click_to_begin") and any(come < start <= go for come, go in there):
        yield Stroke(start - run(rng), start)
    if not person.happens(rng, "click_to_end"):
        return
    if any(come <= end < go for come, go in there):
        finish = end + float(rng.uniform(0, 3))
        yield Stroke(finish, finish + run(rng))
    elif any(go == end for _, go in there):
        finish = end - float(rng.uniform(0.5, 3))
        yield Stroke(finish, finish + float(rng.uniform(*TOUCH_S)))


def _knocks(person: Person, rng: Rng, stay: Stay) -> Iterator[Stroke]:
    """Yield the movements of a knocked table."""
    for _ in range(rng.poisson(person.bumps_h * (stay.end - stay.start) / 3600)):
        at = float(rng.uniform(stay.start, stay.end))
        yield Stroke(at, at + float(rng.uniform(*BUMP_S)), by_person=False)


def streams_behind_lock(person: Person, rng: Rng, start: float, end: float) -> Iterator[Stroke]:
    """Yield input during an absence behind a lock: a drifting mouse for minutes or hours, or a cat for seconds."""
    room = end - start - STREAM_AFTER_S
    if room <= 0:
        return
    if person.happens(rng, "cat"):
        at = end - float(rng.uniform(0, room))
        yield Stroke(at, at + float(rng.uniform(3, 20)), by_person=False)
    if person.happens(rng, "drift"):
        now = end - float(rng.uniform(0, room))
        stops = min(end, now + 60 * person.habits.spread["drift"].draw(rng))
        while now < stops:
            until = min(stops, now + person.habits.spread["drift_run_s"].draw(rng))
            yield Stroke(now, until, by_person=False)
            now = until + SHORTEST_PAUSE_S + float(rng.exponential(20))


def phantoms(person: Person, rng: Rng, seen: list[Stroke], until: float) -> Iterator[Stroke]:
    """Yield the touches of no length that some machines report in a silence, whether the person is there or not.

    `until` is the end of the last silence.
    """
    if person.phantom_s is None:
        return
    for stroke, after in zip(seen, [*(stroke.start for stroke in seen[1:]), until], strict=True):
        at = stroke.end
        while person.happens(rng, "phantom"):
            at += person.phantom_s * float(rng.lognormal(0, 0.06))
            if at >= after:
                break
            yield Stroke(at, at, by_person=False)
            if not person.happens(rng, "phantom_again"):
                break
