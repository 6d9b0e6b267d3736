"""Print the simulator's figures next to those of real people: `python benchmarks/third_hand [persons a kind]`."""

import sys
from collections import Counter
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from third_hand import KINDS, Report, Stay, workday

DAYS = 4
MIN = 60.0
_BINS = ((1, 2), (2, 3), (3, 5), (5, 10), (10, 30), (30, 120))


def check(reports: list[Report], stays: list[Stay]) -> None:
    """Fail if a day breaks the interface."""
    assert reports[0][1] == "started"
    assert reports[-1][1] == "stopped"
    assert all(a[0] <= b[0] for a, b in pairwise(reports))
    assert all(a.end == b.start and a.state != b.state for a, b in pairwise(stays))
    assert all(s.end > s.start for s in stays)
    assert stays[-1].state == "OFF"
    assert 30 <= reports[-1][0] - stays[-1].start <= 1801
    asleep, active, locked = False, False, False
    for at, name, since in reports:
        assert (since is not None) == (name == "idle"), (at, name)
        if name == "active":
            assert not active, at
            asleep = False  # a resume may be lost
        assert not (asleep and name == "idle"), at
        active = name == "active" or (active and name not in {"idle", "suspended"})
        asleep = name == "suspended" or (asleep and name != "resumed")
        assert name not in {"locked", "unlocked"} or locked == (name == "unlocked"), (at, name)
        locked = name == "locked" or (locked and name != "unlocked")


def stretches(reports: list[Report]) -> list[tuple[float, float]]:
    """Return the stretches of input, as reported."""
    found, start = [], None
    for at, name, since in reports:
        if name == "active":
            start = at
        elif start is not None and name in {"idle", "suspended", "stopped"}:
            found.append((start, at if since is None else since))
            start = None
    return found


def bouts(stays: list[Stay]) -> list[tuple[bool, float]]:
    """Return seated and upright bouts of 10 s and more, in minutes."""
    long = [s for s in stays if s.state != "OFF" and s.end - s.start >= 10]
    grouped = groupby(long, key=lambda s: s.state[0] == "S")
    return [(seated, sum(s.end - s.start for s in group) / MIN) for seated, group in grouped]


def row(name: str, real: str, ours: object) -> None:
    """Print a line of the table."""
    text = " ".join(f"{x:.2f}" for x in ours) if isinstance(ours, (list, tuple, np.ndarray)) else f"{ours:.2f}"
    print(f"{name:34} {real:30} {text}")


class Figures:
    """What is measured on simulated days, gathered a person at a time."""

    def __init__(self) -> None:
        self.runs: list[float] = []
        self.gaps: list[float] = []
        self.around: list[tuple[float, float, float]] = []  # before and after a long silence; active in 5 min before
        self.sits: list[float] = []
        self.ups: list[float] = []
        self.locks: list[float] = []
        self.active: list[float] = []
        self.rates: list[float] = []
        self.states: Counter[str] = Counter()
        self.names: Counter[str] = Counter()
        self.long: Counter[str] = Counter()
        self.days = 0

    def person(self, kind: str, person: int) -> None:
        """Simulate the days of one person."""
        active, count = 0.0, len([g for g in self.gaps if 3 <= g < 30])
        for number in range(DAYS):
            reports, stays = workday(kind, person, number)
            check(reports, stays)
            active += self.hands(reports, stays)
            for seated, minutes in bouts(stays):
                (self.sits if seated else self.ups).append(minutes)
            for s in stays[:-1]:
                self.states[s.state] += (s.end - s.start) / 3600
            self.names.update(name for _, name, _ in reports)
            ends = [[at for at, name, _ in reports if name == wanted] for wanted in ("locked", "unlocked")]
            self.locks += [(v - u) / MIN for u, v in zip(*ends, strict=False)]
            self.days += 1
        self.active.append(active)
        self.rates.append((len([g for g in self.gaps if 3 <= g < 30]) - count) / active)

    def hands(self, reports: list[Report], stays: list[Stay]) -> float:
        """Measure the input of one day; return its active hours (silences under 3 min bridged)."""
        found = [s for s in stretches(reports) if s[0] < stays[-1].start]
        up = [(s.start, s.end) for s in stays if s.state in {"AW", "AM", "SE"}]
        bridged = 0.0
        for (a0, a), (b, b1) in pairwise(found):
            self.gaps.append((b - a) / MIN)
            if b - a < 180:
                bridged += b - a
                continue
            self.around.append((a - a0, b1 - b, sum(max(0, min(y, a) - max(x, a - 300)) for x, y in found)))
            self.long["left" if any(x < b and y > a for x, y in up) else "stayed"] += 1
        self.runs += [b - a for a, b in found]
        return (sum(b - a for a, b in found) + bridged) / 3600


def main(persons: int) -> None:
    """Simulate and compare."""
    f = Figures()
    for kind in KINDS:
        for person in range(persons):
            f.person(kind, person)
    act, q5 = sum(f.active), [10, 25, 50, 75, 90]
    per8 = 8 / sum(f.states.values())
    gaps, sits, ups = np.array(f.gaps), np.sort(f.sits), np.array(f.ups)
    before, after, busy = np.array(f.around).T
    print(f"{f.days} days of {len(f.rates)} persons, {act:.0f} active hours\n\n{'figure':34} {'real':30} third hand")
    row("stretches an active hour", "27.5 (19 to 35)", len(f.runs) / act)
    row("  share of active time", ".71 (.62 to .80)", sum(f.runs) / 3600 / act)
    row("  seconds, q10 25 50 75 90", "3.0 12.2 41.6 116 244", np.percentile(f.runs, q5))
    real = ("3.6 to 6.4", "1.4 to 1.9", "1.0 to 2.1", "1.0 to 1.9", ".5 to 1.3", ".2 to .6")
    for (low, high), text in zip(_BINS, real, strict=True):
        row(f"silences of {low}-{high} min", text, ((gaps >= low) & (gaps < high)).sum() / act)
    row("  log-sd of 3-30 min by person", ".71", np.log(f.rates).std())
    row("stretch before 3 min silent, s", "1.1 5.2 25 89 191", np.percentile(before, q5))
    row("  after", "1.7 9.3 31 114 215", np.percentile(after, q5))
    row("  under 1 s, before and after", ".09 .06", [(before < 1).mean(), (after < 1).mean()])
    row("active s in the 5 min before", "14 68 163 226 283", np.percentile(busy, q5))
    row("seated min in 8 h", "347", sits.sum() * per8)
    row("  bouts, median, log-sd", "20.5 6.4 1.57", [len(sits) * per8, np.median(sits), np.log(sits).std()])
    total = [part for t in (30, 60) for part in (sits[sits >= t].sum() * per8, (sits >= t).sum() * per8)]
    half = sits[np.searchsorted(sits.cumsum(), sits.sum() / 2)]
    row("  T30 n30 T60 n60 W50", "226 3.7 122 1.3 49", [*total, half])
    row("upright: median, log-sd, mean", "3.15 1.38 6.5", [np.median(ups), np.log(ups).std(), ups.mean()])
    row(
        "  1-2 2-3 3-5 5-10 10-30 30-120",
        "2.9 1.8 2.9 3.5 3.1 .7",
        np.histogram(ups, [1, 2, 3, 5, 10, 30, 120])[0] * per8,
    )
    row("locks a day", "2.05", len(f.locks) / f.days)
    row("  min, q10 25 50 75 90", ".18 2.6 10.5 36 93", np.percentile(f.locks, q5))
    print("\nhours in 8: " + " ".join(f"{k} {v * per8:.2f}" for k, v in sorted(f.states.items())))
    print("reports a day: " + " ".join(f"{k} {v / f.days:.2f}" for k, v in sorted(f.names.items())))
    print(f"silences of 3 min and more: {dict(f.long)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
