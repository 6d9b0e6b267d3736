"""Draw every family of scenarios many times, and count how often slowrise reads them rightly.

    python benchmarks/families [--draws N] [--worst N] [--family NAME] [--save DIRECTORY]

It prints a table: the family, how many draws are right, and what is wrong with how many of the others. Then come the
worst draws of each family with their parameters: minutes for lengths, seconds for edges. `judging.py` defines right.
`--save` writes the wrong draws as traces for `slowrise replay`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from families.judging import Judgement, judge
from families.members import FAMILIES, draw
from families.sketch import Sketch
from slowrise.adapters.system.resources import weights
from slowrise.history.replay import replay

REQUIRED = 0.9
"""Share of the draws of each family that must be right."""


class Judged(NamedTuple):
    """A draw and what is wrong with it."""

    sketch: Sketch
    judgement: Judgement


def judged(family: str, draws: int) -> list[Judged]:
    """Return the first so many draws of a family with their judgement."""
    table = weights()
    sketches = [draw(family, number) for number in range(draws)]
    return [Judged(sketch, judge(sketch, replay(sketch.events(), table))) for sketch in sketches]


def row(family: str, found: list[Judged]) -> str:
    """Return the row of a family."""
    right = sum(each.judgement.is_right for each in found)
    kinds = Counter(kind for each in found for kind in {_kind(fault) for fault in each.judgement.faults})
    wrong = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    return f"    {family:<20}{100 * right / len(found):>6.0f}  {wrong}".rstrip()


def _kind(fault: str) -> str:
    return fault.split(":", maxsplit=1)[0].split(" at minute", maxsplit=1)[0].split(" by minute", maxsplit=1)[0]


def worst(found: list[Judged], most: int) -> list[str]:
    """Return a line for each of the worst draws, the one with the least true time first."""
    wrong = sorted((each for each in found if not each.judgement.is_right), key=lambda each: each.judgement.share)
    return [
        f"    {sketch.number:>3} {sketch.member}: {'; '.join(judgement.faults)}\n"
        f"        {', '.join(f'{name} {value:g}' for name, value in sketch.drawn.items())}"
        for sketch, judgement in wrong[:most]
    ]


def save(found: list[Judged], directory: Path) -> None:
    """Write the wrong draws as `FAMILY-NUMBER.jsonl`."""
    directory.mkdir(parents=True, exist_ok=True)
    for sketch, judgement in found:
        if not judgement.is_right:
            name = f"{sketch.family.replace(' ', '-')}-{sketch.number}.jsonl"
            (directory / name).write_text("\n".join(sketch.lines()) + "\n", encoding="utf-8")


def main() -> int:
    """Return 1 if a family is right too seldom."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--worst", type=int, default=3)
    parser.add_argument("--family", choices=FAMILIES, action="append")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    found = {family: judged(family, options.draws) for family in options.family or FAMILIES}
    print(f"    {'family':<20}{'right':>6}  what is wrong, and in how many of {options.draws}")
    for family, each in found.items():
        print(row(family, each))
    for family, each in found.items():
        if lines := worst(each, options.worst):
            print("", f"worst of {family}", *lines, sep="\n")
        if options.save:
            save(each, options.save)
    return int(any(sum(one.judgement.is_right for one in each) < REQUIRED * len(each) for each in found.values()))


if __name__ == "__main__":
    sys.exit(main())
