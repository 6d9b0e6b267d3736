"""What silences were: judged for good a minute after they ended, and before that as far as is known.

Pure. Instants are seconds on the axis of `labels.py`. What evidence is worth is for `weighing.py` to say. The law:

- A silence is judged for good a minute after it ended; until then, and while it lasts, whoever asks is told what is
  known by then.
- The silences around a touch are judged together once somebody has really come back. Five or more evenly spaced touches
  are a machine.
"""

from __future__ import annotations

from enum import IntEnum
from itertools import pairwise
from math import sqrt

import msgspec

from slowrise.core.model.timeline import Labels
from slowrise.core.presence.activity import Activity, Held
from slowrise.core.presence.evidence import NO_TABLE, SHORT, Table, log_odds_of, seated
from slowrise.core.presence.personal_bias import OFTEN, Habit, lean_of
from slowrise.core.presence.segments import Piece, Presence, append
from slowrise.core.presence.silence import Silence, known
from slowrise.core.presence.verdict import Told, Verdict

MACHINE_TOUCHES = 5
MACHINE_SPREAD = 0.2
"""Touches whose gaps vary by less than a fifth of their mean are a device's clockwork, not a hand."""
MOST_ANSWERS = 60
"""Answers that are leant on: three a day for three weeks, so that a changed habit is learnt anew."""


class Phase(IntEnum):
    """What the fold is in the middle of."""

    UNOBSERVED = 0
    EMPTY = 1
    """Watched, and no input yet: away."""
    ACTIVE = 2
    SILENT = 3


class Sitting(msgspec.Struct):
    """Everything the fold remembers. Made empty; changed by `take`, `decide` and `answer` alone."""

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
    habit: Habit = msgspec.field(default_factory=Habit)
    """What the silences of this person are like, those spoken of as well."""
    lean: float = 0.0
    """What both shift the log-odds by."""
    locked: Held = msgspec.field(default_factory=Held)
    calls: Held = msgspec.field(default_factory=Held)
    inhibitors: Held = msgspec.field(default_factory=Held)
    sleeps: Held = msgspec.field(default_factory=Held)
    activity: Activity = msgspec.field(default_factory=Activity)
    verdicts: list[Verdict] | None = None
    """Every silence as it is judged for good, where somebody wants to know why; not kept otherwise."""


# -- judging for good --------------------------------------------------------------------------------------------------


def decide(state: Sitting, now: float) -> None:
    """Judge for good every silence that is still open, by what is known at `now`."""
    state.decide_at = None
    if state.verdicts is not None:
        state.verdicts += _verdicts(state, now, is_final=True)
    for piece, p in zip(state.open, _chances(state, now), strict=True):
        append(state.pieces, Piece(piece.start, piece.end, piece.presence, p, lean=state.lean))
        if piece.is_open and piece.end - piece.start > SHORT and 0.0 < p < 1.0:
            state.habit.note(log_odds_of(p) - state.lean)
    if state.habit.fresh >= OFTEN:
        _lean(state)
    state.open, state.touches = [], []
    horizon = now - Activity.KEPT
    for held in (state.locked, state.calls, state.inhibitors, state.sleeps):
        held.forget(horizon)
    state.activity.forget(horizon)


def answer(state: Sitting, pieces: list[Piece], *, stayed: bool) -> None:
    """Take the user's word on silences that were judged, and lean on it when judging those to come.

    What they said of one of them before no longer holds.
    """
    told = [Told(piece.start, log_odds_of(piece.p) - piece.lean, stayed) for piece in pieces if 0.0 < piece.p < 1.0]
    anew = {each.start for each in told}
    kept = [each for each in state.answered if each.start not in anew]
    state.answered = [*kept, *told][-MOST_ANSWERS:]
    _lean(state)


def _lean(state: Sitting) -> None:
    state.habit.fresh = 0
    state.lean = lean_of([(each.log_odds, each.stayed) for each in state.answered], state.habit, state.table)


# -- asking ------------------------------------------------------------------------------------------------------------


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


# -- what a silence was ------------------------------------------------------------------------------------------------


def _judge(state: Sitting, begin: float, end: float, now: float) -> float:
    return seated(_silence_between(state, begin, end, now), state.table, state.lean)


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
        silence=_silence_between(state, piece.start, piece.end, now),
        lean=state.lean,
        p=p,
        is_machine=piece.is_open and _is_machine(state),
        is_final=is_final,
    )


def _silence_between(state: Sitting, begin: float, end: float, now: float) -> Silence:
    """What is known at `now` of the silence `[begin, end)`."""
    return known(state, begin, end, now=now, going_on=state.since if state.phase is Phase.ACTIVE else None)
