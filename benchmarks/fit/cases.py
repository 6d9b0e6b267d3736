"""The silences of simulated days as the rules hear them, with the truth of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from simulator.day import at_desk, runs
from simulator.trace import Day

from slowrise.core.presence.activity import Activity, OnOffHistory
from slowrise.core.presence.evidence import SHORT
from slowrise.core.presence.silence import AFTERMATH, Silence, facts_of


class Case(NamedTuple):
    """A silence with its truth."""

    silence: Silence
    begin: float
    end: float
    stayed: float
    """Share of it in which the person was at the desk and not merely standing beside it."""


class Hearing:
    """Everything that was heard on a day."""

    def __init__(self, day: Day, until: float = float("inf")) -> None:
        """Up to `until`, in seconds of the day."""
        self.activity = Activity(starts=[], ends=[], before=[])
        self.locked, self.calls, self.inhibitors, self.sleeps = (OnOffHistory(starts=[], ends=[]) for _ in range(4))
        self.going_on: float | None = None
        for at, name, since in day.told:
            if at > until:
                break
            self._hear(at, name, since)

    def _hear(self, at: float, name: str, since: float | None) -> None:
        if name == "active":
            self.going_on = at if self.going_on is None else self.going_on
        elif name in ("idle", "suspended", "stopped") and self.going_on is not None:
            self.activity.add(self.going_on, at if since is None else since)
            self.going_on = None
        on, off = self._switches()
        if name in on:
            on[name](at)
        elif name in off:
            off[name].end(at)

    def _switches(self) -> tuple[dict[str, Callable[[float], None]], dict[str, OnOffHistory]]:
        """What each edge begins, and what it ends."""
        return (
            {
                "locked": self.locked.begin_once,
                "suspended": self.sleeps.begin,
                "call-started": self.calls.begin,
                "inhibited": self.inhibitors.begin,
            },
            {
                "unlocked": self.locked,
                "resumed": self.sleeps,
                "call-ended": self.calls,
                "uninhibited": self.inhibitors,
            },
        )


def cases(day: Day, *, at_return: bool = False) -> Iterator[Case]:
    """Every silence between two inputs as known a minute after it, or at its very end."""
    heard = Hearing(day)
    there = runs(day.stays, _working)
    starts, ends = heard.activity.starts, heard.activity.ends
    stopped = day.observed[1]
    for begin, end in zip(ends, starts[1:], strict=False):
        if end - begin <= SHORT:
            continue
        # Seen from its very end the next stretch has just begun; a minute later `heard` has all of it.
        now, going_on = (end, end) if at_return else (min(end + AFTERMATH, stopped), None)
        silence = facts_of(heard, begin, end, now=now, going_on=going_on)
        yield Case(silence, begin, end, _share(there, begin, end))


def so_far(day: Day, marks: tuple[float, ...]) -> Iterator[Case]:
    """Every silence as known while it lasts, at these lengths; `stayed` is whether the person is there just then."""
    there = runs(day.stays, _working)
    heard = Hearing(day)
    for begin, end in zip(heard.activity.ends, heard.activity.starts[1:], strict=False):
        for mark in marks:
            now = begin + mark
            if now < end:
                yield Case(facts_of(Hearing(day, now), begin, now, now=now), begin, now, _share(there, now, now + 1))


def _working(state: str) -> bool:
    return at_desk(state) and state != "AM"


def _share(there: list[tuple[float, float]], begin: float, end: float) -> float:
    return sum(max(0.0, min(end, stop) - max(begin, start)) for start, stop in there) / (end - begin)
