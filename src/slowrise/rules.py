"""The whole of the rules: one event in, what is decided out. Pure; the daemon, the replay and the proofs all run this.

Time alone may already have decided something, so that is settled up to an event before the event is looked at: a late
or lost wake-up delays a decision and never changes it. Asking changes nothing: what prompting sees is how things stood
when something last happened, whenever it looks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from slowrise import events as e
from slowrise import judging
from slowrise import sitting as s
from slowrise.doubts import doubts
from slowrise.due import CALL_BELIEF, Candidate, calm_until, due_in_lull, next_due
from slowrise.hours import DAY, LONG_AGO, NEVER
from slowrise.judging import Phase, Sitting, unsettled
from slowrise.labels import Labels
from slowrise.pieces import LIKELY, Piece
from slowrise.policy import Policy
from slowrise.prompting import Prompt, Prompting, Question, Scene, Tally
from slowrise.record import Answer, Posture, Stretch, laid_over, stretches
from slowrise.silence import AFTERMATH, CALL_ENDLESS
from slowrise.sitclock import SitClock

COUNTED_IN_LOTS = 16
"""Pieces that wait to be counted: enough to be worth the while, few enough to count them at every look."""
ASKED_FROM = 5 * 60.0
"""Seconds: an absence in doubt so long or longer is asked about; shorter ones are many and weigh little."""
QUESTION_STAYS = 5 * 60.0
"""Seconds: a question that nobody answers is taken away. It is no task."""
DAY_AND_TRAVEL = 27 * 3600.0
"""Seconds: a day may turn out to have begun this long ago after all."""


class Withdraw(msgspec.Struct, frozen=True):
    """The person has left, or what is shown has had its answer or its time: take it away."""

    at: float


Decision = Prompt | Withdraw


class Rules(msgspec.Struct):
    """Everything remembered. `policy` is what is in force; whoever reads the settings changes it before the event."""

    policy: Policy = msgspec.field(default_factory=Policy)
    sitting: Sitting = msgspec.field(default_factory=Sitting)
    posture: Posture = msgspec.field(default_factory=Posture)
    answers: list[Answer] = []
    """What the user said they did, in order and disjoint."""
    pieces: list[Piece] = []
    """The record so far, judged for good and counted."""
    clock: SitClock = msgspec.field(default_factory=SitClock)
    """Over `pieces`."""
    dawn: SitClock = msgspec.field(default_factory=SitClock)
    """The same as it stood when the day began."""
    today: Tally = msgspec.field(default_factory=Tally)
    """Of `pieces`; `so_far` has the rest."""
    day_end: float = NEVER
    prompting: Prompting = msgspec.field(default_factory=Prompting)
    changed: float = 0.0
    """When something last happened, or was decided: nothing but time has passed since."""
    upcoming: Candidate | None = None
    """What is to be said next, as of the last look."""
    scene: Scene | None = None
    """What was seen in the last look; None where something has changed since."""
    calm_until: float = LONG_AGO
    """Nothing can be due before, whatever input comes or fails to come: no look is needed."""
    leave_at: float | None = None
    """When a shown prompt is taken away, if the silence lasts."""
    question_until: float | None = None
    """When the question that is shown is taken away, if it is left alone."""

    @property
    def labels(self) -> Labels:
        """What instants are called."""
        return self.sitting.labels

    @property
    def needed_from(self) -> float:
        """Nothing of the record before this instant is needed to go on."""
        return min(self.dawn.at, self.today.start - DAY_AND_TRAVEL)

    def open_parts(self, now: float) -> Iterator[Stretch]:
        """What follows `pieces` up to `now`, at its likelier reading."""
        pieces = self.sitting.pieces + unsettled(self.sitting, now)
        return stretches(pieces, self.posture, self.answers)

    def wants_lull(self, now: float) -> bool:
        """Whether a prompt is waiting for a pause in the input."""
        _look_if_needed(self)
        return self.upcoming is not None and self.upcoming.due <= now < self.upcoming.show


def step(rules: Rules, event: e.Event) -> list[Decision]:
    """Fold in one event; what is decided by it, and by the time before it."""
    sitting = rules.sitting
    at = s.instant(sitting, event)
    decided = settle(rules, at)
    has_moved = s.take(sitting, event, at)
    # Whether standing has ended with an absence is for the next look to know.
    if len(sitting.pieces) > COUNTED_IN_LOTS or (rules.posture.stands and rules.posture.standing is not None):
        _count_pieces(rules)
    rules.changed = at
    rules.scene = rules.upcoming = None
    kind = type(event)
    if has_moved or kind is e.ClockStepped or kind is e.Policy:
        _place_day(rules, at)
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
        _look_if_needed(rules)
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
        _count_pieces(rules)
        for answer in rules.answers:
            if answer.end > begun:
                _learn(rules, answer)
        _wonder(rules, begun, due)
    elif rules.day_end <= due:
        _roll_over(rules)
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
    for doubt in doubts(_pieces_from(rules, begun), shortest=ASKED_FROM):
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
        _recount(rules)
    return []


def _sat(rules: Rules, _event: e.Sitting, at: float) -> list[Decision]:
    if rules.posture.sit(at, rules.policy.confirm_after):
        _recount(rules)
    return []


def _answered(rules: Rules, event: e.Answered, at: float) -> list[Decision]:
    begin, end = (min(rules.labels.find(label), at) for label in (event.from_, event.to))
    answer = Answer(begin, end, event.was)
    rules.answers = laid_over(rules.answers, answer)
    _count_pieces(rules)
    _learn(rules, answer)
    _recount(rules)
    asked = rules.prompting.question
    if asked is not None and begin < asked.end and asked.start < end:
        rules.prompting.question = None
    return [] if rules.question_until is None else [_withdraw(rules, at)]


def _learn(rules: Rules, answer: Answer) -> None:
    """Lean on the user's word when judging silences to come; on one still open once that is judged too."""
    # Of what lies further back one run has let go and another not: nothing is learnt from it.
    spoken_of = [
        piece
        for piece in _pieces_from(rules, max(answer.start, rules.needed_from))
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
    _look(rules)
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


# -- counting ----------------------------------------------------------------------------------------------------------


def _count_pieces(rules: Rules) -> None:
    """Take over what has been judged for good. Standing that was in doubt over an absence ended with it."""
    pieces, rules.sitting.pieces = rules.sitting.pieces, []
    rules.pieces += pieces
    for part in stretches(pieces, rules.posture, rules.answers):
        rules.clock.advance(part, rules.policy)
        _count(rules.today, part)
        if rules.clock.absent >= rules.policy.break_full and rules.posture.stands:
            rules.posture.lapse(part.end - rules.clock.absent, part.end)


def _count(tally: Tally, part: Stretch) -> None:
    length = part.end - max(tally.start, part.start)
    if length > 0 and part.state != "unobserved":
        tally.observed += length
        tally.sitting += length * part.p
        if part.state == "standing":
            tally.standing += length


def _recount(rules: Rules) -> None:
    """The past changed: count clock and day anew."""
    _count_pieces(rules)
    rules.clock = rules.dawn.copy()
    for part in _parts_from(rules, rules.dawn.at):
        rules.clock.advance(part, rules.policy)
    _recount_day(rules)


def _recount_day(rules: Rules) -> None:
    rules.today = Tally(start=rules.today.start, name=rules.today.name)
    for part in _parts_from(rules, rules.today.start):
        _count(rules.today, part)


def _parts_from(rules: Rules, begin: float) -> Iterator[Stretch]:
    """What is counted and ends after `begin`."""
    return stretches(_pieces_from(rules, begin), rules.posture, rules.answers)


def _pieces_from(rules: Rules, begin: float) -> list[Piece]:
    return rules.pieces[bisect_right(rules.pieces, begin, key=lambda piece: piece.end) :]


def _place_day(rules: Rules, at: float) -> None:
    """Where the local day lies by the clock as it stands now; a step may land us in another one."""
    local = rules.labels.local_seconds(at)
    start = at - (local - rules.policy.day_starts) % DAY
    name = rules.labels.now(start).date().isoformat()
    rules.calm_until = LONG_AGO
    _count_pieces(rules)
    if rules.today.name != name:
        if rules.today.name:
            rules.prompting.new_day(so_far(rules, at))
        rules.dawn = rules.clock.copy()
    rules.day_end = start + DAY
    if rules.today.name == name:
        # Who flies west, or sets the clock back, has a longer day.
        start = min(start, rules.today.start)
    if (rules.today.name, rules.today.start) != (name, start):
        rules.today = Tally(start=start, name=name)
        _recount_day(rules)


def _roll_over(rules: Rules) -> None:
    """The local day ends by time alone. Should the offset change within the next, that event places it anew."""
    at = rules.day_end
    _count_pieces(rules)
    rules.prompting.new_day(so_far(rules, at))
    rules.dawn = rules.clock.copy()
    rules.today = Tally(start=at, name=rules.labels.now(at).date().isoformat())
    rules.day_end = at + DAY
    rules.calm_until = LONG_AGO


def so_far(rules: Rules, now: float) -> Tally:
    """The day up to `now`, silences at what they are likely to have been."""
    tally = msgspec.structs.replace(rules.today)
    for part in rules.open_parts(now):
        _count(tally, part)
    return tally


# -- looking -----------------------------------------------------------------------------------------------------------


def _look_if_needed(rules: Rules) -> None:
    if rules.scene is None:
        _look(rules)


def _look(rules: Rules) -> None:
    """See how things stood when something last happened, and what is to be said next."""
    sitting, posture, now = rules.sitting, rules.posture, rules.changed
    clock, tally = rules.clock.copy(), msgspec.structs.replace(rules.today)
    for part in rules.open_parts(now):
        clock.advance(part, rules.policy)
        _count(tally, part)
    clock.at = now
    active = sitting.since if sitting.phase is Phase.ACTIVE else None
    standing = posture.is_standing(now)
    if standing and clock.stand_start is None:
        clock.stand_start = now
    elif active is not None and clock.bout_start is None:
        clock.bout_start = now
    stand = posture.standing
    rules.scene = Scene(
        clock=clock,
        now=now,
        active_since=active,
        gap=sitting.gap,
        in_call=sitting.calls.is_on and now - sitting.calls.starts[-1] < CALL_ENDLESS,
        standing=standing,
        standing_doubted=stand.doubted if stand is not None else NEVER,
        today=tally,
    )
    rules.upcoming = next_due(rules.prompting, rules.scene, rules.labels, rules.policy)
