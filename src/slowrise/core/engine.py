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
from slowrise.core.model.quiet_hours import LONG_AGO, NEVER
from slowrise.core.presence import judge as judging
from slowrise.core.presence import tracker as s
from slowrise.core.presence.doubts import doubts
from slowrise.core.presence.judge import Phase, unsettled
from slowrise.core.presence.overlay import Answer, laid_over
from slowrise.core.presence.segments import LIKELY
from slowrise.core.presence.silence import AFTERMATH
from slowrise.core.prompts.due import CALL_BELIEF, Candidate, calm_until, due_in_lull
from slowrise.core.prompts.prompt_state import Prompt, Question, Scene
from slowrise.core.state import (
    Rules,
    count_pieces,
    look,
    look_if_needed,
    pieces_from,
    place_day,
    recount,
    roll_over,
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


def step(rules: Rules, event: e.Event) -> list[Decision]:
    """Fold in one event; what is decided by it, and by the time before it."""
    sitting = rules.sitting
    at = s.instant(sitting, event)
    decided = settle(rules, at)
    has_moved = s.take(sitting, event, at)
    # Whether standing has ended with an absence is for the next look to know.
    if len(sitting.pieces) > COUNTED_IN_LOTS or (rules.posture.stands and rules.posture.standing is not None):
        count_pieces(rules)
    rules.changed = at
    rules.scene = rules.upcoming = None
    kind = type(event)
    if has_moved or kind is e.ClockStepped or kind is e.Policy:
        place_day(rules, at)
    heed = _HEEDED.get(kind)
    if heed is not None:
        decided += heed(rules, event, at)
    if kind in _UNSETTLING:
        rules.calm_until = LONG_AGO
    return decided


def settle(rules: Rules, now: float) -> list[Decision]:
    """What time alone has decided up to `now`."""
    decided: list[Decision] = []
    while (due := _next(rules, now)) <= now:
        decided += _at_deadline(rules, due)
    rules.sitting.now = max(rules.sitting.now, now)
    return decided


def next_deadline(rules: Rules) -> float | None:
    """When time alone will next decide something; None if it never will."""
    due = _next(rules, NEVER)
    return None if due == NEVER else due


# -- time alone --------------------------------------------------------------------------------------------------------


def _next(rules: Rules, horizon: float) -> float:
    """The next deadline; one beyond the horizon may be given too late."""
    sitting = rules.sitting
    due = rules.day_end
    if sitting.decide_at is not None and sitting.decide_at < due:
        due = sitting.decide_at
    if rules.leave_at is not None and rules.leave_at < due:
        due = rules.leave_at
    if rules.question_until is not None and rules.question_until < due:
        due = rules.question_until
    if rules.posture.stands:
        due = min(due, _doubt_at(rules))
    # Nothing is said while nobody is there.
    is_there = sitting.phase is Phase.ACTIVE or sitting.calls.count
    if horizon >= rules.calm_until and is_there and not _is_calm(rules, horizon):
        look_if_needed(rules)
        if rules.upcoming is not None and rules.upcoming.show < due:
            due = rules.upcoming.show
    return max(sitting.now, due)


def _is_calm(rules: Rules, horizon: float) -> bool:
    """Whether nothing can be due up to the horizon, as far as can be told without looking."""
    if rules.scene is None and rules.posture.standing is None:
        rules.calm_until = calm_until(
            rules.prompting, rules.clock, rules.today, rules.labels, rules.policy, now=rules.changed
        )
    return horizon < rules.calm_until


def _doubt_at(rules: Rules) -> float:
    """When declared standing falls into doubt, if that is still to come."""
    stand = rules.posture.standing
    return stand.doubted if stand is not None and stand.doubted > rules.changed else NEVER


def _at_deadline(rules: Rules, due: float) -> list[Decision]:
    """What the earliest deadline, `due`, decides: one thing at a time, what is known before what is said."""
    sitting = rules.sitting
    decided: list[Decision] = []
    if sitting.decide_at is not None and sitting.decide_at <= due:
        begun = sitting.open[0].start if sitting.open else due
        judging.decide(sitting, sitting.decide_at)
        count_pieces(rules)
        for answer in rules.answers:
            if answer.end > begun:
                _learn(rules, answer)
        _wonder(rules, begun, due)
    elif rules.day_end <= due:
        roll_over(rules)
    elif _goes_away_at(rules) <= due:
        decided.append(_withdraw(rules, due))
    elif rules.upcoming is not None and rules.scene is not None and rules.upcoming.show <= due:
        if rules.scene.active_since is None and judging.live(sitting, due) < CALL_BELIEF:
            rules.upcoming = None
            sitting.now = due
            return decided
        decided.append(_show(rules, rules.upcoming, rules.scene, due))
    rules.changed = sitting.now = due
    rules.scene = rules.upcoming = None
    return decided


def _show(rules: Rules, candidate: Candidate, scene: Scene, at: float) -> Prompt:
    rules.calm_until = LONG_AGO
    asked = rules.prompting.question
    prompt = rules.prompting.show(candidate.kind, at, scene, rules.labels.now(at), rules.policy)
    # It takes the place of a question that is up.
    rules.question_until = None
    if prompt.kind != "question" or asked is None:
        return prompt
    rules.prompting.question = None
    rules.prompting.questions += 1
    rules.question_until = at + QUESTION_STAYS
    return prompt._replace(since=rules.labels.of(asked.start), until=rules.labels.of(asked.end))


def _goes_away_at(rules: Rules) -> float:
    """When what is shown is taken away by time alone."""
    leave, asked = rules.leave_at, rules.question_until
    return min(NEVER if leave is None else leave, NEVER if asked is None else asked)


def _withdraw(rules: Rules, at: float) -> Withdraw:
    rules.leave_at = rules.question_until = None
    return Withdraw(at)


def _wonder(rules: Rules, begun: float, at: float) -> None:
    """Whether what has just been judged, from `begun` on, is worth a question. The last such absence is."""
    if at - begun < ASKED_FROM + AFTERMATH:
        return
    for doubt in doubts(pieces_from(rules, begun), shortest=ASKED_FROM):
        if not any(answer.start < doubt.end and doubt.start < answer.end for answer in rules.answers):
            rules.prompting.question = Question(doubt.start, doubt.end, at)
            rules.calm_until = min(rules.calm_until, at)


# -- what an event means beyond presence -------------------------------------------------------------------------------


def _back(rules: Rules, _event: e.Active, at: float) -> list[Decision]:
    """Input again, perhaps after a break."""
    rules.leave_at = None
    sitting, prompting = rules.sitting, rules.prompting
    if sitting.gap >= rules.policy.break_min and sitting.since == at and prompting.wants_tip(at, rules.policy):
        left = at - sitting.gap
        silence = sitting.open[-1] if sitting.open and sitting.open[-1].is_open else None
        if silence is not None and left >= rules.today.start and unsettled(sitting, at)[-1].p < LIKELY:
            prompting.return_at = at
            rules.calm_until = min(rules.calm_until, at)
    return []


def _gone_quiet(rules: Rules, _event: e.Idle, at: float) -> list[Decision]:
    """No input: what is shown is taken away once that has become a break."""
    sitting, policy = rules.sitting, rules.policy
    if sitting.phase is Phase.SILENT and rules.prompting.last >= sitting.since - policy.sit_firm:
        rules.leave_at = max(sitting.since + policy.break_min, at)
    return []


def _shut(rules: Rules, _event: e.Locked | e.Suspended, at: float) -> list[Decision]:
    """The screen is locked: what is shown on it is for nobody."""
    if rules.sitting.phase is Phase.ACTIVE or rules.prompting.last < rules.sitting.since - rules.policy.sit_firm:
        return []
    return [_withdraw(rules, at)]


def _stood(rules: Rules, _event: e.Standing, at: float) -> list[Decision]:
    if rules.posture.stand(at, rules.policy.confirm_after):
        recount(rules)
    return []


def _sat(rules: Rules, _event: e.Sitting, at: float) -> list[Decision]:
    if rules.posture.sit(at):
        recount(rules)
    return []


def _answered(rules: Rules, event: e.Answered, at: float) -> list[Decision]:
    begin, end = (min(rules.labels.find(label), at) for label in (event.from_, event.to))
    answer = Answer(begin, end, event.was)
    rules.answers = laid_over(rules.answers, answer)
    count_pieces(rules)
    _learn(rules, answer)
    recount(rules)
    asked = rules.prompting.question
    if asked is not None and begin < asked.end and asked.start < end:
        rules.prompting.question = None
    return [] if rules.question_until is None else [_withdraw(rules, at)]


def _learn(rules: Rules, answer: Answer) -> None:
    """Lean on the user's word when judging silences to come; on one still open once that is judged too."""
    # Of what lies further back one run has let go and another not: nothing is learnt from it.
    spoken_of = [
        piece
        for piece in pieces_from(rules, max(answer.start, rules.needed_from))
        if answer.start <= piece.start + 1.0 and piece.end <= answer.end + 1.0
    ]
    judging.answer(rules.sitting, spoken_of, stayed=answer.was != "away")


def _held(rules: Rules, event: e.Held, _at: float) -> list[Decision]:
    rules.prompting.held_until = s.at_of(rules.sitting, event.until)
    return []


def _snoozed(rules: Rules, event: e.Snoozed, at: float) -> list[Decision]:
    rules.prompting.snooze(at, s.at_of(rules.sitting, event.until), rules.policy)
    return []


def _lulled(rules: Rules, event: e.Lull, at: float) -> list[Decision]:
    look(rules)
    if rules.scene is None:
        return []
    since = s.at_of(rules.sitting, event.since)
    candidate = due_in_lull(rules.prompting, rules.scene, rules.labels, rules.policy, since)
    if candidate is None:
        return []
    prompt = _show(rules, candidate, rules.scene, at)
    rules.scene = rules.upcoming = None
    return [prompt]


def _flare_up(rules: Rules, event: e.FlareUp, at: float) -> list[Decision]:
    rules.prompting.flare_up(at, on=event.on)
    return []


def _profile(rules: Rules, event: e.Profile, at: float) -> list[Decision]:
    rules.prompting.flare_up(at, on=event.name == "flare-up")
    return []


def _clinician(rules: Rules, event: e.Clinician, _at: float) -> list[Decision]:
    rules.prompting.clinician_told |= event.knows == "flare-up"
    return []


_HEEDED: dict[type[e.Event], Callable[[Rules, Any, float], list[Decision]]] = {
    e.Active: _back,
    e.Idle: _gone_quiet,
    e.Locked: _shut,
    e.Suspended: _shut,
    e.Standing: _stood,
    e.Sitting: _sat,
    e.Answered: _answered,
    e.Held: _held,
    e.Snoozed: _snoozed,
    e.Lull: _lulled,
    e.FlareUp: _flare_up,
    e.Profile: _profile,
    e.Clinician: _clinician,
}


_UNSETTLING = {
    *(e.Standing, e.Sitting, e.Answered, e.Held, e.Snoozed),
    *(e.Policy, e.Profile, e.FlareUp, e.ClockStepped),
}
"""What may bring a prompt nearer than input alone could."""
