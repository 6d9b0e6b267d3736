"""Was the user at the desk? Turns events into segments, each with the probability of presence.

How it works. Between `active` and `idle` the user is certainly there. The rest is silence, the time between two
inputs, and each silence gets a probability that the user stayed seated. Time in which the daemon did not watch is
unobserved: neither sitting nor away.

    phase        what ends it                     what it is
    UNOBSERVED   started, unpaused                unobserved
    EMPTY        active                           away: nothing shows yet that the user has arrived
                 idle that hides input            unobserved, until the source shows input again
    ACTIVE       idle, suspended                  at the desk, with certainty
    SILENT       active                           a silence, to be judged

`stopped`, `paused` and a start after a crash end every phase but the first. A silence at the end of a run is away.
Input without a pause for a day is no user's: what follows is unobserved until the source reports again.

An event. `apply` first updates the clock (`timeline`), then calls the event's handler. Calls and inhibitors only
record when they were on. The phase began at `since`, and a silence begins at the last input, which is earlier than the
`idle` that reports it.

A verdict. A silence up to 30 s counts as input, unless the screen was locked or the machine suspended. Any other
silence waits in `pending`, with everything that follows it. Its verdict is final one minute after the return, at
`decide_at`, because that minute is evidence too. `decide` then moves `pending` to `segments`, which never change again.
A call or inhibitor that begins or ends in a silence cuts it into pieces, each with a verdict. Until then `provisional`
answers from the facts so far. A silence may be one only because the desktop shows no input while a program keeps the
screen on (`unseen`). It is judged like any silence under an inhibitor; if it is too long for that, it is unobserved.

Input that ends no silence. When it turns out to be one of these, `_reopen` goes on with the silence before it:

- A touch, under a second, with no more input in the half minute after it: a click, a bumped table. It is evidence.
  Input of no length at all comes from no hand, and is none. Five or more evenly spaced touches come from a device, and
  then the user was away. Input whose end a film hides is a touch only if it has no length.
- Input behind a lock: a phantom mouse, a cat. Only an unlock within minutes makes it a return.

Times are engine time in seconds. Posture and the user's answers are not here: `overlay.py` adds them when the segments
are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from itertools import pairwise
from math import sqrt
from typing import Any

import msgspec

from slowrise.core.model import events as e
from slowrise.core.model.timeline import Timeline
from slowrise.core.model.units import DAY, MINUTE, NEVER
from slowrise.core.presence.activity import Activity, Signals
from slowrise.core.presence.evidence import SHORT_SILENCE, log_odds_of, ruled_out, stay_probability
from slowrise.core.presence.evidence_table import NO_TABLE, Table
from slowrise.core.presence.personal_bias import PersonalBias, UserVerdict
from slowrise.core.presence.segments import Presence, Segment, append
from slowrise.core.presence.silence import AFTERMATH, ASIDE, NO_LENGTH, Silence, Touch, pieces_of

TOUCH = 1.0
"""Seconds. Shorter input is a touch; workrave's noise filter also takes a second as the least a user does."""
DEVICE_TOUCHES = 5
"""Fewer touches prove no device."""
DEVICE_SPREAD = 0.2
"""If the intervals between touches vary by less than a fifth of their mean, a device made them. Judgement."""
MOST_TOUCHES = 400
"""Touches remembered of one silence. A device left alone for a weekend makes thousands."""
BEHIND_LOCK = 3 * MINUTE
"""Input behind a lock for longer than this was no user: a password is typed within it, three times over."""
ENDLESS = DAY
"""Seconds. No user goes on for a day without a pause: a key is stuck, a device moves the pointer, or the source has
failed. Judgement: longer than any waking day, so that a source with pauses of an hour is believed too."""
FALLING_ASLEEP = MINUTE
"""Input this soon after `suspended` comes from the machine going down or from closing the lid. Later input shows that
the machine is awake, whether or not its end was reported."""


# -- state -------------------------------------------------------------------------------------------------------------


class Phase(IntEnum):
    """What the user is doing now, as far as input shows."""

    UNOBSERVED = 0
    EMPTY = 1
    """Watched, but no input yet."""
    ACTIVE = 2
    SILENT = 3


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A judged silence or piece of one, with the facts known at that time."""

    start: float
    end: float
    at: float
    """When it was judged."""
    silence: Silence
    bias: float
    """The personal bias at that time, in log-odds."""
    probability: float
    """Probability of having stayed seated."""
    is_machine: bool
    """Its touches come from a device. The probability is then 0, whatever the evidence."""
    is_final: bool
    """Otherwise the return, or the minute after it, may still change it."""


class PresenceState(msgspec.Struct):
    """The state of the tracker. Create it empty; only `apply`, `decide` and `learn_answer` change it."""

    now: float = 0.0
    """Time has passed up to here."""
    last_event_at: float = 0.0
    timeline: Timeline = msgspec.field(default_factory=Timeline)

    phase: Phase = Phase.UNOBSERVED
    since: float = 0.0
    """When the phase began."""
    last_silence: float = 0.0
    """Seconds of silence before the current or latest input."""
    running: bool = False
    """Between `started` and `stopped`."""
    waits_for_source: bool = False
    """Unobserved until the source reports again: input went on for a day, or none was shown from the start."""

    segments: list[Segment] = []
    """Final segments. The engine takes them out."""
    pending: list[Segment] = []
    """The segments after them, beginning with the first silence that is not final."""
    touches: list[Touch] = []
    """The touches in the current silence."""
    decide_at: float | None = None
    """When `pending` becomes final; None before the user returns."""

    activity: Activity = msgspec.field(default_factory=Activity)
    signals: Signals = msgspec.field(default_factory=Signals)
    table: Table = NO_TABLE
    bias: PersonalBias = msgspec.field(default_factory=PersonalBias)
    verdicts: list[Verdict] | None = None
    """All final verdicts, for `slowrise why`; None if they are not collected."""


# -- engine time -------------------------------------------------------------------------------------------------------


def to_engine_time(presence: PresenceState, wall_time: datetime) -> float:
    """Return the engine time of a wall time, by the clock as it is set now."""
    return wall_time.timestamp() - presence.timeline.shift


def event_time(presence: PresenceState, event: e.Event) -> float:
    """Return the engine time of an event, but never a time before `now`: decisions up to `now` stand."""
    at = to_engine_time(presence, event.at)
    if type(event) is e.ClockStepped and presence.timeline.starts:
        at += _off_longer(presence, event) - event.by
    return max(presence.now, at)


def _off_longer(presence: PresenceState, event: e.ClockStepped) -> float:
    """Return by how many seconds more than the clock showed at the start of this run nothing ran before it.

    A machine without a battery for its clock starts with the time of its last shutdown, until the network sets it.
    """
    timeline = presence.timeline
    if presence.phase is not Phase.EMPTY or len(timeline.starts) == 1 or presence.since != timeline.starts[-1]:
        return 0.0  # from the first input on it is too late: what came of it stands
    return max(timeline.shift + event.by - timeline.clocks[-2], 0.0)


# -- events ------------------------------------------------------------------------------------------------------------


def apply(presence: PresenceState, event: e.Event, at: float) -> bool:
    """Apply one event, whose engine time is `at`. The caller has already called `decide` if `decide_at` is earlier.

    Return whether the offset from UTC has changed.
    """
    timeline = presence.timeline
    if not timeline.starts:
        _begin(presence, event, at)
    elif type(event) is e.ClockStepped:
        if missed := _off_longer(presence, event):
            _push(presence, Segment(presence.since, presence.since + missed, Presence.UNOBSERVED, 0.0))
            presence.since += missed
            timeline.starts[-1] += missed
        # Not `event.by`: if it disagrees with `event.at`, the events that follow will agree with `event.at`.
        timeline.step(to_engine_time(presence, event.at) - at)
    presence.now = at
    offset = event.at.utcoffset()
    has_moved = offset != timeline.offset
    if has_moved:
        timeline.place(offset, at)
    kind = type(event)
    if presence.waits_for_source and (kind is e.Active or kind is e.Idle):
        _begin_watching(presence, at)
    handler = _HANDLERS.get(kind)
    if handler is not None:
        handler(presence, event, at)
    presence.last_event_at = at
    return has_moved


def _begin(presence: PresenceState, event: e.Event, at: float) -> None:
    """Handle the first event. If it is not `started`, the trace was cut out of a run."""
    presence.since = presence.last_event_at = at
    if type(event) is not e.Started:
        presence.timeline.begin_run(at, ended=at)
        presence.running = True
        presence.phase = Phase.SILENT if type(event) is e.Idle else Phase.EMPTY


def _on_active(presence: PresenceState, _event: e.Event, at: float) -> None:
    presence.signals.show_input(at)
    phase, since, suspends = presence.phase, presence.since, presence.signals.suspends
    if phase is Phase.ACTIVE or phase is Phase.UNOBSERVED:
        return
    if suspends.since is not None:
        if at - suspends.since < FALLING_ASLEEP:
            return
        suspends.end(at)
    if _is_back_at_touch(presence, at):
        _return_at_last_touch(presence)
        since = presence.since
    presence.last_silence = at - since
    if phase is Phase.EMPTY:
        _push(presence, Segment(since, at, Presence.OBSERVED, 0.0))
    elif at - since <= SHORT_SILENCE and not presence.touches and not _locked_or_suspended(presence, since, at):
        _push_present(presence, since, at)
    else:
        _push(presence, Segment(since, at, Presence.OBSERVED, 0.0, is_unjudged=True, touches=presence.touches))
        # Behind a lock it may be no return: `_on_unlocked` decides.
        presence.decide_at = None if presence.signals.locks.is_on else at + AFTERMATH
    presence.phase, presence.since, presence.touches = Phase.ACTIVE, at, []


def _is_back_at_touch(presence: PresenceState, at: float) -> bool:
    """Return whether the last touch was the return: it was a hand's, and more input follows soon."""
    if not presence.touches or presence.signals.locks.is_on:
        return False
    last = presence.touches[-1]
    return last.seconds >= NO_LENGTH and at - last.at <= SHORT_SILENCE


def _return_at_last_touch(presence: PresenceState) -> None:
    """End the silence at its last touch, which was the return."""
    *touches, back = presence.touches
    _push(presence, Segment(presence.since, back.at, Presence.OBSERVED, 0.0, is_unjudged=True, touches=touches))
    presence.decide_at = back.at + AFTERMATH
    presence.since, presence.touches = back.at, []


def _on_idle(presence: PresenceState, event: e.Idle, at: float) -> None:
    last_input = to_engine_time(presence, event.since)
    if presence.phase is Phase.ACTIVE:
        _end_input(presence, last_input, goes_on_unseen=event.unseen)
    elif presence.phase is Phase.EMPTY and event.unseen:
        # Whether the user has come cannot be seen.
        _end_watching(presence, min(max(last_input, presence.since), at))
        presence.signals.hide_input(presence.since)
        presence.waits_for_source = True
    elif presence.signals.unseen.is_on:
        # Input is shown again, and there is none. Whether there was any before stays unknown.
        if not event.unseen:
            presence.signals.show_input(last_input)
    elif presence.phase is Phase.SILENT and not event.unseen and last_input - presence.since > SHORT_SILENCE:
        _note_moment_of_input(presence, event, last_input)  # the source missed an `active`
    if event.unseen and presence.phase is Phase.SILENT:
        films = presence.signals.unseen.ends
        is_next_of_list = bool(films) and presence.since < films[-1]
        hidden = min(max(last_input, presence.since), at)
        presence.signals.hide_input(hidden, bridged=ASIDE if is_next_of_list else 0.0)


def _on_button(presence: PresenceState, event: e.Acknowledged | e.Dismissed | e.Snoozed, at: float) -> None:
    """Take the button of a notice as input where the desktop shows none: a hand pressed it."""
    signals = presence.signals
    if presence.phase is Phase.SILENT and signals.unseen.is_on and not signals.locks.is_on:
        _note_moment_of_input(presence, event, at)
        signals.hide_input(at, bridged=ASIDE)  # the film goes on


def _note_moment_of_input(presence: PresenceState, event: e.Event, at: float) -> None:
    """Handle that there was input at `at`, for how long is unknown."""
    _on_active(presence, event, at)
    if presence.since == at:
        presence.activity.add(at, at)
        presence.phase = Phase.SILENT


def _on_locked(presence: PresenceState, event: e.Locked, at: float) -> None:
    """Begin the lock. One that is noticed late covers everything that is not final: input behind it was no return."""
    locks, pending = presence.signals.locks, presence.pending
    if event.since is None or locks.is_on:
        locks.begin_once(at)
        return
    since = min(max(to_engine_time(presence, event.since), final_until(presence), *locks.ends[-1:]), at)
    locks.begin(since)
    if presence.phase is Phase.ACTIVE and since <= presence.since and pending and pending[-1].is_unjudged:
        presence.decide_at = None


def _on_unlocked(presence: PresenceState, event: e.Unlocked, at: float) -> None:
    """End the lock. If the input behind it was no user's, the user comes only now."""
    is_back = presence.phase is Phase.ACTIVE and _credible_end(presence, at) < at
    if is_back:
        _end_input(presence, at)
    presence.signals.locks.end(at)
    if is_back:
        _on_active(presence, event, at)
    elif presence.phase is Phase.ACTIVE and presence.pending and presence.pending[-1].is_unjudged:
        presence.decide_at = max(presence.since + AFTERMATH, at)


def endless_at(presence: PresenceState) -> float:
    """Return when the input that goes on is no user's any more. Behind a lock it never was."""
    return presence.since + ENDLESS if presence.phase is Phase.ACTIVE and not presence.signals.locks.is_on else NEVER


def end_endless_input(presence: PresenceState, at: float) -> None:
    """Stop believing the input. Nothing is known from here on until the source reports again."""
    presence.now = at
    _end_watching(presence, at)
    presence.waits_for_source = True


def last_sign_of_life(presence: PresenceState, event: e.Started, at: float) -> float:
    """Return when the run before this start ended at the latest. If it did not stop, it crashed then."""
    last = presence.last_event_at
    last_sign = last if event.since is None else max(to_engine_time(presence, event.since), last)
    return min(last_sign, at)


def end_run(presence: PresenceState, ended: float) -> None:
    """End the run, if one goes on, at its last sign of life."""
    _end_watching(presence, ended)
    presence.signals.end_all(ended)
    presence.running = False


def _on_started(presence: PresenceState, event: e.Started, at: float) -> None:
    ended = last_sign_of_life(presence, event, at)
    end_run(presence, ended)
    presence.running = True
    presence.timeline.begin_run(at, ended=ended)
    _begin_watching(presence, at)


def _on_stopped(presence: PresenceState, _event: e.Stopped, at: float) -> None:
    _end_watching(presence, at)
    presence.running = False


def _on_paused(presence: PresenceState, _event: e.Paused, at: float) -> None:
    _end_watching(presence, at)


def _on_unpaused(presence: PresenceState, _event: e.Unpaused, at: float) -> None:
    if presence.running and presence.phase is Phase.UNOBSERVED:
        _begin_watching(presence, at)


def _on_suspended(presence: PresenceState, _event: e.Suspended, at: float) -> None:
    if presence.phase is Phase.ACTIVE:
        _end_input(presence, at)
    presence.signals.suspends.begin_once(at)


_HANDLERS: dict[type[e.Event], Callable[[PresenceState, Any, float], None]] = {
    e.Active: _on_active,
    e.Idle: _on_idle,
    e.Started: _on_started,
    e.Stopped: _on_stopped,
    e.Paused: _on_paused,
    e.Unpaused: _on_unpaused,
    e.Suspended: _on_suspended,
    e.Resumed: lambda presence, _, at: presence.signals.suspends.end(at),
    e.Acknowledged: _on_button,
    e.Dismissed: _on_button,
    e.Snoozed: _on_button,
    e.Locked: _on_locked,
    e.Unlocked: _on_unlocked,
    e.CallStarted: lambda presence, _, at: presence.signals.calls.begin(at, bridged=ASIDE),
    e.CallEnded: lambda presence, _, at: presence.signals.calls.end(at),
    e.Inhibited: lambda presence, _, at: presence.signals.inhibitors.begin(at, bridged=ASIDE),
    e.Uninhibited: lambda presence, _, at: presence.signals.inhibitors.end(at),
}


def _end_input(presence: PresenceState, last_input: float, *, goes_on_unseen: bool = False) -> None:
    """End the current input at `last_input`, kept within the phase, or go on with the silence before it.

    `goes_on_unseen`: from `last_input` on none is shown, so the input may have been longer.
    """
    began = presence.since
    ended = _credible_end(presence, min(max(last_input, began), presence.now))
    lock = presence.signals.locks.since
    is_behind_lock = lock is not None and lock <= began
    is_after_silence = bool(presence.pending) and presence.pending[-1].is_unjudged
    presence.phase = Phase.SILENT
    # Where the rest is hidden, only input of no length is no return: some desktops show the begin of a video as such.
    touch = NO_LENGTH if goes_on_unseen else TOUCH
    if is_after_silence and (is_behind_lock or ended - began < touch):
        _reopen(presence)
        if not (is_behind_lock or goes_on_unseen):
            presence.touches = [*presence.touches, Touch(began, ended - began)][-MOST_TOUCHES:]
            if ended - began >= NO_LENGTH:
                presence.activity.add(began, ended)
    elif is_behind_lock:
        _push(presence, Segment(began, ended, Presence.OBSERVED, 0.0))
        presence.since = ended
    else:
        presence.activity.add(began, ended)
        _push_present(presence, began, ended)
        presence.since = ended


def _credible_end(presence: PresenceState, ended: float) -> float:
    """Return when the current input ended, if it seems to end at `ended`. Long input behind a lock ends at the lock."""
    lock = presence.signals.locks.since
    if lock is None:
        return ended
    behind = max(lock, presence.since)
    return behind if ended - behind > BEHIND_LOCK else ended


def _reopen(presence: PresenceState) -> None:
    """Go on with the last silence, as if no input had ended it."""
    silence = presence.pending.pop()
    presence.since, presence.touches = silence.start, silence.touches
    ends = [segment.end for segment in presence.pending if segment.is_unjudged]
    presence.decide_at = ends[-1] + AFTERMATH if ends else None


def _begin_watching(presence: PresenceState, at: float) -> None:
    _push(presence, Segment(presence.since, at, Presence.UNOBSERVED, 0.0))
    presence.phase, presence.since, presence.waits_for_source = Phase.EMPTY, at, False


def _end_watching(presence: PresenceState, at: float) -> None:
    """Make everything final. Time before the first and after the last input of a run is away."""
    presence.waits_for_source = False
    if presence.phase is Phase.UNOBSERVED:
        presence.signals.show_input(at)
        return
    if presence.phase is Phase.ACTIVE:
        _end_input(presence, at)
    decide(presence, at)
    _push(presence, Segment(presence.since, at, Presence.OBSERVED, 0.0))
    presence.phase, presence.since, presence.touches = Phase.UNOBSERVED, at, []
    presence.signals.show_input(at)


def _locked_or_suspended(presence: PresenceState, begin: float, end: float) -> bool:
    return presence.signals.locks.touches(begin, end) or presence.signals.suspends.touches(begin, end)


def _push_present(presence: PresenceState, start: float, end: float) -> None:
    """Append time in which the user was certainly there."""
    segments = presence.segments
    if segments and segments[-1].probability == 1.0 and not presence.pending:
        segments[-1].end = end
    else:
        _push(presence, Segment(start, end, Presence.OBSERVED, 1.0))


def _push(presence: PresenceState, segment: Segment) -> None:
    """Append a segment to the open ones if there are any, else to the final ones. Drop an empty one."""
    if segment.end <= segment.start:
        return
    if presence.pending or segment.is_unjudged:
        presence.pending.append(segment)
    else:
        append(presence.segments, segment)


# -- final verdicts ----------------------------------------------------------------------------------------------------


def decide(presence: PresenceState, now: float) -> None:
    """Make every pending segment final, by the facts known at `now`."""
    presence.decide_at = None
    for segment in presence.pending:
        if not segment.is_unjudged:
            append(presence.segments, segment)
            continue
        found = _judged(presence, segment, now, is_final=True)
        for verdict in found:
            append(presence.segments, _segment(verdict))
        if presence.verdicts is not None:
            presence.verdicts += found
    presence.pending = []
    horizon = min(now, presence.since) - Activity.KEPT
    presence.signals.forget(horizon)
    presence.activity.forget(horizon)


def learn_answer(presence: PresenceState, segments: Sequence[Segment], *, stayed: bool) -> None:
    """Update the personal bias from the user's answer about these final segments."""
    presence.bias.learn(
        [
            UserVerdict(segment.start, log_odds_of(segment.probability) - segment.bias, stayed)
            for segment in segments
            if 0.0 < segment.probability < 1.0
        ],
        presence.table,
    )


# -- questions ---------------------------------------------------------------------------------------------------------


def probability_now(presence: PresenceState, now: float) -> float:
    """Return the probability that the user is at the desk at `now`; 0 while unobserved."""
    match presence.phase:
        case Phase.ACTIVE:
            return 1.0 if _credible_end(presence, now) == now else 0.0
        case Phase.SILENT:
            is_short = now - presence.since <= SHORT_SILENCE
            return 1.0 if is_short else _judged(presence, _current_silence(presence, now), now)[-1].probability
        case _:
            return 0.0


def provisional(presence: PresenceState, now: float) -> list[Segment]:
    """Return the segments from the last final one up to `now`, by the facts known at `now`."""
    found: list[Segment] = []
    for segment in presence.pending:
        found += [_segment(each) for each in _judged(presence, segment, now)] if segment.is_unjudged else [segment]
    since = presence.since
    if now <= since or not presence.timeline.starts:
        return found
    match presence.phase:
        case Phase.UNOBSERVED:
            found.append(Segment(since, now, Presence.UNOBSERVED, 0.0))
        case Phase.EMPTY:
            found.append(Segment(since, now, Presence.OBSERVED, 0.0))
        case Phase.ACTIVE:
            ended = _credible_end(presence, now)
            found.append(Segment(since, ended, Presence.OBSERVED, 1.0))
            if ended < now:
                found.append(Segment(ended, now, Presence.OBSERVED, 0.0))
        case Phase.SILENT if now - since <= SHORT_SILENCE:
            found.append(Segment(since, now, Presence.OBSERVED, 1.0))
        case Phase.SILENT:
            found += [_segment(each) for each in _judged(presence, _current_silence(presence, now), now)]
    return found


def verdicts(presence: PresenceState, now: float) -> list[Verdict]:
    """Return the verdicts that are not final, by the facts known at `now`. The current silence comes last."""
    silences = [segment for segment in presence.pending if segment.is_unjudged]
    if presence.phase is Phase.SILENT and now - presence.since > SHORT_SILENCE:
        silences.append(_current_silence(presence, now))
    return [verdict for silence in silences for verdict in _judged(presence, silence, now)]


def is_unknown(verdict: Verdict) -> bool:
    """Return whether the desktop showed no input for so long that nothing is known of the user."""
    return bool(verdict.silence.unseen) and ruled_out(verdict.silence) == "unseen"


def is_observed(presence: PresenceState, now: float) -> bool:
    """Return whether anything is known of the user at `now`."""
    if presence.phase is Phase.SILENT and presence.signals.unseen.is_on:
        return not is_unknown(_judged(presence, _current_silence(presence, now), now)[-1])
    return presence.phase is not Phase.UNOBSERVED


def final_until(presence: PresenceState) -> float:
    """Return the time up to which everything is final."""
    if presence.pending:
        return presence.pending[0].start
    return presence.now if presence.phase is Phase.ACTIVE else presence.since


def evenly_spaced(touches: Sequence[Touch]) -> bool:
    """Return whether a device made these touches."""
    if len(touches) < DEVICE_TOUCHES:
        return False
    intervals = [after.at - before.at for before, after in pairwise(touches)]
    mean = sum(intervals) / len(intervals)
    variance = sum((interval - mean) ** 2 for interval in intervals) / len(intervals)
    return sqrt(variance) < DEVICE_SPREAD * mean


def _current_silence(presence: PresenceState, now: float) -> Segment:
    return Segment(presence.since, now, Presence.OBSERVED, 0.0, is_unjudged=True, touches=presence.touches)


def _judged(presence: PresenceState, segment: Segment, now: float, *, is_final: bool = False) -> list[Verdict]:
    """Return a verdict for each piece of the silence, by the facts known at `now`."""
    touches, bias = segment.touches, presence.bias.log_odds
    is_machine = bool(touches) and evenly_spaced(touches)
    pieces = pieces_of(
        presence.activity,
        presence.signals,
        segment.start,
        segment.end,
        now=now,
        touches=touches,
        active_since=presence.since if presence.phase is Phase.ACTIVE else None,
    )
    return [
        Verdict(
            start=piece.start,
            end=piece.end,
            at=now,
            silence=piece,
            bias=bias,
            probability=0.0 if is_machine else stay_probability(piece, presence.table, bias),
            is_machine=is_machine,
            is_final=is_final,
        )
        for piece in pieces
    ]


def _segment(verdict: Verdict) -> Segment:
    if is_unknown(verdict):
        return Segment(verdict.start, verdict.end, Presence.UNOBSERVED, 0.0)
    return Segment(verdict.start, verdict.end, Presence.OBSERVED, verdict.probability, bias=verdict.bias)
