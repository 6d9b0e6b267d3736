"""Print the figures of the simulated days beside the measured ones."""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from second_hand import KINDS, Report, Stay, workday

PERSONS, DAYS = 8, 3
SILENCES = {"3-5m": (180, 300), "5-10m": (300, 600), "10-30m": (600, 1800), "30-120m": (1800, 7200)}
MEASURED = {
    "gaps an hour over 15/30/60/120 s": "27.5 14.0 7.7 4.1 (mouse)",
    "silences an hour 3-5/5-10/10-30/30-120 min": "0.96 1.01 0.54 0.21 (mouse) 1.52 1.17 1.32 0.59 (IDE)",
    "stretch q10/25/50/75/90 s": "3 12 42 116 244",
    "stretch share of active time": "0.71 (.62 to .80)",
    "last stretch before silence q10/25/50/75/90, under 1 s": "1.1 5.2 25 89 191, 0.09",
    "first stretch after silence, under 1 s": "1.7 9.3 31 114 215, 0.06",
    "log-sd between persons, silences 3-30 min": "0.71",
    "sit bouts per 8 h, median, log-sd": "20.5 6.4 1.57",
    "sit min, T30, T60, n30, n60, longest per 8 h": "347 226 122 3.7 1.3 93",
    "upright median, log-sd, mean": "3.15 1.38 6.5",
    "upright per 8 h 1-2/2-3/3-5/5-10/10-30/30-120": "2.9 1.8 2.9 3.5 3.1 0.7",
    "locks a day of lockers, length q10/25/50/75/90 min": "2.05, 0.18 2.6 10.5 36 93",
}


def stretches(reports: list[Report]) -> np.ndarray:
    """Return rows of start and end of input; a stretch that sleep cut ends at the cut."""
    rows, start = [], None
    for at, name, since in reports:
        if name == "active" and start is None:
            start = at
        elif name in {"idle", "suspended", "stopped"} and start is not None:
            rows.append((start, since if since is not None else at))
            start = None
    return np.array(rows).reshape(-1, 2)


def bouts(stays: list[Stay]) -> list[tuple[bool, float]]:
    """Return (seated, minutes) with bouts under 10 s joined to the one before."""
    out: list[tuple[bool, float]] = []
    for state, start, end in stays:
        if state == "OFF":
            continue
        seated, minutes = state[0] == "S", (end - start) / 60
        if out and (out[-1][0] == seated or minutes < 1 / 6):
            out[-1] = (out[-1][0], out[-1][1] + minutes)
        else:
            out.append((seated, minutes))
    return out


def locks(reports: list[Report]) -> list[float]:
    """Return the lengths of the locks in minutes."""
    out, since = [], None
    for at, name, _ in reports:
        if name == "locked":
            since = at
        elif name == "unlocked" and since is not None:
            out.append((at - since) / 60)
            since = None
    return out


def text(values: Iterable[float]) -> str:
    """Return the values with two or three digits each."""
    return " ".join(f"{v:.3g}" for v in values)


def quantiles(values: list[float]) -> str:
    """Return five quantiles, from 10 to 90 %."""
    return text(np.quantile(values, [0.1, 0.25, 0.5, 0.75, 0.9]))


def survey(kinds: tuple[str, ...]) -> dict[str, str]:
    """Return each figure of the days of these kinds, as text."""
    lengths: list[float] = []
    last: list[float] = []
    after: list[float] = []
    gaps: list[float] = []
    sits: list[float] = []
    ups: list[float] = []
    lock_days: list[list[float]] = []
    longest: list[float] = []
    rates: list[float] = []
    hours = work = 0.0
    for kind in kinds:
        for person in range(PERSONS):
            own_hours, own_silences, own_locks = 0.0, 0, []
            for number in range(DAYS):
                reports, stays = workday(kind, person, number)
                rows = stretches(reports)
                pauses = rows[1:, 0] - rows[:-1, 1]
                own_hours += ((rows[:, 1] - rows[:, 0]).sum() + pauses[pauses < 180].sum()) / 3600
                own_silences += int(((pauses >= 180) & (pauses < 1800)).sum())
                gaps += list(pauses)
                lengths += list(rows[:, 1] - rows[:, 0])
                long = np.flatnonzero(pauses >= 180)
                last += list((rows[:, 1] - rows[:, 0])[long])
                after += list((rows[:, 1] - rows[:, 0])[long + 1])
                day = bouts(stays)
                sits += [m for seated, m in day if seated]
                longest.append(max(m for seated, m in day if seated))
                ups += [m for seated, m in day if not seated]
                work += (stays[-1].start - stays[0].start) / 3600
                own_locks.append(locks(reports))
            hours += own_hours
            rates.append(max(own_silences, 0.5) / own_hours)
            if any(own_locks):
                lock_days += own_locks
    gap, sit, up = np.array(gaps), np.array(sits), np.array(ups)
    eight = 8 / work
    between = [np.std(np.log(rates[i : i + PERSONS])) for i in range(0, len(rates), PERSONS)]
    values = [
        text((gap > s).sum() / hours for s in (15, 30, 60, 120)),
        text(((gap >= a) & (gap < b)).sum() / hours for a, b in SILENCES.values()),
        quantiles(lengths),
        text([sum(lengths) / 3600 / hours]),
        quantiles(last) + f", {np.mean(np.array(last) < 1):.2f}",
        quantiles(after) + f", {np.mean(np.array(after) < 1):.2f}",
        text([np.std(np.log(rates)), np.mean(between)]) + " (all kinds; mean within a kind)",
        text([sit.size * eight, np.median(sit), np.std(np.log(sit))]),
        text(v * eight for v in (sit.sum(), sit[sit >= 30].sum(), sit[sit >= 60].sum(), (sit >= 30).sum()))
        + " "
        + text([(sit >= 60).sum() * eight, float(np.mean(longest))]),
        text([np.median(up), np.std(np.log(up)), up.mean()]),
        text(((up >= a) & (up < b)).sum() * eight for a, b in ((1, 2), (2, 3), (3, 5), (5, 10), (10, 30), (30, 120))),
        f"{sum(map(len, lock_days)) / max(len(lock_days), 1):.2f}, " + quantiles([m for d in lock_days for m in d]),
    ]
    return dict(zip(MEASURED, values, strict=True))


def main() -> None:
    """Print one table for all people and one line of states for each kind."""
    for name, value in survey(KINDS).items():
        print(f"{name}\n    simulated {value}\n    measured  {MEASURED[name]}")
    for kind in KINDS:
        share: Counter[str] = Counter()
        events: Counter[str] = Counter()
        for person in range(PERSONS):
            reports, stays = workday(kind, person, 0)
            events.update(name for _, name, _ in reports)
            for state, start, end in stays:
                share[state] += (end - start) / 60 / PERSONS
        print(f"{kind}: min a day", " ".join(f"{s} {m:.0f}" for s, m in sorted(share.items())))
        print("   reports a day", " ".join(f"{n} {c / PERSONS:.1f}" for n, c in sorted(events.items())))


if __name__ == "__main__":
    main()
