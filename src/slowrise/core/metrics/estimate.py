"""Sitting time and its error range, from spans with probabilities. All lengths are seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import hypot, log
from typing import NamedTuple

from slowrise.core.model.spans import Span
from slowrise.core.presence.evidence import log_odds_of
from slowrise.core.presence.evidence import probability_of as chance_of

PERSON_SD = log(2)
"""How much people differ, in log-odds of having stayed seated through the same silence. Judgement: one person's odds
are easily double another's. This error is the same all day, so unlike that of the silences it does not average out."""
NINETY = 1.645
"""Standard deviations on either side of the mean that hold 90 % of a normal distribution."""
SAMPLE = 40
"""Simulated days per day; few, because one command may ask for a year of summaries."""
BEYOND = 2
"""How many of them lie beyond either end of the range: a twentieth."""
SURE_ENOUGH = 0.03
"""A probability this close to 0 or 1 is taken as certain: the sample would hardly ever show the other case."""
PERSONS = (-1.28, -0.52, 0.0, 0.52, 1.28)
"""Standard deviations from the mean of the middle person in each fifth of the population."""


class Estimate(NamedTuple):
    """Expected sitting time, its 90 % interval, and the two standard deviations behind the interval."""

    seconds: float
    low: float
    high: float
    sd_silences: float
    sd_person: float


def sitting_chance(span: Span) -> float:
    """Return the probability that the span was sitting. What absence or standing lacks in confidence is sitting."""
    if span.state == "unobserved":
        return 0.0
    return span.confidence if span.state == "sitting" else 1 - span.confidence


def estimate(spans: Iterable[Span], *, person_sd: float = PERSON_SD) -> Estimate:
    """Estimate the sitting time. Silences err independently; the person errs the same way in all of them.

    Neighbouring spans with one probability are one silence. A shift of the log-odds by x moves the expected value of
    a silence of s seconds by about s p (1 - p) x: that is the person's part. The interval stays between the certain
    sitting time and the longest possible one.
    """
    expected = certain = possible = variance = slope = 0.0
    for chance, seconds, _, _ in _judged(spans):
        expected += seconds * chance
        if chance > 0:
            possible += seconds
            certain += seconds if chance == 1 else 0.0
            doubt = seconds * chance * (1 - chance)
            slope += doubt
            variance += seconds * doubt
    sd_silences, sd_person = variance**0.5, person_sd * slope
    reach = NINETY * hypot(sd_silences, sd_person)
    return Estimate(
        expected,
        min(expected, max(certain, expected - reach)),
        max(expected, min(possible, expected + reach)),
        sd_silences,
        sd_person,
    )


class Ranges(NamedTuple):
    """90 % intervals of the longest bout (seconds) and of the number of breaks."""

    longest_low: float
    longest_high: float
    breaks_low: int
    breaks_high: int


def ranges(
    spans: Iterable[Span], *, break_min: float, longest: float, breaks: int, person_sd: float = PERSON_SD
) -> Ranges:
    """Estimate the ranges of the longest bout and the number of breaks by simulating days.

    In each simulated day every uncertain silence was sitting or not, at random. The day's simulated person shifts the
    probabilities of all silences alike. `longest` and `breaks` are those of the likelier states and always lie inside
    the ranges. The random numbers are always the same.
    """
    parts = _parts(spans, break_min)
    doubtful = [index for index, part in enumerate(parts) if 0 < part.chance < 1]
    if not doubtful:
        return Ranges(longest, longest, breaks, breaks)
    went = [part.chance == 1 for part in parts]
    odds = [log_odds_of(parts[index].chance) for index in doubtful]
    by_person = [[chance_of(each + person_sd * deviation) for each in odds] for deviation in PERSONS]
    draws = _draws()
    bouts, numbers = [], []
    for day in range(SAMPLE):
        for index, stayed in zip(doubtful, by_person[day % len(PERSONS)], strict=True):
            went[index] = next(draws) < stayed
        bout, number = _counted(parts, went, break_min)
        bouts.append(bout)
        numbers.append(number)
    bouts.sort()
    numbers.sort()
    return Ranges(
        min(bouts[BEYOND], longest),
        max(bouts[-1 - BEYOND], longest),
        min(numbers[BEYOND], breaks),
        max(numbers[-1 - BEYOND], breaks),
    )


def _draws() -> Iterator[float]:
    """Yield pseudo-random numbers from 0 to 1, always the same: Knuth's linear congruential generator."""
    state = 1
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state / 2**64


class _Part(NamedTuple):
    """Time with one probability of sitting. If it was sitting, it adds `sat` seconds to the bout."""

    chance: float
    seconds: float
    sat: float
    is_observed: bool


def _judged(spans: Iterable[Span]) -> list[_Part]:
    """Join neighbouring spans of the same state and probability."""
    found: list[_Part] = []
    chance = seconds = 0.0
    state = None
    for span in spans:
        its_chance, its_seconds = sitting_chance(span), span.seconds
        if state is not None and (its_chance != chance or span.state != state):
            found.append(_Part(chance, seconds, seconds, state != "unobserved"))
            seconds = 0.0
        chance, state = its_chance, span.state
        seconds += its_seconds
    if state is not None:
        found.append(_Part(chance, seconds, seconds, state != "unobserved"))
    return found


def _parts(spans: Iterable[Span], break_min: float) -> list[_Part]:
    """Cut the day into parts. Certain sitting and absences too short for a break join the sitting around them."""
    judged = [part for part in _judged(spans) if part.seconds > 0]
    chances = [_plainly(part.chance) for part in judged]
    parts: list[_Part] = []
    for (_, seconds, _, is_observed), before, plain, after in zip(
        judged, [1.0, *chances], chances, [*chances[1:], 1.0], strict=False
    ):
        is_short = seconds < break_min and is_observed and before == after == 1
        chance, sat = (1.0, seconds * plain) if is_short else (plain, seconds)
        if parts and chance == parts[-1].chance == 1:
            last = parts.pop()
            parts.append(_Part(1.0, last.seconds + seconds, last.sat + sat, is_observed=True))
        else:
            parts.append(_Part(chance, seconds, sat, is_observed))
    return parts


def _plainly(chance: float) -> float:
    """Round the probability to 0 or 1 if it is close enough."""
    return chance if SURE_ENOUGH <= chance <= 1 - SURE_ENOUGH else round(chance)


def _counted(parts: Sequence[_Part], went: Sequence[bool], break_min: float) -> tuple[float, int]:
    """Return the longest bout and the number of breaks, as `spans.bouts_and_breaks` does. `went[i]`: part i was sat."""
    longest = bout = absent = unobserved = 0.0
    breaks = 0
    is_over = has_sat = False
    for (_, seconds, sat, is_observed), was_sat in zip(parts, went, strict=True):
        if was_sat:
            if is_over:
                breaks += has_sat and absent >= break_min
                bout = 0.0
            bout += sat
            if bout > longest:  # noqa: PLR1730 - calling `max` would double the time
                longest = bout
            absent = unobserved = 0.0
            has_sat, is_over = True, False
        elif not is_over:
            if is_observed:
                absent += seconds
            else:
                unobserved += seconds
            is_over = absent >= break_min or unobserved >= break_min
    return longest, breaks
