"""The table of weights and its parser. `config/evidence.toml` holds the weights in force, each with its origin."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from typing import NamedTuple

Evidence = tuple[str, float | str]
"""One fact about a silence, by name: a size on a curve, or one of several marks."""


class Curve(NamedTuple):
    """A weight by size: linear between the knots, constant beyond them."""

    knots: tuple[float, ...]
    weights: tuple[float, ...]

    def at(self, size: float) -> float:
        """Return the weight of that size."""
        knots, weights = self
        index = bisect_right(knots, size)
        if index == 0:
            return weights[0]
        if index == len(knots):
            return weights[-1]
        left, low = knots[index - 1], weights[index - 1]
        return low + (weights[index] - low) * (size - left) / (knots[index] - left)


class Table(NamedTuple):
    """The weights in force, as log-odds."""

    curves: dict[str, Curve]
    """By the name of the evidence."""
    marks: dict[str, dict[str, float]]
    """A weight for each mark, by the name of the evidence. A mark that the fit never saw weighs nothing."""
    person_sd: float
    """Standard deviation between people: a shift of all their log-odds in the same direction."""
    bias_limit: float
    """The personal bias never exceeds this."""

    def weight(self, evidence: Evidence) -> float:
        """Return the weight of the evidence; 0 if the table does not know it."""
        name, found = evidence
        if isinstance(found, str):
            return self.marks.get(name, {}).get(found, 0.0)
        curve = self.curves.get(name)
        return curve.at(found) if curve is not None else 0.0


NO_TABLE = Table({}, {}, person_sd=1.0, bias_limit=0.0)
"""No evidence weighs anything. A placeholder until the table is set."""


def parse_table(text: str) -> Table:
    """Parse the text of `evidence.toml`. Raise `ValueError`, which names the mistake."""
    try:
        sections = tomllib.loads(text)
        person = sections.pop("person")
        curves: dict[str, Curve] = {}
        marks: dict[str, dict[str, float]] = {}
        for name, section in sections.items():
            if "origin" not in section:
                raise ValueError(f"evidence table: [{name}] needs an origin")
            if "knots" in section:
                curves[name] = _curve(name, section)
            else:
                marks[name] = {mark: float(weight) for mark, weight in section["weights"].items()}
        return Table(curves, marks, float(person["sd"]), float(person["bias_limit"]))
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"evidence table: {wrong!r}") from wrong


def _curve(name: str, section: dict[str, list[float]]) -> Curve:
    knots, weights = tuple(map(float, section["knots"])), tuple(map(float, section["weights"]))
    if len(knots) != len(weights) or not knots or list(knots) != sorted(set(knots)):
        raise ValueError(f"evidence table: [{name}] needs rising knots and one weight for each")
    return Curve(knots, weights)
