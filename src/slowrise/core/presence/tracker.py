"""The fold from events to states: when the person was at the desk, when away, and when nobody could see.

Pure: events in, time as an argument. Instants are seconds on the axis of `labels.py`. The law:

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
from slowrise.core.presence.judge import MACHINE_TOUCHES, Phase, Sitting, decide
from slowrise.core.presence.segments import Piece, Presence, append
from slowrise.core.presence.silence import AFTERMATH

TOUCH = 1.0
"""Input shorter than this is a touch: the least activity workrave's noise filter takes for a person."""
MOST_OPEN = 400
"""Pieces that wait for a return. A device left to itself for a weekend makes thousands: they are judged in lots."""


# -- where it lies -----------------------------------------------------------------------------------------------------


def at_of(state: Sitting, label: datetime) -> float:
    """Where a label of the clock as it stands lies on the axis."""
    return label.timestamp() - state.labels.shift


def instant(state: Sitting, event: e.Event) -> float:
    """Where an event lies on the axis: never before what has been settled."""
    at = event.at.timestamp() - state.labels.shift
    if type(event) is e.ClockStepped and state.labels.starts:
        at -= event.by
    return max(state.now, at)


# -- what happens ------------------------------------------------------------------------------------------------------


def take(state: Sitting, event: e.Event, at: float) -> bool:
    """Fold in one event, which lies at `at` on the axis; what was due before must have been decided.

    True where the offset from UTC is another than before.
    """
    labels = state.labels
    if not labels.starts:
        _begin(state, event, at)
    elif type(event) is e.ClockStepped:
        # Not by `event.by`: where the two disagree, what follows is labelled like `event.at`.
        labels.step(event.at.timestamp() - labels.shift - at)
    state.now = at
    offset = event.at.utcoffset()
    has_moved = offset != labels.offset
    if has_moved:
        labels.place(offset, at)
    taken = _TAKEN.get(type(event))
    if taken is not None:
        taken(state, event, at)
    state.told = at
    return has_moved


def _begin(state: Sitting, event: e.Event, at: float) -> None:
    """The first event of all. Unless it is `started`, it was cut out of a run."""
    state.since = state.told = at
    if type(event) is not e.Started:
        state.labels.begin_run(at, ended=at)
        state.running = True
        state.phase = Phase.SILENT if type(event) is e.Idle else Phase.EMPTY


def _active(state: Sitting, _event: e.Active, at: float) -> None:
    phase = state.phase
    if phase is Phase.ACTIVE or phase is Phase.UNOBSERVED or state.asleep:
        return
    since = state.since
    state.gap = at - since
    if phase is Phase.EMPTY:
        _push(state, Piece(since, at, Presence.SEEN, 0.0))
    elif at - since <= SHORT and not state.touches and not _disturbed(state, since, at):
        _push_present(state, since, at)
    else:
        _push(state, Piece(since, at, Presence.SEEN, 0.0, is_open=True))
        state.decide_at = at + AFTERMATH
    state.phase, state.since = Phase.ACTIVE, at


def _idle(state: Sitting, event: e.Idle, _at: float) -> None:
    if state.phase is Phase.ACTIVE:
        _end_of_input(state, event.since.timestamp() - state.labels.shift)


def _end_of_input(state: Sitting, last_input: float) -> None:
    """The stretch of input that runs ends."""
    began = state.since
    ended = min(max(last_input, began), state.now)
    state.activity.add(began, ended)
    if ended - began < TOUCH and state.open and state.open[-1].is_open:
        _touched(state, began, ended)
    else:
        _push_present(state, began, ended)
    state.phase, state.since = Phase.SILENT, ended


def _touched(state: Sitting, began: float, ended: float) -> None:
    """Input that does not end the absence it fell into, and belongs to it."""
    state.touches.append(began)
    state.decide_at = None
    if ended > began:
        state.open.append(Piece(began, ended, Presence.SEEN, 1.0, is_touch=True))
    if len(state.open) > MOST_OPEN:
        machine = state.touches[-MACHINE_TOUCHES:]
        decide(state, state.now)
        state.touches = machine


def _started(state: Sitting, event: e.Started, at: float) -> None:
    """A run begins. One that did not say when it ended is over since its last sign of life."""
    last_sign = state.told if event.since is None else max(at_of(state, event.since), state.told)
    ended = min(last_sign, at)
    _unwatched(state, ended)
    for held in (state.locked, state.calls, state.inhibitors, state.sleeps):
        held.end_all(ended)
    state.asleep = False
    state.running = True
    state.labels.begin_run(at, ended=ended)
    _watched(state, at)


def _stopped(state: Sitting, _event: e.Stopped, at: float) -> None:
    _unwatched(state, at)
    state.running = False


def _paused(state: Sitting, _event: e.Paused, at: float) -> None:
    _unwatched(state, at)


def _unpaused(state: Sitting, _event: e.Unpaused, at: float) -> None:
    if state.running and state.phase is Phase.UNOBSERVED:
        _watched(state, at)


def _suspended(state: Sitting, _event: e.Suspended, at: float) -> None:
    if state.phase is Phase.ACTIVE:
        _end_of_input(state, at)
    state.asleep = True
    state.sleeps.begin_once(at)


def _resumed(state: Sitting, _event: e.Resumed, at: float) -> None:
    state.asleep = False
    state.sleeps.end(at)


_TAKEN: dict[type[e.Event], Callable[[Sitting, Any, float], None]] = {
    e.Active: _active,
    e.Idle: _idle,
    e.Started: _started,
    e.Stopped: _stopped,
    e.Paused: _paused,
    e.Unpaused: _unpaused,
    e.Suspended: _suspended,
    e.Resumed: _resumed,
    e.Locked: lambda state, _, at: state.locked.begin_once(at),
    e.Unlocked: lambda state, _, at: state.locked.end(at),
    e.CallStarted: lambda state, _, at: state.calls.begin(at),
    e.CallEnded: lambda state, _, at: state.calls.end(at),
    e.Inhibited: lambda state, _, at: state.inhibitors.begin(at),
    e.Uninhibited: lambda state, _, at: state.inhibitors.end(at),
}


def _watched(state: Sitting, at: float) -> None:
    _push(state, Piece(state.since, at, Presence.UNOBSERVED, 0.0))
    state.phase, state.since = Phase.EMPTY, at


def _unwatched(state: Sitting, at: float) -> None:
    """Nothing is seen from here on. Before the first input and after the last silence a run is away."""
    if state.phase is Phase.UNOBSERVED:
        return
    if state.phase is Phase.ACTIVE:
        _end_of_input(state, at)
    decide(state, at)
    _push(state, Piece(state.since, at, Presence.SEEN, 0.0))
    state.phase, state.since = Phase.UNOBSERVED, at


def _disturbed(state: Sitting, begin: float, end: float) -> bool:
    return state.locked.touches(begin, end) or state.sleeps.touches(begin, end)


def _push_present(state: Sitting, start: float, end: float) -> None:
    """Append what is certain: somebody was there."""
    pieces = state.pieces
    if pieces and pieces[-1].p == 1.0 and not state.open:
        pieces[-1].end = end
    else:
        _push(state, Piece(start, end, Presence.SEEN, 1.0))


def _push(state: Sitting, piece: Piece) -> None:
    """Append a piece; an empty one is dropped."""
    if piece.end <= piece.start:
        return
    if state.open or piece.is_open:
        state.open.append(piece)
    else:
        append(state.pieces, piece)
