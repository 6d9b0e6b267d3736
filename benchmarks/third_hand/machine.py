"""The machine: what it reports of the hands and the session, its locks and sleep, and its own false input."""

from bisect import bisect_left, bisect_right
from itertools import pairwise

import numpy as np

from .body import Body, Signal
from .hands import Interval
from .people import Habits

Report = tuple[float, str, float | None]
RESOLUTION = 15.0


def _union(intervals: list[Interval], gap: float = 0.0) -> list[Interval]:
    """Join intervals that overlap or lie less than `gap` seconds apart."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start - joined[-1][1] < max(gap, 1e-6):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


class _Machine:
    def __init__(self, body: Body, inputs: list[Interval], habits: Habits, rng: np.random.Generator) -> None:
        self.body, self.habits, self.rng = body, habits, rng
        self.left = body.pieces[-1].end
        self.started = body.arrival + rng.uniform(-90, 90)
        self.stopped = self.left + float(np.exp(rng.uniform(np.log(30), np.log(1800))))
        self.own = [(max(a, self.started + 1), b) for a, b in _union(inputs) if b > self.started + 1]
        self.starts = [start for start, _ in self.own]
        self.holds = [hold for signal in body.signals for hold in self.held(signal)]
        self.calls = [c for c in self.holds if c[2] == "call"]
        self.music()
        self.absences = self.away()
        self.locks: list[Interval] = []
        self.sleeps: list[Interval] = []
        self.noise: list[Interval] = []
        self.passwords: list[Interval] = []

    def near(self, at: float) -> float:
        """Move a moment within 20 s of the hands."""
        return at + self.rng.uniform(-20, 20)

    def held(self, signal: Signal) -> list[tuple[float, float, str]]:
        """Return what a call or film holds: the microphone, an inhibitor."""
        rng, start, end = self.rng, signal.start, signal.end
        holds: list[tuple[float, float, str]] = []
        if signal.name == "call" and rng.random() < 0.97:
            holds.append((a := self.near(start), max(a + 2, self.near(end)), "call"))
        if rng.random() < (0.92 if signal.name == "film" else 0.7):
            holds.append((a := self.near(start), max(a + 2, self.near(end)), "inhibit"))
        return holds

    def music(self) -> None:
        """Play music from one touch to another, over typing and absences alike."""
        until = 0.0
        for at in sorted(self.rng.uniform(self.body.arrival, self.left, self.rng.poisson(self.habits.music))):
            end = at + self.body.drawn(55, 0.7) * 60
            i, j = bisect_left(self.starts, at), bisect_left(self.starts, end)
            if i < j < len(self.own) and self.starts[i] > until + 60:
                until = self.own[j][0]
                self.holds.append((self.near(self.starts[i]), self.near(until), "inhibit"))

    def away(self) -> list[Interval]:
        """Return the absences from the desk, the one after work with them."""
        gone = [(p.start, p.end) for p in self.body.pieces if p.state in {"AW", "SE"}]
        return _union([*gone, (self.left, self.stopped)], 0.01)

    def next_own(self, t: float) -> float:
        """Return when the person next touches the machine."""
        i = bisect_right(self.starts, t)
        return self.starts[i] if i < len(self.own) else np.inf

    def last_own(self, t: float) -> float:
        """Return when the person last touched the machine."""
        i = bisect_left(self.starts, t) - 1
        return min(self.own[i][1], t) if i >= 0 else self.started

    def in_hand(self, t: float, slack: float = 0.0) -> bool:
        """Whether a call or an inhibitor is on."""
        return any(start - slack <= t <= end + slack for start, end, _ in self.holds)

    def sleep(self, at: float) -> None:
        """Sleep until a moment before the next touch; some machines lock on the way."""
        wake = min(self.next_own(at) - self.rng.uniform(1, 8), self.stopped - 5)
        if wake - at > 20 and not any(start - 20 < wake and at < end + 20 for start, end in self.sleeps):
            self.sleeps.append((at, wake))
            if self.rng.random() < 0.7:
                self.lock(at - self.rng.uniform(0.05, 1))

    def lock(self, at: float) -> None:
        """Lock until the person has typed the password."""
        at = max(at, self.started + 5)
        back, typed = self.next_own(at), self.rng.uniform(1.5, 8)
        if at < self.stopped - 1 and not any(start - 2 <= back + typed and at <= end + 2 for start, end in self.locks):
            self.locks.append((at, back + typed))
            if back < np.inf:
                self.passwords.append((back, back + typed))

    def by_hand(self) -> None:
        """Lock and close the lid at leaving, and for privacy."""
        for start, end in self.absences:
            length, rng = end - start, self.rng
            on_call = any(a - 25 < start < b - 25 for a, b, _ in self.calls)
            if start < self.started + 30 or on_call:
                continue
            at = max(start + rng.uniform(-4, 2), self.last_own(start + 2) + rng.uniform(0.2, 1))
            if length > 600 and start < self.left and rng.random() < self.habits.lid and not self.in_hand(at, 30):
                self.sleep(at)
            elif rng.random() < self.habits.locks * (1 - np.exp(-length / 200)):
                self.lock(at)
        for piece in self.body.pieces:
            if piece.style == "privacy":
                if self.rng.random() < 0.3 * (self.habits.lid > 0) and not self.in_hand(piece.start, 30):
                    self.sleep(max(piece.start, self.last_own(piece.start)) + 0.5)
                else:
                    self.lock(max(piece.start, self.last_own(piece.start)) + self.rng.uniform(0.2, 1))

    def false_input(self) -> None:
        """Add touches that no person makes: phantoms, bumps of the table, a drifting mouse, a cat."""
        rng, habits = self.rng, self.habits
        for (_, a), (b, _) in pairwise([*_union([*self.own, *self.passwords]), (self.stopped, self.stopped)]):
            if b - a > 330 and rng.random() < habits.phantom:
                at = a + 300 + rng.normal(0, 4)
                self.noise.append((at, at))
        for start, end in self.absences:
            for at in rng.uniform(start + 5, end, rng.poisson(habits.bumps * (end - start) / 3600)):
                self.noise.append((at, at + rng.uniform(0.05, 0.5)))
            locked = any(a <= start + 10 and b >= end - 10 for a, b in self.locks)
            if locked and rng.random() < habits.drift:
                t = start + rng.uniform(5, 120)
                while t < min(end, start + 2400):
                    self.noise.append((t, t + rng.uniform(0.05, 2)))
                    t += 80 * float(np.exp(rng.normal(0, 1)))
            if habits.home and end - start > 240 and rng.random() < 0.06:
                at = rng.uniform(start + 30, end - 40)
                self.noise.append((at, at + rng.uniform(3, 20)))

    def timer(self, wait: float) -> list[float]:
        """Return when an idle timer of `wait` seconds fires; calls and inhibitors restart it at their end."""
        fired = []
        touched = _union([*self.own, *self.passwords, *self.noise, *self.sleeps, *((a, b) for a, b, _ in self.holds)])
        for (_, a), (b, _) in pairwise([*touched, (self.stopped, self.stopped)]):
            if b - a > wait + 1:
                fired.append(a + wait)
        return fired

    def by_itself(self) -> None:
        """Lock and sleep by idle timers."""
        if self.habits.idle_sleep:
            for at in self.timer(self.habits.idle_sleep):
                if at < self.left:
                    self.sleep(at)
        if self.habits.auto_lock:
            for at in self.timer(self.habits.auto_lock):
                self.lock(at)

    def input_reports(self) -> list[Report]:
        """Report input and idleness as far as the machine is awake."""
        awake = [i for i in [*self.own, *self.passwords, *self.noise] if not any(a <= i[0] < b for a, b in self.sleeps)]
        awake = [i for i in awake if self.started + 0.5 < i[0] < self.stopped - 0.5]
        reports: list[Report] = []
        for start, end in _union(awake, RESOLUTION):
            asleep = min((a for a, _ in self.sleeps if start < a < end + RESOLUTION), default=np.inf)
            reports.append((start, "active", None))
            if end + RESOLUTION < min(asleep, self.stopped):
                reports.append((end + RESOLUTION, "idle", end))
        return reports

    def session_reports(self) -> list[Report]:
        """Report locks, sleep, calls, inhibitors and declarations."""
        reports: list[Report] = [(at, posture, None) for at, posture in self.body.declared if self.body.at_desk(at)]
        for start, end in self.locks:
            reports += [(start, "locked", None), (end, "unlocked", None)]
        for start, end in self.sleeps:
            reports.append((start, "suspended", None))
            if self.rng.random() >= self.habits.lost_resume:
                reports.append((end, "resumed", None))
        for start, end, name in self.holds:
            asleep = min((a for a, _ in self.sleeps if start < a < end), default=np.inf)
            names = ("call-started", "call-ended") if name == "call" else ("inhibited", "uninhibited")
            begun, done = max(start, self.started + 1), min(end, asleep - 0.1, self.stopped - 1)
            if begun < done:
                reports += [(begun, names[0], None), (done, names[1], None)]
        return [r for r in reports if self.started + 0.2 < r[0] < self.stopped - 0.2]


def report(body: Body, inputs: list[Interval], habits: Habits, rng: np.random.Generator) -> tuple[list[Report], float]:
    """Return the reports of the day, sorted in time, and when the monitor stopped."""
    machine = _Machine(body, inputs, habits, rng)
    machine.by_hand()
    machine.false_input()
    machine.by_itself()
    middle = sorted([*machine.input_reports(), *machine.session_reports()], key=lambda r: r[0])
    everything: list[Report] = [(machine.started, "started", None), *middle, (machine.stopped, "stopped", None)]
    return [(round(at, 3), name, None if s is None else round(s, 3)) for at, name, s in everything], machine.stopped
