"""The hands: input as intervals, in a renewal process of two levels, runs and the pauses between them.

Pauses inside a run are shorter than the 15 s that the machine needs to notice them, so a run is one interval here.
"""

from itertools import groupby

import numpy as np

from .body import Body, Piece
from .people import Habits

Interval = tuple[float, float]
_CLICKS = 0.04  # share of runs that are one click


def _click(at: float, rng: np.random.Generator) -> Interval:
    return at, at + rng.uniform(0.05, 0.25)


def _touch(at: float, rng: np.random.Generator) -> Interval:
    """Draw a purposeful touch around a moment: one click, or a search for the button."""
    start = at - rng.uniform(0, 25) if rng.random() < 0.85 else at
    return start, _click(at, rng)[1]


def _run_and_pause(style: str, habits: Habits, rng: np.random.Generator) -> Interval:
    """Draw one run and the pause after it, in seconds."""
    if style == "type":
        run = rng.uniform(0.05, 0.25) if rng.random() < _CLICKS else habits.run * np.exp(rng.normal(0, 1.15))
        pause = 15 * rng.random() ** (-1 / habits.tail)
        limit = 110 * habits.quiet**0.5
        return float(min(run, 1500)), float(pause if pause < limit else rng.uniform(15, limit))
    if style == "read":  # scrolls in bursts
        run = rng.uniform(0.05, 0.25) if rng.random() < _CLICKS else rng.uniform(5, 40)
        return float(run), float(np.clip(95 * habits.quiet**0.35 * np.exp(rng.normal(0, 0.7)), 45, 480))
    if style == "call":  # looks things up beside the talk
        return float(np.clip(15 * np.exp(rng.normal(0, 1.1)), 0.1, 240)), float(120 * np.exp(rng.normal(0, 1.0)))
    hours = {"off": 1 / habits.touch, "silent": 4.0, "film": 0.6}.get(style, np.inf)
    run = rng.uniform(0.05, 0.25) if rng.random() < 0.1 else 8 * np.exp(rng.normal(0, 0.8))
    return float(run), float(rng.exponential(hours * 3600)) if np.isfinite(hours) else np.inf


def _first_wait(piece: Piece, before: Piece | None, habits: Habits, rng: np.random.Generator) -> float:
    if piece.style in {"type", "read", "call"}:
        if before is None or not before.at_desk:
            return float(6 * np.exp(rng.normal(0, 0.8))) if piece.style == "type" or rng.random() < 0.75 else 60.0
        return float(rng.uniform(0, 6) if piece.style == "type" else rng.uniform(5, 60))
    return _run_and_pause(piece.style, habits, rng)[1]


def person_inputs(body: Body, habits: Habits, rng: np.random.Generator) -> list[Interval]:
    """Return all input by the person, sorted by start; intervals may touch or overlap."""
    inputs: list[Interval] = []
    pieces = body.pieces
    for i, piece in enumerate(pieces):
        if not piece.at_desk:
            continue
        rises = i + 1 == len(pieces) or not pieces[i + 1].at_desk
        end = piece.end - (rng.uniform(2, 20) if rises else 0.0)
        back = i == 0 or not pieces[i - 1].at_desk
        t = piece.start + _first_wait(piece, pieces[i - 1] if i else None, habits, rng)
        while t < end:
            run, pause = _run_and_pause(piece.style, habits, rng)
            if back and piece.style == "read" and t < piece.start + 90:  # first of all, catches up
                run = 40 * float(np.exp(rng.normal(0, 1.1)))
            inputs.append((t, min(t + run, end)))
            t += run + pause
        if rises and piece.style in {"type", "read"} and rng.random() < 0.8:  # ends something, then gets up
            start = max(piece.start + 1, end - 34 * float(np.exp(rng.normal(0, 1.1))))
            if start < end:
                inputs.append((start, end))
        if piece.style == "privacy":
            inputs.append(_touch(piece.end + rng.uniform(0.5, 4), rng))
    for signal in body.signals:
        inputs += [_touch(signal.start, rng), _touch(signal.end, rng)]
    inputs += [_click(at - rng.uniform(0.3, 1), rng) for at, _ in body.declared]
    return _within_reach(sorted(inputs), pieces)


def _within_reach(inputs: list[Interval], pieces: list[Piece]) -> list[Interval]:
    """Cut input to the times at the desk."""
    kept: list[Interval] = []
    for at_desk, group in groupby(pieces, key=lambda p: p.at_desk):
        if at_desk:
            stay = list(group)
            first, last = stay[0].start + 0.5, stay[-1].end - 0.5
            kept += [(max(a, first), min(b, last)) for a, b in inputs if a < last and b > first]
    return kept
