"""The machine of the person: what the monitor sees of touches, locks, lids and sleep."""

from typing import NamedTuple

from numpy.random import Generator

from .people import Habits

BRIDGE = 15.0  # s: input pauses shorter than this are one stretch, and idle is reported this much later

Report = tuple[float, str, float | None]


class Touch(NamedTuple):
    """Input from `start` to `end`, by the person or by something else; `does` is lock or lid when it ends so."""

    start: float
    end: float
    human: bool = True
    does: str = ""


class _Session:
    """Screen and power state, walked through the day from one touch to the next."""

    def __init__(self, me: Habits, rng: Generator, holds: list[tuple[float, float]], start: float) -> None:
        self.me, self.rng, self.holds = me, rng, holds
        self.seen: list[tuple[float, float]] = []
        self.reports: list[Report] = []
        self.sleeps: list[tuple[float, float]] = []
        self.locked = self.asleep = False
        self.last = self.deaf_until = self.opened = start

    def _due(self, minutes: float) -> float:
        """Return when a timer of the idle session runs out; a call or an inhibitor starts it again at its end."""
        due = self.last + 60 * minutes if minutes else float("inf")
        for begin, end in self.holds:
            if begin < due < end + 60 * minutes:
                due = max(due, end + 60 * minutes)
        return due

    def lock(self, at: float) -> None:
        if not self.locked:
            self.locked = True
            self.reports.append((at, "locked", None))

    def fall_asleep(self, at: float) -> None:
        self.lock(at - float(self.rng.uniform(0.1, 0.9)))
        self.asleep = True
        self.sleeps.append((at, float("inf")))
        self.reports.append((at, "suspended", None))

    def pass_until(self, now: float) -> None:
        """Let the timers of screen and sleep run out before `now`."""
        sleep = float("inf") if self.asleep else self._due(self.me.sleep)
        if not self.locked and (due := self._due(self.me.screen)) < min(now, sleep):
            self.lock(due)
        if sleep < now:
            self.fall_asleep(sleep)

    def wake(self, at: float) -> None:
        self.asleep = False
        self.deaf_until = up = at + float(self.rng.uniform(0.4, 3))
        self.last = up
        self.sleeps[-1] = (self.sleeps[-1][0], up)
        if self.rng.random() > 0.1:  # some machines never report it
            self.reports.append((up, "resumed", None))

    def unlock(self, at: float) -> None:
        """Type the password from `at`; the monitor may not see the typing."""
        begin = max(at, self.deaf_until + float(self.rng.uniform(0.2, 3)))
        self.opened = done = begin + float(self.rng.uniform(1.2, 8))
        self.locked = False
        self.reports.append((done, "unlocked", None))
        if self.me.hidden:
            self.deaf_until = done
            if self.rng.random() < 0.8:
                first = done + float(self.rng.uniform(0.1, 2))
                self.seen.append((first, first + float(self.rng.uniform(0.1, 2))))
        else:
            self.seen.append((begin, done - 0.2))

    def touch(self, touch: Touch) -> None:
        self.pass_until(touch.start)
        if self.asleep and not touch.human and self.rng.random() > 0.04:
            return
        if self.asleep:
            self.wake(touch.start)
        if self.locked and touch.human:
            self.unlock(touch.start)
        if touch.start >= self.deaf_until or touch.end > self.deaf_until + 1:
            self.seen.append((max(touch.start, self.deaf_until + 0.01), touch.end))
        self.last = max(self.last, touch.end)
        at = max(touch.end, self.opened)
        if touch.does:
            self.lock(at + float(self.rng.uniform(0.1, 0.9)))
        if touch.does == "lid":
            self.fall_asleep(at + float(self.rng.uniform(1, 6)))


def _stretches(seen: list[tuple[float, float]], sleeps: list[tuple[float, float]], stop: float) -> list[Report]:
    """Report input stretches as active and idle; a stretch never spans sleep, and sleep takes its idle report."""
    cuts = [begin for begin, _ in sleeps]
    out: list[Report] = []
    begin = end = float("-inf")
    for start, until in [*sorted(seen), (float("inf"), float("inf"))]:
        if any(a < start < b for a, b in sleeps):
            continue
        if start - end < BRIDGE and not any(end <= cut <= start for cut in cuts):
            end = max(end, until)
            continue
        if end > float("-inf"):
            out.append((begin, "active", None))
            cut = next((c for c in cuts if begin <= c <= end + BRIDGE), None)
            if cut is None and end + BRIDGE < stop:
                out.append((end + BRIDGE, "idle", float(end)))
        begin, end = start, until
    return out


def observe(
    me: Habits,
    rng: Generator,
    touches: list[Touch],
    signals: list[Report],
    *,
    holds: list[tuple[float, float]],
    start: float,
    stop: float,
) -> list[Report]:
    """Return what the monitor reports between its start and its stop."""
    session = _Session(me, rng, holds, start)
    for touch in sorted(touches):
        if touch.end > start + 0.5 and touch.start < stop - 1:
            session.touch(touch._replace(start=max(touch.start, start + 0.1)))
    session.pass_until(stop - 1)
    reports = session.reports + _stretches(session.seen, session.sleeps, stop)
    begun = start
    for when, name, since in signals:  # an end follows its beginning
        at = max(when, start + 0.2)  # what began before the monitor is reported as it starts
        begins = name not in {"call-ended", "uninhibited"}
        for down, up in session.sleeps:
            if down <= at < up:  # nothing begins in sleep, and a player lets go before it
                at = up + 1.0 if begins else down - 1.0
        at = at if begins else max(at, begun + 1.0)
        begun = at
        reports.append((at, name, since))
    kept = [(float(at), name, since) for at, name, since in reports if start < at < stop]
    kept.sort(key=lambda report: report[0])
    return [(start, "started", None), *kept, (stop, "stopped", None)]
