"""The fold from events to states: when the person was at the desk, when away, and when nobody could see.

Pure: events in, time as an argument. Instants are seconds on the axis of `labels.py`. The law:

- Between `active` and `idle` input is continuous, so time alone moves nothing but the evidence of a return.
- A silence begins at the last input, whenever we find out. It is judged when it ends, and for good a minute later.
- A stretch of input under a second is a touch. It does not end the absence it falls into: the silences around it are
  judged together once somebody has really come back. Five or more evenly spaced touches are a machine.
- Time not watched is unobserved: neither sitting nor away.

Presence is folded here; posture and what the user answered are laid over it when it is read (`record.py`).
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from itertools import pairwise
from math import sqrt

import msgspec

from slowrise import events as e
from slowrise.activity import Activity, Held
from slowrise.evidence import SHORT, Silence, seated
from slowrise.labels import Labels

TOUCH = 1.0
"""Input shorter than this is a touch: the least activity workrave's noise filter takes for a person."""
AFTERMATH = 60.0
"""How long after a return its evidence still counts (DESIGN: decide at return, and for a minute after)."""
MACHINE_TOUCHES = 5
MACHINE_SPREAD = 0.2
"""Touches whose gaps vary by less than a fifth of their mean are a device's clockwork, not a hand."""


LIKELY = 0.5
"""From here on a silence is shown, and counted by the prompts, as sitting."""


class Phase(IntEnum):
    """What the fold is in the middle of."""

    UNOBSERVED = 0
    EMPTY = 1
    """Watched, and no input yet: away."""
    ACTIVE = 2
    SILENT = 3


class Presence(IntEnum):
    """What a piece of time was."""

    UNOBSERVED = 0
    SEEN = 1
    """At the desk with probability `p`; the rest of it is away."""


class Piece(msgspec.Struct):
    """A stretch of the axis, judged. `p` is the probability of having been at the desk; 0 for unobserved time."""

    start: float
    end: float
    presence: Presence
    p: float
    is_open: bool = False
    """A silence still to be judged for good."""
    is_touch: bool = False
    """Input so short that it belongs to the silences around it."""


class Sitting(msgspec.Struct):
    """Everything the fold remembers. Made empty; changed by `take` and `settle` alone."""

    now: float = 0.0
    labels: Labels = msgspec.field(default_factory=Labels)
    phase: Phase = Phase.UNOBSERVED
    since: float | None = None
    """When the phase began; None before the first event."""
    asleep: bool = False
    pieces: list[Piece] = []
    """What is judged for good; whoever reads the record may take them away."""
    open: list[Piece] = []
    """What follows them, from the first silence on that is still to be judged for good."""
    touches: list[float] = []
    """The touches since input last lasted."""
    decide_at: float | None = None
    """When the open pieces are judged for good; None while a return is awaited."""
    turned: bool = False
    """Whether judging for good has turned a silence from the likelier to the other; whoever minds clears it."""
    locked: Held = msgspec.field(default_factory=Held)
    calls: Held = msgspec.field(default_factory=Held)
    inhibitors: Held = msgspec.field(default_factory=Held)
    sleeps: Held = msgspec.field(default_factory=Held)
    activity: Activity = msgspec.field(default_factory=Activity)


def at_of(state: Sitting, label: datetime) -> float:
    """Where a label of the clock as it stands lies on the axis."""
    return label.timestamp() - state.labels.shift


def settle(state: Sitting, now: float) -> None:
    """What time alone has decided up to `now`."""
    if state.decide_at is not None and state.decide_at <= now:
        _decide(state)
    state.now = max(state.now, now)


def next_deadline(state: Sitting) -> float | None:
    """When time alone will next decide something; None if it never will."""
    return state.decide_at


def live(state: Sitting, now: float) -> float:
    """Probability that the person is at the desk right now; 0 where nothing is seen."""
    match state.phase:
        case Phase.ACTIVE:
            return 1.0
        case Phase.SILENT:
            return seated(_silence(state, _since(state), now)) if now - _since(state) > SHORT else 1.0
        case _:
            return 0.0


def current(state: Sitting, now: float) -> Piece | None:
    """The piece still growing, as it stands at `now`; None before the first event and where it is empty."""
    if state.since is None or now <= state.since:
        return None
    if state.phase is Phase.UNOBSERVED:
        return Piece(state.since, now, Presence.UNOBSERVED, 0.0)
    return Piece(state.since, now, Presence.SEEN, live(state, now), is_open=True)


def take(state: Sitting, event: e.Event) -> None:
    """Fold in one event. Time up to it must have been settled."""
    if isinstance(event, e.ClockStepped):
        state.labels.step(event.by)
    at = max(at_of(state, event.at), state.now)
    state.now = at
    offset = event.at.utcoffset()
    state.labels.place(offset.total_seconds() if offset is not None else 0.0, at)
    match event:
        case e.Active():
            _active(state, at)
        case e.Idle():
            _end_of_input(state, at_of(state, event.since))
        case e.Started():
            _started(state, at, None if event.since is None else at_of(state, event.since))
        case e.Stopped() | e.Paused():
            _unwatched(state, at)
        case e.Unpaused():
            if state.phase is Phase.UNOBSERVED:
                _watched(state, at)
        case e.Suspended():
            _end_of_input(state, at)
            state.asleep = True
            state.sleeps.begin(at)
        case e.Resumed():
            state.asleep = False
            state.sleeps.end(at)
        case e.Locked():
            state.locked.begin_once(at)
        case e.Unlocked():
            state.locked.end(at)
        case e.CallStarted():
            state.calls.begin(at)
        case e.CallEnded():
            state.calls.end(at)
        case e.Inhibited():
            state.inhibitors.begin(at)
        case e.Uninhibited():
            state.inhibitors.end(at)
        case _:
            pass


def _since(state: Sitting) -> float:
    return state.now if state.since is None else state.since


def _active(state: Sitting, at: float) -> None:
    if state.asleep or state.phase in (Phase.ACTIVE, Phase.UNOBSERVED):
        return
    since = _since(state)
    if state.phase is Phase.EMPTY:
        _push(state, Piece(since, at, Presence.SEEN, 0.0))
    elif at - since <= SHORT and not state.touches and not _disturbed(state, since, at):
        _push(state, Piece(since, at, Presence.SEEN, 1.0))
    else:
        _push(state, Piece(since, at, Presence.SEEN, _judge(state, since, at), is_open=True))
        state.decide_at = at + AFTERMATH
    state.phase, state.since = Phase.ACTIVE, at


def _end_of_input(state: Sitting, last_input: float) -> None:
    """An open stretch of input ends; nothing where there is none."""
    if state.phase is not Phase.ACTIVE:
        return
    began = _since(state)
    ended = min(max(last_input, began), state.now)
    is_touch = ended - began < TOUCH and bool(state.open) and state.open[-1].is_open
    if is_touch:
        state.touches.append(began)
        state.decide_at = None
    else:
        state.activity.add(began, ended)
    _push(state, Piece(began, ended, Presence.SEEN, 1.0, is_touch=is_touch))
    state.phase, state.since = Phase.SILENT, ended


def _started(state: Sitting, at: float, last_sign: float | None) -> None:
    if state.phase is not Phase.UNOBSERVED:
        _unwatched(state, min(max(last_sign if last_sign is not None else state.now, _since(state)), at))
    ended = _since(state) if state.since is not None else at
    for held in (state.locked, state.calls, state.inhibitors, state.sleeps):
        held.end_all(ended)
    state.asleep = False
    _watched(state, at)
    state.labels.begin_run(at, ended=ended)


def _watched(state: Sitting, at: float) -> None:
    if state.since is not None:
        _push(state, Piece(state.since, at, Presence.UNOBSERVED, 0.0))
    state.phase, state.since = Phase.EMPTY, at


def _unwatched(state: Sitting, at: float) -> None:
    """Nothing is seen from here on. Before the first input and after the last silence a run is away."""
    if state.phase is Phase.UNOBSERVED:
        state.since = at if state.since is None else state.since
        return
    _end_of_input(state, at)
    _decide(state)
    _push(state, Piece(_since(state), at, Presence.SEEN, 0.0))
    state.phase, state.since = Phase.UNOBSERVED, at


def _disturbed(state: Sitting, begin: float, end: float) -> bool:
    return state.locked.touches(begin, end) or state.sleeps.touches(begin, end)


def _push(state: Sitting, piece: Piece) -> None:
    """Append a piece; an empty one is dropped, unless it is a touch."""
    if piece.end <= piece.start and not piece.is_touch:
        return
    if state.open or piece.is_open:
        state.open.append(piece)
    else:
        append(state.pieces, piece)


def append(pieces: list[Piece], piece: Piece) -> None:
    """Append a piece; one like the last makes that longer."""
    if pieces and (pieces[-1].presence, pieces[-1].p) == (piece.presence, piece.p):
        pieces[-1].end = piece.end
    else:
        pieces.append(piece)


def _decide(state: Sitting) -> None:
    """Judge for good every silence that is still open."""
    state.decide_at = None
    machine = is_machine(state.touches)
    for piece in state.open:
        if piece.is_open:
            piece.is_open = False
            p = 0.0 if machine else _judge(state, piece.start, piece.end)
            state.turned = state.turned or (p >= LIKELY) != (piece.p >= LIKELY)
            piece.p = p
    for index, piece in enumerate(state.open):
        if piece.is_touch:
            around = state.open[max(index - 1, 0) : index + 2]
            piece.p = max((other.p for other in around if not other.is_touch), default=0.0)
            piece.is_touch = False
    for piece in state.open:
        append(state.pieces, piece)
    state.open, state.touches = [], []
    horizon = state.now - Activity.KEPT
    for held in (state.locked, state.calls, state.inhibitors, state.sleeps):
        held.forget(horizon)
    state.activity.forget(horizon)


def is_machine(touches: list[float]) -> bool:
    """Whether touches come like clockwork."""
    if len(touches) < MACHINE_TOUCHES:
        return False
    gaps = [after - before for before, after in pairwise(touches)]
    mean = sum(gaps) / len(gaps)
    variance = sum((gap - mean) ** 2 for gap in gaps) / len(gaps)
    return sqrt(variance) < MACHINE_SPREAD * mean


def _judge(state: Sitting, begin: float, end: float) -> float:
    return seated(_silence(state, begin, end))


def _silence(state: Sitting, begin: float, end: float) -> Silence:
    """What is known of the silence `[begin, end)`."""
    return Silence(
        length=end - begin,
        locked_after=state.locked.first(begin, end),
        suspended_after=state.sleeps.first(begin, end),
    )
