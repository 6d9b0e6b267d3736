"""Fit the weights of evidence and write them where the program reads them.

    python benchmarks/fit [--persons N] [--out FILE] [--range-only]

Three fits, each on top of the one before: every silence as known a minute after it; what it costs not to know that
minute yet;
what a silence is worth while it lasts. Then how far people differ. About a minute on two cores.

Tried and left out, for it moved no score by more than 0.002: time of day, the length against this person's usual
pauses, the verdict on the silences before and after, separate curves for short and long silences.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from simulator.day import runs, seated_at_desk
from simulator.people import KINDS, People, read_people
from simulator.trace import simulate

from fit.cases import Case, cases, so_far
from fit.regression import SHAPES, Design, Floats, design, fit, matrix
from slowrise.core.presence.evidence import evidence_in, log_odds, ruled_out
from slowrise.core.presence.evidence_table import Evidence, Table, parse_table
from slowrise.history.replay import replay

OUT = HERE.parent.parent / "config" / "evidence.toml"
DAYS_EACH = 2
SAMPLED = (45.0, 90.0, 180.0, 300.0, 600.0, 1200.0, 2400.0, 5000.0)
NOT_YET = {("after", "not known yet")}
WHILE_OPEN = {"lasting"}
NINETY = 1.645
UNFITTED, RANGED = 5_000, 20
"""Persons from this number on tell how wide the range must be; of each kind so many."""
WIDENED = 1.4
"""Real people differ by more than those one simulator makes: of days by another, written from the same table of
habits by somebody who had not seen this one, 77 of 100 lay in the range without it, and 84 with it."""
LEAN_MOST = 1.5

Whose = tuple[str, int, int]
Found = list[list[Evidence]]

HEAD = """\
# What each piece of evidence is worth, in log-odds of having stayed at the desk against having left: 0.7 doubles the
# odds, 2.3 makes them ten times as high. They add up. `knots` are seconds (or counts) and `weights` the log-odds there,
# straight in between and level beyond.
#
# Made by `python benchmarks/fit`: {silences} silences of {days} simulated days of {persons} people whose parameters
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


def written(parts: dict[str, str], person_sd: float, stayed: float, **facts: int) -> str:
    """The whole table as text."""
    origin = (
        f"sd: so that 90 of 100 days of people not fitted on lie in their range, times {WIDENED}; "
        "stayed: the share of these silences; bias_limit: judgement, odds four times as high"
    )
    person = f'[person]\nsd = {person_sd:.2f}\nstayed = {stayed:.3f}\nbias_limit = {LEAN_MOST}\norigin = "{origin}"\n'
    return "\n".join([HEAD.format(**facts), person, *parts.values()])


class Miss(NamedTuple):
    """How far off the sitting time of one day was, and what its range was made of, for people who do not differ."""

    seconds: float
    sd_silences: float
    sd_person: float
    """For people who differ by one standard deviation in log-odds."""


def missed(people: People, table: Table, whose: Whose) -> Miss:
    """What the whole estimate makes of one day: also what no silence shows, as standing undeclared."""
    day = simulate(people, *whose)
    summary = replay(day.events(), table).summary
    assert summary is not None
    sat = sum(end - start for start, end in runs(day.stays, seated_at_desk) if start < day.observed[1])
    unit = summary.sd_person / table.person_sd
    return Miss(abs(summary.sitting_seconds - sat), summary.sd_silences, unit)


def person_sd(misses: Sequence[Miss]) -> float:
    """How far people must differ for nine days of ten to lie within their range."""
    off, own, shared = np.array(misses).T
    low, high = 0.0, 3.0
    for _ in range(30):
        middle = (low + high) / 2
        inside = np.mean(off <= NINETY * np.hypot(own, middle * shared))
        low, high = (low, middle) if inside >= 0.9 else (middle, high)
    return high


def with_range(text: str, people: People) -> str:
    """The table with the range that people need who were not fitted on: days fitted on lie nearer."""
    whose = [(kind, UNFITTED + person, 0) for kind in KINDS for person in range(RANGED)]
    with ProcessPoolExecutor(2) as pool:
        misses = list(pool.map(partial(missed, people, parse_table(text)), whose, chunksize=4))
    return re.sub(r"^sd = .*$", f"sd = {WIDENED * person_sd(misses):.2f}", text, count=1, flags=re.MULTILINE)


def main() -> int:
    """Fit and write."""
    parser = argparse.ArgumentParser(description="Fit the weights of evidence on simulated days.")
    parser.add_argument("--persons", type=int, default=60, help="of each kind")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument(
        "--range-only", action="store_true", help="fit only how far people differ, to the table in FILE"
    )
    asked = parser.parse_args()
    people = read_people()
    if asked.range_only:
        asked.out.write_text(with_range(asked.out.read_text(encoding="utf-8"), people), encoding="utf-8")
        return 0
    whose = [(kind, person, day) for kind in KINDS for person in range(asked.persons) for day in range(DAYS_EACH)]
    with ProcessPoolExecutor(2) as pool:
        days = list(pool.map(partial(heard, people), whose, chunksize=8))

    decided = [case for _, of, _, _ in days for case in of if ruled_out(case.silence) is None]
    found = [evidence_in(case.silence) for case in decided]
    made = design(found)
    weights = fit(made, matrix(made, found), *stayed_and_weight(decided))
    parts = sections(made, weights, f"fit on {len(decided)} silences")
    parts.pop("after", None)
    share = float(np.mean([case.stayed for case in decided]))
    facts = {"silences": len(decided), "days": len(days), "persons": len(days) // DAYS_EACH}

    for of, names, marks in (
        ([case for _, _, returned, _ in days for case in returned], set(), NOT_YET),
        ([case for _, _, _, lasting in days for case in lasting], WHILE_OPEN, {("unlock", "not yet")}),
    ):
        table = parse_table(written(parts, 1.0, share, **facts))
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

    text = with_range(written(parts, 1.0, share, **facts), people)
    asked.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
