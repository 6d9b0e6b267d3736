"""Everything the rules remember, and what it counts up to: the sit clock, the day, how things stand.

Pure. Instants are engine time (`timeline.py`). What is judged for good is counted once; what is not
yet is laid on top when needed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import msgspec

from slowrise.core.model.policy import Policy
from slowrise.core.model.timeline import Timeline
from slowrise.core.model.units import DAY, LONG_AGO, NEVER
from slowrise.core.presence.overlay import Answer, EngineSpan, engine_spans
from slowrise.core.presence.posture import Posture
from slowrise.core.presence.segments import Segment
from slowrise.core.presence.silence import CALL_ENDLESS
from slowrise.core.presence.tracker import Phase, PresenceState, provisional
from slowrise.core.prompts.due import A_CALL, Candidate, next_due
from slowrise.core.prompts.load import SittingLoad
from slowrise.core.prompts.prompt_state import DayTotals, PromptState, Snapshot

DAY_AND_TRAVEL = 27 * 3600.0
"""Seconds: a day may turn out to have begun this long ago after all."""


class EngineState(msgspec.Struct):
    """Everything remembered. `policy` is what is in force; whoever reads the settings changes it before the event."""

    policy: Policy = msgspec.field(default_factory=Policy)
    presence: PresenceState = msgspec.field(default_factory=PresenceState)
    posture: Posture = msgspec.field(default_factory=Posture)
    answers: list[Answer] = []
    """What the user said they did, in order and disjoint."""
    segments: list[Segment] = []
    """The record so far, judged for good and counted."""
    load: SittingLoad = msgspec.field(default_factory=SittingLoad)
    """Over `segments`."""
    load_at_day_start: SittingLoad = msgspec.field(default_factory=SittingLoad)
    """The same as it stood when the day began."""
    today: DayTotals = msgspec.field(default_factory=DayTotals)
    """Of `segments`; `totals_at` has the rest."""
    day_end: float = NEVER
    prompt_state: PromptState = msgspec.field(default_factory=PromptState)
    changed: float = 0.0
    """When something last happened, or was decided: nothing but time has passed since."""
    next_prompt: Candidate | None = None
    """What is to be said next, as of the last look."""
    snapshot: Snapshot | None = None
    """What was seen in the last look; None where something has changed since."""
    calm_until: float = LONG_AGO
    """Nothing can be due before, whatever input comes or fails to come: no look is needed."""
    leave_at: float | None = None
    """When a shown prompt is taken away, if the silence lasts."""
    question_until: float | None = None
    """When the question that is shown is taken away, if it is left alone."""

    @property
    def timeline(self) -> Timeline:
        """What instants are called."""
        return self.presence.timeline

    @property
    def needed_from(self) -> float:
        """Nothing of the record before this instant is needed to go on."""
        return min(self.load_at_day_start.at, self.today.start - DAY_AND_TRAVEL)

    def open_parts(self, now: float) -> Iterator[EngineSpan]:
        """What follows `segments` up to `now`, at its likelier reading."""
        segments = self.presence.segments + provisional(self.presence, now)
        return engine_spans(segments, self.posture, self.answers)

    def wants_lull(self, now: float) -> bool:
        """Whether a prompt is waiting for a pause in the input."""
        look_if_needed(self)
        return self.next_prompt is not None and self.next_prompt.due <= now < self.next_prompt.show


# -- what is judged for good -------------------------------------------------------------------------------------------


def count_segments(state: EngineState) -> None:
    """Take over what has been judged for good. Standing that was in doubt over an absence ended with it."""
    segments, state.presence.segments = state.presence.segments, []
    state.segments += segments
    for part in engine_spans(segments, state.posture, state.answers):
        state.load.advance(part, state.policy)
        _count(state.today, part)
        if state.load.absent >= state.policy.break_full and state.posture.stands:
            state.posture.lapse(part.end - state.load.absent, part.end)


def recount(state: EngineState) -> None:
    """The past changed: count clock and day anew."""
    count_segments(state)
    state.load = state.load_at_day_start.copy()
    for part in _parts_from(state, state.load_at_day_start.at):
        state.load.advance(part, state.policy)
    _recount_day(state)


def segments_from(state: EngineState, begin: float) -> list[Segment]:
    """What is counted and ends after `begin`, as it was judged."""
    return state.segments[bisect_right(state.segments, begin, key=lambda segment: segment.end) :]


# -- the day -----------------------------------------------------------------------------------------------------------


def place_day(state: EngineState, at: float) -> None:
    """Where the local day lies by the clock as it stands now; a step may land us in another one."""
    local = state.timeline.local_seconds(at)
    start = at - (local - state.policy.day_starts) % DAY
    name = state.timeline.now(start).date().isoformat()
    state.calm_until = LONG_AGO
    count_segments(state)
    if state.today.name != name:
        if state.today.name:
            state.prompt_state.new_day(totals_at(state, at))
        state.load_at_day_start = state.load.copy()
    state.day_end = start + DAY
    if state.today.name == name:
        # Who flies west, or sets the clock back, has a longer day.
        start = min(start, state.today.start)
    if (state.today.name, state.today.start) != (name, start):
        state.today = DayTotals(start=start, name=name)
        _recount_day(state)


def roll_over(state: EngineState) -> None:
    """The local day ends by time alone. Should the offset change within the next, that event places it anew."""
    at = state.day_end
    count_segments(state)
    state.prompt_state.new_day(totals_at(state, at))
    state.load_at_day_start = state.load.copy()
    state.today = DayTotals(start=at, name=state.timeline.now(at).date().isoformat())
    state.day_end = at + DAY
    state.calm_until = LONG_AGO


def totals_at(state: EngineState, now: float) -> DayTotals:
    """The day up to `now`, silences at what they are likely to have been."""
    tally = msgspec.structs.replace(state.today)
    for part in state.open_parts(now):
        _count(tally, part)
    return tally


def _recount_day(state: EngineState) -> None:
    state.today = DayTotals(start=state.today.start, name=state.today.name)
    for part in _parts_from(state, state.today.start):
        _count(state.today, part)


def _parts_from(state: EngineState, begin: float) -> Iterator[EngineSpan]:
    """The same with posture and answers laid over it."""
    return engine_spans(segments_from(state, begin), state.posture, state.answers)


def _count(tally: DayTotals, part: EngineSpan) -> None:
    length = part.end - max(tally.start, part.start)
    if length > 0 and part.state != "unobserved":
        tally.observed += length
        tally.sitting += length * part.probability
        if part.state == "standing":
            tally.standing += length


# -- how things stand --------------------------------------------------------------------------------------------------


def look(state: EngineState) -> None:
    """See how things stood when something last happened, and what is to be said next."""
    presence, posture, now = state.presence, state.posture, state.changed
    load, tally = state.load.copy(), msgspec.structs.replace(state.today)
    has_left = False
    for part in state.open_parts(now):
        load.advance(part, state.policy)
        _count(tally, part)
        has_left = has_left or load.absent >= state.policy.break_full
    load.at = now
    active = presence.since if presence.phase is Phase.ACTIVE else None
    standing = posture.is_standing(now)
    if standing and load.stand_start is None:
        load.stand_start = now
    elif active is not None and load.bout_start is None:
        load.bout_start = now
    # Standing in doubt ends with an absence, as soon as that is judged for good.
    stand = None if has_left and not standing else posture.standing
    state.snapshot = Snapshot(
        load=load,
        now=now,
        active_since=active,
        gap=presence.last_silence,
        in_call=presence.signals.calls.is_on and now - presence.signals.calls.starts[-1] < CALL_ENDLESS,
        call_over=presence.signals.calls.last_end(A_CALL),
        standing=standing,
        standing_doubted=stand.doubted if stand is not None else NEVER,
        today=tally,
    )
    state.next_prompt = next_due(state.prompt_state, state.snapshot, state.timeline, state.policy)


def look_if_needed(state: EngineState) -> None:
    """The same, unless nothing has changed since the last look."""
    if state.snapshot is None:
        look(state)
