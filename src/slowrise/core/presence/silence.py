"""The facts about a silence, the time between two inputs: what happened before, during and after it.

A silence is cut where a call or an inhibitor begins or ends, and each piece is judged by itself: a call may end and the
user leave, while the silence goes on. An edge less than `ASIDE` from either end of a piece cuts nothing, because hands
and signals are rarely closer together. `evidence.py` judges a piece; `tracker.py` decides when.

All lengths are seconds. Facts about the minute after the silence are unknown until that minute has passed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from slowrise.core.model.units import MINUTE
from slowrise.core.presence.activity import Activity, OnOffHistory, Signals

AFTERMATH = MINUTE
"""How long after a return input counts as evidence."""
NO_LENGTH = 0.02
"""Seconds. A key or a button is down for 50 ms or more; input that is shorter comes from no hand."""
ASIDE = 45.0
"""A shorter piece is not cut off, and a shorter call or inhibitor is left out. Calls and inhibitors begin and end up to
20 s before or after the hands; twice that and a margin."""
TYPED_UNDER = MINUTE
"""Judgement. An inhibitor under which the user typed for this long is music: during a film the hands rest."""
HALF = 0.5
"""Judgement. A lock or suspend that covers this share of a piece is its context, whatever else is on."""
AFTER_A_CALL = 10 * MINUTE
"""A call or inhibitor that ended longer ago is no evidence any more."""
RHYTHM_FROM = 90.0
"""Seconds. Shorter silences have no rhythm of their own: a user at work has dozens an hour."""
SIMILAR = 3.0
"""A silence is about as long as another if it lasts between a third and three times as long."""
SHORT_BURST = MINUTE
"""Seconds. A reader scrolls for less than this; a user who comes back to work types for longer."""
RHYTHM = 40 * MINUTE
"""A rhythm is counted back so far."""

CALL_ENDLESS = 180 * MINUTE
"""A call this long is treated as a microphone or camera left open. It is no evidence for silences that begin later and
holds back no prompt."""

Context = Literal["plain", "call", "film", "music", "locked", "suspended"]
Edge = Literal["input", "call", "hung up", "inhibitor", "released", "now"]
"""Where a piece begins or ends: at an input, at an edge of a call or inhibitor, or now."""


class Touch(NamedTuple):
    """Input so short that it ends no silence."""

    at: float
    seconds: float


class Aftermath(msgspec.Struct, frozen=True):
    """The minute after the silence."""

    first_stretch: float
    """Length of the first input burst, up to the next pause of 15 s; at most the minute."""
    input: float
    """Seconds of input in the minute."""
    stretches: int
    """Input bursts that began in the minute."""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a silence, with the facts about the piece and about the whole silence."""

    start: float
    end: float
    context: Context = "plain"
    """What covers most of the piece."""
    begins: Edge = "input"
    ends: Edge = "input"
    whole: float
    """Length of the whole silence."""
    goes_on: bool = False
    """The whole silence goes on; its length is the length so far."""
    touches: int = 0
    """Input bursts under a second in the whole silence, which did not end it."""
    quiet: float
    """The longest time in the whole silence without a touch, as far as the desktop showed input."""
    locked_after: float | None = None
    """From the last input to the lock. Negative if the screen was locked before, None if it was not locked."""
    locked_share: float = 0.0
    """Share of the piece in which the screen was locked."""
    unlocked: bool = False
    """Unlocked during the silence or by the input that ended it; a password may take a minute."""
    suspended_after: float | None = None
    """From the last input to the suspend; None if the machine stayed awake."""
    suspended_share: float = 0.0
    context_age: float = 0.0
    """How long the call or inhibitor that covers the piece had been on when the piece began."""
    context_left: float | None = None
    """How long that call or inhibitor went on after the silence, as far as is known: at most the minute after it."""
    typed_under: float = 0.0
    """Seconds of input under that inhibitor before the silence."""
    unseen: float = 0.0
    """Seconds of the piece in which the desktop showed no input, so there may have been some."""
    since_call: float | None = None
    """From the end of the last call to the piece, if that is recent. Negative if the call ended within it."""
    since_inhibitor: float | None = None
    """Likewise for the last inhibitor."""
    rhythm: int = 0
    """Silences about as long right before it, with only short bursts of input between them."""
    last_stretch: float = 0.0
    """Length of the input burst before it."""
    pause_before: float = 0.0
    """Length of the silence before that burst."""
    input_before: float = 0.0
    """Seconds of input in the minute before it."""
    stretches_before: int = 0
    """Input bursts that began in the half hour before it."""
    after: Aftermath | None = None
    """None until the minute has passed."""

    @property
    def length(self) -> float:
        """Seconds of the piece."""
        return self.end - self.start

    @property
    def is_first(self) -> bool:
        """Whether the silence begins with this piece."""
        return self.begins == "input"

    @property
    def is_last(self) -> bool:
        """Whether the silence ends with this piece, or has come so far."""
        return self.ends in ("input", "now")


def pieces_of(
    activity: Activity,
    signals: Signals,
    begin: float,
    end: float,
    *,
    now: float,
    touches: Sequence[Touch] = (),
    active_since: float | None = None,
) -> list[Silence]:
    """Return the pieces of the silence `[begin, end)`, in order, with the facts known at `now`.

    `activity` holds the bursts that have ended. `active_since` is the start of a burst that goes on; without one, a
    silence with `end == now` is still open. Of its `touches`, those of no length are no evidence.
    """
    touched = [touch.at for touch in touches if touch.seconds >= NO_LENGTH]
    goes_on = end >= now and active_since is None
    starts, ends = activity.starts, activity.ends
    last = bisect_right(ends, begin) - 1
    gaps = pairwise((begin, *touched, end))
    quiet = max(after - before - signals.unseen.within(before, after) for before, after in gaps)
    whole = Silence(
        start=begin,
        end=end,
        ends="now" if goes_on else "input",
        whole=end - begin,
        goes_on=goes_on,
        touches=len(touched),
        quiet=quiet,
        locked_after=signals.locks.first(begin, end),
        unlocked=_unlocked(signals.locks, begin, min(end + AFTERMATH, now)),
        suspended_after=signals.suspends.first(begin, end),
        rhythm=_rhythm(activity, begin, quiet) if quiet >= RHYTHM_FROM else 0,
        last_stretch=ends[last] - starts[last] if last >= 0 else 0.0,
        pause_before=starts[last] - ends[last - 1] if last >= 1 else Activity.KEPT,
        input_before=activity.within(begin - MINUTE, begin),
        stretches_before=last + 1 - bisect_left(starts, begin - 30 * MINUTE),
        after=_aftermath(activity, end, active_since) if now - end >= AFTERMATH else None,
    )
    return [_with_context(piece, activity, signals, begin, now) for piece in _cut(whole, signals)]


class _Cut(NamedTuple):
    at: float
    edge: Edge


def _cut(whole: Silence, signals: Signals) -> Iterator[Silence]:
    """Cut the silence at the edges of calls and inhibitors."""
    begin, end = whole.start, whole.end
    if not signals.calls.starts and not signals.inhibitors.starts:
        yield whole
        return
    found = [_Cut(at, "call" if on else "hung up") for at, on in signals.calls.edges(begin, end, ASIDE)]
    found += [_Cut(at, "inhibitor" if on else "released") for at, on in signals.inhibitors.edges(begin, end, ASIDE)]
    cuts = [_Cut(begin, whole.begins)]
    for cut in sorted(found):
        if cut.at - cuts[-1].at >= ASIDE and end - cut.at >= ASIDE:
            cuts.append(cut)
    if len(cuts) == 1:
        yield whole
        return
    for before, after in pairwise((*cuts, _Cut(end, whole.ends))):
        yield msgspec.structs.replace(whole, start=before.at, begins=before.edge, end=after.at, ends=after.edge)


def _with_context(piece: Silence, activity: Activity, signals: Signals, begin: float, now: float) -> Silence:
    """Add what covers the piece. Most pieces are plain, and most of those with no signal near them."""
    start, end = piece.start, piece.end
    locked = _share(signals.locks, start, end) if piece.locked_after is not None else 0.0
    suspended = _share(signals.suspends, start, end) if piece.suspended_after is not None else 0.0
    known = min(now, end + AFTERMATH)
    context: Context = "plain"
    age, left, typed = 0.0, None, 0.0
    call = _covering(signals.calls, start, end)
    if call is not None and start - call[0] >= CALL_ENDLESS:
        call = None
    inhibitor = None if call is not None else _covering(signals.inhibitors, start, end)
    covering = call or inhibitor
    if covering is not None:
        age = max(start - covering[0], 0.0)
        # While it is still on in that minute, nothing is known yet.
        is_known = covering[1] <= now or now - end >= AFTERMATH
        left = max(min(covering[1], known) - end, 0.0) if piece.ends == "input" and is_known else None
        context = "call"
        if inhibitor is not None:
            typed = activity.within(min(inhibitor[0], begin), begin)
            context = "music" if typed >= TYPED_UNDER else "film"
    since_call = None if call is not None else _since(signals.calls, start, end)
    since_inhibitor = None if covering is not None else _since(signals.inhibitors, start, end)
    if suspended >= HALF:
        context = "suspended"
    elif locked >= HALF:
        context = "locked"
    if context == "plain" and not (locked or suspended) and since_call is None and since_inhibitor is None:
        return piece
    return msgspec.structs.replace(
        piece,
        context=context,
        locked_share=locked,
        suspended_share=suspended,
        context_age=age,
        context_left=left,
        typed_under=typed,
        unseen=signals.unseen.within(start, end),
        since_call=since_call,
        since_inhibitor=since_inhibitor,
    )


def _share(signal: OnOffHistory, start: float, end: float) -> float:
    return signal.within(start, end) / (end - start) if end > start else 0.0


def _covering(signal: OnOffHistory, start: float, end: float) -> tuple[float, float] | None:
    """Return the time on that covers most of the piece; None if it is mostly off."""
    return signal.on_at((start + end) / 2) if signal.starts and _share(signal, start, end) >= HALF else None


def _since(signal: OnOffHistory, start: float, end: float) -> float | None:
    """Return the seconds from the last end of the signal to the piece, or None if that is long ago or never was."""
    for begun, ended in zip(reversed(signal.starts[: len(signal.ends)]), reversed(signal.ends), strict=True):
        if ended <= min(start + ASIDE, end) and ended - begun >= ASIDE:
            return start - ended if start - ended <= AFTER_A_CALL else None
    return None


def _rhythm(activity: Activity, begin: float, length: float) -> int:
    """Count back over short bursts and silences about as long as this one, until one does not fit."""
    starts, ends = activity.starts, activity.ends
    index = bisect_right(ends, begin) - 1
    horizon, shortest, longest = begin - RHYTHM, length / SIMILAR, length * SIMILAR
    found = 0
    while index > 0 and starts[index] > horizon and ends[index] - starts[index] <= SHORT_BURST:
        if not shortest <= starts[index] - ends[index - 1] <= longest:
            break
        found += 1
        index -= 1
    return found


def _aftermath(activity: Activity, end: float, active_since: float | None) -> Aftermath:
    until = end + AFTERMATH
    starts = activity.starts
    first = bisect_left(starts, end)
    stretches = bisect_left(starts, until) - first
    extra = 0.0
    if active_since is not None and active_since < until:
        extra = until - active_since
        stretches += 1
    if first < len(starts):
        stretch = min(activity.ends[first], until) - end
    else:
        stretch = AFTERMATH if active_since is not None else 0.0
    return Aftermath(max(stretch, 0.0), activity.within(end, until) + extra, stretches)


def _unlocked(locks: OnOffHistory, begin: float, until: float) -> bool:
    return any(begin <= end < until for end in reversed(locks.ends))
