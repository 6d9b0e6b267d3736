"""What silences were: judged for good a minute after they ended, and before that as far as is known.

Pure. Instants are seconds on the axis of `timeline.py`. What evidence is worth is for `weighing.py` to say. The law:

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

from slowrise.core.model.timeline import Timeline
from slowrise.core.presence.activity import Activity, OnOffHistory
from slowrise.core.presence.evidence import NO_TABLE, SHORT, Table, log_odds_of, stay_probability
from slowrise.core.presence.personal_bias import OFTEN, SilenceHistogram, personal_bias
from slowrise.core.presence.segments import Presence, Segment, append
from slowrise.core.presence.silence import Silence, facts_of

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


class PresenceState(msgspec.Struct):
    """Everything the fold remembers. Made empty; changed by `take`, `decide` and `learn_answer` alone."""

    now: float = 0.0
    """Up to where time has passed."""
    told: float = 0.0
    """When the last event happened."""
    timeline: Timeline = msgspec.field(default_factory=Timeline)
    phase: Phase = Phase.UNOBSERVED
    since: float = 0.0
    """When the phase began."""
    running: bool = False
    """From `started` to `stopped`."""
    asleep: bool = False
    gap: float = 0.0
    """Length of the silence before the input that runs."""
    segments: list[Segment] = []
    """What is judged for good; whoever reads the record may take them away."""
    open: list[Segment] = []
    """What follows them, from the first silence on that is still to be judged for good."""
    touches: list[float] = []
    """The touches since input last lasted."""
    decide_at: float | None = None
    """When the open pieces are judged for good; None while a return is awaited."""
    table: Table = NO_TABLE
    """What evidence weighs."""
    answered: list[UserVerdict] = []
    """The silences the user spoke of, each once, in the order in which they did."""
    habit: SilenceHistogram = msgspec.field(default_factory=SilenceHistogram)
    """What the silences of this person are like, those spoken of as well."""
    bias: float = 0.0
    """What both shift the log-odds by."""
    locked: OnOffHistory = msgspec.field(default_factory=OnOffHistory)
    calls: OnOffHistory = msgspec.field(default_factory=OnOffHistory)
    inhibitors: OnOffHistory = msgspec.field(default_factory=OnOffHistory)
    sleeps: OnOffHistory = msgspec.field(default_factory=OnOffHistory)
    activity: Activity = msgspec.field(default_factory=Activity)
    verdicts: list[Verdict] | None = None
    """Every silence as it is judged for good, where somebody wants to know why; not kept otherwise."""


# -- judging for good --------------------------------------------------------------------------------------------------


def decide(presence: PresenceState, now: float) -> None:
    """Judge for good every silence that is still open, by what is known at `now`."""
    presence.decide_at = None
    if presence.verdicts is not None:
        presence.verdicts += _verdicts(presence, now, is_final=True)
    for segment, probability in zip(presence.open, _chances(presence, now), strict=True):
        append(
            presence.segments, Segment(segment.start, segment.end, segment.presence, probability, bias=presence.bias)
        )
        if segment.is_open and segment.end - segment.start > SHORT and 0.0 < probability < 1.0:
            presence.habit.note(log_odds_of(probability) - presence.bias)
    if presence.habit.fresh >= OFTEN:
        _update_bias(presence)
    presence.open, presence.touches = [], []
    horizon = now - Activity.KEPT
    for held in (presence.locked, presence.calls, presence.inhibitors, presence.sleeps):
        held.forget(horizon)
    presence.activity.forget(horizon)


def learn_answer(presence: PresenceState, segments: list[Segment], *, stayed: bool) -> None:
    """Take the user's word on silences that were judged, and lean on it when judging those to come.

    What they said of one of them before no longer holds.
    """
    told = [
        UserVerdict(segment.start, log_odds_of(segment.probability) - segment.bias, stayed)
        for segment in segments
        if 0.0 < segment.probability < 1.0
    ]
    anew = {each.start for each in told}
    kept = [each for each in presence.answered if each.start not in anew]
    presence.answered = [*kept, *told][-MOST_ANSWERS:]
    _update_bias(presence)


def _update_bias(presence: PresenceState) -> None:
    presence.habit.fresh = 0
    presence.bias = personal_bias(
        [(each.log_odds, each.stayed) for each in presence.answered], presence.habit, presence.table
    )


# -- asking ------------------------------------------------------------------------------------------------------------


def probability_now(presence: PresenceState, now: float) -> float:
    """Probability that the person is at the desk right now; 0 where nothing is seen."""
    match presence.phase:
        case Phase.ACTIVE:
            return 1.0
        case Phase.SILENT:
            return _judge(presence, presence.since, now, now) if now - presence.since > SHORT else 1.0
        case _:
            return 0.0


def provisional(presence: PresenceState, now: float) -> list[Segment]:
    """What follows `segments` up to `now`, by what is known then; nothing before the first event."""
    found = [
        Segment(segment.start, segment.end, segment.presence, probability)
        for segment, probability in zip(presence.open, _chances(presence, now), strict=True)
    ]
    if now > presence.since and presence.timeline.starts:
        seen = Presence.UNOBSERVED if presence.phase is Phase.UNOBSERVED else Presence.SEEN
        found.append(Segment(presence.since, now, seen, probability_now(presence, now)))
    return found


def verdicts(presence: PresenceState, now: float) -> list[Verdict]:
    """The silences that are still to be judged for good, by what is known at `now`; one that lasts comes last."""
    found = _verdicts(presence, now, is_final=False)
    if presence.phase is Phase.SILENT and now - presence.since > SHORT:
        lasting = Segment(presence.since, now, Presence.SEEN, probability_now(presence, now))
        found.append(_verdict(presence, lasting, now, probability=lasting.probability, is_final=False))
    return found


def final_until(presence: PresenceState) -> float:
    """Up to where everything is judged for good."""
    if presence.open:
        return presence.open[0].start
    return presence.now if presence.phase is Phase.ACTIVE else presence.since


# -- what a silence was ------------------------------------------------------------------------------------------------


def _judge(presence: PresenceState, begin: float, end: float, now: float) -> float:
    return stay_probability(_silence_between(presence, begin, end, now), presence.table, presence.bias)


def _chances(presence: PresenceState, now: float) -> list[float]:
    """What the open pieces are, by what is known at `now`; a touch is like the likelier of the silences beside it."""
    machine = _is_machine(presence)
    chances = [
        (0.0 if machine else _judge(presence, segment.start, segment.end, now))
        if segment.is_open
        else segment.probability
        for segment in presence.open
    ]
    if presence.touches:
        for index, segment in enumerate(presence.open):
            if segment.is_touch:
                beside = range(max(index - 1, 0), min(index + 2, len(chances)))
                chances[index] = max((chances[i] for i in beside if not presence.open[i].is_touch), default=0.0)
    return chances


def _is_machine(presence: PresenceState) -> bool:
    return bool(presence.touches) and is_machine(presence.touches)


def is_machine(touches: list[float]) -> bool:
    """Whether touches come like clockwork."""
    if len(touches) < MACHINE_TOUCHES:
        return False
    gaps = [after - before for before, after in pairwise(touches)]
    mean = sum(gaps) / len(gaps)
    variance = sum((gap - mean) ** 2 for gap in gaps) / len(gaps)
    return sqrt(variance) < MACHINE_SPREAD * mean


def _verdicts(presence: PresenceState, now: float, *, is_final: bool) -> list[Verdict]:
    """Those on the open pieces; a touch is part of the silences around it and has none."""
    return [
        _verdict(presence, segment, now, probability=probability, is_final=is_final)
        for segment, probability in zip(presence.open, _chances(presence, now), strict=True)
        if segment.is_open
    ]


def _verdict(presence: PresenceState, segment: Segment, now: float, *, probability: float, is_final: bool) -> Verdict:
    return Verdict(
        start=segment.start,
        end=segment.end,
        at=now,
        silence=_silence_between(presence, segment.start, segment.end, now),
        bias=presence.bias,
        probability=probability,
        is_machine=segment.is_open and _is_machine(presence),
        is_final=is_final,
    )


def _silence_between(presence: PresenceState, begin: float, end: float, now: float) -> Silence:
    """What is known at `now` of the silence `[begin, end)`."""
    return facts_of(presence, begin, end, now=now, going_on=presence.since if presence.phase is Phase.ACTIVE else None)


# -- verdicts ----------------------------------------------------------------------------------------------------------


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A silence as it was judged, with all that was known of it then."""

    start: float
    end: float
    at: float
    """By when this was known."""
    silence: Silence
    bias: float
    """By how much this user's own silences and answers shifted the log-odds then."""
    probability: float
    """Probability of having stayed seated."""
    is_machine: bool
    """The touches in it came like clockwork: nobody was there, whatever the evidence says."""
    is_final: bool
    """Judged for good; before that its return, or the minute after it, may still change it."""


class UserVerdict(msgspec.Struct, frozen=True):
    """What the user said of one silence."""

    start: float
    log_odds: float
    """Of having stayed seated, before any of their answers."""
    stayed: bool
