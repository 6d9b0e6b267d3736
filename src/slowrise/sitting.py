"""The fold from events to states: when the person was at the desk, when away, and when nobody could see.

Pure: events in, time as an argument. Instants are seconds on the axis of `labels.py`. The law:

- Between `active` and `idle` input is continuous, so time alone moves nothing but the evidence of a return.
- A silence begins at the last input, whenever we find out. It is judged for good a minute after it ended; until then,
  and while it lasts, whoever asks is told what is known by then.
- A stretch of input under a second is a touch. It does not end the absence it falls into: the silences around it are
  judged together once somebody has really come back. Five or more evenly spaced touches are a machine.
- Time not watched is unobserved: neither sitting nor away. Only `started` ends what `stopped` began.

Presence is folded here; posture and what the user answered are laid over it when it is read (`record.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from itertools import pairwise
from math import sqrt
from typing import Any

import msgspec

from slowrise import events as e
from slowrise.activity import Activity, Held
from slowrise.labels import Labels
from slowrise.silence import Silence, known
from slowrise.verdict import Told, Verdict
from slowrise.weighing import NO_TABLE, SHORT, Table, lean_of, log_odds_of, seated

TOUCH = 1.0
"""Input shorter than this is a touch: the least activity workrave's noise filter takes for a person."""
AFTERMATH = 60.0
"""How long after a return its evidence still counts."""
MACHINE_TOUCHES = 5
MACHINE_SPREAD = 0.2
"""Touches whose gaps vary by less than a fifth of their mean are a device's clockwork, not a hand."""
MOST_ANSWERS = 60
"""Answers that are leant on: three a day for three weeks, so that a changed habit is learnt anew."""
MOST_OPEN = 400
"""Pieces that wait for a return. A device left to itself for a weekend makes thousands: they are judged in lots."""

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
    """A stretch of the axis. `p` is the probability of having been at the desk; 0 for unobserved time."""

    start: float
    end: float
    presence: Presence
    p: float
    is_open: bool = False
    """A silence still to be judged for good; its `p` says nothing yet."""
    is_touch: bool = False
    """Input so short that it belongs to the silences around it."""
    lean: float = 0.0
    """By how much the user's own answers shifted the log-odds that it was judged by."""


class Sitting(msgspec.Struct):
    """Everything the fold remembers. Made empty; changed by `take` and `decide` alone."""

    now: float = 0.0
    """Up to where time has passed."""
    told: float = 0.0
    """When the last event happened."""
    labels: Labels = msgspec.field(default_factory=Labels)
    phase: Phase = Phase.UNOBSERVED
    since: float = 0.0
    """When the phase began."""
    running: bool = False
    """From `started` to `stopped`."""
    paused: bool = False
    asleep: bool = False
    gap: float = 0.0
    """Length of the silence before the input that runs."""
    pieces: list[Piece] = []
    """What is judged for good; whoever reads the record may take them away."""
    open: list[Piece] = []
    """What follows them, from the first silence on that is still to be judged for good."""
    touches: list[float] = []
    """The touches since input last lasted."""
    decide_at: float | None = None
    """When the open pieces are judged for good; None while a return is awaited."""
    table: Table = NO_TABLE
    """What evidence weighs."""
    answered: list[Told] = []
    """The silences the user spoke of, each once, in the order in which they did."""
    lean: float = 0.0
    """What these answers shift the log-odds by."""
    locked: Held = msgspec.field(default_factory=Held)
    calls: Held = msgspec.field(default_factory=Held)
    inhibitors: Held = msgspec.field(default_factory=Held)
    sleeps: Held = msgspec.field(default_factory=Held)
    activity: Activity = msgspec.field(default_factory=Activity)
    verdicts: list[Verdict] | None = None
    """Every silence as it is judged for good, where somebody wants to know why; not kept otherwise."""


# -- asking ------------------------------------------------------------------------------------------------------------


def at_of(state: Sitting, label: datetime) -> float:
    """Where a label of the clock as it stands lies on the axis."""
    return label.timestamp() - state.labels.shift


def instant(state: Sitting, event: e.Event) -> float:
    """Where an event lies on the axis: never before what has been settled."""
    at = event.at.timestamp() - state.labels.shift
    if type(event) is e.ClockStepped and state.labels.starts:
        at -= event.by
    return max(state.now, at)


def live(state: Sitting, now: float) -> float:
    """Probability that the person is at the desk right now; 0 where nothing is seen."""
    match state.phase:
        case Phase.ACTIVE:
            return 1.0
        case Phase.SILENT:
            return _judge(state, state.since, now, now) if now - state.since > SHORT else 1.0
        case _:
            return 0.0


def unsettled(state: Sitting, now: float) -> list[Piece]:
    """What follows `pieces` up to `now`, by what is known then; nothing before the first event."""
    found = [
        Piece(piece.start, piece.end, piece.presence, p)
        for piece, p in zip(state.open, _chances(state, now), strict=True)
    ]
    if now > state.since and state.labels.starts:
        presence = Presence.UNOBSERVED if state.phase is Phase.UNOBSERVED else Presence.SEEN
        found.append(Piece(state.since, now, presence, live(state, now)))
    return found


def verdicts(state: Sitting, now: float) -> list[Verdict]:
    """The silences that are still to be judged for good, by what is known at `now`; one that lasts comes last."""
    found = _verdicts(state, now, is_final=False)
    if state.phase is Phase.SILENT and now - state.since > SHORT:
        lasting = Piece(state.since, now, Presence.SEEN, live(state, now))
        found.append(_verdict(state, lasting, now, p=lasting.p, is_final=False))
    return found


def settled_until(state: Sitting) -> float:
    """Up to where everything is judged for good."""
    if state.open:
        return state.open[0].start
    return state.now if state.phase is Phase.ACTIVE else state.since


# -- what happens ------------------------------------------------------------------------------------------------------


def decide(state: Sitting) -> None:
    """Judge for good what is open; due at `decide_at`, the one thing that time alone decides here."""
    if state.decide_at is not None:
        _decide(state, state.decide_at)


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
    state.open.append(Piece(began, ended, Presence.SEEN, 1.0, is_touch=True))
    if len(state.open) > MOST_OPEN:
        machine = state.touches[-MACHINE_TOUCHES:]
        _decide(state, state.now)
        state.touches = machine


def _started(state: Sitting, event: e.Started, at: float) -> None:
    """A run begins. One that did not say when it ended is over since its last sign of life."""
    last_sign = state.told if event.since is None else max(at_of(state, event.since), state.told)
    ended = min(last_sign, at)
    _unwatched(state, ended)
    for held in (state.locked, state.calls, state.inhibitors, state.sleeps):
        held.end_all(ended)
    state.asleep = state.paused = False
    state.running = True
    state.labels.begin_run(at, ended=ended)
    _watched(state, at)


def _stopped(state: Sitting, _event: e.Stopped, at: float) -> None:
    _unwatched(state, at)
    state.running = False


def _paused(state: Sitting, _event: e.Paused, at: float) -> None:
    _unwatched(state, at)
    state.paused = True


def _unpaused(state: Sitting, _event: e.Unpaused, at: float) -> None:
    state.paused = False
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
    _decide(state, at)
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


def append(pieces: list[Piece], piece: Piece) -> None:
    """Append a piece; one like the last makes that longer."""
    if pieces and pieces[-1].p == piece.p and pieces[-1].presence is piece.presence:
        pieces[-1].end = piece.end
    elif piece.end > piece.start:
        pieces.append(piece)


# -- judging -----------------------------------------------------------------------------------------------------------


def _decide(state: Sitting, now: float) -> None:
    """Judge for good every silence that is still open."""
    state.decide_at = None
    if state.verdicts is not None:
        state.verdicts += _verdicts(state, now, is_final=True)
    for piece, p in zip(state.open, _chances(state, now), strict=True):
        append(state.pieces, Piece(piece.start, piece.end, piece.presence, p, lean=state.lean))
    state.open, state.touches = [], []
    horizon = now - Activity.KEPT
    for held in (state.locked, state.calls, state.inhibitors, state.sleeps):
        held.forget(horizon)
    state.activity.forget(horizon)


def _chances(state: Sitting, now: float) -> list[float]:
    """What the open pieces are, by what is known at `now`; a touch is like the likelier of the silences beside it."""
    machine = _is_machine(state)
    chances = [
        (0.0 if machine else _judge(state, piece.start, piece.end, now)) if piece.is_open else piece.p
        for piece in state.open
    ]
    if state.touches:
        for index, piece in enumerate(state.open):
            if piece.is_touch:
                beside = range(max(index - 1, 0), min(index + 2, len(chances)))
                chances[index] = max((chances[i] for i in beside if not state.open[i].is_touch), default=0.0)
    return chances


def _is_machine(state: Sitting) -> bool:
    return bool(state.touches) and is_machine(state.touches)


def is_machine(touches: list[float]) -> bool:
    """Whether touches come like clockwork."""
    if len(touches) < MACHINE_TOUCHES:
        return False
    gaps = [after - before for before, after in pairwise(touches)]
    mean = sum(gaps) / len(gaps)
    variance = sum((gap - mean) ** 2 for gap in gaps) / len(gaps)
    return sqrt(variance) < MACHINE_SPREAD * mean


def answer(state: Sitting, pieces: list[Piece], *, stayed: bool) -> None:
    """Take the user's word on silences that were judged, and lean on it when judging those to come.

    What they said of one of them before no longer holds.
    """
    told = [Told(piece.start, log_odds_of(piece.p) - piece.lean, stayed) for piece in pieces if 0.0 < piece.p < 1.0]
    anew = {each.start for each in told}
    kept = [each for each in state.answered if each.start not in anew]
    state.answered = [*kept, *told][-MOST_ANSWERS:]
    state.lean = lean_of([(each.log_odds, each.stayed) for each in state.answered], state.table)


def _verdicts(state: Sitting, now: float, *, is_final: bool) -> list[Verdict]:
    """Those on the open pieces; a touch is part of the silences around it and has none."""
    return [
        _verdict(state, piece, now, p=p, is_final=is_final)
        for piece, p in zip(state.open, _chances(state, now), strict=True)
        if piece.is_open
    ]


def _verdict(state: Sitting, piece: Piece, now: float, *, p: float, is_final: bool) -> Verdict:
    return Verdict(
        start=piece.start,
        end=piece.end,
        at=now,
        silence=silence_between(state, piece.start, piece.end, now),
        lean=state.lean,
        p=p,
        is_machine=piece.is_open and _is_machine(state),
        is_final=is_final,
    )


def _judge(state: Sitting, begin: float, end: float, now: float) -> float:
    return seated(silence_between(state, begin, end, now), state.table, state.lean)


def silence_between(state: Sitting, begin: float, end: float, now: float) -> Silence:
    """What is known at `now` of the silence `[begin, end)`."""
    return known(state, begin, end, now=now, going_on=state.since if state.phase is Phase.ACTIVE else None)
