"""The silences of simulated days as the tracker sees them, each piece with its truth."""

from __future__ import annotations

from typing import NamedTuple

from simulator.day import Interval, at_desk, runs
from simulator.trace import Day

from slowrise.core.presence import tracker
from slowrise.core.presence.silence import Silence
from slowrise.core.presence.tracker import Phase, PresenceState, Verdict


class Case(NamedTuple):
    """A piece of a silence with its truth."""

    silence: Silence
    begin: float
    end: float
    stayed: float
    """Share of it in which the user was at the desk; standing there without working does not count."""


class Cases(NamedTuple):
    """The pieces of a day as known at three times."""

    settled: list[Case]
    """A minute after the return."""
    returned: list[Case]
    """At the return."""
    lasting: list[Case]
    """While the silence goes on. `stayed` is whether the user is there at that moment."""


def cases(day: Day, lengths: tuple[float, ...] = ()) -> Cases:
    """Return the pieces of all silences of a day. Silences that go on are judged at each of `lengths` seconds."""
    presence = PresenceState(verdicts=[])
    there = runs(day.stays, _working)
    returned: list[Case] = []
    lasting: list[Case] = []
    midnight = day.label(0.0).timestamp()

    def case(verdict: Verdict) -> Case:
        begin, end = verdict.start - midnight, verdict.end - midnight
        return Case(verdict.silence, begin, end, _share(there, begin, end))

    sampled = 0.0
    for event in day.events():
        at = tracker.event_time(presence, event)
        if presence.phase is Phase.SILENT:
            for moment in (presence.since + length for length in lengths):
                if sampled < moment < at:
                    sampled = moment
                    piece = tracker.verdicts(presence, moment)[-1].silence
                    now = moment - midnight
                    lasting.append(Case(piece, now - piece.length, now, _share(there, now, now + 1)))
        if presence.decide_at is not None and presence.decide_at <= at:
            tracker.decide(presence, presence.decide_at)
        was_silent = presence.phase is Phase.SILENT
        tracker.apply(presence, event, at)
        if was_silent and presence.phase is Phase.ACTIVE and presence.decide_at is not None:
            returned += [case(verdict) for verdict in tracker.verdicts(presence, at) if verdict.end == at]
    assert presence.verdicts is not None
    return Cases([case(verdict) for verdict in presence.verdicts], returned, lasting)


def _working(state: str) -> bool:
    return at_desk(state) and state != "AM"


def _share(there: list[Interval], begin: float, end: float) -> float:
    return sum(max(0.0, min(end, stop) - max(begin, start)) for start, stop in there) / (end - begin)
