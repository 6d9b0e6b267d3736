"""The possible sits: what silences do to them, and the values that prompts take from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slowrise.core.model.policy import PROFILES, Policy
from slowrise.core.model.spans import State
from slowrise.core.presence.overlay import EngineSpan
from slowrise.core.prompts.load import SittingLoad
from slowrise.core.prompts.posterior import MOST, Posterior, Sit, began_by, begun_after, typical
from support.person import slow

MINUTE = 60.0
POLICY = Policy()

lengths = st.floats(0.25, 900).map(lambda x: round(x * 4) / 4)
probabilities = st.sampled_from([0.0, 0.1, 0.3, 0.45, 0.6, 0.85, 1.0])
spans = st.lists(st.tuples(st.sampled_from(["judged", "standing", "unobserved"]), lengths, probabilities), max_size=30)


def part(state: str, start: float, length: float, probability: float) -> EngineSpan:
    """Return a span; a judged one is sitting or away, whatever is likelier."""
    name: State = "standing" if state == "standing" else "unobserved"
    if state == "judged":
        name = "sitting" if probability > 0.5 else "away"
    return EngineSpan(name, start, start + length, probability if state == "judged" else 0.0, 1.0)


def after(*parts: tuple[float, float], policy: Policy = POLICY) -> tuple[Sit, ...]:
    """Return the possible sits after spans of these minutes and probabilities of sitting, the last one just over."""
    posterior, at = Posterior(), 0.0
    for minutes, probability in parts:
        posterior.advance(part("judged", at, minutes * MINUTE, probability), policy)
        at += minutes * MINUTE
    posterior.finish(at, policy)
    return posterior.sits()


def in_minutes(sits: tuple[Sit, ...]) -> list[tuple[float, ...]]:
    return [(round(one.probability, 3), *(round(value / MINUTE, 3) for value in one[1:])) for one in sits]


def test_input_is_one_sit() -> None:
    assert in_minutes(after((35, 1.0))) == [(1.0, 0, 35, 35)]


def test_a_silence_in_doubt_is_sat_through_or_a_break() -> None:
    assert in_minutes(after((20, 1.0), (6, 0.6), (4, 1.0))) == [(0.6, 0, 30, 30), (0.4, 26, 4, 4)]


def test_a_break_between_the_two_limits_takes_ten_times_its_length_off() -> None:
    assert in_minutes(after((40, 1.0), (3, 0.0), (4, 1.0))) == [(1.0, 43, 14, 4)]
    strict = PROFILES["flare-up"]
    assert in_minutes(after((40, 1.0), (3, 0.0), (4, 1.0), policy=strict)) == [(1.0, 43, 44, 4)]


def test_a_silence_without_room_for_a_break_counts_by_its_expected_sitting() -> None:
    assert in_minutes(after((20, 1.0), (1.5, 0.6), (4, 1.0))) == [(1.0, 0, 24.9, 24.9)]


def test_adjoining_parts_of_leaving_are_one_rest() -> None:
    """One draw decides: whoever left the likelier part left the other one too."""
    assert in_minutes(after((40, 1.0), (3, 0.5), (3, 0.0), (4, 1.0))) == [(1.0, 46, 10.5, 4)], "half of 17, half of 4"
    assert in_minutes(after((40, 1.0), (3, 0.5), (3, 0.2), (4, 1.0))) == [(0.2, 0, 50, 50), (0.8, 46, 8.875, 4)]


def test_one_draw_decides_about_silences_with_a_short_burst_between() -> None:
    """Somebody who reads and scrolls reads all the while, and so may well have sat there since the start."""
    falling = after((20, 1.0), (6, 0.6), (0.5, 1.0), (6, 0.5), (4, 1.0))
    assert in_minutes(falling) == [(0.5, 0, 36.5, 36.5), (0.5, 32.5, 4, 4)]
    rising = after((20, 1.0), (6, 0.5), (0.5, 1.0), (6, 0.6), (4, 1.0))
    assert in_minutes(rising) == [(0.5, 0, 36.5, 36.5), (0.1, 26, 10.5, 10.5), (0.4, 32.5, 4, 4)]
    reading = after((20, 1.0), *[(6, 0.6), (0.5, 1.0)] * 9)
    assert in_minutes(reading)[0] == (0.6, 0, 78.5, 78.5)


def test_a_silence_too_short_for_a_break_ends_no_series() -> None:
    sits = after((20, 1.0), (6, 0.6), (0.4, 1.0), (1, 0.9), (0.4, 1.0), (6, 0.6), (4, 1.0))
    assert [(one[0], one[1]) for one in in_minutes(sits)] == [(0.6, 0), (0.4, 33.8)]


def test_each_silence_has_a_draw_of_its_own_if_more_input_lies_between() -> None:
    sits = after((20, 1.0), (6, 0.6), (1.5, 1.0), (6, 0.5), (4, 1.0))
    assert in_minutes(sits) == [(0.3, 0, 37.5, 37.5), (0.2, 26, 11.5, 11.5), (0.5, 33.5, 4, 4)]


@given(st.lists(st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 3)), min_size=1, max_size=4))
def test_a_series_changes_the_probability_of_no_silence(series: list[tuple[float, float]]) -> None:
    """By how many minutes the silences are apart makes no difference to any of them alone."""
    posterior, at = Posterior(), 0.0
    posterior.advance(part("judged", at, 20 * MINUTE, 1.0), POLICY)
    at += 20 * MINUTE
    for probability, apart in series:
        posterior.advance(part("judged", at, 6 * MINUTE, probability), POLICY)
        posterior.advance(part("judged", at + 6 * MINUTE, apart * MINUTE, 1.0), POLICY)
        # Hypotheses that are hardly likely were dropped.
        assert began_by(posterior.sits(), at) == pytest.approx(probability, abs=0.05)
        at += (6 + apart) * MINUTE


def test_a_touch_does_not_end_a_rest() -> None:
    (sit,) = after((40, 1.0), (3, 0.0), (1 / 60, 1.0), (3, 0.0), (4, 1.0))
    assert sit.began == pytest.approx(46 * MINUTE + 1)
    assert sit.load == pytest.approx(4 * MINUTE, abs=1.01)


def test_a_return_within_a_silence_begins_the_sit_there() -> None:
    """An absence, and then a call that was joined without touching the computer."""
    assert in_minutes(after((40, 1.0), (10, 0.0), (20, 1.0))) == in_minutes(
        after((40, 1.0), (10, 0.0), (12, 1.0), (8, 1.0))
    )
    sits = after((40, 1.0), (10, 0.1), (20, 0.9), (2, 1.0))
    assert in_minutes(sits) == [(0.1, 0, 72, 72), (0.8, 50, 22, 22), (0.1, 70, 2, 2)]


def test_unconfirmed_standing_counts_as_sitting() -> None:
    posterior = Posterior()
    posterior.advance(EngineSpan("sitting", 0.0, 1800.0, 0.5, 0.5), POLICY)
    assert in_minutes(posterior.sits()) == [(1.0, 0, 30, 30)]


@slow
@given(spans, st.integers(2, 4))
def test_it_makes_no_difference_how_spans_are_cut(parts: list[tuple[str, float, float]], cuts: int) -> None:
    whole, cut = SittingLoad(), SittingLoad()
    at = 0.0
    for state, length, probability in parts:
        whole.advance(part(state, at, length, probability), POLICY)
        for turn in range(cuts):
            begin, end = (at + length * share / cuts for share in (turn, turn + 1))
            cut.advance(part(state, begin, end - begin, probability), POLICY)
        at += length
    for field in ("stood", "rest", "absent", "bout_start", "stand_start"):
        assert getattr(cut, field) == pytest.approx(getattr(whole, field))
    for load in (whole, cut):
        load.posterior.finish(at, POLICY)
    ours, theirs = (load.posterior.sits() for load in (whole, cut))
    assert [tuple(sit) for sit in ours] == [pytest.approx(tuple(sit)) for sit in theirs]


@slow
@given(spans)
def test_the_hypotheses_are_few_and_their_probabilities_add_up_to_one(parts: list[tuple[str, float, float]]) -> None:
    posterior, at = Posterior(), 0.0
    for state, length, probability in parts:
        posterior.advance(part(state, at, length, probability), POLICY)
        at += length
        now = posterior.copy()
        now.finish(at, POLICY)
        sits = now.sits()
        assert 1 <= len(sits) <= MOST
        assert sum(sit.probability for sit in sits) == pytest.approx(1.0)
        assert [sit.began for sit in sits] == sorted({sit.began for sit in sits})
        assert all(0.0 <= sit.sat <= at + 1e-6 and sit.load >= -1e-6 for sit in sits)


@given(st.lists(st.tuples(lengths, probabilities), max_size=20))
def test_a_copy_is_independent(parts: list[tuple[float, float]]) -> None:
    posterior, at = Posterior(), 0.0
    for length, probability in parts:
        before = posterior.copy()
        copy = posterior.copy()
        copy.advance(part("judged", at, length, probability), POLICY)
        copy.finish(at + length, POLICY)
        assert posterior == before
        posterior.advance(part("judged", at, length, probability), POLICY)
        at += length


def test_the_values_that_prompts_take_from_the_sits() -> None:
    sits = after((20, 1.0), (6, 0.4), (4, 1.0))
    assert began_by(sits, 25 * MINUTE) == pytest.approx(0.4)
    assert began_by(sits, 26 * MINUTE) == pytest.approx(1.0)
    assert typical(sits).began == 26 * MINUTE
    assert typical(after((20, 1.0), (6, 0.6), (4, 1.0))).began == 0
    (only,) = begun_after(sits, 26 * MINUTE)
    assert only.probability == pytest.approx(1.0)
    assert begun_after(sits, 27 * MINUTE) == sits
