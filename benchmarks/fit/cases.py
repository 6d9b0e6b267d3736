"""The silences of simulated days as the engine sees them, each with its truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from simulator.day import at_desk, runs
from simulator.trace import Day

from slowrise.core.presence.activity import Activity, Signals
from slowrise.core.presence.evidence import SHORT_SILENCE
from slowrise.core.presence.silence import AFTERMATH, Silence, facts_of


class Case(NamedTuple):
    """A silence with its truth."""

    silence: Silence
    begin: float
    end: float
    stayed: float
    """Share of it in which the user was at the desk; standing there without working does not count."""


class Observed:
    """Everything a source reported on a day."""

    def __init__(self, day: Day, until: float = float("inf")) -> None:
        """Read the events up to `until`, in seconds of the day."""
        self.activity, self.signals = Activity(), Signals()
        self.active_since: float | None = None
        signals = self.signals
        changes = {
            "locked": signals.locks.begin_once,
            "unlocked": signals.locks.end,
            "suspended": signals.suspends.begin,
            "resumed": signals.suspends.end,
            "call-started": signals.calls.begin,
            "call-ended": signals.calls.end,
            "inhibited": signals.inhibitors.begin,
            "uninhibited": signals.inhibitors.end,
        }
        for at, name, since in day.reports:
            if at > until:
                break
            self._input(at, name, since)
            if name in changes:
                changes[name](at)

    def _input(self, at: float, name: str, since: float | None) -> None:
        if name == "active":
            self.active_since = at if self.active_since is None else self.active_since
        elif name in ("idle", "suspended", "stopped") and self.active_since is not None:
            self.activity.add(self.active_since, at if since is None else since)
            self.active_since = None

    def silence(self, begin: float, end: float, *, now: float, active_since: float | None = None) -> Silence:
        """Return the facts about `[begin, end)` that are known at `now`."""
        return facts_of(self.activity, self.signals, begin, end, now=now, active_since=active_since)


def cases(day: Day, *, at_return: bool = False) -> Iterator[Case]:
    """Yield every silence between two inputs, as known a minute after it or (`at_return`) at its end."""
    observed = Observed(day)
    there = runs(day.stays, _working)
    starts, ends = observed.activity.starts, observed.activity.ends
    stopped = day.observed[1]
    for begin, end in zip(ends, starts[1:], strict=False):
        if end - begin <= SHORT_SILENCE:
            continue
        # At the end of a silence the next burst has just begun; a minute later `observed` has all of it.
        now, active_since = (end, end) if at_return else (min(end + AFTERMATH, stopped), None)
        silence = observed.silence(begin, end, now=now, active_since=active_since)
        yield Case(silence, begin, end, _share(there, begin, end))


def so_far(day: Day, lengths: tuple[float, ...]) -> Iterator[Case]:
    """Yield every silence while it lasts, at these lengths. `stayed` is whether the user is there at that moment."""
    there = runs(day.stays, _working)
    observed = Observed(day)
    for begin, end in zip(observed.activity.ends, observed.activity.starts[1:], strict=False):
        for length in lengths:
            now = begin + length
            if now < end:
                silence = Observed(day, now).silence(begin, now, now=now)
                yield Case(silence, begin, now, _share(there, now, now + 1))


def _working(state: str) -> bool:
    return at_desk(state) and state != "AM"


def _share(there: list[tuple[float, float]], begin: float, end: float) -> float:
    return sum(max(0.0, min(end, stop) - max(begin, start)) for start, stop in there) / (end - begin)
