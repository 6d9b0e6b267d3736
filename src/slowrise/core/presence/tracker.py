"""Was the user at the desk? Turns events into segments, each with the probability of presence.

How it works. Between `active` and `idle` the user is certainly there. The rest is silence, the time between two
inputs, and each silence gets a probability that the user stayed seated. Time in which the daemon did not watch is
unobserved: neither sitting nor away.

    phase        what ends it                     what it is
    UNOBSERVED   started, unpaused                unobserved
    EMPTY        active                           away: nothing shows yet that the user has arrived
    ACTIVE       idle, suspended                  at the desk, with certainty
    SILENT       active                           a silence, to be judged

`stopped`, `paused` and a start after a crash end every phase but the first. A silence at the end of a run is away.

An event. `apply` first updates the clock (`timeline`), then calls the event's handler. Signals (lock, call, inhibitor,
suspend) only record when they were on. The phase began at `since`, and a silence begins at the last input, which is
earlier than the `idle` that reports it.

A verdict. A silence up to 30 s counts as input, unless the screen was locked or the machine suspended. Any other
silence waits in `pending`, with everything that follows it. Its verdict is final one minute after the return, at
`decide_at`, because that minute is evidence too. `decide` then moves `pending` to `segments`, which never change again.
Until then `provisional` answers from the facts so far.

A touch is a burst of input under a second after a silence: a click, a bumped table. It is no return. The silences
around touches become final together, one minute after the user has really returned. Five or more evenly spaced touches
come from a device, and then the user was away.

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
from slowrise.core.presence.activity import Activity, Signals
from slowrise.core.presence.evidence import SHORT_SILENCE, log_odds_of, stay_probability
from slowrise.core.presence.evidence_table import NO_TABLE, Table
from slowrise.core.presence.personal_bias import PersonalBias, UserVerdict
from slowrise.core.presence.segments import Presence, Segment, append
from slowrise.core.presence.silence import AFTERMATH, Silence, facts_of

TOUCH = 1.0
"""Seconds. Shorter input is a touch; workrave's noise filter also takes a second as the least a user does."""
DEVICE_TOUCHES = 5
"""Fewer touches prove no device."""
DEVICE_SPREAD = 0.2
"""If the intervals between touches vary by less than a fifth of their mean, a device made them. Judgement."""
MOST_OPEN = 400
"""Segments that may wait for a return. A device left alone for a weekend makes thousands; they are judged in lots."""


# -- state -------------------------------------------------------------------------------------------------------------


class Phase(IntEnum):
    """What the user is doing now, as far as input shows."""

    UNOBSERVED = 0
    EMPTY = 1
    """Watched, but no input yet."""
    ACTIVE = 2
    SILENT = 3


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A judged silence, with the facts known at that time."""

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

    segments: list[Segment] = []
    """Final segments. The engine takes them out."""
    pending: list[Segment] = []
    """The segments after them, beginning with the first silence that is not final."""
    touches: list[float] = []
    """The touches since the user was last active for longer."""
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
        at -= event.by
    return max(presence.now, at)


# -- events ------------------------------------------------------------------------------------------------------------


def apply(presence: PresenceState, event: e.Event, at: float) -> bool:
    """Apply one event, whose engine time is `at`. The caller has already called `decide` if `decide_at` is earlier.

    Return whether the offset from UTC has changed.
    """
    timeline = presence.timeline
    if not timeline.starts:
        _begin(presence, event, at)
    elif type(event) is e.ClockStepped:
        # Not `event.by`: if it disagrees with `event.at`, the events that follow will agree with `event.at`.
        timeline.step(to_engine_time(presence, event.at) - at)
    presence.now = at
    offset = event.at.utcoffset()
    has_moved = offset != timeline.offset
    if has_moved:
        timeline.place(offset, at)
    handler = _HANDLERS.get(type(event))
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


def _on_active(presence: PresenceState, _event: e.Active, at: float) -> None:
    phase, since = presence.phase, presence.since
    if phase is Phase.ACTIVE or phase is Phase.UNOBSERVED or presence.signals.suspends.is_on:
        return
    presence.last_silence = at - since
    if phase is Phase.EMPTY:
        _push(presence, Segment(since, at, Presence.OBSERVED, 0.0))
    elif at - since <= SHORT_SILENCE and not presence.touches and not _locked_or_suspended(presence, since, at):
        _push_present(presence, since, at)
    else:
        _push(presence, Segment(since, at, Presence.OBSERVED, 0.0, is_unjudged=True))
        presence.decide_at = at + AFTERMATH
    presence.phase, presence.since = Phase.ACTIVE, at


def _on_idle(presence: PresenceState, event: e.Idle, _at: float) -> None:
    if presence.phase is Phase.ACTIVE:
        _end_input(presence, to_engine_time(presence, event.since))


def _on_started(presence: PresenceState, event: e.Started, at: float) -> None:
    """Begin a run. If the last run did not stop, it crashed: it ended at its last sign of life."""
    last = presence.last_event_at
    last_sign = last if event.since is None else max(to_engine_time(presence, event.since), last)
    ended = min(last_sign, at)
    _end_watching(presence, ended)
    presence.signals.end_all(ended)
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
    e.Locked: lambda presence, _, at: presence.signals.locks.begin_once(at),
    e.Unlocked: lambda presence, _, at: presence.signals.locks.end(at),
    e.CallStarted: lambda presence, _, at: presence.signals.calls.begin(at),
    e.CallEnded: lambda presence, _, at: presence.signals.calls.end(at),
    e.Inhibited: lambda presence, _, at: presence.signals.inhibitors.begin(at),
    e.Uninhibited: lambda presence, _, at: presence.signals.inhibitors.end(at),
}


def _end_input(presence: PresenceState, last_input: float) -> None:
    """End the current input at `last_input`, kept within the phase."""
    began = presence.since
    ended = min(max(last_input, began), presence.now)
    presence.activity.add(began, ended)
    if ended - began < TOUCH and presence.pending and presence.pending[-1].is_unjudged:
        _push_touch(presence, began, ended)
    else:
        _push_present(presence, began, ended)
    presence.phase, presence.since = Phase.SILENT, ended


def _begin_watching(presence: PresenceState, at: float) -> None:
    _push(presence, Segment(presence.since, at, Presence.UNOBSERVED, 0.0))
    presence.phase, presence.since = Phase.EMPTY, at


def _end_watching(presence: PresenceState, at: float) -> None:
    """Make everything final. Time before the first and after the last input of a run is away."""
    if presence.phase is Phase.UNOBSERVED:
        return
    if presence.phase is Phase.ACTIVE:
        _end_input(presence, at)
    decide(presence, at)
    _push(presence, Segment(presence.since, at, Presence.OBSERVED, 0.0))
    presence.phase, presence.since = Phase.UNOBSERVED, at


def _locked_or_suspended(presence: PresenceState, begin: float, end: float) -> bool:
    return presence.signals.locks.touches(begin, end) or presence.signals.suspends.touches(begin, end)


def _push_touch(presence: PresenceState, began: float, ended: float) -> None:
    """Append a touch. The absence goes on, so nothing is decided before the next return."""
    presence.touches.append(began)
    presence.decide_at = None
    if ended > began:
        presence.pending.append(Segment(began, ended, Presence.OBSERVED, 1.0, is_touch=True))
    if len(presence.pending) > MOST_OPEN:
        decide(presence, presence.now, keep_touches=DEVICE_TOUCHES)


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


def decide(presence: PresenceState, now: float, *, keep_touches: int = 0) -> None:
    """Make every open segment final, by the facts known at `now`.

    `keep_touches`: how many touches to remember, so that a device still running is recognised at once.
    """
    presence.decide_at = None
    if presence.verdicts is not None:
        presence.verdicts += _verdicts(presence, now, is_final=True)
    bias = presence.bias
    for segment, probability in zip(presence.pending, _probabilities(presence, now), strict=True):
        append(
            presence.segments, Segment(segment.start, segment.end, segment.presence, probability, bias=bias.log_odds)
        )
        if segment.is_unjudged and segment.end - segment.start > SHORT_SILENCE and 0.0 < probability < 1.0:
            bias.note(log_odds_of(probability))
    bias.update_if_stale(presence.table)
    presence.pending = []
    presence.touches = presence.touches[-keep_touches:] if keep_touches else []
    horizon = now - Activity.KEPT
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
            return 1.0
        case Phase.SILENT:
            is_short = now - presence.since <= SHORT_SILENCE
            return 1.0 if is_short else _stay_probability(presence, presence.since, now, now)
        case _:
            return 0.0


def provisional(presence: PresenceState, now: float) -> list[Segment]:
    """Return the segments from the last final one up to `now`, by the facts known at `now`."""
    found = [
        Segment(segment.start, segment.end, segment.presence, probability)
        for segment, probability in zip(presence.pending, _probabilities(presence, now), strict=True)
    ]
    if now > presence.since and presence.timeline.starts:
        kind = Presence.UNOBSERVED if presence.phase is Phase.UNOBSERVED else Presence.OBSERVED
        found.append(Segment(presence.since, now, kind, probability_now(presence, now)))
    return found


def verdicts(presence: PresenceState, now: float) -> list[Verdict]:
    """Return the verdicts that are not final, by the facts known at `now`. The current silence comes last."""
    found = _verdicts(presence, now, is_final=False)
    if presence.phase is Phase.SILENT and now - presence.since > SHORT_SILENCE:
        current = Segment(presence.since, now, Presence.OBSERVED, probability_now(presence, now))
        found.append(_verdict(presence, current, now, probability=current.probability, is_final=False))
    return found


def final_until(presence: PresenceState) -> float:
    """Return the time up to which everything is final."""
    if presence.pending:
        return presence.pending[0].start
    return presence.now if presence.phase is Phase.ACTIVE else presence.since


def evenly_spaced(touches: Sequence[float]) -> bool:
    """Return whether a device made these touches."""
    if len(touches) < DEVICE_TOUCHES:
        return False
    intervals = [after - before for before, after in pairwise(touches)]
    mean = sum(intervals) / len(intervals)
    variance = sum((interval - mean) ** 2 for interval in intervals) / len(intervals)
    return sqrt(variance) < DEVICE_SPREAD * mean


def _probabilities(presence: PresenceState, now: float) -> list[float]:
    """Return the probability of each open segment, by the facts known at `now`.

    A touch takes the higher probability of the two silences beside it.
    """
    if presence.touches and evenly_spaced(presence.touches):
        found = [0.0 if segment.is_unjudged else segment.probability for segment in presence.pending]
    else:
        found = [
            _stay_probability(presence, segment.start, segment.end, now) if segment.is_unjudged else segment.probability
            for segment in presence.pending
        ]
    if presence.touches:
        for index, segment in enumerate(presence.pending):
            if segment.is_touch:
                beside = range(max(index - 1, 0), min(index + 2, len(found)))
                found[index] = max((found[i] for i in beside if not presence.pending[i].is_touch), default=0.0)
    return found


def _stay_probability(presence: PresenceState, begin: float, end: float, now: float) -> float:
    return stay_probability(_facts(presence, begin, end, now), presence.table, presence.bias.log_odds)


def _verdicts(presence: PresenceState, now: float, *, is_final: bool) -> list[Verdict]:
    """Return a verdict for each open silence. Touches have none: they are part of the silences around them."""
    return [
        _verdict(presence, segment, now, probability=probability, is_final=is_final)
        for segment, probability in zip(presence.pending, _probabilities(presence, now), strict=True)
        if segment.is_unjudged
    ]


def _verdict(presence: PresenceState, segment: Segment, now: float, *, probability: float, is_final: bool) -> Verdict:
    return Verdict(
        start=segment.start,
        end=segment.end,
        at=now,
        silence=_facts(presence, segment.start, segment.end, now),
        bias=presence.bias.log_odds,
        probability=probability,
        is_machine=segment.is_unjudged and evenly_spaced(presence.touches),
        is_final=is_final,
    )


def _facts(presence: PresenceState, begin: float, end: float, now: float) -> Silence:
    """Return the facts known at `now` about the silence `[begin, end)`."""
    active_since = presence.since if presence.phase is Phase.ACTIVE else None
    return facts_of(presence.activity, presence.signals, begin, end, now=now, active_since=active_since)
