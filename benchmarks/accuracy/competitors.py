"""The decision rules of other programs: plain time-outs, and nine programs rebuilt from their source.

Each rule is a function from `Seen` to `Verdict`: the time it counts as sitting, and the times at which it would ask
the user to stand up (not the breaks for the eyes). Times are seconds of the day. The simulated person ignores prompts.
A trace shows only pauses of 15 s or more. So a rule of 5 s notices a pause late here, which favours it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from simulator.day import Interval
from simulator.trace import Report

MINUTE = 60.0


class Seen(NamedTuple):
    """The parts of a trace that these rules use. `stretches` are the times with input."""

    stretches: list[Interval]
    locked: list[Interval]
    suspended: list[Interval]
    inhibited: list[Interval]
    end: float


class Verdict(NamedTuple):
    """The result of a rule."""

    sitting: list[Interval]
    prompts: list[float]


Rule = Callable[[Seen], Verdict]


def seen(reports: list[Report]) -> Seen:
    """Return the input, locks, suspends and inhibitors of a trace."""
    end = reports[-1][0]
    stretches: list[Interval] = []
    since: float | None = None
    for at, name, last in reports:
        if name == "active" and since is None:
            since = at
        elif name in ("idle", "suspended", "stopped") and since is not None:
            stretches.append((since, at if last is None else last))
            since = None
    return Seen(
        stretches,
        _on(reports, "locked", "unlocked", end),
        _on(reports, "suspended", "resumed", end),
        _on(reports, "inhibited", "uninhibited", end),
        end,
    )


def _on(reports: list[Report], begin: str, finish: str, end: float) -> list[Interval]:
    found: list[Interval] = []
    count, since = 0, 0.0
    for at, name, _ in reports:
        if name == begin:
            since = at if count == 0 else since
            count += 1
        elif name == finish and count:
            count -= 1
            if count == 0:
                found.append((since, at))
    return [*found, (since, end)] if count else found


def _touch(intervals: list[Interval], start: float, end: float) -> bool:
    return any(begin < end and start < finish for begin, finish in intervals)


def pauses(what: Seen) -> Iterator[tuple[Interval, float]]:
    """Yield every stretch of input with the length of the pause after it."""
    for stretch, after in zip(what.stretches, [*what.stretches[1:], (what.end, what.end)], strict=True):
        yield stretch, after[0] - stretch[1]


def merged(
    what: Seen, longest: float, credit: float, *, session: bool = False, inhibited: bool = False
) -> list[Interval]:
    """Return the sitting: a pause shorter than `longest` counts in full, a longer one for `credit` seconds."""
    found: list[Interval] = []
    for (start, end), pause in pauses(what):
        bridged = pause < longest or (inhibited and _touch(what.inhibited, end, end + pause))
        if (
            session
            and pause > 0
            and (_touch(what.locked, end, end + pause) or _touch(what.suspended, end, end + pause))
        ):
            bridged = False
        stop = end + (pause if bridged else min(credit, pause))
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return found


def every(sitting: list[Interval], interval: float, rest: float) -> list[float]:
    """Return a prompt every `interval` of wall time since the last break of `rest` or more."""
    prompts: list[float] = []
    due = last = None
    for start, end in sitting:
        if last is None or start - last >= rest:
            due = start + interval
        while due is not None and due <= end:
            prompts.append(max(due, start))
            due = prompts[-1] + interval
        last = end
    return prompts


def counted(what: Seen, interval: float, reset: float, slack: float) -> list[float]:
    """Return a prompt every `interval` of input time (plus `slack` after it). A pause of `reset` clears the count."""
    prompts: list[float] = []
    count = 0.0
    for (start, end), pause in pauses(what):
        lasts = end - start + min(slack, pause)
        begin = start
        while count + lasts >= interval:
            prompts.append(begin + interval - count)
            lasts -= interval - count
            begin, count = prompts[-1], 0.0
        count += lasts
        if pause >= reset:
            count = 0.0
    return prompts


def timeout(what: Seen, *, after: float, back: bool, session: bool) -> Verdict:
    """Away when input has paused for `after` seconds: since the last input if `back`, else since the time-out."""
    sitting = merged(what, after, 0.0 if back else after, session=session)
    return Verdict(sitting, every(sitting, 30 * MINUTE, 5 * MINUTE))


def workrave(what: Seen) -> Verdict:
    """45 min of active time and 10 min of rest. Idle after 5 s, which count as active."""
    first = counted(what, 45 * MINUTE, 10 * MINUTE, 5)
    return Verdict(merged(what, 5, 5), first)


def safe_eyes(what: Seen) -> Verdict:
    """A long break in every fifth slot of 15 active minutes. A pause of 15 min restarts the slot; dated back."""
    return Verdict(merged(what, 5, 0), counted(what, 75 * MINUTE, 15 * MINUTE, 0))


def stretchly(what: Seen) -> Verdict:
    """Every third slot of 10 min of wall time. A pause over 5 min, a lock or a suspend resets the count."""
    sitting = merged(what, 5 * MINUTE, 5 * MINUTE, session=True)
    prompts = every(merged(what, 5 * MINUTE, 0, session=True), 30 * MINUTE, 0.001)
    return Verdict(sitting, prompts)


def breaktimer(what: Seen) -> Verdict:
    """28 min of wall time. Five minutes of idle or lock restart it, and so does its notification."""
    sitting = merged(what, 5 * MINUTE, 0)
    return Verdict(sitting, every(merged(what, 5 * MINUTE, 5 * MINUTE), 28 * MINUTE, 0.001))


def gnome_wellbeing(what: Seen) -> Verdict:
    """30 min of wall time since the last pause of 5 min, shown at the next input. Then silent until the next pause."""
    sitting = merged(what, 5 * MINUTE, 0)
    prompts = []
    for start, end in sitting:
        due = start + 30 * MINUTE
        first = next((max(due, begin) for begin, finish in what.stretches if begin < end and finish >= due), None)
        if due < end and first is not None:
            prompts.append(first)
    return Verdict(sitting, prompts)


def gnome_break_timer(what: Seen) -> Verdict:
    """40 min of active time. Rests add up to 6 min unless over 10 s of activity come between. One prompt only."""
    prompts: list[float] = []
    count = rested = 0.0
    prompted = False
    for (start, end), pause in pauses(what):
        lasts = end - start + min(5.0, pause)
        if lasts > 10:
            rested = 0.0
        if not prompted and count + lasts >= 40 * MINUTE:
            prompts.append(start + 40 * MINUTE - count)
            prompted = True
        count += lasts
        rested += max(0.0, pause - 5)
        if rested >= 6 * MINUTE:
            count, rested, prompted = 0.0, 0.0, False
    return Verdict(merged(what, 5, 5), prompts)


def rsibreak(what: Seen) -> Verdict:
    """60 min of wall time. A pause of one minute is a break, and a suggestion restarts the count."""
    sitting = merged(what, MINUTE, MINUTE)
    return Verdict(sitting, every(sitting, 60 * MINUTE, 0.001))


def aw_watcher_afk(what: Seen) -> Verdict:
    """Away after 180 s, since the last input. It has no prompts; we assume 30 min since the last 5 min away."""
    sitting = merged(what, 180, 0)
    return Verdict(sitting, every(sitting, 30 * MINUTE, 5 * MINUTE))


def sane_break(what: Seen) -> Verdict:
    """Every fourth slot of 20 min. Paused after 180 s unless inhibited. A pause over 5 min restarts the cycle."""
    sitting = merged(what, 180, 180, inhibited=True)
    return Verdict(sitting, every(sitting, 80 * MINUTE, 2 * MINUTE))


TIMEOUTS: dict[str, Rule] = {
    f"{after // 60} min" * (after >= 60)
    + f"{after} s" * (after < 60)
    + f", {'dated back' if back else 'credited'}{', session' if session else ''}": partial(
        timeout, after=float(after), back=back, session=session
    )
    for after in (30, 60, 120, 180, 300, 420, 600)
    for back in (True, False)
    for session in (False, True)
}
PROGRAMS: dict[str, Rule] = {
    "Workrave": workrave,
    "Safe Eyes": safe_eyes,
    "Stretchly": stretchly,
    "BreakTimer": breaktimer,
    "GNOME Wellbeing": gnome_wellbeing,
    "gnome-break-timer": gnome_break_timer,
    "RSIBreak": rsibreak,
    "aw-watcher-afk": aw_watcher_afk,
    "sane-break": sane_break,
}
