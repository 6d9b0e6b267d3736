"""Which prompt is due, when it is shown, and what is remembered of those already shown.

Pure. Times are engine time in seconds. The engine asks `next_shown` (and `due_in_lull` while input pauses); both only
read. It calls `PromptState.show` when the time has come. A prompt passes four steps:

      reason.at -------------> allowed --------------> due -----------------> show_at
    a limit is reached    nothing forbids it    the user is there    input pauses, or the wait is over

- `reason.at`: `_reasons` lists each prompt that there is a reason for, and since when. `timing.py` chooses the time
  of a prompt to stand up.
- allowed: `spacing` after the last prompt, outside of holds and quiet hours, not in a call, and not while it would wait
  behind a notice that stays. Prompts for another posture keep their distance from one another only; the minor notices
  keep it from everything, and give way.
- due: a user who came back has stayed for `STILL_THERE`; one who was in a call has stayed for `CALL_OVER`.
- `show_at`: the prompt has waited for `wait_for_pause`. A pause of the input after `due` shows it earlier. `idle` does
  not: the user may just be leaving.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from math import ceil
from typing import NamedTuple

import msgspec

from slowrise.core.concern import Concern, Reason
from slowrise.core.model.policy import Policy
from slowrise.core.model.quiet_hours import open_hours, time_of_day
from slowrise.core.model.timeline import Timeline
from slowrise.core.model.units import DAY, HOUR, LONG_AGO, MINUTE, NEVER
from slowrise.core.presence.segments import LIKELY
from slowrise.core.prompts.kinds import (
    PLACES,
    PromptAnswer,
    PromptKind,
    StayingKind,
    asks_to_move,
    asks_to_stand_up,
    is_minor,
    waits_behind,
)
from slowrise.core.prompts.load import DayTotals, SittingLoad
from slowrise.core.prompts.posterior import SURE, Sit, began_by, typical
from slowrise.core.prompts.timing import EARLY_PRICE, Wish, best_time

MAX_REPEATS = 2
"""Repeats of the soft prompt in one sit, each `sit_repeat` after the prompt before. Judgement, annoyance against
effect."""
RARER = 2
"""After them, and after a firm prompt, the next comes after this many times `sit_repeat`. Judgement: 50 minutes of
silence after a firm prompt are too long."""
BUDGET_LINES = (0.8, 1.0)
"""Shares of the day's sitting budget at which a prompt reports it, once each (R8)."""
MONITORED_ENOUGH = 2 * HOUR
"""A day observed for less has no summary (R9)."""
RETURN_SPACING = 2 * HOUR
"""Least time between two tips at a return: judgement, a repeated tip is noise."""
RETURN_FRESH = 5 * MINUTE
"""A tip for sitting down is shown this soon after the return, or not at all."""
ASKED_WITHIN = 16 * MINUTE
"""A question is shown this soon after the end of the absence, or not at all: judgement, later the user must think back.
One minute of it passes until the absence is judged; touches can delay that for hours."""
STILL_THERE = 16.0
"""Seconds after an absence before anything is shown: a source reports `idle` by then if the input was only a touch."""
CALL_HOLD = 90 * MINUTE
"""In a call a prompt waits this long: most meetings are over by then, and a microphone may be left open."""
SILENT_BELIEF = 0.8
"""A prompt is shown without input, in a call after `CALL_HOLD`, if the user sits there with this probability."""
UNSEEN_BELIEF = LIKELY
"""The same where the desktop shows no input. Judgement: then it means nothing that there is none, and a prompt to an
empty chair does less harm than hours of work beside a video without one."""
CALL_OVER = 30.0
"""Seconds of input after a call before a waiting prompt is shown: many users stand up as they hang up. On simulated
days two of three prompts to an empty chair came within a minute of a call's end."""
A_CALL = MINUTE
"""A shorter use of the microphone is dictation or push-to-talk, and the user does not stand up after it."""
LULL_AFTER = 1.0
"""Seconds of input before a pause counts as one; less is a touch."""
EARLY_SHARE = 2 / 3
"""A prompt is early for this share of `sit_soft` after a break (DESIGN's rule; judgement)."""
NEARLY = 0.001
"""Seconds. A sum of expected sitting may fall short of a limit by a rounding error."""
GIVES_WAY = 5 * MINUTE
"""A minor notice is not shown this soon before a prompt for another posture is due: judgement, the prompt would take
its place before it is read."""


# -- what is decided, and from what ------------------------------------------------------------------------------------


class Prompt(NamedTuple):
    """The decision to show a prompt now, with its numbers. `messages/notices.py` puts it into words."""

    at: float
    shown_at: datetime
    """The wall time of `at`."""
    kind: PromptKind
    bout_seconds: float = 0.0
    """Seconds of sitting in this bout so far; of standing for the `stand-` kinds."""
    unsure: bool = False
    """It is doubtful whether the user sat for so long without a break."""
    share: float = 0.0
    """For `budget`: the share of the day's budget that is reached."""
    day_seconds: float = 0.0
    """Seconds of sitting of the day so far; of standing while the user stands."""
    day: str = ""
    """The day a summary is about."""
    suggestion: str = "walk"
    """The name of what to do in the break."""
    gently: bool = False
    """The suggestion is left to the user's comfort."""
    flare_up_day: int = 1
    clinician_told: bool = False
    concern: Reason | None = None
    """For `clinician`: why a clinician should know."""
    serious: bool = False
    """For `clinician`: a symptom of the last seven days was serious, as `Concern.is_serious` has it."""
    symptom_days: int = 0
    """For `clinician`: the days of the last seven with a symptom."""
    snooze: float = 0.0
    """Seconds by which the user can put it off."""
    since: datetime | None = None
    """For `question`: when the absence began, as the wall clock stood when the question was asked."""
    until: datetime | None = None
    """For `question`: when the absence ended."""
    answer: PromptAnswer | None = None
    """What the user answered; the monitor adds it. None: nothing, or closed it."""
    day_standing: float = 0.0
    """Seconds of standing of the day so far."""
    avoid: str = ""
    """The name of the day's line on what to avoid; empty for none."""


class Snapshot(NamedTuple):
    """The state that prompts depend on, as it was at `now`; the open silence at its likelier reading."""

    now: float
    load: SittingLoad
    sits: tuple[Sit, ...]
    """The possible sits, the longest first; those before the last tip at a return are left out."""
    today: DayTotals
    active_since: float | None
    """When the current input began; None without input."""
    gap: float
    """Seconds of the silence before that input."""
    call_since: float | None
    """When the current call began; None outside of calls and in one that seems endless."""
    call_over: float
    """When the last call of a minute or more ended; LONG_AGO if there was none in the last hour."""
    is_unseen: bool
    """The desktop shows no input, because a program keeps the screen on."""
    is_dark: bool
    """The screen is locked or the machine suspended."""
    standing: bool
    standing_doubted: float
    """When declared standing falls into doubt; NEVER if there is none."""

    @property
    def in_call(self) -> bool:
        """Whether there is a call."""
        return self.call_since is not None


class Candidate(NamedTuple):
    """A prompt that could be shown: in a pause of the input from `due` on, and at `show_at` at the latest."""

    show_at: float
    place: int
    """Its place among the kinds: of two at one instant the lower is shown."""
    due: float
    kind: PromptKind


# -- what was shown ----------------------------------------------------------------------------------------------------


class Ladder(msgspec.Struct):
    """The prompts to stand up of one sit: softly, softly again, then firmly."""

    asked: float = LONG_AGO
    """When the last one was shown; the rest is about the sit of that time."""
    repeats: int = 0
    is_firm: bool = False
    """A firm one was shown."""
    named: float = LONG_AGO
    """When the sit began that they name."""

    def is_on(self, sits: Sequence[Sit]) -> bool:
        """Return whether one was shown in the present sit, as likely as not."""
        return began_by(sits, self.asked) >= LIKELY

    def next_at(self, sit: Sit, now: float, policy: Policy) -> float:
        """Return when to ask again in the same sit: after a repeat, or once a firm prompt is due."""
        if self.is_firm:
            return self.asked + RARER * policy.sit_repeat
        repeat = policy.sit_repeat if self.repeats < MAX_REPEATS else RARER * policy.sit_repeat
        return min(self.asked + repeat, max(now + policy.sit_firm - sit.sat, self.asked))

    def step(self, kind: PromptKind, at: float, claimed: Sit, *, was_snoozed: bool) -> None:
        """Note that a prompt was shown at `at` and named the sit `claimed`. One that was put off is no repeat."""
        self.is_firm = self.is_firm or kind == "sit-firm"
        self.repeats += kind == "sit-repeat" and not was_snoozed
        self.asked, self.named = at, claimed.began


class Snooze(msgspec.Struct):
    """How long prompts to stand up were put off."""

    used: float = 0.0
    """Seconds in this bout."""
    until: float = LONG_AGO

    def grant(self, at: float, until: float, policy: Policy) -> None:
        """Put the current prompt off, within what is left of the bout's budget. With nothing left it stays."""
        granted = min(until - at, policy.snooze_budget - self.used)
        if granted > 0:
            self.used += granted
            self.until = at + granted

    def offer(self, policy: Policy) -> float:
        """Return the seconds that the snooze button offers; 0 if the budget is used up."""
        return max(min(policy.snooze, policy.snooze_budget - self.used), 0.0)


class StandingPrompts(msgspec.Struct):
    """The prompts to sit down of one standing bout, and the question whether the user still stands."""

    bout: float | None = None
    """When that bout began."""
    shown: list[PromptKind] = []
    asked: float = LONG_AGO
    """When the user was last asked to change position, asked whether they still stand, or told that the standing of
    the day is used up. Of these, one is enough at a time."""
    asked_about: float = LONG_AGO
    """The doubted standing that the user was asked about, by when it fell into doubt."""

    def shown_in(self, bout: float | None) -> list[PromptKind]:
        """Return the kinds shown in the standing bout that began then."""
        return self.shown if self.bout == bout else []

    def note(self, kind: PromptKind, at: float, bout: float | None) -> None:
        """Note that a prompt was shown at `at`, in the standing bout that began then."""
        self.bout, self.shown, self.asked = bout, list(dict.fromkeys((*self.shown_in(bout), kind))), at


class DayPrompts(msgspec.Struct):
    """The prompts of the local day."""

    others: int = 0
    """How many of them were minor notices."""
    questions: int = 0
    budget_lines: int = 0
    """How many of `BUDGET_LINES` were reported."""
    stand_budget: bool = False
    """The budget of standing was reported."""

    def next_limit(self, policy: Policy) -> float | None:
        """Return the sitting of a day at which its budget is reported next; None after the last line."""
        lines = self.budget_lines
        return BUDGET_LINES[lines] * policy.day_budget if lines < len(BUDGET_LINES) else None

    def report_budget(self, sitting: float, policy: Policy) -> float:
        """Note the highest line that is reached and return it; the lines below are not reported any more."""
        self.budget_lines += 1
        while (limit := self.next_limit(policy)) is not None and sitting >= limit:
            self.budget_lines += 1
        return BUDGET_LINES[self.budget_lines - 1]


class ReturnTip(msgspec.Struct):
    """The tip for sitting down after a break."""

    last: float = LONG_AGO
    returned_at: float | None = None
    """When the user came back, while the tip for that return is still to be shown."""
    welcomed: float = LONG_AGO
    """When the user came back last before a tip. It said that the sit begins here, so no prompt counts through it."""


class Question(msgspec.Struct, frozen=True):
    """An absence in doubt that the user is asked about: whether they sat through it."""

    start: float
    end: float
    at: float
    """When it was judged."""


class SummaryPrompts(msgspec.Struct):
    """The summaries of days."""

    overdue: str = ""
    """An earlier day whose summary is still to be shown."""
    last: str = ""
    """The last day whose summary was shown."""


class FlareUpCare(msgspec.Struct):
    """The flare-up that goes on, if any."""

    since: float | None = None
    asked_on: str = ""
    """The day on which the user was last asked about it."""
    clinician_told: bool = False

    def turn(self, at: float, *, on: bool) -> None:
        """Begin a flare-up, unless one goes on, or end it."""
        if not on:
            self.since = None
        elif self.since is None:
            self.since, self.clinician_told = at, False

    def is_to_ask(self, today: DayTotals) -> bool:
        """Return whether the user is still to be asked about it today; not on the day it began."""
        return self.since is not None and self.since < today.start and self.asked_on != today.name

    def day_number(self, today: DayTotals) -> int:
        """Return which day of the flare-up today is, from 1."""
        return 1 if self.since is None else 1 + ceil((today.start - self.since) / DAY)


class PromptState(msgspec.Struct):
    """What was shown, and what the user asked for."""

    last: float = LONG_AGO
    """When the last prompt of any kind was shown."""
    last_move: float = LONG_AGO
    """When the last prompt for another posture was shown."""
    held_until: float = LONG_AGO
    """The user wants no prompts before."""
    staying: StayingKind | None = None
    """The notice that stays on the screen. What is decided now and waits behind it may never be seen."""
    ladder: Ladder = msgspec.field(default_factory=Ladder)
    snooze: Snooze = msgspec.field(default_factory=Snooze)
    standing: StandingPrompts = msgspec.field(default_factory=StandingPrompts)
    day: DayPrompts = msgspec.field(default_factory=DayPrompts)
    return_tip: ReturnTip = msgspec.field(default_factory=ReturnTip)
    question: Question | None = None
    """The absence that is still to be asked about."""
    summary: SummaryPrompts = msgspec.field(default_factory=SummaryPrompts)
    flare_up: FlareUpCare = msgspec.field(default_factory=FlareUpCare)
    concern: Concern = msgspec.field(default_factory=Concern)
    """The symptoms of the last days."""

    @property
    def is_put_off(self) -> bool:
        """Whether the last prompt to stand up comes again at `snooze.until`."""
        return self.snooze.until > self.ladder.asked

    def allows_tip(self, at: float, policy: Policy) -> bool:
        """Return whether a tip at a return keeps its distance from the last tip and from the last prompt."""
        return at - self.return_tip.last >= RETURN_SPACING and at - self.last >= policy.spacing

    def none_before(self, policy: Policy) -> float:
        """Return a time before which no prompt can be shown, whatever happens: a cheap lower bound."""
        return self.held_until if self.is_put_off else max(self.held_until, self.last_move + policy.spacing)

    def new_day(self, yesterday: DayTotals) -> None:
        """Begin a day. A summary that was not shown yet is shown when the user comes."""
        if yesterday.observed >= MONITORED_ENOUGH and yesterday.sitting and self.summary.last != yesterday.name:
            self.summary.overdue = yesterday.name
        self.day = DayPrompts()

    def show(self, kind: PromptKind, at: float, snapshot: Snapshot, timeline: Timeline, policy: Policy) -> Prompt:
        """Note that a prompt is shown at `at`, and return it."""
        passed = max(at - snapshot.now, 0.0)
        stands = snapshot.standing
        prompt = Prompt(
            at,
            timeline.now(at),
            kind,
            bout_seconds=snapshot.load.stood + passed if stands else 0.0,
            day_seconds=(snapshot.today.standing if stands else snapshot.today.sitting) + passed,
            day=snapshot.today.name,
            day_standing=snapshot.today.standing + (passed if stands else 0.0),
        )
        self._count(kind, at)
        if asks_to_stand_up(kind):
            return self._show_sit(prompt, snapshot.sits, passed, policy)
        match kind:
            case "stand-soft" | "stand-firm":
                self.standing.note(kind, at, snapshot.load.stand_start)
            case "standing-question":
                return self._show_standing_question(prompt, snapshot, policy)
            case "stand-budget":
                self.day.stand_budget, self.standing.asked = True, at
            case "budget":
                return prompt._replace(share=self.day.report_budget(prompt.day_seconds, policy))
            case "question":
                return self._show_question(prompt, timeline)
            case "return":
                self.return_tip = ReturnTip(last=at, welcomed=self.return_tip.returned_at or LONG_AGO)
            case "summary":
                self.summary = SummaryPrompts(last=self.summary.overdue or snapshot.today.name)
                return prompt._replace(day=self.summary.last)
            case "flare-up" | "clinician":
                return self._show_care(prompt, snapshot.today)
        return prompt

    def _count(self, kind: PromptKind, at: float) -> None:
        self.last = at
        if is_minor(kind):
            self.day.others += 1
        elif asks_to_move(kind):
            self.last_move = at

    def _show_sit(self, prompt: Prompt, sits: Sequence[Sit], passed: float, policy: Policy) -> Prompt:
        # A prompt that had to wait may have become a firm one.
        kind: PromptKind = "sit-firm" if typical(sits).sat + passed >= policy.sit_firm - NEARLY else prompt.kind
        was_snoozed = self.is_put_off
        if not self.ladder.is_on(sits):
            self.ladder, self.snooze = Ladder(), Snooze()
        claimed = _claimed(sits, prompt.at, self.ladder.named, policy)
        self.ladder.step(kind, prompt.at, claimed, was_snoozed=was_snoozed)
        self.snooze.until = LONG_AGO
        return prompt._replace(
            kind=kind,
            bout_seconds=claimed.sat + passed,
            unsure=began_by(sits, claimed.began) < SURE,
            snooze=self.snooze.offer(policy),
        )

    def _show_standing_question(self, prompt: Prompt, snapshot: Snapshot, policy: Policy) -> Prompt:
        self.standing.asked_about, self.standing.asked = snapshot.standing_doubted, prompt.at
        if snapshot.standing:
            return prompt
        return prompt._replace(bout_seconds=prompt.at - (snapshot.standing_doubted - policy.confirm_after))

    def _show_question(self, prompt: Prompt, timeline: Timeline) -> Prompt:
        asked, self.question = self.question, None
        if asked is None:
            return prompt
        self.day.questions += 1
        return prompt._replace(since=timeline.of(asked.start), until=timeline.of(asked.end))

    def _show_care(self, prompt: Prompt, today: DayTotals) -> Prompt:
        if prompt.kind == "clinician":
            day = date.fromisoformat(today.name)
            self.concern.asked_on = today.name
            care = self.concern
            return prompt._replace(concern=care.reason(day), symptom_days=care.count(day), serious=care.is_serious(day))
        self.flare_up.asked_on = today.name
        told = self.flare_up.clinician_told
        return prompt._replace(flare_up_day=self.flare_up.day_number(today), clinician_told=told)


# -- the due prompt ----------------------------------------------------------------------------------------------------


def next_shown(state: PromptState, snapshot: Snapshot, timeline: Timeline, policy: Policy) -> Candidate | None:
    """Return the prompt that is shown next if nothing changes; None if there is none."""
    return min(_Schedule(state, snapshot, timeline, policy).candidates(), default=None)


def due_in_lull(
    state: PromptState, snapshot: Snapshot, timeline: Timeline, policy: Policy, since: float
) -> Candidate | None:
    """Return the first in order of the prompts that are due, to be shown in a pause of the input since `since`."""
    if snapshot.active_since is None or since - snapshot.active_since < LULL_AFTER:
        return None
    if open_hours(snapshot.now, timeline, policy) > snapshot.now:
        return None
    candidates = _Schedule(state, snapshot, timeline, policy).candidates()
    return min((each for each in candidates if each.due <= snapshot.now), key=lambda each: each.place, default=None)


def settled_at(active_since: float, gap: float) -> float:
    """Return when input that began after a silence of `gap` seconds is more than a touch."""
    return active_since + STILL_THERE if gap > STILL_THERE else active_since


class _Reason(NamedTuple):
    """There is something to show from `at` on."""

    kind: PromptKind
    at: float
    patient: bool = True
    """It waits for a pause in the input."""
    spaced: bool = True
    """It keeps its distance from the prompt before."""
    until: float = NEVER
    """It is shown by then, or not at all."""


class _Schedule:
    """The prompts that one snapshot has reasons for, each with its times."""

    def __init__(self, state: PromptState, snapshot: Snapshot, timeline: Timeline, policy: Policy) -> None:
        self.state, self.snapshot, self.timeline, self.policy = state, snapshot, timeline, policy
        holds = policy.in_calls == "hold"
        active = snapshot.active_since
        self.call_since = snapshot.call_since if holds else None
        may_be_there = active is not None or self.call_since is not None or snapshot.is_unseen
        self.is_seen = may_be_there and not snapshot.is_dark
        self.settled = snapshot.now if active is None else settled_at(active, snapshot.gap)
        self.hung_up = snapshot.call_over + CALL_OVER if holds and not snapshot.in_call else LONG_AGO
        self.wait = 0.0 if active is None else policy.wait_for_pause
        self.spaced = max(state.held_until, state.last + policy.spacing)
        self.moves_spaced = max(state.held_until, state.last_move + policy.spacing)

    def candidates(self) -> Iterator[Candidate]:
        """Yield the prompts that could be shown next, in no order."""
        if not self.is_seen:
            return
        minor: list[_Reason] = []
        latest = NEVER
        for reason in _reasons(self.state, self.snapshot, self.policy):
            if waits_behind(reason.kind, self.state.staying):
                continue
            if is_minor(reason.kind):
                minor.append(reason)
                continue
            candidate = self._candidate(reason)
            if candidate.show_at < NEVER:
                yield candidate
                if asks_to_move(reason.kind):
                    latest = min(latest, candidate.due - GIVES_WAY)
        yield from self._minor(minor, latest)

    def _minor(self, reasons: Sequence[_Reason], latest: float) -> Iterator[Candidate]:
        """Yield the minor notices that the day has room for and that are due by `latest`."""
        room = self.policy.others_a_day - self.state.day.others
        if room <= 0:
            return
        # The last of a day is kept for its summary.
        only_summary = room == 1 and self.state.summary.last != self.snapshot.today.name
        for reason in reasons:
            if reason.at <= latest and (reason.kind == "summary" or not only_summary):
                candidate = self._candidate(reason)
                if candidate.due <= latest and candidate.show_at <= reason.until and candidate.show_at < NEVER:
                    yield candidate

    def _candidate(self, reason: _Reason) -> Candidate:
        # Allowed: far enough from the prompt before, and not held back by the user, quiet hours or a call.
        allowed = self._allowed(reason.at, reason)
        if self.call_since is not None:
            # A prompt that was allowed before the call is held as long as one that comes up in it.
            allowed = self._allowed(max(allowed, self.call_since) + CALL_HOLD, reason)
        # Due: the user came back to stay. A microphone that comes and goes may hold it for `CALL_HOLD` at most.
        ready, wait = self.settled, 0.0
        if reason.patient:
            ready, wait = max(ready, min(self.hung_up, allowed + CALL_HOLD)), self.wait
        # Shown: it has waited long enough for a pause, and no quiet hour has begun meanwhile.
        show_at = open_hours(max(allowed + wait, ready, self.snapshot.now), self.timeline, self.policy)
        return Candidate(show_at, PLACES[reason.kind], max(allowed, ready), reason.kind)

    def _allowed(self, at: float, reason: _Reason) -> float:
        least = self.state.held_until
        if reason.spaced:
            least = self.moves_spaced if asks_to_move(reason.kind) and not is_minor(reason.kind) else self.spaced
        return open_hours(max(at, least), self.timeline, self.policy)


def _reasons(state: PromptState, snapshot: Snapshot, policy: Policy) -> Iterator[_Reason]:
    """Yield what there is to show, and since when there is a reason to."""
    load, today = snapshot.load, snapshot.today
    if snapshot.standing:
        yield from _standing(state.standing, snapshot, policy)
        if not state.day.stand_budget:
            yield _Reason("stand-budget", load.at + policy.stand_budget - today.standing)
    elif snapshot.sits:
        yield _sitting(state, snapshot, policy)
        if (limit := state.day.next_limit(policy)) is not None:
            yield _Reason("budget", load.at + limit - today.sitting)
    if state.standing.asked_about < snapshot.standing_doubted < NEVER:
        yield _Reason("standing-question", snapshot.standing_doubted)
    yield from _after_absence(state, snapshot, policy)
    yield from _once_a_day(state, today, policy)


def _sitting(state: PromptState, snapshot: Snapshot, policy: Policy) -> _Reason:
    ladder, sits, now = state.ladder, snapshot.sits, snapshot.now
    sit = typical(sits)
    again = state.snooze.until if state.is_put_off else ladder.next_at(sit, now, policy)
    wishes = []
    for each in sits:
        early_until = each.began + EARLY_SHARE * policy.sit_soft
        due = max(now + policy.sit_soft - each.load, early_until)
        if each.began <= ladder.asked:
            # If the last prompt was early for this sit, it still wants its first one, and no sooner than a repeat.
            was_early = ladder.asked < early_until and not state.is_put_off
            due, early_until = (max(again, due), early_until) if was_early else (again, LONG_AGO)
        wishes.append(Wish(each.probability, due, early_until))
    at = best_time(wishes, EARLY_PRICE[policy.eagerness])
    kind: PromptKind = "sit-soft"
    if ladder.is_on(sits):
        lasts = sit.sat + max(at - now, 0.0)
        is_firm = ladder.is_firm or ladder.repeats >= MAX_REPEATS or lasts >= policy.sit_firm - NEARLY
        kind = "sit-firm" if is_firm else "sit-repeat"
    # The user chose the time of a snooze: it keeps no distance from the prompt that was put off, only from later ones.
    return _Reason(kind, at, spaced=not state.is_put_off or state.last_move > ladder.asked)


def _claimed(sits: Sequence[Sit], at: float, named: float, policy: Policy) -> Sit:
    """Return the sit that a prompt names: the median, or the likeliest that a prompt is not early for.

    A repeat names the sit that the prompt before it named, if it is still possible. So its length never shrinks.
    """
    same = next((each for each in sits if each.began == named), None)
    if same is not None:
        return same
    sit = typical(sits)
    if at - sit.began >= EARLY_SHARE * policy.sit_soft:
        return sit
    long_enough = [each for each in sits if at - each.began >= EARLY_SHARE * policy.sit_soft]
    return max(long_enough, key=_probability, default=sit)


def _probability(sit: Sit) -> float:
    return sit.probability


def _standing(standing: StandingPrompts, snapshot: Snapshot, policy: Policy) -> Iterator[_Reason]:
    load = snapshot.load
    shown = standing.shown_in(load.stand_start)
    again = standing.asked + policy.stand_repeat
    if "stand-firm" not in shown:
        # It waits for no pause: three minutes more would be past the 42 at which pain comes.
        yield _Reason("stand-firm", load.at + policy.stand_firm - load.stood, patient=False)
        if "stand-soft" not in shown:
            yield _Reason("stand-soft", load.at + policy.stand_soft - load.stood)
    elif again < snapshot.standing_doubted:  # then the question whether the user still stands comes instead
        yield _Reason("stand-firm", again)


def _after_absence(state: PromptState, snapshot: Snapshot, policy: Policy) -> Iterator[_Reason]:
    asks = state.day.questions < policy.questions and not (snapshot.in_call or snapshot.standing)
    if state.question is not None and asks:
        yield _Reason("question", state.question.at, until=state.question.end + ASKED_WITHIN)
    returned = state.return_tip.returned_at
    if policy.return_tip and returned is not None:
        yield _Reason("return", returned + STILL_THERE, patient=False, until=returned + RETURN_FRESH)


def _once_a_day(state: PromptState, today: DayTotals, policy: Policy) -> Iterator[_Reason]:
    if state.flare_up.is_to_ask(today):
        yield _Reason("flare-up", today.start)
    if state.flare_up.since is None and today.name and state.concern.is_to_ask(date.fromisoformat(today.name)):
        yield _Reason("clinician", today.start)
    if state.summary.overdue:
        yield _Reason("summary", today.start)
    elif state.summary.last != today.name and today.observed >= MONITORED_ENOUGH and today.sitting:
        yield _Reason("summary", time_of_day(today.start, policy.summary_at, policy.day_starts))
