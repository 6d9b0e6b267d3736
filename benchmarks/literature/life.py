"""The truth of a day, drawn as modes of work within bouts of sitting. Seconds since local midnight."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.day import Stay

from literature.people import Person, Rng

MODE_SPREAD = {"SA": "typing", "SR": "reading", "SP": "passive", "SF": "film"}
PLANNED_CALLS = ((15, 0.2), (30, 0.45), (45, 0.1), (60, 0.25))
"""Minutes and shares: the lengths that calendars offer. (Microsoft telemetry, 2021: 62 % of calls are unplanned.)"""


def live(person: Person, rng: Rng) -> list[Stay]:
    """Return one workday of this person, from sitting down to going home."""
    amount = person.habits.amount
    start = 3600 * (amount["start_h"] + amount["start_sd_h"] * rng.standard_normal())
    end = start + 3600 * (amount["workday_h"] + amount["workday_sd_h"] * rng.standard_normal())
    sit = person.sit * float(rng.lognormal(0, amount["day_sit"]))
    plans = _plans(person, rng, start, end)
    stays: list[Stay] = []
    now = start
    while now < end:
        until = min(end, plans[0][0] if plans else end)
        if until <= now + 1:
            if plans:
                stays += _appointment(person, rng, now, plans.pop(0)[1])
                now = stays[-1].end
                continue
            break
        bout = 60 * person.habits.spread["sit"].draw(rng, sit)
        stays += _desk(person, rng, now, min(now + bout, until), standing=False)
        now = stays[-1].end
        if now < end and not (plans and plans[0][0] <= now):
            stays += _upright(person, rng, now)
            now = stays[-1].end
    return [*stays, Stay("OFF", now, now + 1800)]


def _plans(person: Person, rng: Rng, start: float, end: float) -> list[tuple[float, str]]:
    """Return lunch, meetings elsewhere and changes to standing, in order of time."""
    amount = person.habits.amount
    plans = [(3600 * amount["lunch_at_h"] + 1080 * rng.standard_normal(), "lunch")]
    for what, rate in (("meeting", amount["meetings"]), ("standing", amount["standings"])):
        plans += [(float(rng.uniform(start + 1200, end - 1200)), what) for _ in range(rng.poisson(rate))]
    return sorted(plan for plan in plans if start < plan[0] < end - 600)


def _appointment(person: Person, rng: Rng, now: float, what: str) -> list[Stay]:
    spread = person.habits.spread
    if what == "standing":
        return list(_desk(person, rng, now, now + 60 * spread["standing"].draw(rng), standing=True))
    length = 60 * spread[what].draw(rng)
    if what == "lunch" and not person.happens(rng, "lunch_elsewhere"):
        return [Stay("SF" if person.happens(rng, "lunch_film") else "SP", now, now + length)]
    walk = float(rng.uniform(30, 150))
    there = now + walk
    return [
        Stay("AW", now, there),
        Stay("SE", there, there + length),
        Stay("AW", there + length, there + length + walk),
    ]


def _upright(person: Person, rng: Rng, now: float) -> list[Stay]:
    length = 60 * person.habits.spread["upright"].draw(rng, person.upright)
    at_the_desk = length < 120 and person.happens(rng, "short_at_desk")
    return [Stay("AM" if at_the_desk else "AW", now, now + length)]


def _desk(person: Person, rng: Rng, now: float, until: float, *, standing: bool) -> Iterator[Stay]:
    """Yield the activities at the desk up to `until`. The last is cut short, unless the person finishes a call."""
    share = person.habits.share
    names = list(share)
    total = sum(share.values())
    weights = [share[name] / total for name in names]
    while now < until:
        mode = names[rng.choice(len(names), p=weights)]
        end = now + 60 * _minutes(person, rng, mode)
        if end > until and not (mode == "SV" and end < until + 3600 and person.happens(rng, "finish_call")):
            end = until
        yield Stay("T" + mode[1].replace("F", "P") if standing else mode, now, end)
        now = end


def _minutes(person: Person, rng: Rng, mode: str) -> float:
    if mode != "SV":
        return person.habits.spread[MODE_SPREAD[mode]].draw(rng)
    if person.happens(rng, "planned_call"):
        lengths, often = zip(*PLANNED_CALLS, strict=True)
        return float(rng.choice(lengths, p=often) + rng.uniform(-3, 3))
    return person.habits.spread["short_call"].draw(rng)
