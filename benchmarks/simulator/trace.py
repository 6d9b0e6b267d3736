"""A day as a trace: the events that the sources would report, with the truth.

In memory an event is `(at, name, since)` in seconds since local midnight. In a file it is a line of the trace format.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

import numpy as np

from simulator import day, inputs, signals
from simulator.people import KINDS, People
from slowrise.core.model.events import AnyEvent, Event

RESOLUTION_S = 15.0
"""The source reports `idle` this long after the last input."""
ZONE = timezone(timedelta(hours=1))
FIRST_DAY = date(2026, 3, 2)
CLASSES: dict[str, type[Event]] = {str(kind.__struct_config__.tag): kind for kind in AnyEvent.__args__}

Report = tuple[float, str, float | None]


class Day(NamedTuple):
    """A simulated day: the reported events and the truth."""

    kind: str
    person: int
    date: date
    reports: list[Report]
    stays: list[day.Stay]

    @property
    def observed(self) -> day.Interval:
        """The period from `started` to `stopped`."""
        return self.reports[0][0], self.reports[-1][0]

    def label(self, second: float) -> datetime:
        """Return the wall time of a second of this day, to the millisecond."""
        midnight = datetime.combine(self.date, datetime.min.time(), ZONE)
        return midnight + timedelta(milliseconds=round(second * 1000))

    def second(self, label: datetime) -> float:
        """Return the second of this day with that wall time."""
        return (label - datetime.combine(self.date, datetime.min.time(), ZONE)).total_seconds()

    def events(self) -> list[Event]:
        """Return the events as the engine takes them."""
        return [
            CLASSES[name](at=self.label(at))
            if since is None
            else CLASSES[name](at=self.label(at), since=self.label(since))  # type: ignore[call-arg]
            for at, name, since in self.reports
        ]

    def lines(self) -> str:
        """Return the trace as text."""
        out = []
        for at, name, since in self.reports:
            line = {"at": self.label(at).isoformat(timespec="milliseconds"), "event": name}
            if since is not None:
                line["since"] = self.label(since).isoformat(timespec="milliseconds")
            out.append(json.dumps(line) + "\n")
        return "".join(out)

    def truth(self) -> str:
        """Return the truth as JSON: every stay, and the breaks of two minutes or more."""
        written = lambda second: self.label(second).isoformat(timespec="milliseconds")  # noqa: E731
        sitting = day.runs(self.stays, day.seated_at_desk)
        return json.dumps(
            {
                "kind": self.kind,
                "stays": [[s.state, day.seated_at_desk(s.state), written(s.start), written(s.end)] for s in self.stays],
                "breaks": [[written(start), written(end)] for start, end in day.breaks(sitting, 120)],
            },
            indent=1,
        )


def simulate(people: People, kind: str, person: int, number: int, on: date | None = None) -> Day:
    """Return one day of one person. The same arguments always give the same day."""
    who = people.person(kind, person)
    rng = np.random.default_rng([people.seed, KINDS.index(kind), person, number + 1])
    stays = day.live(who, rng)
    edges, inhibited = signals.streams(who, rng, stays)
    made = inputs.strokes(who, rng, stays)
    more, seen = signals.session(who, rng, stays, made, inhibited)
    edges += more + _postures(who.habits.chance["declare"], rng, stays)
    begins = stays[0].start - float(rng.uniform(1, 90))
    over = stays[-1].start + float(rng.choice((30, 60, 600, 1700)))
    reports = report(seen, edges, begins, over)
    return Day(kind, person, on or FIRST_DAY + timedelta(days=number), reports, stays)


Workday = Callable[[str, int, int], tuple[Sequence[Report], Sequence[tuple[str, float, float]]]]
"""How other authors simulate a day: kind, person and day number in; reports and true stays out."""


def day_of(workday: Workday, kind: str, person: int, number: int) -> Day:
    """Return a day that another author has simulated."""
    reports, stays = workday(kind, person, number)
    return Day(kind, person, FIRST_DAY + timedelta(days=number), list(reports), [day.Stay(*stay) for stay in stays])


def report(seen: list[inputs.Stroke], edges: list[signals.Edge], begins: float, over: float) -> list[Report]:
    """Return the events that the daemon would record between `begins` and `over`."""
    found: list[Report] = [(begins, "started", None)]
    sleeps = sorted(at for at, name in edges if name == "suspended")
    for first, last in _stretches(stroke for stroke in seen if begins < stroke.start < over):
        found.append((first, "active", None))
        at = last + RESOLUTION_S
        if at < over and not any(first <= slept < at for slept in sleeps):
            found.append((at, "idle", last))
    found += [(at, name, None) for at, name in edges if begins < at < over]
    found.append((over, "stopped", None))
    return sorted(found, key=lambda event: event[0])


def _stretches(seen: Iterable[inputs.Stroke]) -> list[day.Interval]:
    """Return the strokes merged over pauses that the source does not report."""
    found: list[day.Interval] = []
    for stroke in seen:
        if found and stroke.start - found[-1][1] < RESOLUTION_S:
            found[-1] = (found[-1][0], max(found[-1][1], stroke.end))
        else:
            found.append((stroke.start, stroke.end))
    return found


def _postures(declare: float, rng: np.random.Generator, stays: list[day.Stay]) -> list[signals.Edge]:
    """Return the changes of posture that the person declares; some are forgotten."""
    edges: list[signals.Edge] = []
    for start, end in day.runs(stays, lambda state: state.startswith("T")):
        if rng.random() < declare:
            edges.append((start + float(rng.uniform(1, 8)), "standing"))
            if rng.random() < declare:
                edges.append((end + float(rng.uniform(1, 8)), "sitting"))
    return edges
