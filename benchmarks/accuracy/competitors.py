"""What others would have made of the same trace: plain time-outs, and nine programs rebuilt from their decision rules.

Each is a function from what was seen to `Verdict`: the time it takes for sitting, and the moments at which it would ask
for a break from the chair (not the ones for the eyes). Seconds of the day. Nobody here hears the prompts. A trace
shows pauses of 15 s or more only: rules that look at 5 s see a pause late here, which favours them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from simulator.day import Interval
from simulator.trace import Report

MINUTE = 60.0


class Seen(NamedTuple):
    """A trace as a time-out sees it."""

    stretches: list[Interval]
    locked: list[Interval]
    suspended: list[Interval]
    inhibited: list[Interval]
    end: float


class Verdict(NamedTuple):
    """What a rule concludes."""

    sitting: list[Interval]
    prompts: list[float]


Rule = Callable[[Seen], Verdict]


def seen(told: list[Report]) -> Seen:
    """The trace as stretches of input and of what was on."""
    end = told[-1][0]
    stretches: list[Interval] = []
    since: float | None = None
    for at, name, last in told:
        if name == "active" and since is None:
            since = at
        elif name in ("idle", "suspended", "stopped") and since is not None:
            stretches.append((since, at if last is None else last))
            since = None
    return Seen(
        stretches,
        _on(told, "locked", "unlocked", end),
        _on(told, "suspended", "resumed", end),
        _on(told, "inhibited", "uninhibited", end),
        end,
    )


def _on(told: list[Report], begin: str, finish: str, end: float) -> list[Interval]:
    found: list[Interval] = []
    count, since = 0, 0.0
    for at, name, _ in told:
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
    """Every stretch of input with the length of the pause after it."""
    for stretch, after in zip(what.stretches, [*what.stretches[1:], (what.end, what.end)], strict=True):
        yield stretch, after[0] - stretch[1]


def merged(
    what: Seen, longest: float, credit: float, *, session: bool = False, inhibited: bool = False
) -> list[Interval]:
    """Sitting where pauses shorter than `longest` are bridged, and `credit` of a longer one counts."""
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
    """A prompt each `interval` of wall-clock time since the last break of `rest` or more."""
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
    """A prompt each `interval` of time with input (and `slack` after it); a pause of `reset` clears the count."""
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
    """Away once input has paused for `after` seconds; `back`: since the last input, else since then."""
    sitting = merged(what, after, 0.0 if back else after, session=session)
    return Verdict(sitting, every(sitting, 30 * MINUTE, 5 * MINUTE))


def workrave(what: Seen) -> Verdict:
    """45 min of active seconds and 10 min of rest; idle after 5 s, which stay work."""
    first = counted(what, 45 * MINUTE, 10 * MINUTE, 5)
    return Verdict(merged(what, 5, 5), first)


def safe_eyes(what: Seen) -> Verdict:
    """A long break each fifth slot of 15 min of active time; a pause of 15 min starts a slot anew; dated back."""
    return Verdict(merged(what, 5, 0), counted(what, 75 * MINUTE, 15 * MINUTE, 0))


def stretchly(what: Seen) -> Verdict:
    """Each third slot of 10 min by the clock; a pause over 5 min, a lock or a suspend starts from nothing."""
    sitting = merged(what, 5 * MINUTE, 5 * MINUTE, session=True)
    prompts = every(merged(what, 5 * MINUTE, 0, session=True), 30 * MINUTE, 0.001)
    return Verdict(sitting, prompts)


def breaktimer(what: Seen) -> Verdict:
    """28 min by the clock; five minutes of idle or lock restart it; showing the notification is the break."""
    sitting = merged(what, 5 * MINUTE, 0)
    return Verdict(sitting, every(merged(what, 5 * MINUTE, 5 * MINUTE), 28 * MINUTE, 0.001))


def gnome_wellbeing(what: Seen) -> Verdict:
    """30 min by the clock since the last pause of 5 min, said when input comes; then overdue until there is one."""
    sitting = merged(what, 5 * MINUTE, 0)
    prompts = []
    for start, end in sitting:
        due = start + 30 * MINUTE
        first = next((max(due, begin) for begin, finish in what.stretches if begin < end and finish >= due), None)
        if due < end and first is not None:
            prompts.append(first)
    return Verdict(sitting, prompts)


def gnome_break_timer(what: Seen) -> Verdict:
    """40 min of active time; rest adds up to 6 min unless over 10 s of activity come between; overdue is said once."""
    prompts: list[float] = []
    count = rested = 0.0
    told = False
    for (start, end), pause in pauses(what):
        lasts = end - start + min(5.0, pause)
        if lasts > 10:
            rested = 0.0
        if not told and count + lasts >= 40 * MINUTE:
            prompts.append(start + 40 * MINUTE - count)
            told = True
        count += lasts
        rested += max(0.0, pause - 5)
        if rested >= 6 * MINUTE:
            count, rested, told = 0.0, 0.0, False
    return Verdict(merged(what, 5, 5), prompts)


def rsibreak(what: Seen) -> Verdict:
    """60 min by the clock; a pause of a minute is a break; a suggestion resets it."""
    sitting = merged(what, MINUTE, MINUTE)
    return Verdict(sitting, every(sitting, 60 * MINUTE, 0.001))


def aw_watcher_afk(what: Seen) -> Verdict:
    """Away after 180 s, since the last input; without prompts of its own: 30 min since the last afk of 5 min."""
    sitting = merged(what, 180, 0)
    return Verdict(sitting, every(sitting, 30 * MINUTE, 5 * MINUTE))


def sane_break(what: Seen) -> Verdict:
    """Each fourth slot of 20 min; paused after 180 s unless inhibited; a pause over 5 min starts the cycle anew."""
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
