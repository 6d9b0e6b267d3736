"""Fit the weights of evidence and write them where the program reads them.

    python benchmarks/fitting [--persons N] [--out FILE]

Three fits, each on top of the one before: every silence as known a minute after it; what it costs not to know that
minute yet;
what a silence is worth while it lasts. Then how far people differ. About a minute on two cores.

Tried and left out, for it moved no score by more than 0.002: time of day, the length against this person's usual
pauses, the verdict on the silences before and after, separate curves for short and long silences.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from simulator.people import KINDS, People, read_people  # noqa: E402
from simulator.trace import simulate  # noqa: E402

from fitting.cases import Case, cases, so_far  # noqa: E402 - the path comes first
from fitting.regression import SHAPES, Design, Floats, design, fit, matrix  # noqa: E402
from slowrise.weighing import Evidence, Table, evidence_in, log_odds, parse_table, ruled_out, seated  # noqa: E402

OUT = HERE.parent.parent / "config" / "evidence.toml"
DAYS_EACH = 2
SAMPLED = (45.0, 90.0, 180.0, 300.0, 600.0, 1200.0, 2400.0, 5000.0)
NOT_YET = {("after", "not known yet")}
WHILE_OPEN = {"lasting"}
NINETY = 1.645
ANSWERS_MOST = 1.5

Whose = tuple[str, int, int]
Found = list[list[Evidence]]

HEAD = """\
# What each piece of evidence is worth, in log-odds of having stayed at the desk against having left: 0.7 doubles the
# odds, 2.3 makes them ten times as high. They add up. `knots` are seconds (or counts) and `weights` the log-odds there,
# straight in between and level beyond.
#
# Made by `python benchmarks/fitting`: {silences} silences of {days} simulated days of {persons} people whose parameters
# were all moved at random by up to two fifths; weighted by seconds, penalised towards flat curves, bounded where reason
# demands a direction. A change by hand is lost at the next fit.
"""


def heard(people: People, whose: Whose) -> tuple[Whose, list[Case], list[Case], list[Case]]:
    """One day's silences: decided, just ended, and lasting still; the last of some days only, for they are many."""
    day = simulate(people, *whose)
    lasting = list(so_far(day, SAMPLED)) if whose[1] % 3 == whose[2] == 0 else []
    return whose, list(cases(day)), list(cases(day, at_return=True)), lasting


def stayed_and_weight(of: Sequence[Case]) -> tuple[Floats, Floats]:
    """Shares stayed, and the seconds of each silence as importance with mean 1."""
    length = np.array([case.end - case.begin for case in of])
    return np.array([case.stayed for case in of]), length / length.mean()


def only(found: Found, names: set[str], marks: set[tuple[str, str]]) -> Found:
    """The evidence of those names or marks."""
    return [[one for one in row if one[0] in names or one in marks] for row in found]


def sections(made: Design, weights: Floats, origin: str) -> dict[str, str]:
    """The fitted columns as sections of the table, by name."""
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


def written(parts: dict[str, str], person_sd: float, **facts: int) -> str:
    """The whole table as text."""
    origin = "sd: so that 90 of 100 fitted days lie in their range; answers_most: judgement, odds four times as high"
    person = f'[person]\nsd = {person_sd:.2f}\nanswers_most = {ANSWERS_MOST}\norigin = "{origin}"\n'
    return "\n".join([HEAD.format(**facts), person, *parts.values()])


def person_sd(days: Sequence[list[Case]], table: Table) -> float:
    """How far people must differ for nine days of ten to lie within their range."""
    misses, own, shared = [], [], []
    for day in days:
        p = np.array([seated(case.silence, table) for case in day])
        stayed, seconds = np.array([case.stayed for case in day]), np.array([case.end - case.begin for case in day])
        misses.append(abs(float(((p - stayed) * seconds).sum())))
        own.append(float((seconds**2 * p * (1 - p)).sum()))
        shared.append(float((seconds * p * (1 - p)).sum()))
    low, high = 0.0, 3.0
    for _ in range(30):
        middle = (low + high) / 2
        inside = np.mean(np.array(misses) <= NINETY * np.sqrt(np.array(own) + (middle * np.array(shared)) ** 2))
        low, high = (low, middle) if inside >= 0.9 else (middle, high)
    return high


def main() -> int:
    """Fit and write."""
    parser = argparse.ArgumentParser(description="Fit the weights of evidence on simulated days.")
    parser.add_argument("--persons", type=int, default=60, help="of each kind")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    people = read_people(HERE.parent / "people.toml")
    whose = [(kind, person, day) for kind in KINDS for person in range(asked.persons) for day in range(DAYS_EACH)]
    with ProcessPoolExecutor(2) as pool:
        days = list(pool.map(partial(heard, people), whose, chunksize=8))

    decided = [case for _, of, _, _ in days for case in of if ruled_out(case.silence) is None]
    found = [evidence_in(case.silence) for case in decided]
    made = design(found)
    weights = fit(made, matrix(made, found), *stayed_and_weight(decided))
    parts = sections(made, weights, f"fit on {len(decided)} silences")
    parts.pop("after", None)
    facts = {"silences": len(decided), "days": len(days), "persons": len(days) // DAYS_EACH}

    for of, names, marks in (
        ([case for _, _, returned, _ in days for case in returned], set(), NOT_YET),
        ([case for _, _, _, lasting in days for case in lasting], WHILE_OPEN, {("unlock", "not yet")}),
    ):
        table = parse_table(written(parts, 1.0, **facts))
        judged = [case for case in of if ruled_out(case.silence) is None]
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

    table = parse_table(written(parts, 1.0, **facts))
    text = written(parts, person_sd([of for _, of, _, _ in days], table), **facts)
    asked.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
