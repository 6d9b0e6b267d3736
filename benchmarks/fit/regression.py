"""An additive table of log-odds, fitted by penalised logistic regression weighted by seconds.

A curve has one column for its level and one for each rise between two knots. Rises are penalised, so a curve stays flat
where the days show nothing. They are bounded where only one direction is plausible: a longer silence never makes it
likelier that the user stayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from slowrise.core.presence.evidence_table import Evidence

Floats = NDArray[np.float64]


class Shape(NamedTuple):
    """The knots of a curve and its direction: -1 falling, 1 rising, 0 free."""

    knots: tuple[float, ...]
    direction: int = 0


LENGTHS = (30, 60, 90, 120, 180, 300, 480, 720, 1080, 1800, 3600, 7200)
LONG_LENGTHS = (30, 120, 300, 900, 2400, 5400)
STRETCHES = (0, 0.3, 1, 2, 5, 12, 40, 120)
COUNTS = (0, 2, 5, 9, 14, 20, 30, 45)
INPUT = (0, 2, 6, 15, 30, 60)
AGES = (0, 25, 60, 300, 1200, 3600)
SINCE = (-45, -20, 0, 20, 60, 180, 600)
SHAPES: dict[str, Shape] = {
    **{f"{what} plain": Shape(LENGTHS, -1) for what in ("length", "lasting")},
    **{
        f"{what} {context}": Shape(LONG_LENGTHS, -1)
        for what in ("length", "lasting")
        for context in ("locked", "suspended")
    },
    **{
        f"{what} {context}": Shape(LONG_LENGTHS)
        for what in ("length", "lasting")
        for context in ("call", "film", "music")
    },
    "whole": Shape((90, 300, 900, 2400, 5400), -1),
    "touches": Shape((1, 2, 3, 5, 8, 15, 30), 0),
    "longest untouched": Shape((30, 120, 300, 600, 1200, 2400), -1),
    "rhythm": Shape((0, 1, 2, 3, 5, 8), 1),
    "locked share": Shape((0, 0.25, 0.5, 0.75, 0.95), -1),
    "lock": Shape((-5, 0, 3, 25, 120, 280, 600)),
    "suspended share": Shape((0, 0.25, 0.5, 0.75, 0.95), -1),
    "suspend": Shape((0, 25, 120, 600, 1500)),
    **{f"age of the {context}": Shape(AGES) for context in ("call", "film", "music")},
    **{f"{context} after it": Shape((0, 5, 25, 60)) for context in ("call", "film", "music")},
    "typed under it": Shape((0, 15, 60, 180, 600)),
    "since a call": Shape(SINCE),
    "since an inhibitor": Shape(SINCE),
    "last stretch": Shape(STRETCHES),
    "last stretch while listening": Shape(STRETCHES),
    "pause before": Shape((0, 15, 25, 45, 90, 240, 900)),
    "input before": Shape(INPUT),
    "input before while listening": Shape(INPUT),
    "stretches before": Shape(COUNTS),
    "stretches before while listening": Shape(COUNTS),
    "first stretch after": Shape((0, 0.3, 1, 3, 15, 60)),
    "input after": Shape((0, 5, 20, 40, 60)),
    "stretches after": Shape((0, 1, 2, 3)),
}
LEVEL_PENALTY, RISE_PENALTY = 0.5, 2.0
"""In silences of mean weight. Judgement: neither more nor less is clearly better."""


class Design(NamedTuple):
    """The columns, `(name, knot or mark)`, each with its bounds and penalty."""

    columns: list[tuple[str, float | str]]
    bounds: list[tuple[float | None, float | None]]
    penalty: Floats


def design(found: Sequence[Sequence[Evidence]]) -> Design:
    """Return a column for every level, rise and mark that occurs."""
    names = sorted({evidence for row in found for evidence, _ in row})
    columns: list[tuple[str, float | str]] = []
    bounds: list[tuple[float | None, float | None]] = []
    penalty: list[float] = []
    for name in names:
        if name in SHAPES:
            shape = SHAPES[name]
            limit = {-1: (None, 0.0), 0: (None, None), 1: (0.0, None)}[shape.direction]
            columns += [(name, knot) for knot in shape.knots]
            bounds += [(None, None), *[limit] * (len(shape.knots) - 1)]
            penalty += [
                0.0 if name in ("length plain", "lasting plain") else LEVEL_PENALTY,
                *[RISE_PENALTY] * (len(shape.knots) - 1),
            ]
        else:
            marks = sorted({str(what) for row in found for whose, what in row if whose == name})
            columns += [(name, mark) for mark in marks]
            bounds += [(None, None)] * len(marks)
            penalty += [LEVEL_PENALTY] * len(marks)
    return Design(columns, bounds, np.array(penalty))


def matrix(made: Design, found: Sequence[Sequence[Evidence]]) -> Floats:
    """Return one row per silence: how much of each column it has."""
    at = {column: index for index, column in enumerate(made.columns)}
    out = np.zeros((len(found), len(made.columns)))
    by_name: dict[str, list[tuple[int, float | str]]] = {}
    for row, evidence in enumerate(found):
        for name, what in evidence:
            by_name.setdefault(name, []).append((row, what))
    for name, entries in by_name.items():
        rows = np.array([row for row, _ in entries])
        if name not in SHAPES:
            for row, what in entries:
                if (name, what) in at:
                    out[row, at[name, what]] = 1.0
            continue
        knots = SHAPES[name].knots
        sizes = np.array([float(what) for _, what in entries])
        out[rows, at[name, knots[0]]] = 1.0
        for left, right in pairwise(knots):
            out[rows, at[name, right]] = np.clip((sizes - left) / (right - left), 0.0, 1.0)
    return out


def fit(made: Design, rows: Floats, stayed: Floats, weight: Floats, offset: Floats | float = 0.0) -> Floats:
    """Return the weights of the columns. `stayed` is the share of each silence, `weight` its importance (mean 1)."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = rows @ weights + offset
        log_loss = np.logaddexp(0.0, odds) - stayed * odds
        wrong = weight * (1 / (1 + np.exp(-odds)) - stayed)
        value = float(weight @ log_loss + 0.5 * made.penalty @ weights**2)
        return value, rows.T @ wrong + made.penalty * weights

    start = np.zeros(len(made.columns))
    return np.asarray(
        minimize(loss, start, jac=True, method="L-BFGS-B", bounds=made.bounds, options={"maxiter": 400}).x
    )
