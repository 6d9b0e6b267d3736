"""The named hard cases, replayed and compared with what is expected of them."""

from __future__ import annotations

import tomllib
from itertools import groupby, pairwise
from typing import Any

import pytest

from slowrise.adapters.system.resources import weights
from slowrise.core.model.spans import Span, bouts_between
from slowrise.history.replay import replay
from slowrise.history.trace import read
from support import DATA

CASES = DATA / "hard_cases"
LASTING = 2.2
"""Minutes. A span as long as the shortest break may or may not be one, by a few seconds."""
IN_DOUBT = 0.75
"""A doubtful span has less confidence than this."""
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((CASES / "expected.toml").read_text(encoding="utf-8"))


def stretches(spans: list[Span]) -> list[list[Any]]:
    """Return state, start and end (minutes) of the long spans; shorter spans of another state do not split them."""
    found: list[list[Any]] = []
    for state, group in groupby(spans, key=lambda span: span.state):
        same = list(group)
        begin, end = ((at - spans[0].start).total_seconds() / 60 for at in (same[0].start, same[-1].end))
        if end - begin < LASTING:
            continue
        if found and found[-1][0] == state:
            found[-1][2] = end
        else:
            found.append([state, begin, end])
    return found


def within(span: Span, first: Span, stretches: list[list[float]]) -> bool:
    """Return whether the span is one of these stretches, which are in minutes from the first span on."""
    begin, end = ((at - first.start).total_seconds() / 60 for at in (span.start, span.end))
    return [begin, end] in [pytest.approx(each, abs=0.3) for each in stretches]


def test_every_case_is_expected_and_every_expectation_has_its_case() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in CASES.glob("*.jsonl"))
    assert all(case["why"] for case in EXPECTED.values())


@pytest.mark.parametrize("name", EXPECTED)
def test_hard_case(name: str) -> None:
    wanted = EXPECTED[name]
    events = list(read((CASES / f"{name}.jsonl").read_bytes().splitlines()))
    found = replay(events, weights())
    assert found.spans[0].start.tzinfo is not None
    assert all(before.end == after.start for before, after in pairwise(found.spans))
    assert found.summary is not None

    in_doubt = [span for span in found.spans if within(span, found.spans[0], wanted.get("doubtful", []))]
    assert len(in_doubt) == len(wanted.get("doubtful", [])), wanted["why"]
    assert all(0.5 <= span.confidence < IN_DOUBT for span in in_doubt), wanted["why"]

    clear = [span._replace(state="sitting") if span in in_doubt else span for span in found.spans]
    assert stretches(clear) == [
        [state, pytest.approx(a, abs=0.3), pytest.approx(b, abs=0.3)] for state, a, b in wanted["spans"]
    ], wanted["why"]

    low, high = wanted["sitting"]
    assert low <= found.summary.sitting_seconds / 60 <= high, wanted["why"]
    assert found.summary.low <= found.summary.sitting_seconds <= found.summary.high
    if "breaks" in wanted:
        bouts = bouts_between(found.spans, break_min=120)
        unseen = [span for span in found.spans if span.state == "unobserved" and span.seconds >= 120]
        fewest, most = wanted["breaks"]
        assert fewest <= len(bouts) - 1 - len(unseen) <= most, wanted["why"]

    said = [
        prompt.at / 60 - events[0].at.timestamp() / 60 for prompt in found.prompts if prompt.kind.startswith("sit-")
    ]
    if wanted.get("first_prompt") == "none":
        assert not said, wanted["why"]
    elif "first_prompt" in wanted:
        earliest, latest = wanted["first_prompt"]
        assert said, wanted["why"]
        assert earliest <= said[0] <= latest, wanted["why"]
    for begin, end in wanted.get("quiet", []):
        assert not [minute for minute in said if begin <= minute < end], wanted["why"]
