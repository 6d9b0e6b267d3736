"""People at a desk, for properties: mostly short silences, some long, and everything else that happens to a day.

A person is a list of doings, so that a failure shrinks to the few that matter. Time runs in whole milliseconds on a
clock that nobody sets; the labels are those of one that somebody may.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from slowrise.adapters.system.resources import weights
from slowrise.config.config import Config
from slowrise.config.parse import from_differences
from slowrise.core.metrics.summary import Summary
from slowrise.core.model import events as e
from slowrise.history.day_records import day_records
from slowrise.history.monitor import Monitor

MONDAY = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=1)))
RESOLUTION = 15.0

slow = settings(deadline=None, max_examples=int(os.environ.get("EXAMPLES", "40")))
"""A day takes as long as it takes, on a machine that others use too. `EXAMPLES=1000` looks longer."""

Doing = tuple[str, float]


class PersonDay:
    """Makes the events of what is done, in order."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self.events: list[e.Event] = []
        self.passed = 0.0
        self._zero = start.astimezone(UTC)
        self._shift = 0.0
        self._zone = start.tzinfo
        self._active = False

    def label(self, passed: float | None = None) -> datetime:
        """What the clock shows now, or showed so many seconds after the start as it stands now."""
        seconds = self._shift + (self.passed if passed is None else passed)
        return (self._zero + timedelta(milliseconds=round(seconds * 1000))).astimezone(self._zone)

    def emit(self, kind: type[e.Event], /, **facts: Any) -> None:
        """Something happens now."""
        self.events.append(kind(at=self.label(), **facts))

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.passed = round(self.passed + seconds, 3)

    def type_for(self, seconds: float, pause: float = 0.0) -> None:
        """Input for so long, told off when it has paused for as long as the source needs to see it."""
        if not self._active:
            self.emit(e.Active)
        last = self.passed + seconds
        self.wait(seconds + RESOLUTION)
        self.emit(e.Idle, since=self.label(last))
        self.wait(max(pause - RESOLUTION, 0.001))

    def do(self, doing: Doing) -> None:
        """One of `DOINGS`."""
        DOINGS[doing[0]](self, doing[1])

    def step(self, by: float) -> None:
        """Somebody sets the clock."""
        self._shift += by
        self.emit(e.ClockStepped, by=by)

    def travel(self, hours: float) -> None:
        """Somewhere else the clock shows something else."""
        self._zone = timezone(timedelta(hours=hours))


def _office(desk: PersonDay, minutes: float) -> None:
    """Typing with short pauses."""
    until = desk.passed + min(minutes, 120) * 60
    turn = 0
    while desk.passed < until:
        desk.type_for((4.0, 40.0, 11.0, 95.0)[turn % 4], (16.0, 22.0, 70.0, 28.0, 45.0)[turn % 5])
        turn += 1


def _jiggle(desk: PersonDay, minutes: float) -> None:
    """A device that moves the pointer by itself."""
    for _ in range(6):
        desk.type_for(0.1, 60.0 + minutes)


def _around(kind: type[e.Event], ended: type[e.Event]) -> Callable[[PersonDay, float], None]:
    def during(desk: PersonDay, minutes: float) -> None:
        desk.emit(kind)
        desk.wait(minutes * 60)
        desk.emit(ended)

    return during


def _lunch_asleep(desk: PersonDay, minutes: float) -> None:
    desk.emit(e.Locked)
    desk.emit(e.Suspended)
    desk.wait(minutes * 60)
    desk.emit(e.Resumed)
    desk.type_for(3.0)
    desk.emit(e.Unlocked)


def _restart(desk: PersonDay, minutes: float) -> None:
    desk.emit(e.Stopped)
    desk.wait(minutes * 60)
    desk.emit(e.Started)


def _crash(desk: PersonDay, minutes: float) -> None:
    last_sign = desk.label()
    desk.wait(minutes * 60)
    desk.emit(e.Started, since=last_sign)


def _crash_unseen(desk: PersonDay, minutes: float) -> None:
    desk.wait(minutes * 60)
    desk.emit(e.Started)


def _lull(desk: PersonDay, minutes: float) -> None:
    """Input that pauses for a moment now and then, as it is told while a prompt waits."""
    desk.emit(e.Active)
    for _ in range(1 + min(int(minutes * 2), 40)):
        desk.wait(30)
        desk.emit(e.Lull, since=desk.label(desk.passed - 5))
    desk.emit(e.Idle, since=desk.label(desk.passed - 5))


def _in_doubt(desk: PersonDay, minutes: float) -> None:
    """Back from an absence of which nobody could say whether it was one, and there long enough to be asked."""
    desk.type_for(300.0, 330.0 + 60 * (minutes % 4))
    desk.type_for(330.0, 20.0)


def _answer(was: e.Was) -> Callable[[PersonDay, float], None]:
    def answer(desk: PersonDay, minutes: float) -> None:
        begin, end = desk.passed - minutes * 60, desk.passed - minutes * 20
        desk.emit(e.Answered, from_=desk.label(begin), to=desk.label(end), was=was)

    return answer


def _settings(desk: PersonDay, minutes: float) -> None:
    limits = {"sit_soft": f"{10 + round(minutes)}m", "sit_firm": f"{20 + 2 * round(minutes)}m"}
    desk.emit(e.PolicyChanged, settings={"limits": limits} if minutes else {})


DOINGS: dict[str, Callable[[PersonDay, float], None]] = {
    "office": _office,
    "type": lambda desk, minutes: desk.type_for(minutes * 60, 20.0),
    "lull": _lull,
    "silence": lambda desk, minutes: desk.wait(minutes * 60),
    "in doubt": _in_doubt,
    "touch": lambda desk, minutes: desk.type_for(0.2, minutes * 60),
    "jiggle": _jiggle,
    "lock": _around(e.Locked, e.Unlocked),
    "sleep": _lunch_asleep,
    "suspend": _around(e.Suspended, e.Resumed),
    "call": lambda desk, _: desk.emit(e.CallStarted),
    "hang-up": lambda desk, _: desk.emit(e.CallEnded),
    "film": _around(e.Inhibited, e.Uninhibited),
    "stand": lambda desk, _: desk.emit(e.StandingDeclared),
    "sit": lambda desk, _: desk.emit(e.SittingDeclared),
    "pause": _around(e.Paused, e.Unpaused),
    "restart": _restart,
    "crash": _crash,
    "crash unseen": _crash_unseen,
    "set clock": lambda desk, minutes: desk.step(minutes * 60),
    "set clock back": lambda desk, minutes: desk.step(-minutes * 60),
    "travel": lambda desk, minutes: desk.travel(round(minutes) % 24 / 2),
    "snooze": lambda desk, minutes: desk.emit(e.Snoozed, until=desk.label(desk.passed + minutes * 60)),
    "hold": lambda desk, minutes: desk.emit(e.QuietUntil, until=desk.label(desk.passed + minutes * 60)),
    "sat": _answer("sitting"),
    "left": _answer("away"),
    "stood": _answer("standing"),
    "settings": _settings,
    "flare-up": lambda desk, minutes: desk.emit(e.FlareUp, on=minutes > 10),
    "profile": lambda desk, minutes: desk.emit(e.ProfileChosen, name="recovery" if minutes > 10 else "standard"),
    "symptom": lambda desk, minutes: desk.emit(e.Symptom, kind="pain", side="left", level=int(minutes) % 11),
    "press": lambda desk, _: desk.emit(e.Acknowledged),
    "close": lambda desk, _: desk.emit(e.Dismissed),
    # What no person does, but an event may be lost, doubled or late.
    "stray active": lambda desk, _: desk.emit(e.Active),
    "stray idle": lambda desk, minutes: desk.emit(e.Idle, since=desk.label(desk.passed - minutes)),
    "stray stop": lambda desk, _: desk.emit(e.Stopped),
    "stray start": lambda desk, _: desk.emit(e.Started),
    "stray pause": lambda desk, _: desk.emit(e.Paused),
    "stray unpause": lambda desk, _: desk.emit(e.Unpaused),
    "stray resume": lambda desk, _: desk.emit(e.Resumed),
    "stray unlock": lambda desk, _: desk.emit(e.Unlocked),
    "stray uninhibit": lambda desk, _: desk.emit(e.Uninhibited),
}

AT_WORK = ("office", "office", "office", "type", "type", "lull", "silence", "silence", "in doubt", "touch", "lock")
LEAVES = ("silence", "lock", "sleep", "suspend", "jiggle", "film")
IN_THE_SAME_PLACE = tuple(name for name in DOINGS if name not in {"set clock", "set clock back", "travel"})

_short = st.floats(0.1, 4.0).map(lambda minutes: round(minutes, 2))
_middling = st.floats(4.0, 45.0).map(lambda minutes: round(minutes, 1))
_long = st.floats(45.0, 600.0).map(round)
minutes = st.one_of(_short, _middling, _middling, _long)


def doings(names: Sequence[str] = tuple(DOINGS), most: int = 30) -> st.SearchStrategy[list[Doing]]:
    """What somebody does, one thing after another: half of it is work."""
    one = st.one_of(
        st.tuples(st.sampled_from([name for name in AT_WORK if name in names]), st.one_of(_short, _middling)),
        st.tuples(st.sampled_from(names), minutes),
    )
    return st.lists(one, min_size=1, max_size=most)


def lived(doings: Iterable[Doing], start: datetime = MONDAY, *, whole: bool = True) -> list[e.Event]:
    """The events of it. `whole`: it begins with `started`, and with input."""
    desk = PersonDay(start)
    if whole:
        desk.emit(e.Started)
        desk.type_for(60.0, 20.0)
    for doing in doings:
        desk.do(doing)
    return desk.events or [e.Active(at=start)]


def config(**limits: Any) -> Config:
    """The defaults but for what is given, in the shape of the file."""
    return from_differences(limits)


def told(events: Iterable[e.Event], settings: Config | None = None) -> Monitor:
    """The story of these events."""
    monitor = Monitor.under(settings or config(), weights())
    for event in events:
        monitor.handle(event)
    return monitor


def now(monitor: Monitor) -> float:
    """Where the story stands."""
    return monitor.state.presence.now


def inputs(events: Iterable[e.Event]) -> list[tuple[datetime, datetime]]:
    """From when to when input was told to run, by the reading rules and nothing else."""
    found = []
    since: datetime | None = None
    watched, awake = True, True
    for event in events:
        match event:
            case e.Active() if watched and awake:
                since = since or event.at
            case e.Idle() | e.Suspended() | e.Paused() | e.Stopped() | e.Started():
                if since is not None:
                    found.append((since, event.at))
                since = None
            case _:
                pass
        match event:
            case e.Suspended():
                awake = False
            case e.Resumed():
                awake = True
            case e.Paused() | e.Stopped():
                watched = False
            case e.Unpaused():
                watched = True
            case e.Started():
                watched = awake = True
            case _:
                pass
    return [*found, (since, datetime.max.replace(tzinfo=UTC))] if since is not None else found


def summaries(monitor: Monitor) -> list[Summary]:
    """Return the summary of every day up to the time that the monitor has reached."""
    spans = monitor.spans(monitor.state.presence.now)
    return [record.summary for record in day_records(monitor, spans)]
