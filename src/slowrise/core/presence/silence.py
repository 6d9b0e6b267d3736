"""What is known of a silence: plain facts, gathered from what went on around it. Seconds; no opinion here.

A silence is the time between two inputs. What is asked of the minute after it is unknown until that minute has passed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Protocol

import msgspec

from slowrise.core.model.units import MINUTE
from slowrise.core.presence.activity import Activity, OnOffHistory

AFTERMATH = MINUTE
"""How long after a return its evidence counts (DESIGN.md 5)."""
UNLOCKING = 8.0
"""An unlock so soon after the first input belongs to it: somebody typed a password."""

CALL_ENDLESS = 180 * MINUTE
"""A call that has gone on for so long is none, but a microphone or camera that was left open: it says no more about a
silence that begins then, and holds no prompt."""


class SilenceContext(Protocol):
    """What went on: all stretches of input that have ended, touches too, and what was on and off."""

    activity: Activity
    locked: OnOffHistory
    calls: OnOffHistory
    inhibitors: OnOffHistory
    sleeps: OnOffHistory


class Overlap(msgspec.Struct, frozen=True):
    """How something that is on or off (a call, an inhibitor) lay to the silence."""

    share: float
    """Of the silence, in which it was on."""
    at_start: bool
    at_end: bool
    begun_before: float = 0.0
    """How long it had been on when the silence began."""
    ended_after: float = 0.0
    """Where it was on at the start and ended in the silence: how soon."""
    lasted_on: float = 0.0
    """Where it was on at the end: how long it went on after it, as far as is known."""


NOT_ON = Overlap(0.0, at_start=False, at_end=False)


class Aftermath(msgspec.Struct, frozen=True):
    """The minute after the silence."""

    first_stretch: float
    """Seconds until the next silence of 15 s or more, at most the minute."""
    input: float
    """Seconds of input in the minute."""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one silence."""

    length: float
    open: bool = False
    """It lasts still; `length` is how long by now."""
    locked_after: float | None = None
    """From the last input to the lock; negative where it was locked before; None if it was not."""
    unlocked: bool = False
    """Unlocked in it or by the input that ended it."""
    suspended_after: float | None = None
    call: Overlap = NOT_ON
    inhibitor: Overlap = NOT_ON
    last_stretch: float = 0.0
    """Length of the stretch of input before it."""
    pause_before: float = 0.0
    """Length of the silence before that stretch."""
    input_before: float = 0.0
    """Seconds of input in the five minutes before it."""
    stretches_before: int = 0
    """Stretches of input begun in the half hour before it."""
    after: Aftermath | None = None
    """None until the minute has passed."""


def facts_of(heard: SilenceContext, begin: float, end: float, *, now: float, going_on: float | None = None) -> Silence:
    """What is known at `now` of the silence `[begin, end)`.

    `going_on` is when the stretch of input began that lasts still; without it and with `end == now` the silence is
    open.
    """
    activity = heard.activity
    starts, ends = activity.starts, activity.ends
    last = bisect_right(ends, begin) - 1
    is_open = end >= now and going_on is None
    after = None
    if now - end >= AFTERMATH:
        after = _aftermath(activity, end, going_on)
    call = _around(heard.calls, begin, end, now)
    return Silence(
        length=end - begin,
        open=is_open,
        locked_after=_locked_after(heard.locked, begin, end),
        unlocked=_unlocked(heard.locked, begin, min(end + UNLOCKING, now)),
        suspended_after=heard.sleeps.first(begin, end),
        call=call if call.begun_before < CALL_ENDLESS else NOT_ON,
        inhibitor=_around(heard.inhibitors, begin, end, now),
        last_stretch=ends[last] - starts[last] if last >= 0 else 0.0,
        pause_before=starts[last] - ends[last - 1] if last >= 1 else 0.0,
        input_before=activity.within(begin - 5 * MINUTE, begin),
        stretches_before=last + 1 - bisect_left(starts, begin - 30 * MINUTE),
        after=after,
    )


def _aftermath(activity: Activity, end: float, going_on: float | None) -> Aftermath:
    until = end + AFTERMATH
    extra = until - going_on if going_on is not None and going_on < until else 0.0
    first = bisect_left(activity.starts, end)
    if first < len(activity.starts):
        stretch = min(activity.ends[first], until) - end
    else:
        stretch = AFTERMATH if going_on is not None else 0.0
    return Aftermath(max(stretch, 0.0), activity.within(end, until) + extra)


def _locked_after(locked: OnOffHistory, begin: float, end: float) -> float | None:
    """Where several locks fall into the silence, the first counts."""
    for index, start in enumerate(locked.starts):
        if start >= end:
            break
        if index >= len(locked.ends) or locked.ends[index] > begin:
            return start - begin
    return None


def _unlocked(locked: OnOffHistory, begin: float, until: float) -> bool:
    return any(begin <= end < until for end in reversed(locked.ends))


def _around(held: OnOffHistory, begin: float, end: float, now: float) -> Overlap:
    if not held.starts or not held.touches(begin, end):
        return NOT_ON
    at_start = at_end = False
    before = ended = lasted = 0.0
    for index, start in enumerate(held.starts):
        stop = held.ends[index] if index < len(held.ends) else now
        is_on = index >= len(held.ends)
        if start <= begin and (stop > begin or is_on):
            at_start, before = True, begin - start
            ended = stop - begin if stop < end else 0.0
        if start < end and (stop >= end or is_on):
            at_end, lasted = True, max(stop - end, 0.0)
    share = held.within(begin, end) / (end - begin) if end > begin else 0.0
    return Overlap(share, at_start, at_end, before, ended, lasted)
