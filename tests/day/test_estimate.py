"""The range of the sitting time, against trying every way the day may have been."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import exp, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.bout import Span, State, bouts_between
from slowrise.estimate import estimate, longest_range, sitting_chance
from spans_of_days import spans_of

silences = st.lists(
    st.tuples(st.sampled_from("sa"), st.integers(1, 90), st.sampled_from([1.0, 0.97, 0.9, 0.8, 0.6, 0.5])),
    min_size=1,
    max_size=8,
).map(lambda drawn: spans_of(" s1 ".join(f"{state}{minutes}@{sure}" for state, minutes, sure in drawn)))


def every_way(spans: tuple[Span, ...]) -> Iterator[tuple[float, float, list[Span]]]:
    """Probability, sitting seconds and spans of each way the day may have been."""
    for ways in product((True, False), repeat=len(spans)):
        chance, seconds, truth = 1.0, 0.0, []
        for span, sitting in zip(spans, ways, strict=True):
            chance *= sitting_chance(span) if sitting else 1 - sitting_chance(span)
            seconds += span.seconds if sitting else 0.0
            truth.append(span._replace(state="sitting" if sitting else "away", sure=1.0))
        yield chance, seconds, truth


@given(silences)
def test_expectation_and_spread_are_those_of_all_ways(spans: tuple[Span, ...]) -> None:
    doubtful = tuple(span for span in spans if span.sure < 1)
    ways = list(every_way(doubtful))
    mean = sum(chance * seconds for chance, seconds, _ in ways)
    variance = sum(chance * (seconds - mean) ** 2 for chance, seconds, _ in ways)
    found = estimate(spans)
    certain = sum(span.seconds for span in spans if span.state == "sitting" and span.sure == 1)
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
    """A hundred silences a day, two thousand days drawn from them, people differing as we say they do."""
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


@given(silences)
def test_the_longest_sit_ranges_over_all_ways_the_doubtful_silences_may_go(spans: tuple[Span, ...]) -> None:
    doubtful = [index for index, span in enumerate(spans) if span.sure < 0.95]
    states: tuple[State, State] = ("sitting", "away")
    longest = []
    for ways in product(states, repeat=len(doubtful)):
        truth = list(spans)
        for index, state in zip(doubtful, ways, strict=True):
            truth[index] = spans[index]._replace(state=state)
        longest.append(max((bout.seconds for bout in bouts_between(truth, break_min=120)), default=0.0))
    assert longest_range(spans, break_min=120) == pytest.approx((min(longest), max(longest)))
