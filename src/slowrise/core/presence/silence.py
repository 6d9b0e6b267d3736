"""The facts about a silence, the time between two inputs: what happened before, during and after it.

`evidence.py` judges it; `tracker.py` decides when.

All lengths are seconds. Facts about the minute after the silence are unknown until that minute has passed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import msgspec

from slowrise.core.model.units import MINUTE
from slowrise.core.presence.activity import Activity, OnOffHistory, Signals

AFTERMATH = MINUTE
"""How long after a return input counts as evidence."""
UNLOCKING = 8.0
"""An unlock this soon after the first input belongs to it: the user typed a password."""

CALL_ENDLESS = 180 * MINUTE
"""A call this long is treated as a microphone or camera left open. It is no evidence for silences that begin later and
holds back no prompt."""


class Overlap(msgspec.Struct, frozen=True):
    """How a signal (a call, an inhibitor) overlaps a silence."""

    share: float
    """Share of the silence in which the signal was on."""
    at_start: bool
    at_end: bool
    begun_before: float = 0.0
    """If on at the start: how long it had been on."""
    ended_after: float = 0.0
    """If on at the start and ended within the silence: how long after the start."""
    lasted_on: float = 0.0
    """If on at the end: how long it stayed on afterwards, as far as is known."""


NOT_ON = Overlap(0.0, at_start=False, at_end=False)


class Aftermath(msgspec.Struct, frozen=True):
    """The minute after the silence."""

    first_stretch: float
    """Length of the first input burst, up to the next pause of 15 s; at most the minute."""
    input: float
    """Seconds of input in the minute."""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """The facts about one silence."""

    length: float
    goes_on: bool = False
    """Still going on; `length` is the length so far."""
    locked_after: float | None = None
    """From the last input to the lock. Negative if the screen was locked before, None if it was not locked."""
    unlocked: bool = False
    """Unlocked during the silence or by the input that ended it."""
    suspended_after: float | None = None
    """From the last input to the suspend; None if the machine stayed awake."""
    call: Overlap = NOT_ON
    inhibitor: Overlap = NOT_ON
    last_stretch: float = 0.0
    """Length of the input burst before it."""
    pause_before: float = 0.0
    """Length of the silence before that burst."""
    input_before: float = 0.0
    """Seconds of input in the five minutes before it."""
    stretches_before: int = 0
    """Input bursts that began in the half hour before it."""
    after: Aftermath | None = None
    """None until the minute has passed."""


def facts_of(
    activity: Activity, signals: Signals, begin: float, end: float, *, now: float, active_since: float | None = None
) -> Silence:
    """Return the facts known at `now` about the silence `[begin, end)`.

    `activity` holds the bursts that have ended. `active_since` is the start of a burst that goes on; without one, a
    silence with `end == now` is still open.
    """
    starts, ends = activity.starts, activity.ends
    last = bisect_right(ends, begin) - 1
    call = _overlap(signals.calls, begin, end, now)
    return Silence(
        length=end - begin,
        goes_on=end >= now and active_since is None,
        locked_after=signals.locks.first(begin, end),
        unlocked=_unlocked(signals.locks, begin, min(end + UNLOCKING, now)),
        suspended_after=signals.suspends.first(begin, end),
        call=call if call.begun_before < CALL_ENDLESS else NOT_ON,
        inhibitor=_overlap(signals.inhibitors, begin, end, now),
        last_stretch=ends[last] - starts[last] if last >= 0 else 0.0,
        pause_before=starts[last] - ends[last - 1] if last >= 1 else 0.0,
        input_before=activity.within(begin - 5 * MINUTE, begin),
        stretches_before=last + 1 - bisect_left(starts, begin - 30 * MINUTE),
        after=_aftermath(activity, end, active_since) if now - end >= AFTERMATH else None,
    )


def _aftermath(activity: Activity, end: float, active_since: float | None) -> Aftermath:
    until = end + AFTERMATH
    extra = until - active_since if active_since is not None and active_since < until else 0.0
    first = bisect_left(activity.starts, end)
    if first < len(activity.starts):
        stretch = min(activity.ends[first], until) - end
    else:
        stretch = AFTERMATH if active_since is not None else 0.0
    return Aftermath(max(stretch, 0.0), activity.within(end, until) + extra)


def _unlocked(locks: OnOffHistory, begin: float, until: float) -> bool:
    return any(begin <= end < until for end in reversed(locks.ends))


def _overlap(signal: OnOffHistory, begin: float, end: float, now: float) -> Overlap:
    if not signal.starts or not signal.touches(begin, end):
        return NOT_ON
    at_start = at_end = False
    before = ended = lasted = 0.0
    for index, start in enumerate(signal.starts):
        stop = signal.ends[index] if index < len(signal.ends) else now
        is_on = index >= len(signal.ends)
        if start <= begin and (stop > begin or is_on):
            at_start, before = True, begin - start
            ended = stop - begin if stop < end else 0.0
        if start < end and (stop >= end or is_on):
            at_end, lasted = True, max(stop - end, 0.0)
    share = signal.within(begin, end) / (end - begin) if end > begin else 0.0
    return Overlap(share, at_start, at_end, before, ended, lasted)
