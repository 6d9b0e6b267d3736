"""The whole of the rules: one event in, what is decided out. Pure; the daemon, the replay and the proofs all run this.

Time alone may already have decided something, so that is settled up to an event before the event is looked at: a late
or lost wake-up delays a decision and never changes it. Asking changes nothing: what prompting sees is how things stood
when something last happened, whenever it looks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from slowrise.core.model import events as e
from slowrise.core.model.units import LONG_AGO, NEVER
from slowrise.core.presence import tracker
from slowrise.core.presence.overlay import Answer, overlay
from slowrise.core.presence.segments import LIKELY, doubts
from slowrise.core.presence.silence import AFTERMATH
from slowrise.core.presence.tracker import Phase, provisional
from slowrise.core.prompts.due import CALL_BELIEF, Candidate, calm_until, due_in_lull
from slowrise.core.prompts.prompt_state import Prompt, Question, Snapshot
from slowrise.core.state import (
    EngineState,
    count_segments,
    look,
    look_if_needed,
    place_day,
    recount,
    roll_over,
    segments_from,
)

COUNTED_IN_LOTS = 16
"""Pieces that wait to be counted: enough to be worth the while, few enough to count them at every look."""
ASKED_FROM = 5 * 60.0
"""Seconds: an absence in doubt so long or longer is asked about; shorter ones are many and weigh little."""
QUESTION_STAYS = 5 * 60.0
"""Seconds: a question that nobody answers is taken away. It is no task."""


class Withdraw(msgspec.Struct, frozen=True):
    """The person has left, or what is shown has had its answer or its time: take it away."""

    at: float


Decision = Prompt | Withdraw


def handle(state: EngineState, event: e.Event) -> list[Decision]:
    """Fold in one event; what is decided by it, and by the time before it."""
    presence = state.presence
    at = tracker.event_time(presence, event)
    decided = advance_to(state, at)
    has_moved = tracker.apply(presence, event, at)
    # Whether standing has ended with an absence is for the next look to know.
    if len(presence.segments) > COUNTED_IN_LOTS or (state.posture.stands and state.posture.standing is not None):
        count_segments(state)
    state.changed = at
    state.snapshot = state.next_prompt = None
    kind = type(event)
    if has_moved or kind is e.ClockStepped or kind is e.PolicyChanged:
        place_day(state, at)
    heed = _HANDLERS.get(kind)
    if heed is not None:
        decided += heed(state, event, at)
    if kind in _UNSETTLING:
        state.calm_until = LONG_AGO
    return decided


def advance_to(state: EngineState, now: float) -> list[Decision]:
    """What time alone has decided up to `now`."""
    decided: list[Decision] = []
    while (due := _next(state, now)) <= now:
        decided += _at_deadline(state, due)
    state.presence.now = max(state.presence.now, now)
    return decided


def next_deadline(state: EngineState) -> float | None:
    """When time alone will next decide something; None if it never will."""
    due = _next(state, NEVER)
    return None if due == NEVER else due


# -- time alone --------------------------------------------------------------------------------------------------------


def _next(state: EngineState, horizon: float) -> float:
    """The next deadline; one beyond the horizon may be given too late."""
    presence = state.presence
    due = state.day_end
    if presence.decide_at is not None and presence.decide_at < due:
        due = presence.decide_at
    if state.leave_at is not None and state.leave_at < due:
        due = state.leave_at
    if state.question_until is not None and state.question_until < due:
        due = state.question_until
    if state.posture.stands:
        due = min(due, _doubt_at(state))
    # Nothing is said while nobody is there.
    is_there = presence.phase is Phase.ACTIVE or presence.signals.calls.count
    if horizon >= state.calm_until and is_there and not _is_calm(state, horizon):
        look_if_needed(state)
        if state.next_prompt is not None and state.next_prompt.show < due:
            due = state.next_prompt.show
    return max(presence.now, due)


def _is_calm(state: EngineState, horizon: float) -> bool:
    """Whether nothing can be due up to the horizon, as far as can be told without looking."""
    if state.snapshot is None and state.posture.standing is None:
        state.calm_until = calm_until(
            state.prompt_state, state.load, state.today, state.timeline, state.policy, now=state.changed
        )
    return horizon < state.calm_until


def _doubt_at(state: EngineState) -> float:
    """When declared standing falls into doubt, if that is still to come."""
    stand = state.posture.standing
    return stand.doubted if stand is not None and stand.doubted > state.changed else NEVER


def _at_deadline(state: EngineState, due: float) -> list[Decision]:
    """What the earliest deadline, `due`, decides: one thing at a time, what is known before what is said."""
    presence = state.presence
    decided: list[Decision] = []
    if presence.decide_at is not None and presence.decide_at <= due:
        begun = presence.open[0].start if presence.open else due
        tracker.decide(presence, presence.decide_at)
        count_segments(state)
        for answer in state.answers:
            if answer.end > begun:
                _learn(state, answer)
        _queue_question(state, begun, due)
    elif state.day_end <= due:
        roll_over(state)
    elif _goes_away_at(state) <= due:
        decided.append(_withdraw(state, due))
    elif state.next_prompt is not None and state.snapshot is not None and state.next_prompt.show <= due:
        if state.snapshot.active_since is None and tracker.probability_now(presence, due) < CALL_BELIEF:
            state.next_prompt = None
            presence.now = due
            return decided
        decided.append(_show(state, state.next_prompt, state.snapshot, due))
    state.changed = presence.now = due
    state.snapshot = state.next_prompt = None
    return decided


def _show(state: EngineState, candidate: Candidate, snapshot: Snapshot, at: float) -> Prompt:
    state.calm_until = LONG_AGO
    asked = state.prompt_state.question
    prompt = state.prompt_state.show(candidate.kind, at, snapshot, state.timeline.now(at), state.policy)
    # It takes the place of a question that is up.
    state.question_until = None
    if prompt.kind != "question" or asked is None:
        return prompt
    state.prompt_state.question = None
    state.prompt_state.questions += 1
    state.question_until = at + QUESTION_STAYS
    return prompt._replace(since=state.timeline.of(asked.start), until=state.timeline.of(asked.end))


def _goes_away_at(state: EngineState) -> float:
    """When what is shown is taken away by time alone."""
    leave, asked = state.leave_at, state.question_until
    return min(NEVER if leave is None else leave, NEVER if asked is None else asked)


def _withdraw(state: EngineState, at: float) -> Withdraw:
    state.leave_at = state.question_until = None
    return Withdraw(at)


def _queue_question(state: EngineState, begun: float, at: float) -> None:
    """Whether what has just been judged, from `begun` on, is worth a question. The last such absence is."""
    if at - begun < ASKED_FROM + AFTERMATH:
        return
    for doubt in doubts(segments_from(state, begun), shortest=ASKED_FROM):
        if not any(answer.start < doubt.end and doubt.start < answer.end for answer in state.answers):
            state.prompt_state.question = Question(doubt.start, doubt.end, at)
            state.calm_until = min(state.calm_until, at)


# -- what an event means beyond presence -------------------------------------------------------------------------------


def _on_active(state: EngineState, _event: e.Active, at: float) -> list[Decision]:
    """Input again, perhaps after a break."""
    state.leave_at = None
    presence, prompt_state = state.presence, state.prompt_state
    if (
        presence.last_silence >= state.policy.break_min
        and presence.since == at
        and prompt_state.wants_tip(at, state.policy)
    ):
        left = at - presence.last_silence
        silence = presence.open[-1] if presence.open and presence.open[-1].is_open else None
        if silence is not None and left >= state.today.start and provisional(presence, at)[-1].probability < LIKELY:
            prompt_state.return_at = at
            state.calm_until = min(state.calm_until, at)
    return []


def _on_idle(state: EngineState, _event: e.Idle, at: float) -> list[Decision]:
    """No input: what is shown is taken away once that has become a break."""
    presence, policy = state.presence, state.policy
    if presence.phase is Phase.SILENT and state.prompt_state.last >= presence.since - policy.sit_firm:
        state.leave_at = max(presence.since + policy.break_min, at)
    return []


def _on_locked_or_suspended(state: EngineState, _event: e.Locked | e.Suspended, at: float) -> list[Decision]:
    """The screen is locked: what is shown on it is for nobody."""
    if state.presence.phase is Phase.ACTIVE or state.prompt_state.last < state.presence.since - state.policy.sit_firm:
        return []
    return [_withdraw(state, at)]


def _on_standing(state: EngineState, _event: e.Standing, at: float) -> list[Decision]:
    if state.posture.stand(at, state.policy.confirm_after):
        recount(state)
    return []


def _on_sitting(state: EngineState, _event: e.Sitting, at: float) -> list[Decision]:
    if state.posture.sit(at):
        recount(state)
    return []


def _on_answered(state: EngineState, event: e.Answered, at: float) -> list[Decision]:
    begin, end = (min(state.timeline.find(label), at) for label in (event.from_, event.to))
    answer = Answer(begin, end, event.was)
    state.answers = overlay(state.answers, answer)
    count_segments(state)
    _learn(state, answer)
    recount(state)
    asked = state.prompt_state.question
    if asked is not None and begin < asked.end and asked.start < end:
        state.prompt_state.question = None
    return [] if state.question_until is None else [_withdraw(state, at)]


def _learn(state: EngineState, answer: Answer) -> None:
    """Lean on the user's word when judging silences to come; on one still open once that is judged too."""
    # Of what lies further back one run has let go and another not: nothing is learnt from it.
    spoken_of = [
        segment
        for segment in segments_from(state, max(answer.start, state.needed_from))
        if answer.start <= segment.start + 1.0 and segment.end <= answer.end + 1.0
    ]
    tracker.learn_answer(state.presence, spoken_of, stayed=answer.was != "away")


def _on_quiet_until(state: EngineState, event: e.QuietUntil, _at: float) -> list[Decision]:
    state.prompt_state.held_until = tracker.to_engine_time(state.presence, event.until)
    return []


def _on_snoozed(state: EngineState, event: e.Snoozed, at: float) -> list[Decision]:
    state.prompt_state.snooze(at, tracker.to_engine_time(state.presence, event.until), state.policy)
    return []


def _on_lull(state: EngineState, event: e.Lull, at: float) -> list[Decision]:
    look(state)
    if state.snapshot is None:
        return []
    since = tracker.to_engine_time(state.presence, event.since)
    candidate = due_in_lull(state.prompt_state, state.snapshot, state.timeline, state.policy, since)
    if candidate is None:
        return []
    prompt = _show(state, candidate, state.snapshot, at)
    state.snapshot = state.next_prompt = None
    return [prompt]


def _on_flare_up(state: EngineState, event: e.FlareUp, at: float) -> list[Decision]:
    state.prompt_state.flare_up(at, on=event.on)
    return []


def _on_profile(state: EngineState, event: e.Profile, at: float) -> list[Decision]:
    state.prompt_state.flare_up(at, on=event.name == "flare-up")
    return []


def _on_clinician(state: EngineState, event: e.Clinician, _at: float) -> list[Decision]:
    state.prompt_state.clinician_told |= event.knows == "flare-up"
    return []


_HANDLERS: dict[type[e.Event], Callable[[EngineState, Any, float], list[Decision]]] = {
    e.Active: _on_active,
    e.Idle: _on_idle,
    e.Locked: _on_locked_or_suspended,
    e.Suspended: _on_locked_or_suspended,
    e.Standing: _on_standing,
    e.Sitting: _on_sitting,
    e.Answered: _on_answered,
    e.QuietUntil: _on_quiet_until,
    e.Snoozed: _on_snoozed,
    e.Lull: _on_lull,
    e.FlareUp: _on_flare_up,
    e.Profile: _on_profile,
    e.Clinician: _on_clinician,
}


_UNSETTLING = {
    *(e.Standing, e.Sitting, e.Answered, e.QuietUntil, e.Snoozed),
    *(e.PolicyChanged, e.Profile, e.FlareUp, e.ClockStepped),
}
"""What may bring a prompt nearer than input alone could."""
