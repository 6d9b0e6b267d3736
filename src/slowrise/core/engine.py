"""The engine: events in, decisions out. The daemon, the replay and the tests all run this.

How it works
------------
The engine is pure, and `EngineState` is all it remembers. Times are engine time in seconds (`model/timeline.py`). There
are three calls:

- `handle(state, event)` folds in one event and returns what is decided by it and by the time before it.
- `advance_to(state, now)` returns what time alone has decided up to `now`.
- `next_deadline(state)` returns when time alone decides something next, for the caller's timer. It changes nothing.

`handle` begins with `advance_to`: a late or lost wake-up delays a decision and never changes it.

Presence has four phases (`Phase`). `stopped` and `paused` lead back to UNOBSERVED from each of them:

                 started,             active              idle, suspended
    UNOBSERVED ------------> EMPTY ------------> ACTIVE ------------------> SILENT
                 unpaused                          ^ ------- active ---------- |

The state, from input to prompt:

    presence       reports of the sources; silences still open         presence/tracker.py
      |            each silence is judged a minute after its end
      v
    segments       the record: stretches of judged presence
      |            posture and answers are laid over it                presence/overlay.py
      v
    load, today    how long the user has been sitting: a posterior;    prompts/load.py, posterior.py
      |            totals of the day. Open segments are added
      v
    outlook        a snapshot of all this, and the next prompt         prompts/due.py, timing.py
      |
      v
    prompt_state   prompts that were shown, put off or held            prompts/due.py

Judged segments are counted once, in `load` and `today`. When an answer or a confirmed posture changes the past,
`recount` counts again from the start of the day.

An event changes presence (`tracker.apply`), then its handler in `_HANDLERS` changes the rest. The outlook is no longer
valid after it. Time alone judges silences, ends input that no user gives, begins a day, withdraws a notice, shows a
prompt and casts doubt on declared standing. `_next_deadline` lists these deadlines; the earliest is decided first.

Where new things go
-------------------
- An event: a class in `model/events.py`; a handler in `tracker` if it is about presence, in `_HANDLERS` otherwise.
- New evidence about silences: its on and off events, a history in `presence/activity.py`, a fact in `silence.py`, a
  name and weight in `evidence.py`. docs/architecture.md lists the other places.
- A prompt: a kind in `prompts/kinds.py`, a reason in `due._reasons`, what to remember in `PromptState.show`, its words
  in `messages/notices.py`.
- Something that time alone decides: a row in `_next_deadline`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

import msgspec

from slowrise.core.model import events as e
from slowrise.core.model.policy import LONG_DRIVE, Policy, after_drive
from slowrise.core.model.spans import day_of
from slowrise.core.model.timeline import Timeline
from slowrise.core.model.units import DAY, HOUR, LONG_AGO, NEVER
from slowrise.core.presence import tracker
from slowrise.core.presence.overlay import Answer, EngineSpan, answers_between, engine_spans, lay_over
from slowrise.core.presence.posture import Posture
from slowrise.core.presence.segments import Doubt, Presence, Segment, append, doubts
from slowrise.core.presence.silence import AFTERMATH, CALL_ENDLESS
from slowrise.core.presence.tracker import Phase, PresenceState, probability_now, provisional
from slowrise.core.prompts.due import (
    A_CALL,
    SILENT_BELIEF,
    UNSEEN_BELIEF,
    Candidate,
    Prompt,
    PromptState,
    Question,
    Snapshot,
    due_in_lull,
    next_shown,
    settled_at,
)
from slowrise.core.prompts.kinds import asks_to_stand_up
from slowrise.core.prompts.load import DayTotals, OpenCount, SittingLoad
from slowrise.core.prompts.posterior import ASKED, PROMISED, SURE, began_by, begun_after

DAY_AND_TRAVEL = 27 * 3600.0
"""Seconds. The user may set the clock or travel, and then the day began this much earlier at most."""
ASK_WORTH = 5 * 60.0
"""Seconds. An absence in doubt is asked about if either answer moves the day's sitting by so much: less is in its range
anyway."""
QUESTION_STAYS = 5 * 60.0
"""Seconds after which an unanswered question is withdrawn. It is no task."""


class Withdraw(msgspec.Struct, frozen=True):
    """The decision to take away the notice: the user left or answered, or its time is over."""

    at: float


Decision = Prompt | Withdraw


# -- the state ---------------------------------------------------------------------------------------------------------


class OnScreen(msgspec.Struct):
    """When time alone withdraws the notice that is shown."""

    left_at: float = NEVER
    """The user has left by then, if the silence lasts."""
    unanswered_at: float = NEVER
    """It is a question that is still unanswered then; NEVER if it is none."""


class AfterDrive(msgspec.Struct):
    """The first sit after a long drive goes on, or is still to come."""

    at: float
    sit: float | None
    """When that sit began; None before it."""
    before: Policy
    """The limits that hold again after it."""


class Outlook(msgspec.Struct):
    """A cache: the state as prompts see it, and the prompt that follows from it. Filled by the first question."""

    snapshot: Snapshot | None = None
    next_prompt: Candidate | None = None
    counted: OpenCount | None = None
    """The input that goes on, counted up to the last posture or answer in it: there may be thousands. It changes only
    with the record and with an answer or a confirmed stand before its end; see `forget_count`."""

    def invalidate(self) -> None:
        """Forget the snapshot and the prompt, because something has changed."""
        self.snapshot = self.next_prompt = None

    def forget_count(self, since: float = LONG_AGO) -> None:
        """Forget the count, because the past after `since` has changed."""
        if self.counted is not None and self.counted.at > since:
            self.counted = None


class EngineState(msgspec.Struct):
    """Everything the engine remembers."""

    policy: Policy = msgspec.field(default_factory=Policy)
    """The limits in force. The caller changes them by `use`, before it passes on the event that reports the change."""
    presence: PresenceState = msgspec.field(default_factory=PresenceState)
    posture: Posture = msgspec.field(default_factory=Posture)
    answers: list[Answer] = []
    """The user's corrections, in order and disjoint."""
    segments: list[Segment] = []
    """The record so far: judged, and counted in `load` and `today`."""
    load: SittingLoad = msgspec.field(default_factory=SittingLoad)
    """The sitting load after `segments`."""
    load_at_day_start: SittingLoad = msgspec.field(default_factory=SittingLoad)
    today: DayTotals = msgspec.field(default_factory=DayTotals)
    """The totals of `segments`; `totals_at` adds what is still open."""
    day_end: float = NEVER
    prompt_state: PromptState = msgspec.field(default_factory=PromptState)
    changed: float = 0.0
    """When something last changed: an event, or a decision by time alone."""
    outlook: Outlook = msgspec.field(default_factory=Outlook)
    on_screen: OnScreen = msgspec.field(default_factory=OnScreen)
    drive: AfterDrive | None = None

    def use(self, policy: Policy) -> None:
        """Change the limits; those after a long drive stay as strict as they are."""
        if self.drive is None:
            self.policy = policy
        else:
            self.drive.before, self.policy = policy, after_drive(policy)

    @property
    def timeline(self) -> Timeline:
        """From engine time to wall time and back."""
        return self.presence.timeline

    @property
    def needed_from(self) -> float:
        """The engine goes on without any of the record before this time."""
        return min(self.load_at_day_start.at, self.today.start - DAY_AND_TRAVEL)

    @property
    def snapshot(self) -> Snapshot:
        """The state as prompts see it, as it was when something last changed."""
        if self.outlook.snapshot is None:
            self.outlook.snapshot = _take_snapshot(self)
            self.outlook.next_prompt = next_shown(self.prompt_state, self.outlook.snapshot, self.timeline, self.policy)
        return self.outlook.snapshot

    @property
    def next_prompt(self) -> Candidate | None:
        """The prompt that is shown next if nothing changes; None if there is none."""
        _ = self.snapshot
        return self.outlook.next_prompt

    def open_parts(self, now: float) -> Iterator[EngineSpan]:
        """Return what follows `segments` up to `now`, at its likelier reading."""
        return engine_spans(provisional(self.presence, now), self.posture, self.answers)

    def wants_lull(self, now: float) -> bool:
        """Return whether a prompt waits for a pause in the input."""
        prompt = self.next_prompt
        return prompt is not None and prompt.due <= now < prompt.show_at

    def note_change(self, at: float) -> None:
        """Note that something changed at `at`: what was concluded before is no longer valid."""
        self.changed = at
        self.outlook.invalidate()


def _take_snapshot(state: EngineState) -> Snapshot:
    presence, posture, now = state.presence, state.posture, state.changed
    counted = _count_open(state, now)
    load = counted.load
    load.at = now
    active_since = presence.since if presence.phase is Phase.ACTIVE else None
    standing = posture.is_standing(now)
    if standing and load.stand_start is None:
        load.stand_start = now
    elif active_since is not None and load.bout_start is None:
        load.bout_start = now
    load.posterior.finish(now, state.policy)
    # Standing in doubt ends with an absence, as soon as the absence is judged.
    stand = None if counted.has_left and not standing else posture.standing
    call_since = presence.signals.calls.starts[-1] if presence.signals.calls.is_on else NEVER
    return Snapshot(
        now=now,
        load=load,
        sits=begun_after(load.posterior.sits(), state.prompt_state.return_tip.welcomed),
        today=counted.today,
        active_since=active_since,
        gap=presence.last_silence,
        call_since=call_since if 0.0 <= now - call_since < CALL_ENDLESS else None,
        call_over=presence.signals.calls.last_end(A_CALL, after=now - HOUR),  # earlier ones hold nothing up any more
        is_unseen=presence.phase is Phase.SILENT and presence.signals.unseen.is_on,
        is_dark=presence.signals.locks.is_on or presence.signals.suspends.is_on,
        standing=standing,
        standing_doubted=stand.doubted if stand is not None else NEVER,
    )


def _count_open(state: EngineState, now: float) -> OpenCount:
    """Return the record with what is open up to `now` added, at its likelier reading."""
    presence, outlook = state.presence, state.outlook
    is_input = presence.phase is Phase.ACTIVE and not presence.pending and not presence.signals.locks.is_on
    before = outlook.counted
    known = is_input and before is not None and presence.since <= before.at <= now and before.policy is state.policy
    if before is not None and known:
        counted = before.copy()
        parts = engine_spans([Segment(before.at, now, Presence.OBSERVED, 1.0)], state.posture, state.answers)
    else:
        counted = OpenCount(state.load.at, state.load.copy(), state.today.copy(), state.policy)
        parts = state.open_parts(now)
    open_parts = [part for part in parts if part.end > part.start]
    for part in open_parts[:-1]:
        counted.add(part)
    if is_input and len(open_parts) > 1:
        outlook.counted = counted.copy()
    for part in open_parts[-1:]:
        counted.add(part)
    return counted


# -- events and time ---------------------------------------------------------------------------------------------------


def handle(state: EngineState, event: e.Event) -> list[Decision]:
    """Fold in one event. Return what is decided by it, and by the time before it."""
    at = tracker.event_time(state.presence, event)
    decided = _end_crashed_run(state, event, at) if type(event) is e.Started else []
    decided += advance_to(state, at)
    offset_changed = tracker.apply(state.presence, event, at)
    count_segments(state)
    state.note_change(at)
    kind = type(event)
    if offset_changed or kind is e.ClockStepped or kind is e.PolicyChanged:
        place_day(state, at)
    handler = _HANDLERS.get(kind)
    return decided if handler is None else decided + handler(state, event, at)


def _end_crashed_run(state: EngineState, event: e.Started, at: float) -> list[Decision]:
    """End a crashed run at its last sign of life, so that no prompt is decided between there and `at`."""
    if not state.presence.running:
        return []
    ended = tracker.last_sign_of_life(state.presence, event, at)
    decided = advance_to(state, ended)
    tracker.end_run(state.presence, ended)
    count_segments(state)
    state.note_change(ended)
    return decided


def advance_to(state: EngineState, now: float) -> list[Decision]:
    """Return what time alone has decided up to `now`."""
    decided: list[Decision] = []
    while True:
        at, decide = _next_deadline(state, now)
        if at > now:
            break
        decided += decide(state, at)
        state.presence.now = at
    state.presence.now = max(state.presence.now, now)
    return decided


def next_deadline(state: EngineState) -> float | None:
    """Return when time alone decides something next; None if it never does."""
    at, _ = _next_deadline(state, NEVER)
    return None if at == NEVER else at


_Decide = Callable[["EngineState", float], list[Decision]]
_first = itemgetter(0)


def _next_deadline(state: EngineState, horizon: float) -> tuple[float, _Decide]:
    """Return the next deadline and what it decides. One beyond the horizon may be given too late.

    Of deadlines at one instant the first in this list comes first: what is known before what is shown.
    """
    presence = state.presence
    deadlines: tuple[tuple[float, _Decide], ...] = (
        (NEVER if presence.decide_at is None else presence.decide_at, _judge_silences),
        (tracker.endless_at(presence), _end_endless_input),
        (state.day_end, _begin_next_day),
        (state.on_screen.left_at, _withdraw),
        (state.on_screen.unanswered_at, _withdraw),
        (_prompt_at(state, horizon), _show_next_prompt),
        (_doubt_at(state), _doubt_standing),
    )
    at, decide = min(deadlines, key=_first)
    return max(presence.now, at), decide


def _prompt_at(state: EngineState, horizon: float) -> float:
    """Return when the next prompt is shown. The first checks are cheap, and spare a replay most snapshots."""
    presence, prompt_state = state.presence, state.prompt_state
    is_active = presence.phase is Phase.ACTIVE
    signals = presence.signals
    if signals.locks.is_on or signals.suspends.is_on:
        return NEVER
    if not (is_active or signals.calls.is_on or signals.unseen.is_on):
        return NEVER
    if horizon < prompt_state.none_before(state.policy):
        return NEVER
    if is_active and horizon < settled_at(presence.since, presence.last_silence):
        return NEVER
    prompt = state.next_prompt
    return NEVER if prompt is None else prompt.show_at


def _doubt_at(state: EngineState) -> float:
    """Return when declared standing falls into doubt, if that is still to come."""
    stand = state.posture.standing
    return stand.doubted if stand is not None and stand.doubted > state.changed else NEVER


# -- what time alone decides -------------------------------------------------------------------------------------------


def _judge_silences(state: EngineState, at: float) -> list[Decision]:
    """Judge the silences that are still open, a minute after the user came back."""
    pending = state.presence.pending
    begin = pending[0].start if pending else at
    returned = max((segment.end for segment in pending if segment.is_unjudged), default=at)
    tracker.decide(state.presence, at)
    count_segments(state)
    for answer in answers_between(state.answers, begin, NEVER):
        _learn(state, answer)
    _queue_question(state, begin, at)
    state.note_change(at)
    _note_return(state, begin, returned)
    return []


def _end_endless_input(state: EngineState, at: float) -> list[Decision]:
    """Stop believing input that has gone on for a day, and take away the notice that nobody sees."""
    tracker.end_endless_input(state.presence, at)
    count_segments(state)
    return _withdraw(state, at)


def _begin_next_day(state: EngineState, at: float) -> list[Decision]:
    """End the local day. If the offset changes within the next one, that event corrects its start."""
    state.prompt_state.new_day(totals_at(state, at))
    state.load_at_day_start = state.load.copy()
    state.today = DayTotals(start=at, name=state.timeline.now(at).date().isoformat())
    state.outlook.forget_count()
    state.day_end = at + DAY
    state.note_change(at)
    return []


def _show_next_prompt(state: EngineState, at: float) -> list[Decision]:
    """Show the next prompt, unless there is no input to be seen and the user has probably left by now."""
    snapshot, prompt = state.snapshot, state.next_prompt
    belief = UNSEEN_BELIEF if snapshot.is_unseen else SILENT_BELIEF
    if prompt is None or (snapshot.active_since is None and probability_now(state.presence, at) < belief):
        # Nothing has changed, so the outlook stays valid, and there is no next prompt until something does.
        state.outlook.next_prompt = None
        return []
    decided = _show(state, prompt, at)
    state.note_change(at)
    return [decided]


def _doubt_standing(state: EngineState, at: float) -> list[Decision]:
    """Begin to doubt declared standing. From here on it counts as sitting."""
    state.note_change(at)
    return []


def _show(state: EngineState, candidate: Candidate, at: float) -> Prompt:
    prompt = state.prompt_state.show(candidate.kind, at, state.snapshot, state.timeline, state.policy)
    if asks_to_stand_up(prompt.kind):
        state.load.posterior.note_asked(at, ASKED)
    # It takes the place of a question that is shown.
    state.on_screen.unanswered_at = at + QUESTION_STAYS if prompt.kind == "question" else NEVER
    return prompt


def _withdraw(state: EngineState, at: float) -> list[Decision]:
    state.on_screen = OnScreen()
    state.note_change(at)
    return [Withdraw(at)]


def _queue_question(state: EngineState, begin: float, at: float) -> None:
    """Ask about the last absence whose answer matters among the segments after `begin`, which have just been judged."""
    if at - begin < 2 * ASK_WORTH + AFTERMATH:
        return
    judged = segments_from(state, begin)
    for doubt in doubts(judged, shortest=2 * ASK_WORTH):
        if _moved_by_answer(judged, doubt) < ASK_WORTH:
            continue
        if not answers_between(state.answers, doubt.start, doubt.end):
            state.prompt_state.question = Question(doubt.start, doubt.end, at)


def _moved_by_answer(judged: list[Segment], doubt: Doubt) -> float:
    """Return the seconds of sitting by which even the less surprising answer moves the day."""
    within = [segment for segment in judged if doubt.start <= segment.start and segment.end <= doubt.end]
    return sum(min(one.probability, 1.0 - one.probability) * (one.end - one.start) for one in within)


def _note_return(state: EngineState, begin: float, returned: float) -> None:
    """Note a return for a tip, if the absence since `begin` has just been judged surely a break."""
    prompt_state = state.prompt_state
    if not state.policy.return_tip or begin < state.today.start or not prompt_state.allows_tip(returned, state.policy):
        return
    if began_by(state.snapshot.sits, returned - 1.0) <= 1.0 - SURE:
        prompt_state.return_tip.returned_at = returned
        state.note_change(state.changed)


# -- what events change beyond presence --------------------------------------------------------------------------------


def _on_active(state: EngineState, _event: e.Active, _at: float) -> list[Decision]:
    state.on_screen.left_at = NEVER
    return []


def _on_idle(state: EngineState, event: e.Idle, at: float) -> list[Decision]:
    """Input has stopped: withdraw the notice once the silence is a break. If none is shown, it may go on."""
    presence, policy = state.presence, state.policy
    silent_since = max([presence.since, *presence.signals.unseen.ends[-1:]])
    is_silent = presence.phase is Phase.SILENT and not event.unseen
    if is_silent and state.prompt_state.last >= silent_since - policy.sit_firm:
        state.on_screen.left_at = max(silent_since + policy.break_min, at)
    return []


def _on_locked_or_suspended(state: EngineState, _event: e.Locked | e.Suspended, at: float) -> list[Decision]:
    """The screen is locked or off, so the user cannot see the notice."""
    presence = state.presence
    last_seen = at if presence.phase is Phase.ACTIVE else presence.since
    return [] if state.prompt_state.last < last_seen - state.policy.sit_firm else _withdraw(state, at)


def _on_standing(state: EngineState, _event: e.StandingDeclared, at: float) -> list[Decision]:
    doubted = state.posture.stand(at, state.policy.confirm_after)
    if doubted is not None:
        recount(state, doubted)
    return []


def _on_sitting(state: EngineState, _event: e.SittingDeclared, at: float) -> list[Decision]:
    doubted = state.posture.sit(at)
    if doubted is not None:
        recount(state, doubted)
    return []


def _on_answered(state: EngineState, event: e.Answered, at: float) -> list[Decision]:
    begin, end = (min(state.timeline.find(wall_time), at) for wall_time in (event.from_, event.to))
    answer = Answer(begin, end, event.was)
    lay_over(state.answers, answer)
    _learn(state, answer)
    recount(state, begin)
    asked = state.prompt_state.question
    if asked is not None and begin < asked.end and asked.start < end:
        state.prompt_state.question = None
    return [] if state.on_screen.unanswered_at == NEVER else _withdraw(state, at)


def _learn(state: EngineState, answer: Answer) -> None:
    """Update the personal bias from the user's answer. A silence that is still open counts once it is judged."""
    # How much of the older record is kept differs from run to run, so none of it may teach anything.
    answered = [
        segment
        for segment in segments_from(state, max(answer.start, state.needed_from))
        if answer.start <= segment.start + 1.0 and segment.end <= answer.end + 1.0
    ]
    tracker.learn_answer(state.presence, answered, stayed=answer.was != "away")


def _on_quiet_until(state: EngineState, event: e.QuietUntil, _at: float) -> list[Decision]:
    state.prompt_state.held_until = tracker.to_engine_time(state.presence, event.until)
    return []


def _on_snoozed(state: EngineState, event: e.Snoozed, at: float) -> list[Decision]:
    state.prompt_state.snooze.grant(at, tracker.to_engine_time(state.presence, event.until), state.policy)
    state.load.posterior.take_back(at)
    return []


def _on_lull(state: EngineState, event: e.Lull, at: float) -> list[Decision]:
    """Input pauses: the moment for a prompt that waits."""
    since = tracker.to_engine_time(state.presence, event.since)
    candidate = due_in_lull(state.prompt_state, state.snapshot, state.timeline, state.policy, since)
    if candidate is None:
        return []
    prompt = _show(state, candidate, at)
    state.note_change(at)
    return [prompt]


def _on_acknowledged(state: EngineState, _event: e.Acknowledged, at: float) -> list[Decision]:
    """The user says that they get up. It makes a break likelier, if an absence follows; by itself it is none."""
    state.load.posterior.note_asked(at, PROMISED)
    state.note_change(at)
    return []


def _on_dismissed(state: EngineState, _event: e.Dismissed, at: float) -> list[Decision]:
    """The user does not get up now, whatever they said a moment before."""
    state.load.posterior.take_back(at)
    return []


def _on_profile(state: EngineState, _event: e.Event, at: float) -> list[Decision]:
    """Begin or end a flare-up, however its profile was chosen: by command, by button or in the file."""
    state.prompt_state.flare_up.turn(at, on=state.policy.profile == "flare-up")
    return []


def _on_started(state: EngineState, event: e.Started, at: float) -> list[Decision]:
    """Begin a run, with nothing on the screen yet."""
    state.prompt_state.staying = None
    return _on_profile(state, event, at)


def _on_red_flags(state: EngineState, event: e.RedFlags, _at: float) -> list[Decision]:
    state.prompt_state.staying = "red-flag" if event.up else None
    return []


def _on_notice_stays(state: EngineState, event: e.NoticeStays, _at: float) -> list[Decision]:
    state.prompt_state.staying = event.notice
    return []


def _on_symptom(state: EngineState, event: e.Symptom, _at: float) -> list[Decision]:
    state.prompt_state.concern.note(event, day_of(event.at, state.policy.day_starts))
    return []


def _on_clinician(state: EngineState, event: e.Clinician, _at: float) -> list[Decision]:
    state.prompt_state.flare_up.clinician_told |= event.knows == "flare-up"
    if event.knows in ("flare-up", "symptoms"):
        state.prompt_state.concern.tell(day_of(event.at, state.policy.day_starts))
    return []


def _on_drive(state: EngineState, event: e.Drive, at: float) -> list[Decision]:
    """Shorten the sit after a long drive: the one that goes on, if the user notes it at the desk, or the next."""
    if event.seconds >= LONG_DRIVE:
        before = state.policy if state.drive is None else state.drive.before
        state.drive = AfterDrive(at, state.snapshot.load.bout_start, before)
        state.use(before)
        state.note_change(at)
    return []


def _end_drive(state: EngineState) -> None:
    """Return to the usual limits once the record shows a break after that sit, or another sit."""
    drive, began = state.drive, state.load.bout_start
    if drive is None:
        return
    if drive.sit is None:
        drive.sit = began if began is not None and began >= drive.at else None
    elif state.load.at > drive.sit and (began is None or began > drive.sit + 1.0):
        state.drive, state.policy = None, drive.before


_HANDLERS: dict[type[e.Event], Callable[[EngineState, Any, float], list[Decision]]] = {
    e.Active: _on_active,
    e.Idle: _on_idle,
    e.Locked: _on_locked_or_suspended,
    e.Suspended: _on_locked_or_suspended,
    e.StandingDeclared: _on_standing,
    e.SittingDeclared: _on_sitting,
    e.Answered: _on_answered,
    e.QuietUntil: _on_quiet_until,
    e.Snoozed: _on_snoozed,
    e.Lull: _on_lull,
    e.Acknowledged: _on_acknowledged,
    e.Dismissed: _on_dismissed,
    e.Started: _on_started,
    e.PolicyChanged: _on_profile,
    e.FlareUp: _on_profile,
    e.ProfileChosen: _on_profile,
    e.Symptom: _on_symptom,
    e.Clinician: _on_clinician,
    e.Drive: _on_drive,
    e.RedFlags: _on_red_flags,
    e.NoticeStays: _on_notice_stays,
}


# -- the record and its totals -----------------------------------------------------------------------------------------


def count_segments(state: EngineState) -> None:
    """Move what has been judged into the record, and add it to the sitting load and the day's totals.

    Standing that was in doubt during an absence ends with the absence.
    """
    judged = state.presence.segments
    if not judged:
        return
    state.presence.segments = []
    state.outlook.forget_count()
    for part in engine_spans(judged, state.posture, state.answers):
        state.load.advance(part, state.policy)
        state.today.add(part)
        if state.posture.stands and state.load.absent >= state.policy.break_full:
            state.posture.lapse(part.end - state.load.absent, part.end)
    for segment in judged:
        append(state.segments, segment)
    _end_drive(state)


def recount(state: EngineState, since: float) -> None:
    """Compute the sitting load and the day's totals again, after a correction of the past after `since`."""
    state.outlook.forget_count(since)
    if not segments_from(state, since):
        return
    asked = state.load.posterior.asked
    state.load = state.load_at_day_start.copy()
    state.load.posterior.asked = asked
    for part in parts_from(state, state.load_at_day_start.at):
        state.load.advance(part, state.policy)
    _recount_day(state)


def _recount_day(state: EngineState) -> None:
    state.outlook.forget_count()
    state.today = DayTotals(start=state.today.start, name=state.today.name)
    for part in parts_from(state, state.today.start):
        state.today.add(part)


def segments_from(state: EngineState, begin: float) -> list[Segment]:
    """Return the segments of the record that end after `begin`, as they were judged."""
    return state.segments[bisect_right(state.segments, begin, key=lambda segment: segment.end) :]


def parts_from(state: EngineState, begin: float) -> Iterator[EngineSpan]:
    """Return the record that ends after `begin`, with posture and answers laid over it."""
    return engine_spans(segments_from(state, begin), state.posture, state.answers)


def totals_at(state: EngineState, now: float) -> DayTotals:
    """Return the totals of the day up to `now`, open silences at their likelier reading."""
    return _count_open(state, now).today


def place_day(state: EngineState, at: float) -> None:
    """Place the local day by the clock as it now stands. A clock that was set may lead into another day."""
    local = state.timeline.local_seconds(at)
    start = at - (local - state.policy.day_starts) % DAY
    name = state.timeline.now(start).date().isoformat()
    if state.today.name != name:
        if state.today.name:
            state.prompt_state.new_day(totals_at(state, at))
        state.load_at_day_start = state.load.copy()
    state.day_end = start + DAY
    if state.today.name == name:
        # A user who flies west, or sets the clock back, has a longer day.
        start = min(start, state.today.start)
    if (state.today.name, state.today.start) != (name, start):
        state.today = DayTotals(start=start, name=name)
        _recount_day(state)
