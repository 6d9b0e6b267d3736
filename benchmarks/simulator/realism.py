"""Compare simulated people with measurements of real ones.

The input figures are computed from the reported events, at the 15 s resolution of the trace, because the real logs were
treated the same way. The posture figures are computed from the true states. Active time is the time with input, with
silences under three minutes bridged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.day import Interval, Stay, bouts, runs, sessions, works
from simulator.people import KINDS, People
from simulator.trace import Day, Report, simulate

Floats = NDArray[np.float64]
MINUTE, HOUR = 60.0, 3600.0
ACTIVE_S = 180.0
"""Silences shorter than this are active time."""
POSTURE_BREAK_S = 10.0
"""Absences shorter than this do not end a sitting bout: the rule of the thigh sensors."""
OFFICE_HOURS = (9 * HOUR, 17 * HOUR)
CLASSES = ((60, 120), (120, 180), (180, 300), (300, 600), (600, 1800), (1800, 7200))
"""Seconds: the classes of silences."""
HABIT = (180, 1800)
"""Seconds: the silences whose rate is compared between people."""
DAYS_EACH = 3
"""Days of each person. Rates from a single day would mix the person with chance."""
QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)

BALABIT, IDE, WATCH, THIGH = "Balabit", "KaVE", "ActivityWatch", "activPAL"
TARGETS = {
    "stretches of input an active hour": ("27.5", BALABIT),
    "length of a stretch, s, quantiles": ("3 12 42 116 244", BALABIT),
    "share of active time with input": ("0.71, 0.46", f"{BALABIT}, {IDE}"),
    "last stretch before 3 min, s, quantiles": ("1 5 25 89 191", BALABIT),
    "last stretch under 1 s": ("0.09", BALABIT),
    "first stretch after 3 min, s, quantiles": ("2 9 31 114 215", BALABIT),
    "first stretch under 1 s": ("0.06", BALABIT),
    "silences of 1-2 min an active hour": ("3.6, 6.4", f"{BALABIT}, {IDE}"),
    "silences of 2-3 min an active hour": ("1.4, 1.9", f"{BALABIT}, {IDE}"),
    "silences of 3-5 min an active hour": ("0.96, 1.52, 2.11", f"{BALABIT}, {IDE}, {WATCH}"),
    "silences of 5-10 min an active hour": ("1.01, 1.17, 1.85", f"{BALABIT}, {IDE}, {WATCH}"),
    "silences of 10-30 min an active hour": ("0.54, 1.32, 1.21", f"{BALABIT}, {IDE}, {WATCH}"),
    "silences of 30-120 min an active hour": ("0.21, 0.59, 0.41", f"{BALABIT}, {IDE}, {WATCH}"),
    "silences of 3-30 min, log-sd between people": ("0.63, 0.72", f"{BALABIT}, {IDE}"),
    "share of people with a lock": ("0.44", IDE),
    "locks a day of these people": ("2.05", IDE),
    "length of a lock, min, quantiles": ("0.2 2.6 10.5 36 93", IDE),
    "sitting, min in 8 h": ("347", THIGH),
    "sitting bouts in 8 h": ("20.5", THIGH),
    "sitting bout, min, median and log-sd": ("6.4 1.57", THIGH),
    "longest sitting bout, min": ("93", THIGH),
    "half of the sitting is in bouts over, min": ("49", THIGH),
    "sitting in bouts of 30 min, min": ("226", THIGH),
    "sitting in bouts of 60 min, min": ("122", THIGH),
    "bouts of 30 min": ("3.7", THIGH),
    "bouts of 60 min": ("1.3", THIGH),
    "upright bout, min, median and log-sd": ("3.15 1.38", THIGH),
    "upright bout, min, mean": ("6.5", THIGH),
}
"""The figures of real people, and the source of each. Several numbers are of several sources."""


class Input(NamedTuple):
    """The input of one day, as reported."""

    stretches: list[Interval]
    locks: list[float]
    """Length of each lock in seconds."""

    @property
    def silences(self) -> Iterator[tuple[float, float, float]]:
        """Yield each silence in seconds, with the lengths of the stretches before and after it."""
        for before, after in pairwise(self.stretches):
            yield after[0] - before[1], before[1] - before[0], after[1] - after[0]

    @property
    def active(self) -> float:
        """Seconds of active time."""
        return self.touched + sum(silence for silence, _, _ in self.silences if silence < ACTIVE_S)

    @property
    def touched(self) -> float:
        """Seconds with input."""
        return sum(end - start for start, end in self.stretches)


def read(reports: Sequence[Report]) -> Input:
    """Return the input and the locks of a trace."""
    found = Input([], [])
    since: float | None = None
    locked: float | None = None
    for at, name, last in reports:
        if name == "active" and since is None:
            since = at
        elif name in ("idle", "suspended", "stopped") and since is not None:
            found.stretches.append((since, at if last is None else last))
            since = None
        elif name == "locked" and locked is None:
            locked = at
        elif name == "unlocked" and locked is not None:
            found.locks.append(at - locked)
            locked = None
    return found


class Posture(NamedTuple):
    """The postures of one day in office hours, in minutes."""

    observed: float
    sits: list[float]
    uprights: list[float]
    """Only those with sitting on both sides."""


def posture(stays: Sequence[Stay]) -> Posture:
    """Return the sitting and upright bouts, wherever the person sat."""
    begin, end = max(OFFICE_HOURS[0], stays[0].start), min(OFFICE_HOURS[1], stays[-1].start)
    seated = [
        (max(stay.start, begin), min(stay.end, end))
        for stay in stays
        if stay.state.startswith("S") and stay.start < end and stay.end > begin
    ]
    found = bouts(seated, POSTURE_BREAK_S)
    return Posture(
        (end - begin) / MINUTE,
        [(stop - start) / MINUTE for start, stop in found],
        [(after[0] - before[1]) / MINUTE for before, after in pairwise(found)],
    )


def figures(people: People, persons: int) -> dict[str, str]:
    """Return every figure of `TARGETS`, measured on this many persons of each kind."""
    days = [
        [simulate(people, kind, person, number) for number in range(DAYS_EACH)]
        for kind in KINDS
        for person in range(persons)
    ]
    return _input_figures(days) | _posture_figures([posture(day.stays) for own in days for day in own])


def _input_figures(days: list[list[Day]]) -> dict[str, str]:
    by_person = [[read(day.reports) for day in own] for own in days]
    every = [day for own in by_person for day in own]
    hours = sum(day.active for day in every) / HOUR
    lengths = [end - start for day in every for start, end in day.stretches]
    silences = [silence for day in every for silence in day.silences]
    long = [silence for silence in silences if silence[0] >= ACTIVE_S]
    lasts, firsts = np.array([before for _, before, _ in long]), np.array([after for _, _, after in long])
    rates = [_rate(own) for own in by_person]
    lockers = [own for own in by_person if any(day.locks for day in own)]
    locks = [lock / MINUTE for own in lockers for day in own for lock in day.locks]
    out = {
        "stretches of input an active hour": f"{len(lengths) / hours:.1f}",
        "length of a stretch, s, quantiles": _quantiles(lengths, 0),
        "share of active time with input": f"{sum(day.touched for day in every) / hours / HOUR:.2f}",
        "last stretch before 3 min, s, quantiles": _quantiles(lasts, 0),
        "last stretch under 1 s": f"{(lasts < 1).mean():.2f}",
        "first stretch after 3 min, s, quantiles": _quantiles(firsts, 0),
        "first stretch under 1 s": f"{(firsts < 1).mean():.2f}",
        "silences of 3-30 min, log-sd between people": f"{np.log(rates).std():.2f}",
        "share of people with a lock": f"{len(lockers) / len(days):.2f}",
        "locks a day of these people": f"{len(locks) / max(len(lockers) * DAYS_EACH, 1):.2f}",
        "length of a lock, min, quantiles": _quantiles(locks, 1),
    }
    for least, most in CLASSES:
        count = sum(least <= silence < most for silence, _, _ in silences)
        out[f"silences of {least // 60}-{most // 60} min an active hour"] = f"{count / hours:.2f}"
    return out


def _rate(own: Iterable[Input]) -> float:
    """Return the silences of `HABIT` an active hour of one person. Half a silence is added: none has no logarithm."""
    own = list(own)
    count = sum(HABIT[0] <= silence < HABIT[1] for day in own for silence, _, _ in day.silences)
    return (count + 0.5) * HOUR / sum(day.active for day in own)


def _posture_figures(days: list[Posture]) -> dict[str, str]:
    shifts = sum(day.observed for day in days) / (8 * 60)
    sits = np.array([sit for day in days for sit in day.sits])
    uprights = np.array([upright for day in days for upright in day.uprights])

    def long(least: float) -> tuple[str, str]:
        kept = sits[sits >= least]
        return f"{kept.sum() / shifts:.0f}", f"{len(kept) / shifts:.1f}"

    return {
        "sitting, min in 8 h": f"{sits.sum() / shifts:.0f}",
        "sitting bouts in 8 h": f"{len(sits) / shifts:.1f}",
        "sitting bout, min, median and log-sd": f"{np.median(sits):.1f} {np.log(sits).std():.2f}",
        "longest sitting bout, min": f"{np.mean([max(day.sits) for day in days]):.0f}",
        "half of the sitting is in bouts over, min": f"{np.mean([_half(day.sits) for day in days]):.0f}",
        "sitting in bouts of 30 min, min": long(30)[0],
        "sitting in bouts of 60 min, min": long(60)[0],
        "bouts of 30 min": long(30)[1],
        "bouts of 60 min": long(60)[1],
        "upright bout, min, median and log-sd": f"{np.median(uprights):.2f} {np.log(uprights).std():.2f}",
        "upright bout, min, mean": f"{uprights.mean():.1f}",
    }


def _half(sits: Sequence[float]) -> float:
    """Return W50: half of the sitting time is in bouts of this length or longer."""
    lengths = np.sort(sits)[::-1]
    return float(lengths[np.searchsorted(np.cumsum(lengths), lengths.sum() / 2)])


def _quantiles(values: Sequence[float] | Floats, digits: int, at: Sequence[float] = QUANTILES) -> str:
    if not len(values):
        return "none"
    return " ".join(f"{value:.{digits}f}" for value in np.quantile(values, at))


def scenarios(people: People, persons: int) -> dict[str, str]:
    """Return how often each scenario happens: the mean a day, and the 10th, 50th and 90th percentile of the people."""
    found: dict[str, list[float]] = {}
    for kind in KINDS:
        for person in range(persons):
            days = [simulate(people, kind, person, number) for number in range(DAYS_EACH)]
            for name, count in SCENARIOS.items():
                found.setdefault(name, []).append(sum(map(count, days)) / DAYS_EACH)
    return {name: f"{np.mean(each):.2f} ({_quantiles(each, 1, SPREAD)})" for name, each in found.items()}


def _sessions(*names: str) -> Callable[[Day], int]:
    return lambda day: len(sessions(day.stays, *names))


def _left_after(*names: str) -> Callable[[Day], int]:
    """Return a count of the sessions at whose end the person leaves the desk."""

    def count(day: Day) -> int:
        left = {stay.start for stay in day.stays if not works(stay.state)}
        return sum(end in left for _, end in sessions(day.stays, *names))

    return count


def _reported(name: str) -> Callable[[Day], int]:
    return lambda day: sum(event == name for _, event, _ in day.reports)


def _phantoms(day: Day) -> int:
    return sum(start == end for start, end in read(day.reports).stretches)


def _away_under_inhibitor(day: Day) -> int:
    """Count the absences of five minutes or more that an inhibitor outlasts, like a music player left on."""
    on = [at for at, name, _ in day.reports if name == "inhibited"]
    off = [at for at, name, _ in day.reports if name == "uninhibited"]
    away = runs(day.stays[:-1], lambda state: not works(state))

    def held(at: float) -> bool:
        return sum(start <= at for start in on) > sum(end <= at for end in off)

    return sum(end - start >= AWAY_S and held(start) and held(end) for start, end in away)


AWAY_S = 5 * MINUTE
SPREAD = (0.10, 0.50, 0.90)
SCENARIOS: dict[str, Callable[[Day], int]] = {
    "call with work": _sessions("call"),
    "call without work": _sessions("listening"),
    "call, then left": _left_after("call", "listening"),
    "film, or a part of one": _sessions("film"),
    "absence under a film or music": _away_under_inhibitor,
    "reading in bursts": _sessions("bursts"),
    "long reading on paper": _sessions("paper"),
    "screen lock": _reported("locked"),
    "lock while seated": _sessions("locked"),
    "suspend": _reported("suspended"),
    "lid closed while seated": _sessions("lid"),
    "touch of no length": _phantoms,
}


def table(columns: dict[str, dict[str, str]]) -> str:
    """Return a Markdown table: the figure, the real target and its source, and a column for each kind of people."""
    rows = [
        [figure, target, source, *(column[figure] for column in columns.values())]
        for figure, (target, source) in TARGETS.items()
    ]
    return _markdown(["figure", "real", "source", *columns], rows)


def scenario_table(columns: dict[str, dict[str, str]]) -> str:
    """Return a Markdown table of how often each scenario happens."""
    rows = [[name, *(column[name] for column in columns.values())] for name in SCENARIOS]
    return _markdown(["scenario, times a day", *columns], rows)


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in [head, ["-" * width for width in widths], *rows]
    ]
    return "\n".join(written)
