"""Days of a simulated person, for properties: short and long silences, and everything else that can happen.

A day is a list of actions, so that Hypothesis shrinks a failure to the few that matter. Time passes in whole
milliseconds on a clock that is never set; the timestamps come from a wall clock that the person may set.
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
"""For properties over whole days. `EXAMPLES=1000` tries more days."""

Action = tuple[str, float]
"""A key of `ACTIONS`, and minutes."""


class PersonDay:
    """Records the events of a person's actions, in order."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self.events: list[e.Event] = []
        self.passed = 0.0
        self._zero = start.astimezone(UTC)
        self._shift = 0.0
        self._zone = start.tzinfo
        self._active = False

    def label(self, passed: float | None = None) -> datetime:
        """Return the wall time now, or `passed` seconds after the start, by the clock as it is set now."""
        seconds = self._shift + (self.passed if passed is None else passed)
        return (self._zero + timedelta(milliseconds=round(seconds * 1000))).astimezone(self._zone)

    def emit(self, kind: type[e.Event], /, **facts: Any) -> None:
        """Record an event now."""
        self.events.append(kind(at=self.label(), **facts))

    def wait(self, seconds: float) -> None:
        """Pass time without an event."""
        self.passed = round(self.passed + seconds, 3)

    def type_for(self, seconds: float, pause: float = 0.0) -> None:
        """Give input for these seconds, then none for `pause` seconds. The source reports idle after its resolution."""
        if not self._active:
            self.emit(e.Active)
        last = self.passed + seconds
        self.wait(seconds + RESOLUTION)
        self.emit(e.Idle, since=self.label(last))
        self.wait(max(pause - RESOLUTION, 0.001))

    def do(self, action: Action) -> None:
        """Do one action of `ACTIONS`."""
        ACTIONS[action[0]](self, action[1])

    def step(self, by: float) -> None:
        """Set the clock forward by these seconds."""
        self._shift += by
        self.emit(e.ClockStepped, by=by)

    def travel(self, hours: float) -> None:
        """Move to the time zone with this UTC offset."""
        self._zone = timezone(timedelta(hours=hours))


def _office(person: PersonDay, minutes: float) -> None:
    """Type with short pauses."""
    until = person.passed + min(minutes, 120) * 60
    turn = 0
    while person.passed < until:
        person.type_for((4.0, 40.0, 11.0, 95.0)[turn % 4], (16.0, 22.0, 70.0, 28.0, 45.0)[turn % 5])
        turn += 1


def _jiggle(person: PersonDay, minutes: float) -> None:
    """Let a device move the pointer by itself, six times."""
    for _ in range(6):
        person.type_for(0.1, 60.0 + minutes)


def _around(kind: type[e.Event], ended: type[e.Event]) -> Callable[[PersonDay, float], None]:
    def during(person: PersonDay, minutes: float) -> None:
        person.emit(kind)
        person.wait(minutes * 60)
        person.emit(ended)

    return during


def _lunch_asleep(person: PersonDay, minutes: float) -> None:
    person.emit(e.Locked)
    person.emit(e.Suspended)
    person.wait(minutes * 60)
    person.emit(e.Resumed)
    person.type_for(3.0)
    person.emit(e.Unlocked)


def _restart(person: PersonDay, minutes: float) -> None:
    person.emit(e.Stopped)
    person.wait(minutes * 60)
    person.emit(e.Started)


def _crash(person: PersonDay, minutes: float) -> None:
    last_sign = person.label()
    person.wait(minutes * 60)
    person.emit(e.Started, since=last_sign)


def _crash_unseen(person: PersonDay, minutes: float) -> None:
    person.wait(minutes * 60)
    person.emit(e.Started)


def _lull(person: PersonDay, minutes: float) -> None:
    """Give input with short lulls, which a source reports while a prompt waits."""
    person.emit(e.Active)
    for _ in range(1 + min(int(minutes * 2), 40)):
        person.wait(30)
        person.emit(e.Lull, since=person.label(person.passed - 5))
    person.emit(e.Idle, since=person.label(person.passed - 5))


def _in_doubt(person: PersonDay, minutes: float) -> None:
    """Come back from a silence that may have been a break, and stay long enough to be asked about it."""
    person.type_for(300.0, 330.0 + 60 * (minutes % 4))
    person.type_for(330.0, 20.0)


def _answer(was: e.Was) -> Callable[[PersonDay, float], None]:
    def answer(person: PersonDay, minutes: float) -> None:
        begin, end = person.passed - minutes * 60, person.passed - minutes * 20
        person.emit(e.Answered, from_=person.label(begin), to=person.label(end), was=was)

    return answer


def _settings(person: PersonDay, minutes: float) -> None:
    limits = {"sit_soft": f"{10 + round(minutes)}m", "sit_firm": f"{20 + 2 * round(minutes)}m"}
    person.emit(e.PolicyChanged, settings={"limits": limits} if minutes else {})


ACTIONS: dict[str, Callable[[PersonDay, float], None]] = {
    "office": _office,
    "type": lambda person, minutes: person.type_for(minutes * 60, 20.0),
    "lull": _lull,
    "silence": lambda person, minutes: person.wait(minutes * 60),
    "in doubt": _in_doubt,
    "touch": lambda person, minutes: person.type_for(0.2, minutes * 60),
    "jiggle": _jiggle,
    "lock": _around(e.Locked, e.Unlocked),
    "sleep": _lunch_asleep,
    "suspend": _around(e.Suspended, e.Resumed),
    "call": lambda person, _: person.emit(e.CallStarted),
    "hang-up": lambda person, _: person.emit(e.CallEnded),
    "film": _around(e.Inhibited, e.Uninhibited),
    "stand": lambda person, _: person.emit(e.StandingDeclared),
    "sit": lambda person, _: person.emit(e.SittingDeclared),
    "pause": _around(e.Paused, e.Unpaused),
    "restart": _restart,
    "crash": _crash,
    "crash unseen": _crash_unseen,
    "set clock": lambda person, minutes: person.step(minutes * 60),
    "set clock back": lambda person, minutes: person.step(-minutes * 60),
    "travel": lambda person, minutes: person.travel(round(minutes) % 24 / 2),
    "snooze": lambda person, minutes: person.emit(e.Snoozed, until=person.label(person.passed + minutes * 60)),
    "hold": lambda person, minutes: person.emit(e.QuietUntil, until=person.label(person.passed + minutes * 60)),
    "sat": _answer("sitting"),
    "left": _answer("away"),
    "stood": _answer("standing"),
    "settings": _settings,
    "flare-up": lambda person, minutes: person.emit(e.FlareUp, on=minutes > 10),
    "profile": lambda person, minutes: person.emit(e.ProfileChosen, name="recovery" if minutes > 10 else "standard"),
    "symptom": lambda person, minutes: person.emit(e.Symptom, kind="pain", side="left", level=int(minutes) % 11),
    "press": lambda person, _: person.emit(e.Acknowledged),
    "close": lambda person, _: person.emit(e.Dismissed),
    # No person does these, but an event may be lost, doubled or late.
    "stray active": lambda person, _: person.emit(e.Active),
    "stray idle": lambda person, minutes: person.emit(e.Idle, since=person.label(person.passed - minutes)),
    "stray stop": lambda person, _: person.emit(e.Stopped),
    "stray start": lambda person, _: person.emit(e.Started),
    "stray pause": lambda person, _: person.emit(e.Paused),
    "stray unpause": lambda person, _: person.emit(e.Unpaused),
    "stray resume": lambda person, _: person.emit(e.Resumed),
    "stray unlock": lambda person, _: person.emit(e.Unlocked),
    "stray uninhibit": lambda person, _: person.emit(e.Uninhibited),
}

AT_WORK = ("office", "office", "office", "type", "type", "lull", "silence", "silence", "in doubt", "touch", "lock")
IN_THE_SAME_PLACE = tuple(name for name in ACTIONS if name not in {"set clock", "set clock back", "travel"})

_short = st.floats(0.1, 4.0).map(lambda minutes: round(minutes, 2))
_middling = st.floats(4.0, 45.0).map(lambda minutes: round(minutes, 1))
_long = st.floats(45.0, 600.0).map(round)
minutes = st.one_of(_short, _middling, _middling, _long)


def actions(names: Sequence[str] = tuple(ACTIONS), most: int = 30) -> st.SearchStrategy[list[Action]]:
    """Draw the actions of a day. Half of them are work."""
    one = st.one_of(
        st.tuples(st.sampled_from([name for name in AT_WORK if name in names]), st.one_of(_short, _middling)),
        st.tuples(st.sampled_from(names), minutes),
    )
    return st.lists(one, min_size=1, max_size=most)


def events_of(actions: Iterable[Action], start: datetime = MONDAY, *, whole: bool = True) -> list[e.Event]:
    """Return the events of these actions. `whole`: the day begins with `started` and with input."""
    person = PersonDay(start)
    if whole:
        person.emit(e.Started)
        person.type_for(60.0, 20.0)
    for action in actions:
        person.do(action)
    return person.events or [e.Active(at=start)]


def config(**limits: Any) -> Config:
    """Return the default configuration with these tables replaced, as in the file."""
    return from_differences(limits)


def monitor_after(events: Iterable[e.Event], settings: Config | None = None) -> Monitor:
    """Return a monitor that has handled these events."""
    monitor = Monitor.under(settings or config(), weights())
    for event in events:
        monitor.handle(event)
    return monitor


def now(monitor: Monitor) -> float:
    """Return the engine time of the monitor."""
    return monitor.state.presence.now


def inputs(events: Iterable[e.Event]) -> list[tuple[datetime, datetime]]:
    """Return the spans of reported input, computed from the events alone."""
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
