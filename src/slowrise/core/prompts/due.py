"""When a prompt is due. Pure: asking changes nothing. Seconds on the axis throughout.

A prompt is *due* from the instant its reason is there and nothing forbids it; it is *shown* at the first lull after
that, or when it has waited long enough, and only while somebody is there: never at `idle`, when the person may just be
leaving.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from slowrise.core.model.policy import Policy
from slowrise.core.model.quiet_hours import open_hours, time_of_day
from slowrise.core.model.timeline import Timeline
from slowrise.core.model.units import LONG_AGO, MINUTE, NEVER
from slowrise.core.prompts.load import SittingLoad, no_break_since
from slowrise.core.prompts.prompt_state import MONITORED_ENOUGH, DayTotals, PromptKind, PromptState, Snapshot

PRIORITY: tuple[PromptKind, ...] = (
    "flare-up",
    "stand-firm",
    "sit-firm",
    "sit-soft",
    "sit-repeat",
    "stand-soft",
    "standing-question",
    "stand-budget",
    "budget",
    "question",
    "return",
    "summary",
)
"""One at a time, the higher first. Red flags come above all, and are no matter of time."""

MAX_REPEATS = 2
"""Of the soft prompt in one bout: judgement, annoyance against effect."""
CALL_HOLD = 90 * MINUTE
"""A prompt waits this long for a call to end: most meetings have by then, and a microphone may be left open."""
CALL_BELIEF = 0.8
"""Past that it is shown in the call even without input, if it is this likely then that the person sits there."""
RETURN_FRESH = 5 * MINUTE
"""A tip for sitting down comes while one has just sat down, or not at all."""
ASKED_WITHIN = 15 * MINUTE
"""A question about an absence comes so soon after it or not at all: judgement, later one would have to think back."""
STILL_THERE = 16.0
"""Seconds after an absence before anything is shown: by then a touch would have told itself by its `idle`."""
CALL_OVER = 30.0
"""Seconds of input after a call before what waits for a lull is shown: many rise as they hang up. On simulated days two
of three prompts to an empty chair came within a minute of a call's end."""
A_CALL = MINUTE
"""What has a microphone for less is no call that one rises from, but dictation or a key to talk."""
LULL_AFTER = 1.0
"""Seconds of input before a lull is one, and not what follows a touch."""
GUARD_SHARE = 2 / 3
"""After a break no prompt to stand up for this share of `sit_soft`."""
GUARD_CONFIDENCE = 0.81
"""How sure it must be that no break fell into that time. Fitted on simulated days: fewer prompts right after a break
that was missed, against few prompts late. From 0.815 on no prompt comes when a film is over."""


class Reason(NamedTuple):
    """That there is something to say from `at` on."""

    kind: PromptKind
    at: float
    patient: bool = True
    """Whether it waits for a lull."""
    spaced: bool = True
    """Whether it keeps its distance from what was said before."""
    until: float = NEVER
    """It is shown by then or not at all."""


class Candidate(NamedTuple):
    """Something to be said: due from `due`, shown at `show` at the latest."""

    show: float
    rank: int
    due: float
    kind: PromptKind


def next_due(said: PromptState, snapshot: Snapshot, timeline: Timeline, policy: Policy) -> Candidate | None:
    """What is to be said next, if all goes on as it is; None where nothing will be."""
    return min(_candidates(said, snapshot, timeline, policy), default=None)


def due_in_lull(
    said: PromptState, snapshot: Snapshot, timeline: Timeline, policy: Policy, since: float
) -> Candidate | None:
    """What is to be said in a lull of input since `since`: the highest of what is due; None where nothing is."""
    if snapshot.active_since is None or since - snapshot.active_since < LULL_AFTER:
        return None
    if open_hours(snapshot.now, timeline, policy) > snapshot.now:
        return None
    ready = [candidate for candidate in _candidates(said, snapshot, timeline, policy) if candidate.due <= snapshot.now]
    return min(ready, key=lambda candidate: candidate.rank, default=None)


def calm_until(
    said: PromptState, load: SittingLoad, today: DayTotals, timeline: Timeline, policy: Policy, *, now: float
) -> float:
    """Before when nothing can be shown, but in a lull, to somebody who does not stand, however they come and go.

    `clock` and `today` are as judged for good. What is not yet, and all that comes, may turn out to be sitting.
    """
    if said.summary_due or said.asks_about_flare_up(today):
        return now
    if said.today >= policy.most_a_day:
        return NEVER
    open_time = now - load.at
    tip = said.return_at if policy.return_tip else None
    at_once = NEVER if tip is None or now > tip + RETURN_FRESH else max(tip + STILL_THERE, said.last + policy.spacing)
    first = NEVER
    if said.question is not None and now <= said.question.at + ASKED_WITHIN:
        first = said.question.at
    if (limit := said.next_limit(policy)) is not None:
        first = min(first, now + limit - today.sitting - open_time)
    # All these wait for a lull; what comes in a call without input is held for longer, unless calls hold nothing.
    waits = min(policy.wait_for_pause, CALL_HOLD) if policy.in_calls == "hold" else 0.0
    first = min(max(first, said.last + policy.spacing) + waits, _sitting_earliest(said, load, now, policy, waits))
    if said.summarised != today.name:
        # Due since its hour, as soon as the day has been seen for long enough.
        enough = now + MONITORED_ENOUGH - today.observed - open_time
        hour = max(time_of_day(today.start, policy.summary_at, policy.day_starts), said.last + policy.spacing)
        first = min(first, max(hour + waits, enough))
    return open_hours(max(min(first, at_once), said.held_until), timeline, policy)


def _sitting_earliest(said: PromptState, load: SittingLoad, now: float, policy: Policy, waits: float) -> float:
    """Before when no prompt to stand up is shown, which waits for so long.

    What a doubt holds back is not said to wait in addition: the doubt may be forgotten by then.
    """
    open_time = now - load.at
    window = GUARD_SHARE * policy.sit_soft
    guard = no_break_since(load.doubts, window, GUARD_CONFIDENCE)
    first = max(now + policy.sit_soft - load.seconds - open_time, said.last + policy.spacing) + waits
    if said.asked >= (load.at if load.bout_start is None else load.bout_start):
        # The ladder goes on, or a break since `clock.at` begins another, which has its window before it.
        need, _ = _ladder(said, policy)
        again = said.snoozed_until if said.is_put_off else now + need - load.sat - open_time
        first = min(max(first, load.at + window), again + waits)
    return max(first, guard)


def _candidates(said: PromptState, snapshot: Snapshot, timeline: Timeline, policy: Policy) -> Iterator[Candidate]:
    there = snapshot.active_since
    if said.today >= policy.most_a_day or (there is None and not snapshot.in_call):
        return
    settled = snapshot.now if there is None else there + (STILL_THERE if snapshot.gap > STILL_THERE else 0.0)
    hung_up = LONG_AGO if snapshot.in_call or policy.in_calls != "hold" else snapshot.call_over + CALL_OVER
    # The last of the day is kept for its summary.
    is_last = said.today + 1 == policy.most_a_day and said.summarised != snapshot.today.name
    for reason in _reasons(said, snapshot, policy):
        if is_last and reason.kind != "summary":
            continue
        due = _allowed(said, reason, timeline, policy)
        if snapshot.in_call and policy.in_calls == "hold":
            due = _allowed(said, reason._replace(at=due + CALL_HOLD), timeline, policy)
        elif there is None:
            continue
        ready = max(settled, min(hung_up, due + CALL_HOLD)) if reason.patient else settled
        show = max(due + policy.wait_for_pause if reason.patient and there is not None else due, ready, snapshot.now)
        show = open_hours(show, timeline, policy)
        if show <= reason.until and show < NEVER:
            yield Candidate(show, PRIORITY.index(reason.kind), max(due, ready), reason.kind)


def _reasons(said: PromptState, snapshot: Snapshot, policy: Policy) -> Iterator[Reason]:
    """What there is to say, and since when there is a reason to."""
    load, today = snapshot.load, snapshot.today
    if said.asks_about_flare_up(today):
        yield Reason("flare-up", today.start)
    if snapshot.standing:
        yield from _standing(said, load, policy)
        if "stand-budget" not in said.day_said:
            yield Reason("stand-budget", load.at + policy.stand_budget - today.standing)
    else:
        yield _sitting(said, load, policy)
        if (limit := said.next_limit(policy)) is not None:
            yield Reason("budget", load.at + limit - today.sitting)
    if said.doubt_asked < snapshot.standing_doubted < NEVER:
        yield Reason("standing-question", snapshot.standing_doubted)
    if said.question is not None and said.questions < policy.questions and not (snapshot.in_call or snapshot.standing):
        yield Reason("question", said.question.at, until=said.question.at + ASKED_WITHIN)
    if policy.return_tip and said.return_at is not None:
        yield Reason("return", said.return_at + STILL_THERE, patient=False, until=said.return_at + RETURN_FRESH)
    if said.summary_due:
        yield Reason("summary", today.start)
    elif said.summarised != today.name and today.observed >= MONITORED_ENOUGH and today.sitting:
        yield Reason("summary", time_of_day(today.start, policy.summary_at, policy.day_starts))


def _sitting(said: PromptState, load: SittingLoad, policy: Policy) -> Reason:
    guard = no_break_since(load.doubts, GUARD_SHARE * policy.sit_soft, GUARD_CONFIDENCE)
    if not said.asked_in(load):
        return Reason("sit-soft", max(load.at + policy.sit_soft - load.seconds, guard))
    if said.is_put_off:
        kind: PromptKind = "sit-repeat" if said.firm_sat is None else "sit-firm"
        return Reason(kind, max(said.snoozed_until, guard), spaced=said.last > said.asked)
    need, kind = _ladder(said, policy)
    return Reason(kind, max(load.at + need - load.sat, guard))


def _ladder(said: PromptState, policy: Policy) -> tuple[float, PromptKind]:
    """After how much sitting in the bout to ask again, and how."""
    if said.firm_sat is not None:
        return said.firm_sat + policy.sit_firm, "sit-firm"
    soft = said.soft_sat or 0.0
    firm: tuple[float, PromptKind] = (max(policy.sit_firm, soft), "sit-firm")
    return min(firm, (soft + policy.sit_repeat, "sit-repeat")) if said.repeats < MAX_REPEATS else firm


def _standing(said: PromptState, load: SittingLoad, policy: Policy) -> Iterator[Reason]:
    already = said.stand_said if said.stand_bout == load.stand_start else []
    if "stand-firm" not in already:
        # It waits for no pause: three minutes more would be past the 42 at which pain comes.
        yield Reason("stand-firm", load.at + policy.stand_firm - load.stood, patient=False)
        if "stand-soft" not in already:
            yield Reason("stand-soft", load.at + policy.stand_soft - load.stood)


def _allowed(said: PromptState, reason: Reason, timeline: Timeline, policy: Policy) -> float:
    """The first instant from its own on at which it may be said."""
    spaced = max(reason.at, said.last + policy.spacing) if reason.spaced else reason.at
    return open_hours(max(spaced, said.held_until), timeline, policy)
