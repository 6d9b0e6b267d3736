"""Families of scenarios with moved edges and many lengths. `benchmarks/families` defines what is right."""

from __future__ import annotations

import importlib
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest

from slowrise.adapters.system.resources import weights
from slowrise.core.model.spans import Span
from slowrise.history.replay import Replay, replay
from support import PROJECT

FAMILIES = (
    *("silent call", "film", "music", "lunch", "lock", "reading in bursts", "hang-up and leave", "suspend"),
    *("lid", "bumps", "phantom touches"),
)
DRAWS, LEAST_RIGHT = 20, 18


@pytest.fixture
def members(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module that draws scenarios."""
    monkeypatch.syspath_prepend(str(PROJECT / "benchmarks"))
    return importlib.import_module("families.members")


@pytest.fixture
def judging(members: ModuleType) -> ModuleType:
    """Return the module that compares a replay with the truth."""
    return importlib.import_module("families.judging")


def true_spans(sketch: Any, *, swapped: bool = False) -> list[Span]:
    other = {"sitting": "away", "away": "sitting"} if swapped else {}
    return [
        Span(other.get(piece.state, piece.state), sketch.label(piece.start), sketch.label(piece.end))
        for piece in sketch.truth
    ]


def state_faults(judgement: Any) -> list[str]:
    kinds = ("state", "split", "reading", "lid or lock")
    return [fault for fault in judgement.faults if fault.startswith(kinds)]


def test_every_family_is_tested(members: ModuleType) -> None:
    assert tuple(members.FAMILIES) == FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_at_least_nine_of_ten_draws_are_right(members: ModuleType, judging: ModuleType, family: str) -> None:
    table = weights()
    wrong = {}
    for number in range(DRAWS):
        sketch = members.draw(family, number)
        judgement = judging.judge(sketch, replay(sketch.events(), table))
        if not judgement.is_right:
            wrong[number] = (sketch.member, judgement.faults, sketch.drawn)
    assert DRAWS - len(wrong) >= LEAST_RIGHT, wrong


@pytest.mark.parametrize("family", FAMILIES)
def test_the_truth_itself_is_right_and_its_opposite_is_not(
    members: ModuleType, judging: ModuleType, family: str
) -> None:
    for number in range(DRAWS):
        sketch = members.draw(family, number)
        assert state_faults(judging.judge(sketch, Replay(true_spans(sketch), [], []))) == []
        swapped = judging.judge(sketch, Replay(true_spans(sketch, swapped=True), [], []))
        assert state_faults(swapped) or sketch.is_brief


@pytest.mark.parametrize("family", FAMILIES)
def test_a_draw_is_always_the_same_trace_and_its_truth_has_no_hole(members: ModuleType, family: str) -> None:
    for number in range(DRAWS):
        sketch = members.draw(family, number)
        assert sketch.lines() == members.draw(family, number).lines()
        ends: list[datetime] = [sketch.label(piece.end) for piece in sketch.truth]
        starts: list[datetime] = [sketch.label(piece.start) for piece in sketch.truth]
        assert ends == [*starts[1:], sketch.label(sketch.now)]
        assert {event.at for event in sketch.events()} >= {sketch.label(0.0), sketch.label(sketch.now + 30)}
