"""Whether slowrise reads a drawn scenario rightly.

A draw is right if nothing of this list is wrong with it.

1. State. At least 80 % of the scenario's time has its true state. If the scenario has both states, this holds for each.
   While the person reads at the screen, claimed absences of 5 min or more take up a tenth of it at most. The first
   silence of a reading is excused from both: it may as well be the beginning of an absence, because the rhythm that
   shows a reader begins with it. From the first scroll on the reading counts in full.
2. One absence. If touches that no person made fall into an absence, at most one break is claimed in it.
3. A lid or a lock that is closed for 1 to 3 min at the desk looks like a short walk, so point 1 does not apply. What is
   asked: no break of `break_full` is claimed around it; and none at all where the silence is shorter than `break_min`.
4. No notice of any kind is shown while the person is away. The first and the last 30 s do not count: nothing shows
   there whether the person has left.
5. No notice is shown on a locked screen.
6. No prompt to stand up comes in a call of a minute or more, in its first 90 min.
7. No prompt to stand up comes within 18 min after an absence of `break_full`.
8. A prompt to stand up arrives. It is owed once the person has sat for 40 min, and again 60 min after each prompt. From
   then on it must come within 10 min of the first chance: the person's hands have moved for 20 s, the screen is
   unlocked, and no call has been on for 30 s. A prompt that came earlier in the sit will do. A sit that ends
   before is owed nothing. A brief closing of `break_min` or more may begin a new sit.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from families.sketch import MINUTE, Sketch, Stretch
from slowrise.core.model.spans import Break, Span, bouts_and_breaks, clip
from slowrise.core.prompts.kinds import asks_to_stand_up
from slowrise.history.replay import Replay

TRUE_SHARE = 0.8
READING_AWAY = 0.1
BREAK_MIN, BREAK_FULL = 2 * MINUTE, 5 * MINUTE
"""Seconds, as in the standard profile."""
TOUCH = 1.0
"""Seconds: shorter input inside a silence is a touch."""
NOT_YET_KNOWN = 30.0
SAT, AGAIN = 40 * MINUTE, 60 * MINUTE
CHANCE, HURRY = 20.0, 10 * MINUTE
"""A source reports `idle` after 15 s, so hands that move for 20 s are no touch. Prompts keep 10 min between them."""
CALL_OVER, CALL_HOLD = 30.0, 90 * MINUTE
TOO_EARLY = 18 * MINUTE
"""Two thirds of the 30 min to the first prompt, less two of tolerance."""


class Judgement(NamedTuple):
    """What is wrong with one draw."""

    share: float
    """How much of the scenario has its true state."""
    faults: list[str]

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


class _Shown(NamedTuple):
    at: float
    kind: str


def judge(sketch: Sketch, found: Replay) -> Judgement:
    """Compare a replay with the truth of the sketch."""
    shown = [_Shown(_second(sketch, prompt.shown_at), prompt.kind) for prompt in found.prompts]
    asked = [each.at for each in shown if asks_to_stand_up(each.kind)]
    share = _true_share(sketch, found.spans)
    faults = _wrong_breaks(sketch, found.spans)
    if share < TRUE_SHARE and not sketch.is_brief:
        faults.append(f"state: {share:.0%} true")
    if sketch.is_reading and (away := _long_absences(sketch, found.spans)) > READING_AWAY:
        faults.append(f"reading: {away:.0%} claimed as absences")
    faults += _wrong_notices(sketch, shown) + _wrong_prompts(sketch, asked)
    faults += [f"no prompt by minute {at / MINUTE:.0f}" for at in _missing(sketch, asked)]
    return Judgement(share, faults)


# -- states and breaks -------------------------------------------------------------------------------------------------


def _second(sketch: Sketch, at: datetime) -> float:
    return (at - sketch.label(0.0)).total_seconds()


def _true_share(sketch: Sketch, spans: list[Span]) -> float:
    """Return the share of the scenario's time that has its true state; of two states the lower share."""
    right, whole = {"sitting": 0.0, "away": 0.0}, {"sitting": 0.0, "away": 0.0}
    judged = _judged(sketch)
    for state, start, end in sketch.truth:
        begin, stop = max(start, judged.start), min(end, judged.end)
        if begin < stop:
            inside = clip(spans, sketch.label(begin), sketch.label(stop))
            right[state] += sum(span.seconds for span in inside if span.state == state)
            whole[state] += stop - begin
    return min(right[state] / whole[state] for state in whole if whole[state] >= NOT_YET_KNOWN)


def _judged(sketch: Sketch) -> Stretch:
    """Return the part of the scenario that is judged: all of it, but a reading from the first scroll on."""
    begin, end = sketch.scenario
    if not sketch.is_reading:
        return sketch.scenario
    scrolls = [run.start for run in sketch.runs() if begin < run.start < end and run.end - run.start >= TOUCH]
    return Stretch(min(scrolls, default=begin), end)


def _long_absences(sketch: Sketch, spans: list[Span]) -> float:
    begin, end = _judged(sketch)
    inside = clip(spans, sketch.label(begin), sketch.label(end))
    away = sum(span.seconds for span in inside if span.state == "away" and span.seconds >= BREAK_FULL)
    return away / (end - begin)


def _wrong_breaks(sketch: Sketch, spans: list[Span]) -> list[str]:
    begin, end = sketch.label(sketch.scenario.start), sketch.label(sketch.scenario.end)
    breaks = [each for each in bouts_and_breaks(spans, break_min=BREAK_MIN)[1] if each.start < end and each.end > begin]
    if sketch.is_one_absence and len(breaks) > 1:
        return [f"split: {len(breaks)} breaks"]
    if sketch.is_brief:
        return _breaks_of_a_closing(sketch, breaks)
    return []


def _breaks_of_a_closing(sketch: Sketch, breaks: list[Break]) -> list[str]:
    if any(each.seconds >= BREAK_FULL for each in breaks):
        return ["lid or lock: a full break"]
    if breaks and not _may_rest(sketch):
        return ["lid or lock: a break in under two minutes"]
    return []


def _may_rest(sketch: Sketch) -> bool:
    """Whether a brief closing may be as long as a break for all that slowrise sees.

    It sees no input in a suspend, and input under a second there may be a touch.
    """
    if not sketch.is_brief:
        return False
    runs = [run for run in sketch.runs() if run.end - run.start >= TOUCH]
    closed = [at for at, name in sketch.signals if name in {"suspended", "resumed"}]
    left = max(run.end for run in runs if run.end <= sketch.scenario.start)
    back = min(run.start for run in runs if run.start >= sketch.scenario.end)
    return max([back, *closed]) - min([left, *closed]) >= BREAK_MIN


# -- notices -----------------------------------------------------------------------------------------------------------


def _wrong_notices(sketch: Sketch, shown: list[_Shown]) -> list[str]:
    away = [
        Stretch(start + NOT_YET_KNOWN, end - NOT_YET_KNOWN) for state, start, end in sketch.truth if state == "away"
    ]
    locked = sketch.during("locked", "unlocked")
    faults = []
    for at, kind in shown:
        if _within(at, away):
            faults.append(f"shown while away: {kind} at minute {at / MINUTE:.0f}")
        elif _within(at, locked):
            faults.append(f"shown while locked: {kind} at minute {at / MINUTE:.0f}")
    return faults


def _wrong_prompts(sketch: Sketch, asked: list[float]) -> list[str]:
    calls = [
        Stretch(start, min(end, start + CALL_HOLD))
        for start, end in sketch.during("call-started", "call-ended")
        if end - start >= MINUTE
    ]
    rested = [
        Stretch(end, end + TOO_EARLY)
        for state, start, end in sketch.truth
        if state == "away" and end - start >= BREAK_FULL
    ]
    faults = [f"prompt in a call at minute {at / MINUTE:.0f}" for at in asked if _within(at, calls)]
    return faults + [f"prompt after a break at minute {at / MINUTE:.0f}" for at in asked if _within(at, rested)]


def _within(at: float, stretches: list[Stretch]) -> bool:
    return any(start <= at < end for start, end in stretches)


# -- prompts that are owed ---------------------------------------------------------------------------------------------


def _missing(sketch: Sketch, asked: list[float]) -> list[float]:
    """Return by when prompts should have come and did not, in seconds. One a sit is enough."""
    chances = _chances(sketch)
    missing = []
    for sit in _sits(sketch):
        said, wait = sit.start, SAT
        while (latest := _latest(chances, sit, said + wait)) is not None:
            heard = [at for at in asked if said < at <= latest]
            if not heard:
                missing.append(latest)
                break
            said, wait = heard[-1], AGAIN
    return missing


def _latest(chances: list[Stretch], sit: Stretch, due: float) -> float | None:
    """Return the end of the time for a prompt that is owed from `due` on; None if the sit ends before."""
    first = min((max(start, due) for start, end in chances if end > due), default=sit.end)
    return first + HURRY if first + HURRY <= sit.end else None


def _sits(sketch: Sketch) -> list[Stretch]:
    sits = [Stretch(start, end) for state, start, end in sketch.truth if state == "sitting"]
    if not _may_rest(sketch):
        return sits
    begin, end = sketch.scenario
    return [Stretch(sits[0].start, begin), Stretch(end, sits[-1].end)]


def _chances(sketch: Sketch) -> list[Stretch]:
    """Return when a prompt can be shown to hands that move."""
    kept = [Stretch(run.start + CHANCE, run.end) for run in sketch.runs() if run.end - run.start >= CHANCE]
    for start, end in sketch.during("locked", "unlocked"):
        kept = _without(kept, Stretch(start, end))
    for start, end in sketch.during("call-started", "call-ended"):
        kept = _without(kept, Stretch(start, end + CALL_OVER))
    return kept


def _without(stretches: list[Stretch], cut: Stretch) -> list[Stretch]:
    found = []
    for start, end in stretches:
        parts = (Stretch(start, min(end, cut.start)), Stretch(max(start, cut.end), end))
        found += [part for part in parts if part.start < part.end]
    return found
