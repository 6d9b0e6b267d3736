"""The range of the sitting time, against an enumeration of every possible day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import exp, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.metrics.estimate import Ranges, estimate, ranges, sitting_chance
from slowrise.core.model.spans import Span, bouts_and_breaks
from support.day_strategies import spans_of

silences = st.lists(
    st.tuples(st.sampled_from("sa"), st.integers(1, 90), st.sampled_from([1.0, 0.97, 0.9, 0.8, 0.6, 0.5])),
    min_size=1,
    max_size=8,
).map(lambda drawn: spans_of(" s1 ".join(f"{state}{minutes}@{confidence}" for state, minutes, confidence in drawn)))


def every_way(spans: tuple[Span, ...]) -> Iterator[tuple[float, float, list[Span]]]:
    """Yield the probability, sitting seconds and spans of each possible day."""
    possible = [[way for way in (True, False) if sitting_chance(span) != (not way)] for span in spans]
    for ways in product(*possible):
        chance, seconds, truth = 1.0, 0.0, []
        for span, sitting in zip(spans, ways, strict=True):
            chance *= sitting_chance(span) if sitting else 1 - sitting_chance(span)
            seconds += span.seconds if sitting else 0.0
            truth.append(span._replace(state="sitting" if sitting else "away", confidence=1.0))
        yield chance, seconds, truth


@given(silences)
def test_expectation_and_spread_are_those_of_all_ways(spans: tuple[Span, ...]) -> None:
    doubtful = tuple(span for span in spans if span.confidence < 1)
    ways = list(every_way(doubtful))
    mean = sum(chance * seconds for chance, seconds, _ in ways)
    variance = sum(chance * (seconds - mean) ** 2 for chance, seconds, _ in ways)
    found = estimate(spans)
    certain = sum(span.seconds for span in spans if span.state == "sitting" and span.confidence == 1)
    assert found.seconds == pytest.approx(certain + mean)
    assert found.sd_silences == pytest.approx(variance**0.5)
    assert certain - 1e-6 <= found.low <= found.seconds <= found.high


@given(silences)
def test_the_persons_part_is_what_a_shift_of_all_odds_would_do(spans: tuple[Span, ...]) -> None:
    def shifted(by: float) -> float:
        def chance(span: Span) -> float:
            plain = sitting_chance(span)
            return plain if plain in (0, 1) else 1 / (1 + exp(-(log(plain / (1 - plain)) + by)))

        return sum(span.seconds * chance(span) for span in spans)

    slope = (shifted(1e-4) - shifted(-1e-4)) / 2e-4
    assert estimate(spans, person_sd=0.5).sd_person == pytest.approx(0.5 * slope, rel=1e-4, abs=1e-6)


def test_the_interval_holds_nine_days_of_ten() -> None:
    """Draw 2000 days of 100 silences each, from people who differ as the model assumes."""
    draw = Random(1)  # noqa: S311  # a test that can be repeated
    spans = spans_of(
        " ".join(f"{draw.choice('sa')}{draw.randint(1, 12)}@{draw.uniform(0.5, 0.99):.2f}" for _ in range(100))
    )
    person_sd = 0.3
    found = estimate(spans, person_sd=person_sd)
    inside = 0
    for _ in range(2000):
        bias = draw.gauss(0, person_sd)
        odds = [log(chance / (1 - chance)) + bias for chance in map(sitting_chance, spans)]
        sat = sum(span.seconds for span, odd in zip(spans, odds, strict=True) if draw.random() < 1 / (1 + exp(-odd)))
        inside += found.low <= sat <= found.high
    assert 0.87 <= inside / 2000 <= 0.93


def test_neighbouring_spans_of_one_judgement_are_one_silence() -> None:
    whole, cut = estimate(spans_of("s60@0.8")), estimate(spans_of("s20@0.8 s40@0.8"))
    assert cut.sd_silences == pytest.approx(whole.sd_silences)


def test_what_is_certain_has_no_range() -> None:
    found = estimate(spans_of("s30 a10 u20 ?60 s5"))
    assert (found.seconds, found.low, found.high) == (35 * 60, 35 * 60, 35 * 60)


def test_doubted_standing_may_have_been_sitting() -> None:
    assert estimate(spans_of("u60@0.75")).seconds == pytest.approx(15 * 60)


def told_of(spans: Sequence[Span], *, break_min: float = 120, person_sd: float = 0.34) -> Ranges:
    """Return the ranges, and the values of the likelier states."""
    bouts, breaks = bouts_and_breaks(spans, break_min=break_min)
    longest = max((bout.seconds for bout in bouts), default=0.0)
    return ranges(spans, break_min=break_min, longest=longest, breaks=len(breaks), person_sd=person_sd)


@given(silences)
def test_longest_sit_and_breaks_range_within_all_ways_and_hold_the_likeliest(spans: tuple[Span, ...]) -> None:
    longest: list[float] = []
    breaks: list[int] = []
    for _, _, truth in every_way(spans):
        bouts, between = bouts_and_breaks(truth, break_min=30)
        longest.append(max((bout.seconds for bout in bouts), default=0.0))
        breaks.append(len(between))
    found = told_of(spans, break_min=30)
    bouts, between = bouts_and_breaks(spans, break_min=30)
    likeliest = max((bout.seconds for bout in bouts), default=0.0)
    assert min(longest) <= found.longest_low <= likeliest <= found.longest_high <= max(longest)
    assert min(breaks) <= found.breaks_low <= len(between) <= found.breaks_high <= max(breaks)


@pytest.mark.parametrize("confidence", [0.5, 0.7, 0.9])
def test_nine_ways_of_ten_lie_in_the_ranges(confidence: float) -> None:
    spans = spans_of("s9" + f" s12@{confidence} s7 a16@{confidence} s11" * 4)
    found = told_of(spans, person_sd=0.0)
    longest = breaks = 0.0
    for chance, _, truth in every_way(spans):
        bouts, between = bouts_and_breaks(truth, break_min=120)
        longest += chance * (found.longest_low <= max(bout.seconds for bout in bouts) <= found.longest_high)
        breaks += chance * (found.breaks_low <= len(between) <= found.breaks_high)
    assert longest >= 0.85
    assert breaks >= 0.85
    assert found.longest_low < found.longest_high
    assert found.breaks_low < found.breaks_high


def test_a_person_in_doubt_widens_the_ranges() -> None:
    spans = spans_of("s9" + " s12@0.6 s7 a16@0.6 s11" * 12)
    confidence, unsure = told_of(spans, person_sd=0.0), told_of(spans, person_sd=1.5)
    assert unsure.breaks_high - unsure.breaks_low > confidence.breaks_high - confidence.breaks_low


@pytest.mark.parametrize("text", ["", "a60", "s30 a10 u20 ?60 s5", "s30 a1@0.6 s20"])
def test_without_a_doubtful_break_there_is_one_longest_sit_and_one_number_of_breaks(text: str) -> None:
    found = told_of(spans_of(text))
    assert found.longest_low == found.longest_high
    assert found.breaks_low == found.breaks_high


def test_the_same_day_has_the_same_ranges() -> None:
    spans = spans_of("s9" + " s12@0.6 s7 a16@0.8 s11" * 5)
    assert told_of(spans) == told_of(spans)
