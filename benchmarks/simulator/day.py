"""The truth of a day: where the person was, in what posture, doing what. Seconds since local midnight.

SA sits and types   SR reads the screen   SP off-screen: paper, handset, talk   SV in a call   SF a film
TA TR TP TV         the same standing at the desk
AM upright at the desk without working    AW walks about    SE sits elsewhere    OFF after work

A stay may belong to a session, which decides what the hands do and which signals are on:

call       a call in which the person also works       listening   a call without work at the computer
film       a film with its idle inhibitor              bursts      reading that scrolls every few minutes
paper      long reading on paper                       locked      the screen is locked, the person stays
lid        the lid is closed, the person stays

Stays are half-open, `[start, end)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from simulator.people import Person, Rng

MODE_SPREAD = {"SA": "typing", "SR": "reading", "SP": "passive"}
SESSIONS = ("call", "film", "bursts", "paper", "locked", "lid")
PLANNED_CALLS = ((15, 0.2), (30, 0.45), (45, 0.1), (60, 0.2), (90, 0.05))
"""Minutes and shares: the lengths that calendars offer. (Microsoft telemetry, 2021: 62 % of calls are unplanned.)"""
LAST_PLAN_S = 600.0
"""Nothing planned begins so shortly before the end of the workday."""


class Stay(NamedTuple):
    """A period of one true state."""

    state: str
    start: float
    end: float
    session: str = ""


Interval = tuple[float, float]


def seated_at_desk(state: str) -> bool:
    """Return whether the person sits at this computer: the thing to estimate."""
    return state in ("SA", "SR", "SP", "SV", "SF")


def at_desk(state: str) -> bool:
    """Return whether the person is at this computer, sitting or standing."""
    return seated_at_desk(state) or state in ("TA", "TR", "TP", "TV", "AM")


def works(state: str) -> bool:
    """Return whether the person is at this computer and may touch it."""
    return at_desk(state) and state != "AM"


def runs(stays: list[Stay], wanted: Callable[[str], bool]) -> list[Interval]:
    """Return the longest periods whose states all satisfy `wanted`."""
    return _joined((stay.start, stay.end) for stay in stays if wanted(stay.state))


def sessions(stays: list[Stay], *names: str) -> list[Interval]:
    """Return the periods of the sessions with these names. The person may leave and return within one."""
    return _joined((stay.start, stay.end) for stay in stays if stay.session in names)


def _joined(intervals: Iterator[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for start, end in intervals:
        if found and start - found[-1][1] < 0.001:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def bouts(sitting: list[Interval], break_min: float) -> list[Interval]:
    """Return the sitting bouts: sitting merged over absences shorter than `break_min` seconds."""
    merged: list[Interval] = []
    for start, end in sitting:
        if merged and start - merged[-1][1] < break_min:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def breaks(sitting: list[Interval], break_min: float) -> list[Interval]:
    """Return the breaks between the bouts: a break needs sitting on both sides."""
    found = bouts(sitting, break_min)
    return [(before[1], after[0]) for before, after in pairwise(found)]


def live(person: Person, rng: Rng) -> list[Stay]:
    """Return one workday of this person, from sitting down to going home."""
    amount, spread = person.habits.amount, person.habits.spread
    start = 3600 * (amount["start_h"] + amount["start_sd_h"] * rng.standard_normal())
    end = start + 3600 * (amount["workday_h"] + amount["workday_sd_h"] * rng.standard_normal())
    today = float(rng.lognormal(0, amount["day_sit"]))
    plans = _plans(person, rng, start, end)
    stays: list[Stay] = []
    now = start
    while now < end:
        rises = now + 60 * spread["sit"].draw(rng, today)
        while now < rises:
            until = min(rises, end, plans[0][0] if plans else end)
            stays += _desk(person, rng, now, until, standing=False)
            now = max(now, until)
            if now >= end:
                break
            if plans and plans[0][0] <= now:
                what = plans.pop(0)[1]
                stays += _appointment(person, rng, now, what)
                now = stays[-1].end
                stays_on = what in SESSIONS and (now < rises or not person.happens(rng, "leaves_after"))
                rises = max(rises, now + 60 * spread["sit"].draw(rng, today)) if stays_on else now
        if now < end and works(stays[-1].state):
            stays += _upright(person, rng, now)
            now = stays[-1].end
    return [*stays, Stay("OFF", now, now + 1800)]


def _plans(person: Person, rng: Rng, start: float, end: float) -> list[tuple[float, str]]:
    """Return lunch, meetings and errands elsewhere, changes to standing and sessions, in order of time."""
    plans = [(3600 * person.habits.amount["lunch_at_h"] + 1080 * rng.standard_normal(), "lunch")]
    for what in ("meeting", "errand", "standing", *SESSIONS):
        able = {"locked": person.locks, "lid": person.laptop}.get(what, True)
        plans += [(float(rng.uniform(start, end)), what) for _ in range(person.times(rng, what) if able else 0)]
    return sorted(plan for plan in plans if start < plan[0] < end - LAST_PLAN_S)


def _appointment(person: Person, rng: Rng, now: float, what: str) -> list[Stay]:
    spread = person.habits.spread
    if what in SESSIONS:
        return list(_session(person, rng, now, what))
    if what == "standing":
        return list(_desk(person, rng, now, now + 60 * spread["standing"].draw(rng), standing=True))
    length = 60 * spread[what].draw(rng)
    if what == "lunch" and not person.happens(rng, "lunch_elsewhere"):
        film = person.happens(rng, "lunch_film")
        return [Stay("SF", now, now + length, "film") if film else Stay("SP", now, now + length)]
    walk = float(rng.uniform(30, 150))
    there = now + walk
    return [
        Stay("AW", now, there),
        Stay("SE", there, there + length),
        Stay("AW", there + length, there + length + walk),
    ]


def _session(person: Person, rng: Rng, now: float, what: str) -> Iterator[Stay]:
    if what == "call":
        yield from _call(person, rng, now)
    elif what == "film":
        yield from _film(person, rng, now)
    else:
        state = "SR" if what == "bursts" else "SP"
        yield Stay(state, now, now + 60 * person.habits.spread[what].draw(rng), what)


def _call(person: Person, rng: Rng, now: float) -> Iterator[Stay]:
    """Yield a call. The person may pace up and down for a part of it, away from the desk."""
    session = "listening" if person.happens(rng, "listens") else "call"
    if session == "listening":
        length = 60 * person.habits.spread["listening"].draw(rng)
    elif person.happens(rng, "planned_call"):
        lengths, often = zip(*PLANNED_CALLS, strict=True)
        length = 60 * float(rng.choice(lengths, p=often) + rng.uniform(-3, 3))
    else:
        length = 60 * person.habits.spread["short_call"].draw(rng)
    state = "TV" if person.happens(rng, "stands_in_calls") else "SV"
    end = now + length
    if not person.happens(rng, "paces"):
        yield Stay(state, now, end, session)
        return
    # A third paces for the whole call, from the moment it begins.
    left, back = sorted(rng.uniform(now, end, 2)) if rng.random() < 2 / 3 else (now, end)
    if left > now:
        yield Stay(state, now, float(left), session)
    yield Stay("AW", float(left), float(back), session)
    if back < end:
        yield Stay(state, float(back), end, session)


def _film(person: Person, rng: Rng, now: float) -> Iterator[Stay]:
    """Yield a film. The person may pause it to type, or leave while it goes on."""
    end = now + 60 * person.habits.spread["film"].draw(rng)
    pauses = person.happens(rng, "film_paused")
    while now < end:
        until = min(end, now + 60 * person.habits.spread["film_piece"].draw(rng)) if pauses else end
        yield Stay("SF", now, until, "film")
        now = until
        if now < end:
            typed = now + 60 * person.habits.spread["film_pause"].draw(rng)
            yield Stay("SA", now, typed)
            now = typed
    if person.happens(rng, "film_plays_on"):
        yield Stay("AW", now, now + 60 * person.habits.spread["upright"].draw(rng), "film")


def _upright(person: Person, rng: Rng, now: float) -> list[Stay]:
    length = 60 * person.habits.spread["upright"].draw(rng)
    at_the_desk = length < 120 and person.happens(rng, "short_at_desk")
    return [Stay("AM" if at_the_desk else "AW", now, now + length)]


def _desk(person: Person, rng: Rng, now: float, until: float, *, standing: bool) -> Iterator[Stay]:
    """Yield the activities at the desk up to `until`. The last is cut short."""
    share = person.habits.share
    names = list(share)
    total = sum(share.values())
    weights = [share[name] / total for name in names]
    while now < until:
        mode = names[rng.choice(len(names), p=weights)]
        end = min(until, now + 60 * person.habits.spread[MODE_SPREAD[mode]].draw(rng))
        yield Stay("T" + mode[1] if standing else mode, now, end)
        now = end
