"""The fold from events to states: when the person was at the desk, when away, and when nobody could see.

Pure: events in, time as an argument. Instants are seconds on the axis of `timeline.py`. The law:

- Between `active` and `idle` input is continuous, so time alone moves nothing but the evidence of a return.
- A silence begins at the last input, whenever we find out. What it was is judged in `judging.py`.
- A stretch of input under a second is a touch. It does not end the absence it falls into.
- Time not watched is unobserved: neither sitting nor away. Only `started` ends what `stopped` began.

Presence is folded here; posture and what the user answered are laid over it when it is read (`record.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from slowrise.core.model import events as e
from slowrise.core.presence.evidence import SHORT
from slowrise.core.presence.judge import MACHINE_TOUCHES, Phase, PresenceState, decide
from slowrise.core.presence.segments import Presence, Segment, append
from slowrise.core.presence.silence import AFTERMATH

TOUCH = 1.0
"""Input shorter than this is a touch: the least activity workrave's noise filter takes for a person."""
MOST_OPEN = 400
"""Pieces that wait for a return. A device left to itself for a weekend makes thousands: they are judged in lots."""


# -- where it lies -----------------------------------------------------------------------------------------------------


def to_engine_time(presence: PresenceState, label: datetime) -> float:
    """Where a label of the clock as it stands lies on the axis."""
    return label.timestamp() - presence.timeline.shift


def event_time(presence: PresenceState, event: e.Event) -> float:
    """Where an event lies on the axis: never before what has been settled."""
    at = event.at.timestamp() - presence.timeline.shift
    if type(event) is e.ClockStepped and presence.timeline.starts:
        at -= event.by
    return max(presence.now, at)


# -- what happens ------------------------------------------------------------------------------------------------------


def apply(presence: PresenceState, event: e.Event, at: float) -> bool:
    """Fold in one event, which lies at `at` on the axis; what was due before must have been decided.

    True where the offset from UTC is another than before.
    """
    timeline = presence.timeline
    if not timeline.starts:
        _begin(presence, event, at)
    elif type(event) is e.ClockStepped:
        # Not by `event.by`: where the two disagree, what follows is labelled like `event.at`.
        timeline.step(event.at.timestamp() - timeline.shift - at)
    presence.now = at
    offset = event.at.utcoffset()
    has_moved = offset != timeline.offset
    if has_moved:
        timeline.place(offset, at)
    taken = _TAKEN.get(type(event))
    if taken is not None:
        taken(presence, event, at)
    presence.told = at
    return has_moved


def _begin(presence: PresenceState, event: e.Event, at: float) -> None:
    """The first event of all. Unless it is `started`, it was cut out of a run."""
    presence.since = presence.told = at
    if type(event) is not e.Started:
        presence.timeline.begin_run(at, ended=at)
        presence.running = True
        presence.phase = Phase.SILENT if type(event) is e.Idle else Phase.EMPTY


def _active(presence: PresenceState, _event: e.Active, at: float) -> None:
    phase = presence.phase
    if phase is Phase.ACTIVE or phase is Phase.UNOBSERVED or presence.asleep:
        return
    since = presence.since
    presence.gap = at - since
    if phase is Phase.EMPTY:
        _push(presence, Segment(since, at, Presence.SEEN, 0.0))
    elif at - since <= SHORT and not presence.touches and not _disturbed(presence, since, at):
        _push_present(presence, since, at)
    else:
        _push(presence, Segment(since, at, Presence.SEEN, 0.0, is_open=True))
        presence.decide_at = at + AFTERMATH
    presence.phase, presence.since = Phase.ACTIVE, at


def _idle(presence: PresenceState, event: e.Idle, _at: float) -> None:
    if presence.phase is Phase.ACTIVE:
        _end_of_input(presence, event.since.timestamp() - presence.timeline.shift)


def _end_of_input(presence: PresenceState, last_input: float) -> None:
    """The stretch of input that runs ends."""
    began = presence.since
    ended = min(max(last_input, began), presence.now)
    presence.activity.add(began, ended)
    if ended - began < TOUCH and presence.open and presence.open[-1].is_open:
        _touched(presence, began, ended)
    else:
        _push_present(presence, began, ended)
    presence.phase, presence.since = Phase.SILENT, ended


def _touched(presence: PresenceState, began: float, ended: float) -> None:
    """Input that does not end the absence it fell into, and belongs to it."""
    presence.touches.append(began)
    presence.decide_at = None
    if ended > began:
        presence.open.append(Segment(began, ended, Presence.SEEN, 1.0, is_touch=True))
    if len(presence.open) > MOST_OPEN:
        machine = presence.touches[-MACHINE_TOUCHES:]
        decide(presence, presence.now)
        presence.touches = machine


def _started(presence: PresenceState, event: e.Started, at: float) -> None:
    """A run begins. One that did not say when it ended is over since its last sign of life."""
    last_sign = presence.told if event.since is None else max(to_engine_time(presence, event.since), presence.told)
    ended = min(last_sign, at)
    _unwatched(presence, ended)
    for held in (presence.locked, presence.calls, presence.inhibitors, presence.sleeps):
        held.end_all(ended)
    presence.asleep = False
    presence.running = True
    presence.timeline.begin_run(at, ended=ended)
    _watched(presence, at)


def _stopped(presence: PresenceState, _event: e.Stopped, at: float) -> None:
    _unwatched(presence, at)
    presence.running = False


def _paused(presence: PresenceState, _event: e.Paused, at: float) -> None:
    _unwatched(presence, at)


def _unpaused(presence: PresenceState, _event: e.Unpaused, at: float) -> None:
    if presence.running and presence.phase is Phase.UNOBSERVED:
        _watched(presence, at)


def _suspended(presence: PresenceState, _event: e.Suspended, at: float) -> None:
    if presence.phase is Phase.ACTIVE:
        _end_of_input(presence, at)
    presence.asleep = True
    presence.sleeps.begin_once(at)


def _resumed(presence: PresenceState, _event: e.Resumed, at: float) -> None:
    presence.asleep = False
    presence.sleeps.end(at)


_TAKEN: dict[type[e.Event], Callable[[PresenceState, Any, float], None]] = {
    e.Active: _active,
    e.Idle: _idle,
    e.Started: _started,
    e.Stopped: _stopped,
    e.Paused: _paused,
    e.Unpaused: _unpaused,
    e.Suspended: _suspended,
    e.Resumed: _resumed,
    e.Locked: lambda presence, _, at: presence.locked.begin_once(at),
    e.Unlocked: lambda presence, _, at: presence.locked.end(at),
    e.CallStarted: lambda presence, _, at: presence.calls.begin(at),
    e.CallEnded: lambda presence, _, at: presence.calls.end(at),
    e.Inhibited: lambda presence, _, at: presence.inhibitors.begin(at),
    e.Uninhibited: lambda presence, _, at: presence.inhibitors.end(at),
}


def _watched(presence: PresenceState, at: float) -> None:
    _push(presence, Segment(presence.since, at, Presence.UNOBSERVED, 0.0))
    presence.phase, presence.since = Phase.EMPTY, at


def _unwatched(presence: PresenceState, at: float) -> None:
    """Nothing is seen from here on. Before the first input and after the last silence a run is away."""
    if presence.phase is Phase.UNOBSERVED:
        return
    if presence.phase is Phase.ACTIVE:
        _end_of_input(presence, at)
    decide(presence, at)
    _push(presence, Segment(presence.since, at, Presence.SEEN, 0.0))
    presence.phase, presence.since = Phase.UNOBSERVED, at


def _disturbed(presence: PresenceState, begin: float, end: float) -> bool:
    return presence.locked.touches(begin, end) or presence.sleeps.touches(begin, end)


def _push_present(presence: PresenceState, start: float, end: float) -> None:
    """Append what is certain: somebody was there."""
    segments = presence.segments
    if segments and segments[-1].probability == 1.0 and not presence.open:
        segments[-1].end = end
    else:
        _push(presence, Segment(start, end, Presence.SEEN, 1.0))


def _push(presence: PresenceState, segment: Segment) -> None:
    """Append a piece; an empty one is dropped."""
    if segment.end <= segment.start:
        return
    if presence.open or segment.is_open:
        presence.open.append(segment)
    else:
        append(presence.segments, segment)
