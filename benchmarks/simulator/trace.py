"""A day as a trace: events told the way a source tells them, with the truth beside them.

In memory an event is `(at, name, since)` in seconds since local midnight; on paper it is a line of the trace format.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

import numpy as np

from simulator import day, inputs, signals
from simulator.people import KINDS, People
from slowrise.core.model.events import AnyEvent, Event

RESOLUTION_S = 15.0
"""`idle` is told so long after the last input."""
ZONE = timezone(timedelta(hours=1))
FIRST_DAY = date(2026, 3, 2)
CLASSES: dict[str, type[Event]] = {str(kind.__struct_config__.tag): kind for kind in AnyEvent.__args__}

Told = tuple[float, str, float | None]


class Day(NamedTuple):
    """A simulated day: what was told, and what was true."""

    kind: str
    person: int
    date: date
    told: list[Told]
    stays: list[day.Stay]

    @property
    def observed(self) -> day.Interval:
        """From `started` to `stopped`."""
        return self.told[0][0], self.told[-1][0]

    def label(self, second: float) -> datetime:
        """The aware label of a second of this day, to the millisecond."""
        midnight = datetime.combine(self.date, datetime.min.time(), ZONE)
        return midnight + timedelta(milliseconds=round(second * 1000))

    def second(self, label: datetime) -> float:
        """The second of this day that carries the label."""
        return (label - datetime.combine(self.date, datetime.min.time(), ZONE)).total_seconds()

    def events(self) -> list[Event]:
        """The events as the rules take them."""
        return [
            CLASSES[name](at=self.label(at))
            if since is None
            else CLASSES[name](at=self.label(at), since=self.label(since))  # type: ignore[call-arg]
            for at, name, since in self.told
        ]

    def lines(self) -> str:
        """The trace as text."""
        out = []
        for at, name, since in self.told:
            line = {"at": self.label(at).isoformat(timespec="milliseconds"), "event": name}
            if since is not None:
                line["since"] = self.label(since).isoformat(timespec="milliseconds")
            out.append(json.dumps(line) + "\n")
        return "".join(out)

    def truth(self) -> str:
        """The truth as JSON: every stay, and the breaks of two minutes or more."""
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
    """The day of that number in the life of that person; always the same one."""
    who = people.person(kind, person)
    rng = np.random.default_rng([people.seed, KINDS.index(kind), person, number + 1])
    stays = day.live(who, rng)
    edges, inhibited = signals.streams(who, rng, stays)
    made = inputs.strokes(who, rng, stays)
    more, seen = signals.session(who, rng, stays, made, inhibited)
    edges += more + _postures(who.habits.chance["declare"], rng, stays)
    begins = stays[0].start - float(rng.uniform(1, 90))
    over = stays[-1].start + float(rng.choice((30, 60, 600, 1700)))
    told = tell(seen, edges, begins, over)
    return Day(kind, person, on or FIRST_DAY + timedelta(days=number), told, stays)


def tell(seen: inputs.Strokes, edges: list[signals.Edge], begins: float, over: float) -> list[Told]:
    """What the monitor tells of it between its start and its stop."""
    told: list[Told] = [(begins, "started", None)]
    sleeps = sorted(at for at, name in edges if name == "suspended")
    begin, end = seen
    kept = (begin > begins) & (begin < over)
    begin, end = begin[kept], end[kept]
    if len(begin):
        splits = np.flatnonzero(begin[1:] - end[:-1] >= RESOLUTION_S)
        firsts, lasts = begin[np.append(0, splits + 1)], end[np.append(splits, len(end) - 1)]
        nap = 0
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            told.append((first, "active", None))
            at = last + RESOLUTION_S
            while nap < len(sleeps) and sleeps[nap] < first:
                nap += 1
            if at < over and not (nap < len(sleeps) and sleeps[nap] < at):
                told.append((at, "idle", last))
    told += [(at, name, None) for at, name in edges if begins < at < over]
    told.append((over, "stopped", None))
    return sorted(told, key=lambda event: event[0])


def _postures(declare: float, rng: np.random.Generator, stays: list[day.Stay]) -> list[signals.Edge]:
    """Declared changes of posture: mostly declared, now and then forgotten."""
    edges: list[signals.Edge] = []
    for start, end in day.runs(stays, lambda state: state.startswith("T")):
        if rng.random() < declare:
            edges.append((start + float(rng.uniform(1, 8)), "standing"))
            if rng.random() < declare:
                edges.append((end + float(rng.uniform(1, 8)), "sitting"))
    return edges
