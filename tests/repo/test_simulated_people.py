"""The simulated people, on whom the weights are fitted, resemble measured ones."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from support import PROJECT

PERSONS = 6
"""Of each of the seven kinds."""
EDGE_S = 20.0


@pytest.fixture(scope="module")
def simulator() -> Iterator[SimpleNamespace]:
    """Return the modules of `benchmarks/simulator` by name, and the people of the fit."""
    benchmarks = str(PROJECT / "benchmarks")
    sys.path.insert(0, benchmarks)
    modules: dict[str, ModuleType] = {
        name: importlib.import_module(f"simulator.{name}") for name in ("day", "inputs", "people", "realism", "trace")
    }
    yield SimpleNamespace(**modules, drawn=modules["people"].read_people())
    sys.path.remove(benchmarks)


@pytest.fixture(scope="module")
def days(simulator: SimpleNamespace) -> list[Any]:
    """Return a day of some people of each kind."""
    simulate, kinds = simulator.trace.simulate, simulator.people.KINDS
    return [simulate(simulator.drawn, kind, person, 0) for kind in kinds for person in range(PERSONS)]


def test_the_same_person_and_number_give_the_same_day(simulator: SimpleNamespace, days: list[Any]) -> None:
    day = days[0]
    assert simulator.trace.simulate(simulator.drawn, day.kind, day.person, 0) == day
    assert simulator.trace.simulate(simulator.drawn, day.kind, day.person, 1).reports != day.reports


def test_the_true_states_follow_each_other_without_a_hole(days: list[Any]) -> None:
    for day in days:
        for stay, after in zip(day.stays, day.stays[1:], strict=False):
            assert stay.start < stay.end == after.start


def test_active_and_idle_alternate_and_events_are_in_order(days: list[Any]) -> None:
    for day in days:
        active = False
        assert [report[0] for report in day.reports] == sorted(report[0] for report in day.reports)
        for at, name, since in day.reports:
            if name in ("active", "idle"):
                assert active == (name == "idle")
            active = name == "active" or (active and name not in ("idle", "suspended"))
            if name == "idle":
                assert since == pytest.approx(at - 15)


def test_a_person_never_touches_for_no_time_at_all(simulator: SimpleNamespace) -> None:
    for number in range(PERSONS):
        person = simulator.drawn.person("reader", number)
        rng = simulator.trace.np.random.default_rng(number)
        stays = simulator.day.live(person, rng)
        made = simulator.inputs.strokes(person, rng, stays)
        lengths = [stroke.end - stroke.start for stroke in made if stroke.by_person]
        assert min(lengths) > 0.049


def test_calls_are_reported_within_twenty_seconds_of_the_hands(simulator: SimpleNamespace, days: list[Any]) -> None:
    found = near = 0
    for day in days:
        started = [at for at, name, _ in day.reports if name == "call-started"]
        for start, _ in simulator.day.sessions(day.stays, "call", "listening"):
            found += 1
            near += any(abs(at - start) <= EDGE_S for at in started)
    assert found > PERSONS
    assert near / found > 0.8, "all but those whose microphone is not seen"


def test_people_resemble_measured_ones(simulator: SimpleNamespace) -> None:
    found = simulator.realism.figures(simulator.drawn, PERSONS)
    assert found.keys() == simulator.realism.TARGETS.keys()
    run = [float(value) for value in found["length of a stretch, s, quantiles"].split()]
    assert 18 < run[2] < 50
    assert 0.5 < float(found["share of active time with input"]) < 0.75
    assert float(found["last stretch under 1 s"]) < 0.2
    assert float(found["silences of 3-30 min, log-sd between people"]) > 0.45
    assert 300 < float(found["sitting, min in 8 h"]) < 390
    assert 40 < float(found["half of the sitting is in bouts over, min"]) < 75
