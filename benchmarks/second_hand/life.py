"""The diary of one day: appointments, urges, projects, and hands that touch the input in bursts."""

import math
from typing import NamedTuple

import numpy as np

from .machine import Report, Touch, observe
from .people import ERRANDS, TASKS, Habits, habits


class Stay(NamedTuple):
    """Where the person truly was, from `start` to `end` in seconds of the local day."""

    state: str
    start: float
    end: float


class Plan(NamedTuple):
    """An appointment: what, from when, how long in seconds."""

    at: float
    what: str
    length: float


class _Day:
    def __init__(self, me: Habits, number: int) -> None:
        self.me = me
        self.rng = np.random.default_rng([*me.seed, number, 2])
        self.now = self.arrival = 3600 * float(np.clip(me.arrives + self.rng.normal(0, 0.3), 5.5, 11.5))
        self.leave = self.arrival + 3600 * float(np.clip(self.rng.normal(me.kind.hours, 0.7), 5, 11))
        self.stays: list[Stay] = []
        self.touches: list[Touch] = []
        self.signals: list[Report] = []
        self.holds: list[tuple[float, float]] = []
        self.mood = self.rng.lognormal(0, 0.15)
        self.upright_until = 0.0
        self.next_stand = self._later(me.stand_every)
        self.relief = self.now + 60 * me.bladder * self.rng.gamma(4, 0.25)
        self.plans = sorted(self._plans(), reverse=True)
        self._start_project()

    # Draws

    def lognormal(self, median: float, sd: float, low: float = 0.0, high: float = 1e9) -> float:
        return min(max(float(self.rng.lognormal(math.log(median), sd)), low), high)

    def chance(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def near(self) -> float:
        """Draw how far a signal falls from the hands that caused it, in seconds."""
        return float(self.rng.uniform(-20, 20))

    def _later(self, mean_minutes: float) -> float:
        return self.now + 60 * mean_minutes * self.rng.gamma(1.5, 1 / 1.5) if mean_minutes else float("inf")

    def _plans(self) -> list[Plan]:
        kind, rng = self.me.kind, self.rng
        span = self.leave - self.arrival
        lunch = 3600 * float(rng.normal(self.me.lunch, 0.2))
        plans = [Plan(lunch, "desk-lunch" if self.chance(kind.desk_lunch) else "lunch", 0)]
        for _ in range(rng.poisson(kind.planned)):
            slot = np.round((self.arrival + rng.uniform(0.05, 0.95) * span) / 900) * 900
            length = rng.choice([15, 30, 45, 60], p=[0.2, 0.45, 0.1, 0.25]) + rng.normal(0, 3)
            plans.append(Plan(slot + rng.normal(0, 60), "call", 60 * float(length)))
        plans += [Plan(t, "call", 0) for t in rng.uniform(self.arrival, self.leave, rng.poisson(kind.sudden))]
        plans += [Plan(t, "film", 0) for t in rng.uniform(self.arrival, self.leave, rng.poisson(kind.films))]
        for _ in range(rng.poisson(kind.meetings)):
            plans.append(Plan(np.round((self.arrival + rng.uniform(0.05, 0.9) * span) / 1800) * 1800, "meeting", 0))
        return [p for p in plans if p.at < self.leave - 600]

    def _start_project(self) -> None:
        """Tilt the tasks for the next half hour or so: some projects are all paper, some all typing."""
        weights, _ = self.me.tasks
        tilted = weights * self.rng.gamma(0.9, 1 / 0.9, len(weights))
        self.mix = tilted / tilted.sum()
        self.project_until = self.now + 60 * self.lognormal(25, 0.7)

    # Hands

    def hands(self, start: float, end: float, per_hour: float, burst: tuple[float, float], first: float = -1) -> None:
        """Touch in clusters, `per_hour` of them and one from `first`.

        An intention starts about `burst[0]` touches; each leads to `burst[1]` more, after heavy-tailed delays.
        """
        if end - start < 1:
            return
        born = self.rng.uniform(start, end, self.rng.poisson(per_hour * (end - start) / 3600))
        young = np.append(born, first) if first >= 0 else born
        many = burst[0] * self.rng.lognormal(0, 0.8, young.size)
        everyone = [young]
        while young.size and sum(map(len, everyone)) < 30000:
            parents = np.repeat(young, self.rng.poisson(many, young.size))
            many = burst[1]
            young = parents + 3.2 * (self.rng.random(parents.size) ** (-1 / 1.5) - 1)
            young = young[young < end - 0.3]
            everyone.append(young)
        starts = np.sort(np.concatenate(everyone))
        starts = starts[(starts >= start) & (starts < end - 0.3)]
        lengths = np.clip(self.rng.lognormal(0.8, 0.9, starts.size), 0.15, 15)
        clicks = self.rng.random(starts.size) < 0.2
        lengths[clicks] = self.rng.uniform(0.05, 0.25, clicks.sum())
        ends = np.maximum.accumulate(np.minimum(starts + lengths, end))
        first_of_run = np.flatnonzero(np.append(True, starts[1:] > ends[:-1] + 1)) if starts.size else []
        for i, j in zip(first_of_run, [*(first_of_run[1:] - 1), starts.size - 1] if starts.size else [], strict=True):
            self.touches.append(Touch(float(starts[i]), float(ends[j])))

    def let_go(self) -> None:
        """End what the hands were doing: the person rises now."""
        self.touches = [t._replace(end=min(t.end, self.now)) for t in self.touches if t.start < self.now - 0.3]

    def click(self, at: float, does: str = "") -> None:
        """Touch once; a touch that locks or closes the lid is the last before now."""
        if does:
            self.touches = [t._replace(end=min(t.end, at)) for t in self.touches if t.start < at - 0.3]
        self.touches.append(Touch(at, at + float(self.rng.uniform(0.05, 0.25)), True, does))

    # Truth

    def stay(self, state: str, end: float) -> None:
        if end <= self.now:
            return
        if self.stays and self.stays[-1].state == state:
            self.stays[-1] = self.stays[-1]._replace(end=float(end))
        else:
            self.stays.append(Stay(state, self.now, float(end)))
        self.now = float(end)

    def at_desk(self, suffix: str) -> str:
        return ("T" if self.now < self.upright_until else "S") + suffix

    def mind_desk(self) -> None:
        """Raise or lower the desk between two tasks, and perhaps declare it."""
        me = self.me
        if self.upright_until and self.now >= self.upright_until:
            self.upright_until, self.next_stand = 0.0, self._later(me.stand_every)
            if not self.chance(me.forget[1]):
                self.signals.append((self.now + float(self.rng.uniform(-5, 60)), "sitting", None))
        elif not self.upright_until and self.now >= self.next_stand:
            self.upright_until = self.now + 60 * self.lognormal(me.stand_len, 0.6, 3, 120)
            if not self.chance(me.forget[0]):
                self.signals.append((self.now + float(self.rng.uniform(-5, 60)), "standing", None))

    def hold(self, start: float, end: float, names: tuple[str, str]) -> None:
        if end > start + 2:
            self.signals += [(start, names[0], None), (end, names[1], None)]
            self.holds.append((start, end))

    # At the desk

    def sit_down(self) -> None:
        """Settle: usually the hands go to the input within seconds."""
        first = self.now + self.lognormal(6, 0.8, 1, 90)
        if self.chance(0.85):
            self.hands(self.now, self.now + self.lognormal(50, 0.8, 5), 0, (9, 0.85), first)

    def task(self, until: float) -> None:
        me = self.me
        self.mind_desk()
        if self.now >= self.project_until:
            self._start_project()
        name = str(self.rng.choice(me.tasks[1], p=self.mix))
        suffix, median, sd, rate, *burst = TASKS[name]
        off = suffix == "P"
        end = min(self.now + 60 * self.lognormal(median * (me.linger if off else 1), sd, 0.2, 60), until)
        rate *= (me.glances if off else me.hands) * self.mood * self.lognormal(1, 0.5)
        lock = self.now + float(self.rng.uniform(0, 1)) * (end - self.now)
        back = lock + self.lognormal(30, 1.1, 6, 240)
        if back < end and self.chance(me.privacy * (end - self.now) / 3600):
            self.hands(self.now, lock - 1, rate, burst)
            self.click(lock, "lid" if self.chance(0.2 * me.kind.laptop) else "lock")
            self.hands(back, end, rate, burst, back + 0.01)
        else:
            self.hands(self.now, end, rate, burst)
        self.stay(self.at_desk(suffix), end)

    def call(self, plan: Plan) -> bool:
        """Hold a call; return whether the person rises as soon as it is over."""
        me = self.me
        length = plan.length or 60 * self.lognormal(*me.kind.sudden_len, 0.5, 90)
        if self.chance(0.2) and plan.length:
            length *= float(self.rng.uniform(1, 2.2))
        start, end = self.now, self.now + max(length, 30)
        self.hands(start, start + 8, 0, (4, 0.75), start + 0.2)
        if self.chance(0.95):
            self.hold(start + self.near(), end + self.near(), ("call-started", "call-ended"))
        if self.chance(0.5):
            self.hold(start + self.near(), end + self.near(), ("inhibited", "uninhibited"))
        rate = 0.3 if self.chance(me.silent) else me.glances * self.lognormal(me.kind.chatty, 0.9)
        upright = self.me.stand_every and self.chance(0.15)
        mode = "AW" if self.chance(0.04) else "TV" if upright else self.at_desk("V")
        if mode == "AW":  # joins at the desk, then walks
            self.stay(self.at_desk("V"), start + 9)
            self.let_go()
        away = start + float(self.rng.uniform(0.2, 0.8)) * (end - start)
        if length > 1200 and mode != "AW" and self.chance(0.08):  # slips out while the others talk
            back = min(away + 60 * self.lognormal(3, 0.5), end - 60)
            self.hands(start, away, rate, (4, 0.75))
            self.stay(mode, away)
            self.stay("AW", back)
            self.hands(back, end, rate, (4, 0.75))
        elif mode != "AW":
            self.hands(start, end, rate, (4, 0.75))
        self.stay(mode, end)
        if mode != "AW" and self.chance(0.8):
            self.click(end - 0.3)
        rises = self.chance(me.leaves)
        self.stay(self.at_desk("P"), end + float(self.rng.uniform(2, 9)) * rises)
        return rises

    def film(self, minutes: float) -> None:
        """Watch; a few films go on without their viewer for a while."""
        start, end = self.now, min(self.now + 60 * minutes, self.leave)
        self.hands(start, start + 15, 0, (4, 0.8), start + 0.2)
        if self.chance(0.9):
            self.hold(start + self.near(), end + self.near(), ("inhibited", "uninhibited"))
        away = start + float(self.rng.uniform(0.2, 0.8)) * (end - start)
        if self.chance(0.15):
            self.hands(start, away, 5 * self.me.hands, (2, 0.6))
            self.stay(self.at_desk("F").replace("TF", "TR"), away)
            self.stay("AW", min(away + 60 * self.lognormal(3.5, 0.6), end - 30))
        self.hands(self.now, end, 5 * self.me.hands, (2, 0.6))
        self.stay(self.at_desk("F").replace("TF", "TR"), end)
        if self.chance(0.8):
            self.hands(end - 0.5, end + 20, 0, (4, 0.8), end + float(self.rng.uniform(0, 2)))

    def lunch_at_desk(self) -> None:
        minutes = self.lognormal(20, 0.4, 8, 60)
        if self.chance(0.35):
            self.film(minutes)
        else:
            end = min(self.now + 60 * minutes, self.leave)
            self.hands(self.now, end, 12 * self.me.hands, (3, 0.7))
            self.stay(self.at_desk("P" if self.chance(0.5) else "R"), end)

    def sit(self) -> str:
        """Stay at the desk until something makes the person rise; return the errand."""
        me = self.me
        self.sit_down()
        mean = me.settled if self.chance(me.calm) else me.hurried
        rise = self.now + 60 * float(self.rng.exponential(mean)) + 10
        while self.now < self.leave:
            rise = min(rise, max(self.relief, self.now + 30))
            plan = self.plans[-1] if self.plans else Plan(float("inf"), "", 0)
            if self.now >= plan.at - 5:
                self.plans.pop()
                if plan.what in {"lunch", "meeting"}:
                    return "canteen" if plan.what == "lunch" else "meeting"
                if plan.what == "call" and self.call(plan):
                    break
                if plan.what == "film":
                    self.film(self.lognormal(35, 0.8, 5, 150))
                if plan.what == "desk-lunch":
                    self.lunch_at_desk()
                rise = max(rise, self.now + 60 * float(self.rng.exponential(4)))
            elif self.now >= rise:
                break
            else:
                self.task(min(rise, plan.at, self.leave))
        if self.now >= self.relief:
            return "toilet"
        return str(self.rng.choice(me.errands[1], p=me.errands[0]))

    # Away from it

    def errand(self, name: str) -> None:
        me = self.me
        parts, median, sd = ERRANDS[name]
        length = 60 * self.lognormal(median * (me.dawdle if sd > 0.5 else 1), sd, 0.17, 100)
        gone = self.now
        self.let_go()
        at_desk = bool(self.stays) and self.stays[-1].state not in {"AW", "SE"}
        if not at_desk:
            pass  # came back and was called away before sitting down
        elif self.chance(me.locks * (1 - np.exp(-length / 360))):
            does = "lid" if length > 900 and self.chance(me.lid) else "lock"
            self.click(gone - float(self.rng.uniform(0.5, 4)), does)
        elif length > 900 and self.chance(me.lid):
            self.click(gone - float(self.rng.uniform(1, 5)), "lid")
        elif self.chance(0.5):
            self.hands(gone - 25, gone, 0, (4, 0.75), gone - float(self.rng.uniform(1, 15)))
        for state, share in parts:
            self.stay(state, min(self.now + share * length, self.leave))
        if name == "toilet" or (length > 900 and self.chance(0.5)):
            self.relief = self.now + 60 * me.bladder * self.rng.gamma(4, 0.25)
        if self.now < self.leave - 120 and self.chance(0.12):
            self.stay("AW", min(self.now + 60 * self.lognormal(3, 0.9), self.leave))

    def music(self) -> None:
        """Let a player hold its inhibitor over typing and absences alike; hands start it, and often stop it."""
        at = self.arrival + 3600 * float(self.rng.exponential(1.5))
        starts = np.sort([t.start for t in self.touches])
        while self.chance(0.75) and at < starts[-1]:
            begin = float(starts[np.searchsorted(starts, at)])
            end = begin + 60 * self.lognormal(50, 0.8, 3, 240)
            if self.chance(0.6) and end < starts[-1]:
                end = float(starts[np.searchsorted(starts, end)])
            self.hold(begin + self.near(), min(end, self.now) + self.near(), ("inhibited", "uninhibited"))
            at = end + 3600 * float(self.rng.exponential(1.2))

    def strangers(self, stop: float) -> None:
        """Add what is no person: phantom touches, bumped tables, cats."""
        me, rng = self.me, self.rng
        for at in rng.uniform(self.arrival, stop, rng.poisson(me.phantom * (stop - self.arrival) / 3600)):
            for step in range(int(rng.integers(5, 30)) if self.chance(0.04) else 1):
                self.touches.append(Touch(float(at) + 60.0 * step, float(at) + 60.0 * step, False))
        for state, start, end in self.stays:
            if state not in {"AW", "SE", "OFF"}:
                continue
            for at in rng.uniform(start, end, rng.poisson(me.bump * (end - start) / 3600)):
                self.touches.append(Touch(float(at), float(at + rng.uniform(0.05, 0.5)), False))
            for at in rng.uniform(start, end, rng.poisson(me.cat * (end - start) / 3600)):
                self.touches.append(Touch(float(at), float(at + rng.uniform(3, 20)), False))


def workday(kind: str, person: int, number: int) -> tuple[list[Report], list[Stay]]:
    """Return the reports of day `number` of a person, in order of time, and where the person truly was.

    Times are seconds of the local day. The stays have no holes; the last is OFF, from leaving to the monitor's stop.
    """
    day = _Day(habits(kind, person), number)
    while day.now < day.leave:
        errand = day.sit()
        if day.now < day.leave:
            day.errand(errand)
    day.let_go()
    if day.chance(day.me.kind.music):
        day.music()
    if day.chance(0.7) and day.stays[-1].state[0] != "A" and day.stays[-1].state != "SE":
        day.click(day.now - float(day.rng.uniform(1, 10)), "lock" if day.chance(day.me.locks) else "")
    start = day.arrival + float(day.rng.uniform(-90, 90))
    stop = day.now + day.lognormal(240, 1.0, 30, 1800)
    day.stay("OFF", stop)
    day.strangers(stop)
    return observe(day.me, day.rng, day.touches, day.signals, holds=day.holds, start=start, stop=stop), day.stays
