"""How long has this sit lasted? A posterior: a few hypotheses about the present sit, each with its probability. Pure.

Times are engine time in seconds. Input proves sitting. A silence does not: the user sat through it with the probability
of its verdict, and left otherwise. So a silence that could hold a break splits each hypothesis in two:

- sat through it: the sit goes on, and the silence adds to its load;
- left: a break of `break_full` clears the load, one from `break_min` up to there takes `partial_credit` times its
  length off, and in both cases the next sit begins when it ends.

A silence may come in several parts, each with a probability of its own. One draw decides about all of them: a user who
sat through an unlikely part sat through every likelier one. That keeps each part's probability, makes adjoining parts
of leaving one rest, and makes it irrelevant how a silence is cut. A silence in which no break fits counts by its
expected sitting.

The same draw decides about the next silence if only a short burst of input lies between: a user who scrolls every few
minutes either reads all the while, or walks about. If each silence had a draw of its own, an hour of reading could
hardly be one sit, however likely each of its silences is sitting.

A user who is asked to stand up, or says that they do, is likelier to be standing up when a silence begins soon after.

Input is one addition to a running total. Only a silence of `break_min` or more touches the hypotheses.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from slowrise.core.model.policy import Policy
from slowrise.core.model.units import DAY, MINUTE
from slowrise.core.presence.overlay import EngineSpan
from slowrise.core.presence.segments import LIKELY
from slowrise.core.presence.silence import SHORT_BURST

SAME_REST = 1.0
"""Seconds. Absences with no more input than this between them are one absence."""
ASKED, PROMISED = 5.0, 20.0
"""How much likelier a silence is an absence if it begins soon after a prompt to stand up, and after the user said that
they get up. Judgement: the simulated people do not react to prompts, but real ones do."""
FOLLOWED = 3 * MINUTE
"""Seconds within which a silence follows from that."""
LEAST = 0.015
"""Hypotheses that are less likely are dropped. Judgement: they are far from deciding on a prompt (`timing.py`)."""
MOST = 6
"""Hypotheses that are kept, the likeliest. Judgement: on simulated days four gave nearly the same prompts."""
SURE = 2 / 3
"""From this probability on, a sit is claimed without reservation. Judgement: at four in five, three prompts in four had
the reservation on simulated days, and a reader skips what every prompt says."""


class Sit(NamedTuple):
    """A possible present sit."""

    probability: float
    began: float
    load: float
    """Seconds of sitting that are not yet rested off, of sits before it too."""
    sat: float
    """Seconds of sitting in it."""


class Hypothesis(msgspec.Struct, frozen=True, gc=False):
    """A `Sit`, with `Posterior.certain` taken off its load and its sitting: then input changes no hypothesis."""

    probability: float
    began: float
    load: float
    sat: float
    low: float = 0.0
    high: float = 1.0
    """The draw of the present series lies between these."""


class Part(msgspec.Struct, frozen=True, gc=False):
    """A part of the current silence."""

    end: float
    length: float
    probability: float
    """Probability that the user sat through it."""


class Posterior(msgspec.Struct):
    """The hypotheses about the present sit, and the silence that is still to be split by."""

    certain: float = 0.0
    """Seconds of sitting that count under every hypothesis, since the first part."""
    hypotheses: list[Hypothesis] = []
    """In order of their begin; the probabilities add up to 1. Empty before the first part."""
    silence: list[Part] = []
    """The silence since the last input, in order. Split by once input has followed, because it may go on."""
    touched: float = 0.0
    """Seconds of input after `silence`, up to `SAME_REST`."""
    asked: list[tuple[float, float]] = []
    """When the user was lately asked to stand up or said that they do, and how much likelier that makes an absence."""
    burst: float = 0.0
    """Seconds of input since the last silence in which a break fits."""

    def advance(self, part: EngineSpan, policy: Policy) -> None:
        """Go on over the next span."""
        if not self.hypotheses:
            self.hypotheses = [Hypothesis(1.0, part.start, 0.0, 0.0)]
        length = part.end - part.start
        if _is_certain(part):
            self.touched += length
            self.burst += length
            if self.touched > SAME_REST or not self.silence:
                self.finish(part.end, policy)
            return
        self.certain += self.touched
        self.touched = 0.0
        probability = part.probability if part.state != "standing" else 0.0
        if self.silence and self.silence[-1].probability == probability:
            length += self.silence.pop().length
        self.silence.append(Part(part.end, length, probability))

    def note_asked(self, at: float, odds: float) -> None:
        """Note that the user was asked to stand up, or said that they do."""
        self.asked = [*(one for one in self.asked if at - one[0] < DAY), (at, odds)]

    def has_promise(self, at: float) -> bool:
        """Return whether the user said that they get up, so shortly before `at` that an absence may still follow."""
        return any(_is_fresh_promise(one, at) for one in self.asked)

    def take_back(self, at: float) -> None:
        """Note that the user does not get up: what they said shortly before `at` makes no absence likelier."""
        self.asked = [one for one in self.asked if not _is_fresh_promise(one, at)]

    def finish(self, at: float, policy: Policy) -> None:
        """End the silence, as if input followed at `at`."""
        if not self.hypotheses:
            self.hypotheses = [Hypothesis(1.0, at, 0.0, 0.0)]
        if self.silence:
            self._split(policy)
            self.silence = []
        self.certain += self.touched
        self.touched = 0.0

    def sits(self) -> tuple[Sit, ...]:
        """Return the possible sits, the longest first. Call `finish` before."""
        certain = self.certain
        return tuple(
            [Sit(each.probability, each.began, each.load + certain, each.sat + certain) for each in self.hypotheses]
        )

    def copy(self) -> Posterior:
        """Return an independent copy."""
        return msgspec.structs.replace(self, silence=[*self.silence])

    def _split(self, policy: Policy) -> None:
        parts = self.silence = self._after_asking()
        if sum([part.length for part in parts]) < policy.break_min:
            self.certain += sum(part.length * part.probability for part in parts)
            return
        hypotheses = self.hypotheses
        if self.burst - self.touched > SHORT_BURST:
            hypotheses = [Hypothesis(each.probability, each.began, each.load, each.sat) for each in hypotheses]
        self.burst = self.touched
        # The draw falls between two neighbouring probabilities: then the user sat through the parts above it.
        levels = [0.0, *sorted({part.probability for part in parts} - {0.0, 1.0}), 1.0]
        found: dict[float, Hypothesis] = {}
        for level_below, level in pairwise(levels):
            for before in hypotheses:
                low, high = max(before.low, level_below), min(before.high, level)
                probability = before.probability * (high - low) / (before.high - before.low)
                if probability < LEAST / MOST:
                    continue
                began, load, sat = self._course(before, level, policy)
                same = found.get(began)
                if same is not None:
                    # Both sits began at the same time: they become one, with their mean load.
                    share = probability / (same.probability + probability)
                    load, sat = same.load + (load - same.load) * share, same.sat + (sat - same.sat) * share
                    probability += same.probability
                    low, high = min(low, same.low), max(high, same.high)
                found[began] = Hypothesis(probability, began, load, sat, low, high)
        self.hypotheses = _normalized(list(found.values()))

    def _after_asking(self) -> list[Part]:
        """Return the silence, likelier an absence if it began soon after a prompt or promise to stand up."""
        begin = self.silence[0].end - self.silence[0].length
        odds = max([odds for at, odds in self.asked if -MINUTE <= begin - at <= FOLLOWED], default=1.0)
        if odds == 1.0:
            return self.silence
        return [
            Part(part.end, part.length, part.probability / (part.probability + odds * (1.0 - part.probability)))
            for part in self.silence
        ]

    def _course(self, sit: Hypothesis, level: float, policy: Policy) -> tuple[float, float, float]:
        """Return what becomes of a hypothesis if the user sat through the parts at least as likely as `level`.

        It is when the sit began, its load and its sitting, as in `Hypothesis`.
        """
        began, load, sat = sit.began, sit.load, sit.sat
        rest, load_before = 0.0, load
        for part in self.silence:
            if part.probability >= level:
                load, sat, rest = load + part.length, sat + part.length, 0.0
                continue
            if not rest:
                load_before = load
            rest += part.length
            if rest >= policy.break_min:
                began, load, sat = part.end, -self.certain, -self.certain
                if rest < policy.break_full:
                    load = max(load_before - policy.partial_credit * rest, load)
        return began, load, sat


# -- questions about the possible sits, the longest first --------------------------------------------------------------


def began_by(sits: Sequence[Sit], at: float) -> float:
    """Return the probability that the present sit began at `at` or before."""
    return sum([sit.probability for sit in sits if sit.began <= at])


def begun_after(sits: Sequence[Sit], at: float) -> tuple[Sit, ...]:
    """Return the sits that began at `at` or after, as the only possible ones; all of them if there is none."""
    if not sits or sits[0].began >= at:
        return tuple(sits)
    kept = [sit for sit in sits if sit.began >= at]
    if not kept:
        return tuple(sits)
    total = sum(sit.probability for sit in kept)
    return tuple(sit._replace(probability=sit.probability / total) for sit in kept)


def typical(sits: Sequence[Sit]) -> Sit:
    """Return the median: the longest sit that the present one equals or exceeds as likely as not."""
    reached = 0.0
    for sit in sits:
        reached += sit.probability
        if reached >= LIKELY:
            return sit
    return sits[-1]


def _is_fresh_promise(asked: tuple[float, float], at: float) -> bool:
    return asked[1] == PROMISED and asked[0] <= at <= asked[0] + FOLLOWED


def _is_certain(part: EngineSpan) -> bool:
    """Whether the part is sitting without doubt. Unconfirmed standing, at even odds or less, counts as sitting (R7)."""
    return part.state == "sitting" and (part.probability == 1.0 or part.probability <= LIKELY)


def _normalized(found: list[Hypothesis]) -> list[Hypothesis]:
    """Return the likeliest hypotheses in order of their begin, with probabilities that add up to 1."""
    if len(found) > MOST:
        found = sorted(found, key=_probability, reverse=True)[:MOST]
    kept = [each for each in found if each.probability >= LEAST] or [max(found, key=_probability)]
    if len(kept) > 1:
        kept.sort(key=_began)
    total = sum([each.probability for each in kept])
    if total == 1.0:
        return kept
    return [msgspec.structs.replace(each, probability=each.probability / total) for each in kept]


def _began(hypothesis: Hypothesis) -> float:
    return hypothesis.began


def _probability(hypothesis: Hypothesis) -> float:
    return hypothesis.probability
