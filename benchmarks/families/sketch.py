"""A drawn scenario with the work around it: who did what when, and the trace that slowrise would have recorded.

Times are seconds from the beginning. The hands of a working person follow measured ones: ten people's mice over 117 h
(the public Balabit data set), times only.
"""

from __future__ import annotations

import json
import random
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from math import exp, log
from operator import itemgetter
from typing import Literal, NamedTuple

from slowrise.core.model.events import Event
from slowrise.history.trace import read

NINE = datetime(2026, 5, 5, 9, 0, tzinfo=timezone(timedelta(hours=2)))
MINUTE = 60.0
RESOLUTION = 15.0
"""Seconds without input after which a source reports `idle`."""
LULL = 5.0
"""Seconds without input after which a source reports `lull`, while a prompt waits for one."""
EDGE = 20.0
"""Seconds. A call, an inhibitor, a lock or a suspend begins and ends this much before or after the hands at most."""

Quantiles = Sequence[tuple[float, float]]
RUNS: Quantiles = ((0.0, 0.15), (0.1, 3.0), (0.25, 12.2), (0.5, 41.6), (0.75, 116.3), (0.9, 243.7), (1.0, 600.0))
"""Seconds that hands keep moving, with pauses under 15 s bridged."""
LAST_RUNS: Quantiles = ((0.0, 0.1), (0.1, 1.1), (0.25, 5.2), (0.5, 25.1), (0.75, 88.6), (0.9, 190.6), (1.0, 400.0))
"""The same for the last run before a silence of three minutes or more."""
FIRST_RUNS: Quantiles = ((0.0, 0.1), (0.1, 1.7), (0.25, 9.3), (0.5, 31.2), (0.75, 113.8), (0.9, 214.6), (1.0, 400.0))
"""The same for the first run after such a silence."""
PAUSES = (16.0, 60.0)
"""Seconds between two runs of a person at work. The runs then cover about 0.7 of the time, as measured."""
SMALL_PAUSES = (5.0, 14.0)
"""Seconds of a pause within a run: too short for `idle`, long enough for a prompt that waits."""
BETWEEN_SMALL_PAUSES = 53.0
"""Mean seconds between them: hands pause 76 times an active hour for 5 s or more, 28 times for 15 s or more."""
CLICK = (0.05, 0.25)
"""Seconds that a person's click lasts. Only a machine makes input of no length."""

TruthState = Literal["sitting", "away"]


class Stretch(NamedTuple):
    """A half-open stretch of time."""

    start: float
    end: float


class Piece(NamedTuple):
    """What the person truly did."""

    state: TruthState
    start: float
    end: float


@dataclass
class Sketch:
    """One draw, built step by step. `now` is when the last step ended: the last input of the person, after `work`."""

    family: str
    number: int
    now: float = 0.0
    member: str = ""
    """Which kind of the family it is."""
    drawn: dict[str, float] = field(default_factory=dict)
    """The parameters, for a reader: minutes for lengths, seconds for edges."""
    hands: list[Stretch] = field(default_factory=list)
    """Input of the person."""
    machine: list[Stretch] = field(default_factory=list)
    """Input that no person made: phantom touches, bumped tables, cats."""
    signals: list[tuple[float, str]] = field(default_factory=list)
    truth: list[Piece] = field(default_factory=list)
    scenario: Stretch = field(default_factory=lambda: Stretch(0.0, 0.0))
    """From the last input of the work before to the first input of the work after."""
    is_one_absence: bool = False
    """The touches in it split no absence."""
    is_reading: bool = False
    """Hands that scroll now and then, at regular times."""
    is_brief: bool = False
    """A minute or three at the desk that look like a short walk: a lid or a lock closed and opened."""

    def __post_init__(self) -> None:
        """Seed the chance with family and number, so that a draw is always the same."""
        self.chance = random.Random(zlib.crc32(f"{self.family} {self.number}".encode()))  # noqa: S311 - simulation

    # -- drawing -------------------------------------------------------------------------------------------------------

    def choose(self, *members: str) -> str:
        """Return the kind of this draw. The kinds take turns."""
        self.member = members[self.number % len(members)]
        return self.member

    def uniform(self, name: str, low: float, high: float) -> float:
        """Draw a parameter that a reader of the table may want to know."""
        value = self.chance.uniform(low, high)
        self.drawn[name] = round(value, 2)
        return value

    def minutes(self, name: str, low: float, high: float) -> float:
        """Draw a length in minutes, log-uniform. Return seconds."""
        value = exp(self.chance.uniform(log(low), log(high)))
        self.drawn[name] = round(value, 1)
        return value * MINUTE

    def happens(self, name: str, share: float) -> bool:
        """Draw whether something is so."""
        found = self.chance.random() < share
        self.drawn[name] = float(found)
        return found

    def near(self, signal: str, at: float) -> float:
        """Add a signal up to `EDGE` before or after `at`. Return its time."""
        moved = at + self.uniform(signal, -EDGE, EDGE)
        return self.signal(signal, moved)

    def signal(self, name: str, at: float) -> float:
        """Add a signal. The monitor runs from 0 on and sees nothing earlier. Return its time."""
        self.signals.append((max(at, 0.5), name))
        return self.signals[-1][0]

    def suspend_near(self, at: float) -> float:
        """Suspend near the last input at `at`. The last run may go on into the suspend; none begins in it."""
        moved = max(at + self.uniform("suspended", -EDGE, EDGE), self.hands[-1].start + 0.05)
        return self.signal("suspended", moved)

    # -- what the person does ------------------------------------------------------------------------------------------

    def work(self, seconds: float) -> None:
        """Add work at the desk, from its first to its last input."""
        begin, end = self.now, self.now + seconds
        last = end - min(_draw(self.chance, LAST_RUNS), seconds / 3)
        runs = [Stretch(begin, begin + min(_draw(self.chance, FIRST_RUNS), seconds / 3))]
        while True:
            start = runs[-1].end + self.chance.uniform(*PAUSES)
            if start + PAUSES[0] > last:
                break
            stop = start + _draw(self.chance, RUNS)
            if stop + PAUSES[1] > last:
                stop = max(last - self.chance.uniform(*PAUSES), start + CLICK[0])
            runs.append(Stretch(start, stop))
        runs.append(Stretch(last, end))
        for run in runs:
            self._move_hands(*run)
        self.now = end
        self._was("sitting", begin)

    def move(self, seconds: float, state: TruthState = "sitting") -> None:
        """Add one run of input by the person, from now on."""
        begin = self.now
        self._move_hands(begin, begin + seconds)
        self.now += seconds
        self._was(state, begin)

    def click(self) -> None:
        """Add a click."""
        self.move(self.chance.uniform(*CLICK))

    def quiet(self, seconds: float, state: TruthState) -> None:
        """Add time without input of the person."""
        begin = self.now
        self.now += seconds
        self._was(state, begin)

    def touch(self, at: float, seconds: float = 0.0) -> None:
        """Add input that no person makes."""
        self.machine.append(Stretch(at, at + seconds))

    def _move_hands(self, begin: float, end: float) -> None:
        while True:
            pause = begin + self.chance.expovariate(1 / BETWEEN_SMALL_PAUSES)
            again = pause + self.chance.uniform(*SMALL_PAUSES)
            if again > end - CLICK[1]:
                break
            self.hands.append(Stretch(begin, pause))
            begin = again
        self.hands.append(Stretch(begin, end))

    def _was(self, state: TruthState, begin: float) -> None:
        if self.truth and self.truth[-1].state == state:
            begin = self.truth.pop().start
        self.truth.append(Piece(state, begin, self.now))

    # -- what slowrise sees --------------------------------------------------------------------------------------------

    def runs(self) -> list[Stretch]:
        """Return the runs of the person's input, pauses under `RESOLUTION` bridged."""
        return _bridged(self.hands, RESOLUTION)

    def during(self, begins: str, ends: str) -> list[Stretch]:
        """Return when a signal was on, such as `locked` to `unlocked`. Two at once count as one stretch."""
        found: list[Stretch] = []
        count, since = 0, 0.0
        for at, name in sorted(self.signals):
            if name == begins:
                count, since = count + 1, since if count else at
            elif name == ends and count:
                count -= 1
                if not count:
                    found.append(Stretch(since, at))
        return [*found, Stretch(since, self.now)] if count else found

    def label(self, at: float) -> datetime:
        """Return the wall time of a time."""
        return NINE + timedelta(milliseconds=round(at * 1000))

    def lines(self) -> list[str]:
        """Return the trace: what a source and the signals report. It stops half a minute after the last input."""
        # Of two at one instant the first in this list comes first.
        reports: list[tuple[float, dict[str, str]]] = [(0.0, {"event": "started"})]
        reports += self._reports_of_input()
        reports += [(at, {"event": name}) for at, name in self.signals]
        reports += [(self.now + 30.0, {"event": "stopped"})]
        reports.sort(key=itemgetter(0))
        return [json.dumps({"at": _written(self.label(at)), **event}) for at, event in reports]

    def events(self) -> list[Event]:
        """Return the same as events."""
        return list(read(line.encode() for line in self.lines()))

    def _reports_of_input(self) -> Iterator[tuple[float, dict[str, str]]]:
        touched = [*self.hands, *self.machine]
        for run in _bridged(touched, RESOLUTION):
            yield run.start, {"event": "active"}
            if not self._sleeps_after(run):
                yield run.end + RESOLUTION, {"event": "idle", "since": _written(self.label(run.end))}
        # A source reports lulls only while a prompt waits for one. The engine ignores the others.
        for run in _bridged(touched, LULL):
            if not self._sleeps_after(run):
                yield run.end + LULL, {"event": "lull", "since": _written(self.label(run.end))}

    def _sleeps_after(self, run: Stretch) -> bool:
        """Whether the machine sleeps before the source can report that the input of `run` has stopped."""
        sleeps = [at for at, name in self.signals if name == "suspended"]
        return any(run.start <= at < run.end + RESOLUTION for at in sleeps)


def _bridged(stretches: Sequence[Stretch], pause: float) -> list[Stretch]:
    """Join the stretches with less than `pause` between them."""
    found: list[Stretch] = []
    for each in sorted(stretches):
        if found and each.start - found[-1].end < pause:
            found[-1] = Stretch(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return found


def _draw(chance: random.Random, quantiles: Quantiles) -> float:
    """Draw from a distribution given by its quantiles, log-linear between them."""
    share = chance.random()
    place = min(bisect_right(quantiles, share, key=lambda pair: pair[0]), len(quantiles) - 1)
    (low_share, low), (high_share, high) = quantiles[place - 1], quantiles[place]
    part = (share - low_share) / (high_share - low_share)
    return exp(log(low) + part * (log(high) - log(low)))


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
