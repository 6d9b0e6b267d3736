"""The body: from one event to the next, where it is and what it is about, under a plan and under urges."""

from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np

from .people import Habits

MIN = 60.0


class Stay(NamedTuple):
    """One true state from `start` to `end`, in seconds of the day."""

    state: str
    start: float
    end: float


class Piece(NamedTuple):
    """A stay with what the hands are about in it."""

    state: str
    start: float
    end: float
    style: str

    @property
    def at_desk(self) -> bool:
        """Whether the hands can reach the machine, and mean to."""
        return self.state[0] in "ST" and self.state != "SE"


class Signal(NamedTuple):
    """Something that the person starts and ends by hand: a call or a film."""

    name: str
    start: float
    end: float


# For each block: weight, median minutes and log-sd of its tasks; then how much it holds back the urges (1: not at all).
_BLOCKS: dict[str, tuple[dict[str, tuple[float, float, float]], float]] = {
    "focus": ({"type": (0.68, 11, 0.9), "read": (0.22, 3, 0.8), "off": (0.16, 2.5, 0.9)}, 0.75),
    "mail": ({"type": (0.6, 5, 0.8), "read": (0.25, 2.5, 0.7), "off": (0.14, 2.5, 0.9), "call": (0.06, 5, 0.9)}, 1.5),
    "reading": ({"read": (0.6, 11, 0.8), "type": (0.35, 3, 0.8), "off": (0.1, 3, 0.9)}, 0.8),
    "paper": ({"off": (0.6, 8, 0.9), "type": (0.4, 2, 0.8)}, 0.9),
    "phone": ({"off": (0.6, 6, 0.9), "type": (0.4, 2, 0.8)}, 0.8),
    "quickcall": ({"call": (0.45, 5, 0.8), "type": (0.5, 3, 0.8), "read": (0.05, 2, 0.7)}, 0.7),
    "film": ({"film": (1, 12, 1.0)}, 0.3),
}
_LETTER = {"type": "A", "read": "R", "off": "P", "call": "V", "silent": "V", "film": "F", "privacy": "P"}
_HOLD = {"call": 0.12, "silent": 0.12, "film": 0.3}  # a call or film holds the urges back further

# For each urge: mean minutes until it wins, gamma shape (1: no memory, more: it grows), at the desk only.
_URGES = {
    "legs": (75, 3, True),
    "bladder": (125, 5, False),
    "thirst": (120, 4, False),
    "errand": (40, 1, True),
    "talk": (85, 1, True),
    "fidget": (95, 1, True),
}
# For each reason to get up: median minutes away, log-sd, state.
_TRIPS = {
    "legs": (7, 1.0, "AW"),
    "bladder": (5.5, 0.5, "AW"),
    "thirst": (6, 0.9, "AW"),
    "errand": (3.5, 1.3, "AW"),
    "talk": (12, 1.0, "AW"),
    "fidget": (0.6, 0.8, "AM"),
    "forgot": (1.5, 0.9, "AW"),
}


@dataclass
class _Urge:
    level: float
    threshold: float


class Body:
    """One day of one body. `live` fills `pieces`, contiguous from arrival to leaving, and the signals."""

    def __init__(self, habits: Habits, rng: np.random.Generator) -> None:
        self.habits, self.rng = habits, rng
        self.day_stir = habits.stir * self.drawn(1, 0.15)
        self.t = self.arrival = habits.arrives + rng.normal(0, 12 * MIN)
        self.leave = self.t + habits.hours * 3600 + rng.normal(0, 25 * MIN)
        self.pieces: list[Piece] = []
        self.signals: list[Signal] = []
        self.declared: list[tuple[float, str]] = []
        self.urges = {name: _Urge(0.0, self.threshold(name)) for name in _URGES}
        self.up = False
        self.desk_until = np.inf
        self.mood = 1.0
        self.forgot_at = np.inf

    def drawn(self, median: float, log_sd: float) -> float:
        """Draw from a log-normal."""
        return float(median * np.exp(self.rng.normal(0, log_sd)))

    def threshold(self, name: str) -> float:
        """Draw how strong an urge gets before it wins, in its own minutes."""
        mean, shape, _ = _URGES[name]
        return float(self.rng.gamma(shape, mean / shape))

    def plan(self) -> list[tuple[float, str, float]]:
        """Draw the appointments of the day: start, what, seconds."""
        kind, rng = self.habits.kind, self.rng
        lunch = rng.normal(12.3, 0.3) * 3600
        plan = [(lunch, "lunch", float(np.clip(self.drawn(25, 0.45), 8, 75)) * MIN)]
        # how many, what, and its length: median minutes, log-sd, least and most
        for rate, what, median, log_sd, least, most in (
            (kind.online, "online", 33, 0.55, 6, 92),
            (0 if self.habits.home else kind.rooms, "room", 38, 0.5, 10, 110),
            (self.habits.privacy, "privacy", 0.5, 1.0, 0.1, 4),
            (self.habits.stands, "raise", 30, 0.7, 3, 120),
        ):
            for _ in range(rng.poisson(rate)):
                on_the_hour = what in {"online", "room"}
                at = rng.integers(18, 34) * 1800 + rng.normal(0, 90) if on_the_hour else rng.uniform(self.t, self.leave)
                plan.append((float(at), what, float(np.clip(self.drawn(median, log_sd), least, most)) * MIN))
        return sorted(item for item in plan if self.t + 5 * MIN < item[0] < self.leave - 10 * MIN)

    def live(self) -> None:
        """Run the day from arrival to leaving."""
        plan = self.plan()
        names = list(self.habits.kind.blocks)
        weights = np.array(list(self.habits.kind.blocks.values()), dtype=float)
        still = np.array([self.habits.quiet**0.7 if n in {"reading", "paper", "phone", "film"} else 1 for n in names])
        weights = weights * still / (weights * still).sum()
        while self.t < self.leave:
            if plan and plan[0][0] <= self.t:
                _, what, seconds = plan.pop(0)
                getattr(self, f"do_{what}")(seconds)
                continue
            limit = min(plan[0][0] if plan else np.inf, self.leave)
            self.block(str(self.rng.choice(names, p=weights)), min(self.t + self.drawn(28, 0.7) * MIN, limit))

    def block(self, name: str, end: float) -> None:
        """Work on one block of the plan until `end`, a task after the other."""
        tasks, hold = _BLOCKS[name]
        quiet = self.habits.quiet
        weights = np.array([w * (quiet if task in {"read", "off"} else 1) for task, (w, _, _) in tasks.items()])
        self.mood = hold * self.drawn(1, 0.9)
        while self.t < end:
            task = str(self.rng.choice(list(tasks), p=weights / weights.sum()))
            _, median, log_sd = tasks[task]
            minutes = self.drawn(median * (quiet**0.4 if task in {"read", "off"} else 1), log_sd)
            if task == "call":
                self.do_online(minutes * MIN)
            elif task == "film":
                self.do_film(float(np.clip(minutes, 5, 150)) * MIN)
            else:
                self.work(task, min(self.t + minutes * MIN, end))

    def at_desk(self, t: float) -> bool:
        """Whether the body is at the desk at a moment."""
        return any(p.at_desk for p in self.pieces if p.start <= t < p.end)

    def add(self, state: str, seconds: float, style: str = "none") -> None:
        """Let time pass in one state; urges grow."""
        if seconds <= 0:
            return
        end = self.t + seconds
        self.pieces.append(Piece(state, self.t, end, style))
        for name, urge in self.urges.items():
            if not _URGES[name][2]:
                urge.level += seconds / MIN * self.day_stir
        self.t = end

    def work(self, style: str, end: float, *, keep: bool = False) -> None:
        """Work at the desk in one style until `end`; urges break it. `keep`: take it up again after each break."""
        while self.t < end:
            if self.up and self.t >= self.desk_until:
                self.lower()
            rate = self.mood * self.day_stir * _HOLD.get(style, 1) * (1.2 if self.up else 1)
            waits = {
                name: max(0.0, urge.threshold - urge.level) * MIN / (rate if _URGES[name][2] else self.day_stir)
                for name, urge in self.urges.items()
            }
            if style in _HOLD:  # what cannot wait, waits a little still
                waits = {name: wait + 6 * MIN / _HOLD[style] * self.rng.random() for name, wait in waits.items()}
            waits["forgot"] = max(0.0, self.forgot_at - self.t) if style not in _HOLD else np.inf
            reason = min(waits, key=waits.__getitem__)
            step = min(waits[reason], end - self.t, self.desk_until - self.t if self.up else np.inf)
            for name, urge in self.urges.items():
                if _URGES[name][2]:
                    urge.level += step / MIN * rate
            self.add(
                ("T" if self.up else "S") + _LETTER[style], max(step, 20.0 if step == waits[reason] else 1.0), style
            )
            if step == waits[reason] and self.t < self.leave:
                self.trip(reason)
                if not keep and self.rng.random() < 0.35:
                    return

    def trip(self, reason: str) -> None:
        """Get up for a reason, and come back."""
        median, log_sd, state = _TRIPS[reason]
        seconds = float(np.clip(self.drawn(median, log_sd) * self.habits.linger, 0.2, 70)) * MIN
        seconds = max(11.0, min(seconds, self.leave - self.t))
        seated = self.rng.uniform(0.4, 0.8) * seconds if reason == "talk" and self.rng.random() < 0.4 else 0.0
        if reason == "legs" and self.rng.random() < 0.3:
            state = "AM"
        self.add(state, (seconds - seated) / 2 if seated else seconds)
        if seated:  # at a colleague's table
            self.add("SE", seated)
            self.add(state, (seconds - seated) / 2)
        self.settle(reason)

    def settle(self, reason: str) -> None:
        """Reset what the trip has quieted, and perhaps forget something."""
        for name in [name for name in self.urges if name in {reason, "legs"}]:  # a set has no fixed order
            self.urges[name] = _Urge(0.0, self.threshold(name))
        for name in ("bladder", "thirst"):  # on the way
            if self.urges[name].level > 0.6 * self.urges[name].threshold and self.rng.random() < 0.4:
                self.urges[name] = _Urge(0.0, self.threshold(name))
        forgets = self.rng.random() < 0.3
        self.forgot_at = self.t + self.drawn(1.6, 0.8) * MIN if forgets else np.inf

    def do_online(self, seconds: float) -> None:
        """Call at the desk: join, talk, hang up; then leave at once, or stay."""
        silent = self.rng.random() < self.habits.silent
        start, end = self.t, max(self.t + 40, min(self.t + seconds, self.leave))
        self.add("TV" if self.up else "SV", 6, "silent")
        self.work("silent" if silent else "call", end, keep=True)
        if not self.pieces[-1].at_desk:
            self.add("SV", 8, "silent")
        self.signals.append(Signal("call", start + self.rng.uniform(1, 4), self.t - self.rng.uniform(0.5, 5)))
        if self.rng.random() < self.habits.hang_up_leave * min(1, seconds / 900) and self.t < self.leave:
            self.trip(str(self.rng.choice(["bladder", "thirst", "legs", "talk"])))

    def do_film(self, seconds: float) -> None:
        """Watch a film seated."""
        self.lower()
        start = self.t
        self.add("SF", 6, "film")
        self.work("film", max(self.t + 60, min(self.t + seconds, self.leave)), keep=True)
        if not self.pieces[-1].at_desk:
            self.add("SF", 8, "film")
        cuts = [start + self.rng.uniform(1, 4), self.t - self.rng.uniform(0.5, 5)]
        if self.rng.random() < 0.5:  # pauses it when getting up
            trips = [p for p in self.pieces if p.start > start and not p.at_desk]
            for _, trip in groupby(trips, key=lambda p: trips.index(p) - self.pieces.index(p)):
                up = list(trip)
                cuts += [up[0].start - 3, up[-1].end + 3]
        cuts.sort()
        self.signals += [Signal("film", a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]

    def do_lunch(self, seconds: float) -> None:
        """Eat at the desk, or elsewhere, perhaps with a walk."""
        rng = self.rng
        if rng.random() < self.habits.lunch_at_desk:
            self.add("AW", self.drawn(4, 0.6) * MIN)
            self.mood = 0.4
            if rng.random() < 0.4:
                self.do_film(seconds)
            else:
                self.work("off" if rng.random() < 0.6 else "read", self.t + seconds)
            return
        self.add("AW", self.drawn(3.5, 0.5) * MIN)
        self.add("SE", seconds)
        self.add("AW", (self.drawn(20, 0.5) if rng.random() < 0.35 else self.drawn(4, 0.5)) * MIN)
        self.settle("bladder")

    def do_room(self, seconds: float) -> None:
        """Meet in a room."""
        self.add("AW", self.drawn(1.5, 0.6) * MIN)
        self.add("SE", seconds)
        self.add("AW", self.drawn(2.5, 0.9) * MIN)
        self.settle("talk")

    def do_privacy(self, seconds: float) -> None:
        """Lock the screen for a visitor or a paper, and stay seated."""
        self.add(("T" if self.up else "S") + "P", seconds, "privacy")

    def do_raise(self, seconds: float) -> None:
        """Raise the desk for a while."""
        if not self.up:
            self.up, self.desk_until = True, self.t + seconds
            self.declare("standing")

    def lower(self) -> None:
        """Lower the desk if it is up."""
        if self.up:
            self.up, self.desk_until = False, np.inf
            self.declare("sitting")

    def declare(self, posture: str) -> None:
        """Report the desk's new height, if the person thinks of it."""
        if self.rng.random() < self.habits.declares:
            self.declared.append((self.t + self.rng.uniform(2, 12), posture))


def merged_stays(pieces: list[Piece], stopped: float) -> list[Stay]:
    """Return the truth: pieces of equal state joined, and the time after work."""
    stays: list[Stay] = []
    for piece in pieces:
        if stays and stays[-1].state == piece.state:
            stays[-1] = stays[-1]._replace(end=piece.end)
        else:
            stays.append(Stay(piece.state, piece.start, piece.end))
    return [*stays, Stay("OFF", stays[-1].end, max(stopped, stays[-1].end + 1))]
