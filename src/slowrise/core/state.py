"""Everything the rules remember, and what it counts up to: the sit clock, the day, how things stand.

Pure. Instants are seconds on the axis of `labels.py`. What is judged for good is counted once; what is not yet is laid
on top whenever somebody looks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import msgspec

from slowrise.core.model.policy import Policy
from slowrise.core.model.quiet_hours import DAY, LONG_AGO, NEVER
from slowrise.core.model.timeline import Labels
from slowrise.core.presence.judge import Phase, Sitting, unsettled
from slowrise.core.presence.overlay import Answer, Posture, Stretch, stretches
from slowrise.core.presence.segments import Piece
from slowrise.core.presence.silence import CALL_ENDLESS
from slowrise.core.prompts.due import A_CALL, Candidate, next_due
from slowrise.core.prompts.load import SitClock
from slowrise.core.prompts.prompt_state import Prompting, Scene, Tally

DAY_AND_TRAVEL = 27 * 3600.0
"""Seconds: a day may turn out to have begun this long ago after all."""


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
        look_if_needed(self)
        return self.upcoming is not None and self.upcoming.due <= now < self.upcoming.show


# -- what is judged for good -------------------------------------------------------------------------------------------


def count_pieces(rules: Rules) -> None:
    """Take over what has been judged for good. Standing that was in doubt over an absence ended with it."""
    pieces, rules.sitting.pieces = rules.sitting.pieces, []
    rules.pieces += pieces
    for part in stretches(pieces, rules.posture, rules.answers):
        rules.clock.advance(part, rules.policy)
        _count(rules.today, part)
        if rules.clock.absent >= rules.policy.break_full and rules.posture.stands:
            rules.posture.lapse(part.end - rules.clock.absent, part.end)


def recount(rules: Rules) -> None:
    """The past changed: count clock and day anew."""
    count_pieces(rules)
    rules.clock = rules.dawn.copy()
    for part in _parts_from(rules, rules.dawn.at):
        rules.clock.advance(part, rules.policy)
    _recount_day(rules)


def pieces_from(rules: Rules, begin: float) -> list[Piece]:
    """What is counted and ends after `begin`, as it was judged."""
    return rules.pieces[bisect_right(rules.pieces, begin, key=lambda piece: piece.end) :]


# -- the day -----------------------------------------------------------------------------------------------------------


def place_day(rules: Rules, at: float) -> None:
    """Where the local day lies by the clock as it stands now; a step may land us in another one."""
    local = rules.labels.local_seconds(at)
    start = at - (local - rules.policy.day_starts) % DAY
    name = rules.labels.now(start).date().isoformat()
    rules.calm_until = LONG_AGO
    count_pieces(rules)
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


def roll_over(rules: Rules) -> None:
    """The local day ends by time alone. Should the offset change within the next, that event places it anew."""
    at = rules.day_end
    count_pieces(rules)
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


def _recount_day(rules: Rules) -> None:
    rules.today = Tally(start=rules.today.start, name=rules.today.name)
    for part in _parts_from(rules, rules.today.start):
        _count(rules.today, part)


def _parts_from(rules: Rules, begin: float) -> Iterator[Stretch]:
    """The same with posture and answers laid over it."""
    return stretches(pieces_from(rules, begin), rules.posture, rules.answers)


def _count(tally: Tally, part: Stretch) -> None:
    length = part.end - max(tally.start, part.start)
    if length > 0 and part.state != "unobserved":
        tally.observed += length
        tally.sitting += length * part.p
        if part.state == "standing":
            tally.standing += length


# -- how things stand --------------------------------------------------------------------------------------------------


def look(rules: Rules) -> None:
    """See how things stood when something last happened, and what is to be said next."""
    sitting, posture, now = rules.sitting, rules.posture, rules.changed
    clock, tally = rules.clock.copy(), msgspec.structs.replace(rules.today)
    has_left = False
    for part in rules.open_parts(now):
        clock.advance(part, rules.policy)
        _count(tally, part)
        has_left = has_left or clock.absent >= rules.policy.break_full
    clock.at = now
    active = sitting.since if sitting.phase is Phase.ACTIVE else None
    standing = posture.is_standing(now)
    if standing and clock.stand_start is None:
        clock.stand_start = now
    elif active is not None and clock.bout_start is None:
        clock.bout_start = now
    # Standing in doubt ends with an absence, as soon as that is judged for good.
    stand = None if has_left and not standing else posture.standing
    rules.scene = Scene(
        clock=clock,
        now=now,
        active_since=active,
        gap=sitting.gap,
        in_call=sitting.calls.is_on and now - sitting.calls.starts[-1] < CALL_ENDLESS,
        call_over=sitting.calls.last_end(A_CALL),
        standing=standing,
        standing_doubted=stand.doubted if stand is not None else NEVER,
        today=tally,
    )
    rules.upcoming = next_due(rules.prompting, rules.scene, rules.labels, rules.policy)


def look_if_needed(rules: Rules) -> None:
    """The same, unless nothing has changed since the last look."""
    if rules.scene is None:
        look(rules)
