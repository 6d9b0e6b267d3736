"""The whole of the rules: one event in, what is decided out. Pure; the daemon, the replay and the proofs all run this.

Time alone may already have decided something, so that is settled up to an event before the event is looked at: a late
or lost wake-up delays a decision and never changes it. Asking (`next_deadline`, `Rules.parts`) changes nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import msgspec

from slowrise import events as e
from slowrise import prompting as p
from slowrise import sitting as s
from slowrise.labels import Labels
from slowrise.policy import HOUR, Policy
from slowrise.record import Answer, Posture, Stretch, stretches
from slowrise.sitclock import SAME_REST, SitClock
from slowrise.sitting import LIKELY


RECENT = 36 * HOUR
"""How far back is counted anew when the past changes: the day, and what its first prompt may still lean on."""


class Withdraw(msgspec.Struct, frozen=True):
    """The person has left: take away what is shown."""

    at: float


Decision = p.Prompt | Withdraw


class Rules(msgspec.Struct):
    """Everything remembered. `policy` is what is in force; whoever reads the settings changes it before the event."""

    policy: Policy = msgspec.field(default_factory=Policy)
    sitting: s.Sitting = msgspec.field(default_factory=s.Sitting)
    posture: Posture = msgspec.field(default_factory=Posture)
    answers: list[Answer] = []
    pieces: list[s.Piece] = []
    """The record so far, judged for good."""
    clock: SitClock = msgspec.field(default_factory=SitClock)
    """Over `pieces`."""
    today: p.Tally = msgspec.field(default_factory=p.Tally)
    day_end: float = p.NEVER
    prompting: p.Prompting = msgspec.field(default_factory=p.Prompting)
    upcoming: p.Candidate | None = None
    """What is to be said next, as of the last look."""
    scene: p.Scene | None = None
    """What was seen in the last look; None where something has happened since."""
    calm_until: float = p.LONG_AGO
    """Nothing can be due before, whatever input comes or fails to come: no look is needed."""
    leave_at: float | None = None
    """When a shown prompt is taken away, if the silence lasts."""

    @property
    def labels(self) -> Labels:
        """What instants are called."""
        return self.sitting.labels

    def open_parts(self, now: float) -> Iterator[Stretch]:
        """What follows `pieces` up to `now`, at its likelier reading."""
        growing = s.current(self.sitting, now)
        pieces = [*self.sitting.open, *([growing] if growing is not None else [])]
        return stretches(pieces, self.posture, self.answers)

    def parts(self, now: float) -> Iterator[Stretch]:
        """The whole record up to `now`."""
        yield from stretches(self.pieces, self.posture, self.answers)
        yield from self.open_parts(now)

    def wants_lull(self, now: float) -> bool:
        """Whether a prompt is waiting for a pause in the input."""
        _look_if_needed(self, now)
        return self.upcoming is not None and self.upcoming.due <= now < self.upcoming.show


def step(rules: Rules, event: e.Event) -> list[Decision]:
    """Fold in one event; what is decided by it, and by the time before it."""
    sitting, labels = rules.sitting, rules.labels
    at = s.at_of(sitting, event.at)
    if isinstance(event, e.ClockStepped) and labels.clocks:
        at -= event.by
    at = max(at, sitting.now)
    decided = settle(rules, at)
    silent_since = sitting.since if sitting.phase is s.Phase.SILENT else None
    places = len(labels.turns)
    s.take(sitting, event)
    _collect(rules)
    if len(labels.turns) != places or isinstance(event, e.ClockStepped | e.Policy):
        _place_day(rules, at)
    decided += _heed(rules, event, at, silent_since)
    rules.scene = rules.upcoming = None
    if not isinstance(event, e.Active | e.Idle):
        rules.calm_until = p.LONG_AGO
    if isinstance(event, e.Lull):
        decided += _at_lull(rules, at, s.at_of(rules.sitting, event.since))
    return decided


def settle(rules: Rules, now: float) -> list[Decision]:
    """What time alone has decided up to `now`."""
    decided: list[Decision] = []
    while (due := _next(rules, now)) <= now:
        decided += _at_deadline(rules, due)
    s.settle(rules.sitting, now)
    return decided


def next_deadline(rules: Rules) -> float | None:
    """When time alone will next decide something; None if it never will."""
    due = _next(rules, p.NEVER)
    return None if due == p.NEVER else due


def _next(rules: Rules, horizon: float) -> float:
    """The next deadline; one beyond the horizon may be given too late."""
    decide_at = rules.sitting.decide_at
    due = rules.day_end if decide_at is None else min(rules.day_end, decide_at)
    if rules.leave_at is not None:
        due = min(due, rules.leave_at)
    if horizon >= rules.calm_until:
        _look_if_needed(rules, rules.sitting.now)
        if rules.upcoming is not None:
            due = min(due, rules.upcoming.show)
    return max(due, rules.sitting.now)


def _at_deadline(rules: Rules, due: float) -> list[Decision]:
    sitting = rules.sitting
    upcoming, scene = rules.upcoming, rules.scene
    decided: list[Decision] = []
    s.settle(sitting, due)
    if sitting.pieces:
        _collect(rules)
        rules.scene = None
        if sitting.turned:
            sitting.turned = False
            rules.calm_until = p.LONG_AGO
    if rules.day_end <= due:
        _roll_over(rules)
        rules.scene, rules.calm_until = None, p.LONG_AGO
    if rules.leave_at is not None and rules.leave_at <= due:
        rules.leave_at = None
        decided.append(Withdraw(due))
    if upcoming is not None and scene is not None and upcoming.show <= due:
        decided.append(rules.prompting.show(upcoming.kind, due, scene, rules.labels.now(due)))
        rules.scene, rules.calm_until = None, p.LONG_AGO
    return decided


def _heed(rules: Rules, event: e.Event, at: float, silent_since: float | None) -> list[Decision]:
    """What an event means beyond presence."""
    prompting, posture = rules.prompting, rules.posture
    match event:
        case e.Active():
            rules.leave_at = None
            if silent_since is not None:
                _returned(rules, silent_since, at)
        case e.Idle():
            if prompting.last > p.LONG_AGO and rules.sitting.phase is s.Phase.SILENT:
                since = rules.sitting.since or at
                if prompting.last >= since - rules.policy.sit_firm:
                    rules.leave_at = max(since + rules.policy.break_min, at)
        case e.Locked() | e.Suspended():
            if rules.leave_at is not None or rules.sitting.phase is not s.Phase.ACTIVE:
                rules.leave_at = None
                return [Withdraw(at)]
        case e.Standing():
            posture.stand(at, rules.policy.confirm_after)
        case e.Sitting():
            posture.sit(at)
            _recount(rules)
        case e.Answered():
            begin, end = s.at_of(rules.sitting, event.from_), s.at_of(rules.sitting, event.to)
            rules.answers.append(Answer(begin, end, event.was))
            _recount(rules)
        case e.Held():
            prompting.held_until = s.at_of(rules.sitting, event.until)
        case e.Snoozed():
            prompting.snooze(at, s.at_of(rules.sitting, event.until), rules.policy)
        case _:
            pass
    return []


def _returned(rules: Rules, since: float, at: float) -> None:
    """Input after a silence."""
    length = at - since
    if length >= rules.policy.break_full:
        rules.posture.lapse(since)
        had_bout = rules.clock.bout_end is not None or rules.clock.bout_start is not None
        last = rules.sitting.open[-1] if rules.sitting.open else None
        if had_bout and since >= rules.today.start and last is not None and last.p < LIKELY:
            rules.prompting.came_back(at)
            rules.calm_until = p.LONG_AGO


def _collect(rules: Rules) -> None:
    """Take over what has been judged for good."""
    pieces = rules.sitting.pieces
    if not pieces:
        return
    for part in stretches(pieces, rules.posture, rules.answers):
        rules.clock.advance(part, rules.policy)
        _count(rules.today, part)
    rules.pieces += pieces
    rules.sitting.pieces = []


def _count(tally: p.Tally, part: Stretch) -> None:
    length = part.end - max(part.start, tally.start)
    if length <= 0:
        return
    tally.sitting += length * part.p
    tally.standing += length * (part.state == "standing")
    tally.observed += length * (part.state != "unobserved")


def _recount(rules: Rules) -> None:
    """The past changed: count clock and day anew."""
    rules.clock = SitClock()
    rules.today = p.Tally(start=rules.today.start, name=rules.today.name)
    first = bisect_right(rules.pieces, rules.sitting.now - RECENT, key=lambda piece: piece.end)
    for part in stretches(rules.pieces[first:], rules.posture, rules.answers):
        rules.clock.advance(part, rules.policy)
        _count(rules.today, part)


def _place_day(rules: Rules, at: float) -> None:
    """Where the local day lies by the clock as it stands now; a step may land us in another one."""
    local = rules.labels.local_seconds(at)
    begun = (local - rules.policy.day_starts) // p.DAY * p.DAY + rules.policy.day_starts
    name = rules.labels.now(at - (local - begun)).date().isoformat()
    start = at - (local - begun)
    rules.day_end = start + p.DAY
    if rules.today.name != name:
        if rules.today.name:
            rules.prompting.new_day(rules.today)
        rules.today = p.Tally(start=start, name=name)
        _recount(rules)


def _roll_over(rules: Rules) -> None:
    """The local day ends by time alone. Should the offset change within the next, that event places it anew."""
    at = rules.day_end
    rules.prompting.new_day(_with_open(rules, at))
    rules.today = p.Tally(start=at, name=rules.labels.now(at).date().isoformat())
    rules.day_end = at + p.DAY


def _with_open(rules: Rules, now: float) -> p.Tally:
    tally = msgspec.structs.replace(rules.today)
    for part in rules.open_parts(now):
        _count(tally, part)
    return tally


def _look_if_needed(rules: Rules, now: float) -> None:
    if rules.scene is None:
        _look(rules, now)


def _look(rules: Rules, now: float) -> None:
    """See how things stand, and what is to be said next."""
    sitting, posture = rules.sitting, rules.posture
    clock = rules.clock.copy()
    tally = msgspec.structs.replace(rules.today)
    doubtful = 0.0
    for part in rules.open_parts(now):
        clock.advance(part, rules.policy)
        _count(tally, part)
        doubtful += (part.end - part.start) * (1.0 - part.p)
    clock.at = now
    active = sitting.since if sitting.phase is s.Phase.ACTIVE else None
    standing = posture.is_standing(now)
    if active is not None and clock.bout_start is None and not standing:
        clock.bout_start = now
    stand = posture.standing
    rules.scene = p.Scene(
        clock=clock,
        active_since=active,
        gap=0.0 if active is None else _gap_before(rules),
        in_call=sitting.calls.is_on,
        call_belief=s.live(sitting, now) if sitting.calls.is_on else 0.0,
        standing=standing,
        standing_doubted=stand.doubted if stand is not None else p.NEVER,
        now=now,
        today=tally,
    )
    rules.upcoming = rules.prompting.next(rules.scene, rules.labels, rules.policy)
    rules.calm_until = rules.prompting.calm_until(rules.scene, doubtful, rules.policy)


def _gap_before(rules: Rules) -> float:
    """Length of the silence before the input that runs; 0 where it was none to speak of."""
    pieces = rules.sitting.open or rules.pieces
    last = pieces[-1] if pieces else None
    return last.end - last.start if last is not None and (last.p < 1.0 or last.is_open) else 0.0


def _at_lull(rules: Rules, at: float, since: float) -> list[Decision]:
    _look(rules, at)
    if rules.scene is None:
        return []
    candidate = rules.prompting.at_lull(rules.scene, rules.labels, rules.policy, since)
    if candidate is None:
        return []
    prompt = rules.prompting.show(candidate.kind, at, rules.scene, rules.labels.now(at))
    rules.scene, rules.calm_until = None, p.LONG_AGO
    return [prompt]
