"""Fit the weights of evidence and write them where the program reads them.

    python benchmarks/fit [--persons N] [--out FILE] [--range-only]

There are three fits, each on top of the one before: silences as known a minute after their end, silences at their end,
and silences that go on. Then follows how far people differ. It takes about two minutes on two cores.

Tried and left out, because no score changed by more than 0.002: time of day, the length relative to this person's usual
pauses, the verdict on the silences before and after, and separate curves for short and long silences.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from simulator.day import runs, seated_at_desk

from fit.authors import PersonDay, person_days, simulated
from fit.cases import Case, Cases, cases
from fit.regression import SHAPES, Design, Floats, design, fit, matrix
from slowrise.core.presence.evidence import evidence_in, log_odds, ruled_out
from slowrise.core.presence.evidence_table import Evidence, Table, parse_table
from slowrise.core.presence.silence import Context
from slowrise.history.replay import replay

OUT = HERE.parent.parent / "config" / "evidence.toml"
DAYS_EACH = 2
SAMPLED = (45.0, 90.0, 180.0, 300.0, 600.0, 1200.0, 2400.0, 5000.0)
"""Seconds: the lengths at which a silence that goes on is judged."""
NOT_YET = {("just back", context) for context in get_args(Context)}
WHILE_OPEN = {f"lasting {context}" for context in get_args(Context)}
NINETY = 1.645
"""Standard deviations on either side of the mean that hold 90 % of a normal distribution."""
UNFITTED, RANGED = 5_000, 20
"""First number of the people who set the width of the range, and how many of each kind. No fit uses them."""
WIDENED = 1.4
"""Real people differ more than the people of a few simulators. Of 100 days of an author whom no fit has seen, 88 are in
the range with this factor."""
BIAS_LIMIT = 1.5

Found = list[list[Evidence]]

HEAD = """\
# The weight of each piece of evidence, in log-odds of having stayed at the desk against having left: 0.7 doubles the
# odds, 2.3 multiplies them by ten. Weights add up. `knots` are seconds (or counts), and `weights` are the log-odds
# there, linear between the knots and constant beyond them.
#
# `python benchmarks/fit` made this file from {silences} silences on {days} simulated days of {persons} people. Their
# habits vary widely, and three authors wrote them. Silences are weighted by their length. Curves are penalised towards
# flat, and bounded where only one direction is plausible. The next fit overwrites manual changes.
"""


def silences(person_day: PersonDay) -> Cases:
    """Return the silences of one day as known a minute after their end, at their end, and while they go on.

    There are many of the last kind, so only every third person's first day has them.
    """
    _, _, person, number = person_day
    return cases(simulated(person_day), SAMPLED if person % 3 == number == 0 else ())


def stayed_and_weight(of: Sequence[Case]) -> tuple[Floats, Floats]:
    """Return the share stayed and the importance of each silence: its length, scaled to a mean of 1."""
    length = np.array([case.end - case.begin for case in of])
    return np.array([case.stayed for case in of]), length / length.mean()


def only(found: Found, names: set[str], marks: set[tuple[str, str]]) -> Found:
    """Return only the evidence with these names or marks."""
    return [[one for one in row if one[0] in names or one in marks] for row in found]


def sections(made: Design, weights: Floats, origin: str) -> dict[str, str]:
    """Return the fitted columns as sections of the file, by name of the evidence."""
    out: dict[str, str] = {}
    for name in dict.fromkeys(name for name, _ in made.columns):
        mine = [
            (what, float(weight)) for (whose, what), weight in zip(made.columns, weights, strict=True) if whose == name
        ]
        if name in SHAPES:
            knots = ", ".join(f"{what:g}" for what, _ in mine)
            levels = ", ".join(f"{level:.2f}" for level in np.cumsum([weight for _, weight in mine]))
            out[name] = f'["{name}"]\nknots = [{knots}]\nweights = [{levels}]\norigin = "{origin}"\n'
        else:
            inside = ", ".join(f'"{what}" = {weight:.2f}' for what, weight in mine)
            out[name] = f'["{name}"]\nweights = {{ {inside} }}\norigin = "{origin}"\n'
    return out


def file_text(parts: dict[str, str], person_sd: float, **facts: int) -> str:
    """Return the whole file as text."""
    origin = (
        f"sd: makes the ranges hold the truth on 90 of 100 days of people outside the fit, times {WIDENED}; "
        "bias_limit: judgement, odds 4.5 times as high"
    )
    person = f'[person]\nsd = {person_sd:.2f}\nbias_limit = {BIAS_LIMIT}\norigin = "{origin}"\n'
    return "\n".join([HEAD.format(**facts), person, *parts.values()])


class Miss(NamedTuple):
    """The error of the sitting time of one day, and the two parts of its range."""

    seconds: float
    sd_silences: float
    """From each silence by itself."""
    sd_person: float
    """From the difference between people, for a `person_sd` of 1."""


def miss_of(table: Table, person_day: PersonDay) -> Miss:
    """Estimate one day and compare it with the truth. The error includes what no silence shows: undeclared standing."""
    day = simulated(person_day)
    summary = replay(day.events(), table).summary
    assert summary is not None
    sat = sum(end - start for start, end in runs(day.stays, seated_at_desk) if start < day.observed[1])
    unit = summary.sd_person / table.person_sd
    return Miss(abs(summary.sitting_seconds - sat), summary.sd_silences, unit)


def person_sd(misses: Sequence[Miss]) -> float:
    """Return the smallest `person_sd` with which the range holds the truth on nine days of ten."""
    off, own, shared = np.array(misses).T
    low, high = 0.0, 3.0
    for _ in range(30):
        middle = (low + high) / 2
        inside = np.mean(off <= NINETY * np.hypot(own, middle * shared))
        low, high = (low, middle) if inside >= 0.9 else (middle, high)
    return high


def with_range(text: str) -> str:
    """Return the file with `sd` fitted to people whom the weights were not fitted to: those have smaller errors."""
    days = list(person_days(range(UNFITTED, UNFITTED + RANGED), 1))
    with ProcessPoolExecutor(2) as pool:
        misses = list(pool.map(partial(miss_of, parse_table(text)), days, chunksize=4))
    return re.sub(r"^sd = .*$", f"sd = {WIDENED * person_sd(misses):.2f}", text, count=1, flags=re.MULTILINE)


def main() -> int:
    """Fit the weights and write the file."""
    parser = argparse.ArgumentParser(description="Fit the weights of evidence on simulated days.")
    parser.add_argument("--persons", type=int, default=40, help="of each kind")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument(
        "--range-only", action="store_true", help="fit only how far people differ, to the table in FILE"
    )
    arguments = parser.parse_args()
    if arguments.range_only:
        arguments.out.write_text(with_range(arguments.out.read_text(encoding="utf-8")), encoding="utf-8")
        return 0
    with ProcessPoolExecutor(2) as pool:
        days = list(pool.map(silences, person_days(range(arguments.persons), DAYS_EACH), chunksize=8))

    decided = [
        case
        for settled, _, _ in days
        for case in settled
        if ruled_out(case.silence) is None and case.silence.after is not None
    ]
    found = [evidence_in(case.silence) for case in decided]
    made = design(found)
    weights = fit(made, matrix(made, found), *stayed_and_weight(decided))
    parts = sections(made, weights, f"fit on {len(decided)} silences")
    facts = {"silences": len(decided), "days": len(days), "persons": len(days) // DAYS_EACH}

    for moments, names, marks in (
        ([case for _, returned, _ in days for case in returned], set(), NOT_YET),
        ([case for _, _, lasting in days for case in lasting], WHILE_OPEN, {("unlock", "not yet")}),
    ):
        table = parse_table(file_text(parts, 1.0, **facts))
        judged = [case for case in moments if ruled_out(case.silence) is None]
        wanted = only([evidence_in(case.silence) for case in judged], names, marks)
        made = design(wanted)
        offset = np.array([log_odds(case.silence, table) for case in judged])
        stayed = np.array([case.stayed for case in judged])
        fresh = sections(
            made, fit(made, matrix(made, wanted), stayed, np.ones(len(judged)), offset), f"fit on {len(judged)} moments"
        )
        if "unlock" in fresh:
            more = fresh.pop("unlock").split("{ ")[1].split(" }")[0]
            parts["unlock"] = parts["unlock"].replace("weights = { ", f"weights = {{ {more}, ")
        parts |= fresh

    text = with_range(file_text(parts, 1.0, **facts))
    arguments.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
