"""Accuracy on simulated days: our estimator, plain time-outs and nine programs, side by side on the same days.

    python benchmarks/accuracy.py [--days N] [--quick]

One table for people like those the weights were fitted on (but others), one for the people who judge; then kappa by
kind of person, and what was wanted. Fails when a wanted figure is not reached.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "src"))

from judging import judges  # noqa: E402 - the path comes first
from rivals import PROGRAMS, TIMEOUTS, seen  # noqa: E402
from score import EPOCH_S, Score, Sum, add_up, epochs, score  # noqa: E402
from simulator.day import Interval, runs, seated_at_desk  # noqa: E402
from simulator.people import KINDS, People, read_people  # noqa: E402
from simulator.trace import Day, simulate  # noqa: E402

from slowrise.replay import replay  # noqa: E402
from slowrise.weights import weights  # noqa: E402

OURS = "slowrise"
UNSEEN_PERSON = 10_000
"""Persons from this number on were not fitted on."""
DAYS_EACH = 2


def ours(day: Day, true: list[Interval]) -> Score:
    """Our own verdict on the day."""
    result = replay(day.events(), weights())
    spans = [(span.state, day.second(span.start), day.second(span.end), span.sure) for span in result.spans]
    claimed = [(start, end) for state, start, end, _ in spans if state == "sitting"]
    p = np.zeros(len(epochs([], day.observed)))
    for state, start, end, sure in spans:
        chance = sure if state == "sitting" else 0.0 if state == "unobserved" else 1 - sure
        first, last = (max(0, int(np.ceil((at - day.observed[0]) / EPOCH_S - 0.5))) for at in (start, end))
        p[first:last] = chance
    summary = result.summary
    assert summary is not None
    prompts = [day.second(prompt.label) for prompt in result.prompts if prompt.kind.startswith("sit-")]
    return score(
        true, day.observed, claimed, prompts, p=p, seconds=summary.sitting_seconds, interval=(summary.low, summary.high)
    )


def scores(people: People, who: tuple[str, int, int]) -> dict[str, Score]:
    """Everybody's score on one day."""
    day = simulate(people, *who)
    true = runs(day.stays, seated_at_desk)
    true = [(start, end) for start, end in true if start < day.observed[1]]
    what = seen(day.told)
    found = {OURS: ours(day, true)}
    for name, rule in (TIMEOUTS | PROGRAMS).items():
        verdict = rule(what)
        found[name] = score(true, day.observed, verdict.sitting, verdict.prompts)
    return found


def run(people: People, first: int, days: int) -> Iterator[tuple[str, dict[str, Score]]]:
    """The kind of person and everybody's scores, for about so many days of every kind together."""
    persons = max(1, days // (len(KINDS) * DAYS_EACH))
    whose = [(kind, first + n, day) for kind in KINDS for n in range(persons) for day in range(DAYS_EACH)]
    with ProcessPoolExecutor(2) as pool:
        yield from zip(
            (kind for kind, _, _ in whose), pool.map(partial(scores, people), whose, chunksize=4), strict=True
        )


HEAD = (
    f"{'':34}{'kappa':>6}{'bias':>6}{'MAE':>5}  {'2 min':>9}  {'5 min':>9}"
    f"{'early':>7}{'empty':>7}{'late':>6}{'missed':>7}{'range':>7}{'Brier':>7}{'longest':>8}{'W50':>5}"
)


def line(name: str, one: Sum) -> str:
    """One row of the table."""
    cover = "" if one.coverage is None else f"{one.coverage:.2f}"
    return (
        f"{name:34}{one.kappa:6.2f}{one.bias:+6.0f}{one.mae:5.0f}  {one.recall2:4.2f} {one.precision2:4.2f}"
        f"  {one.recall5:4.2f} {one.precision5:4.2f}{one.early:7.2f}{one.empty:7.2f}{one.late:6.2f}{one.missed:7.2f}"
        f"{cover:>7}{one.brier:7.3f}{one.longest:8.0f}{one.w50:5.0f}"
    )


def table(title: str, found: list[tuple[str, dict[str, Score]]]) -> tuple[dict[str, Sum], dict[str, dict[str, float]]]:
    """Print one set of people; the sums and the kappas by kind."""
    names = list(found[0][1])
    sums = {name: add_up([one[name] for _, one in found]) for name in names}
    print(
        f"\n{title}: {len(found)} simulated days; minutes a day; breaks as recall and precision; prompts a day\n{HEAD}"
    )
    for name in names:
        print(line(name, sums[name]))
    kinds = {
        name: {kind: add_up([one[name] for whose, one in found if whose == kind]).kappa for kind in KINDS}
        for name in names
    }
    print("\nkappa by kind" + " " * 21 + "".join(f"{kind:>15}" for kind in KINDS))
    best = {kind: max((kinds[name][kind], name) for name in names if name != OURS) for kind in KINDS}
    print(f"{OURS:34}" + "".join(f"{kinds[OURS][kind]:15.2f}" for kind in KINDS))
    print(f"{'the best other there':34}" + "".join(f"{best[kind][0]:15.2f}" for kind in KINDS))
    return sums, kinds


def wanted(one: Sum, kinds: dict[str, dict[str, float]]) -> list[tuple[str, bool]]:
    """What issue and design ask of our figures on the judging people, and whether it is reached."""
    assert one.coverage is not None
    false_prompts = one.early + one.empty
    return [
        (f"kappa {one.kappa:.3f}, at least 0.77", one.kappa >= 0.77),
        (f"mean absolute error {one.mae:.1f} min, at most 15", one.mae <= 15),
        (f"bias {one.bias:+.1f} min, within 7", abs(one.bias) <= 7),
        (f"breaks of 5 min found {one.recall5:.2f}, at least 0.85", one.recall5 >= 0.85),
        (f"breaks of 5 min true {one.precision5:.2f}, at least 0.85", one.precision5 >= 0.85),
        (f"truth inside the range {one.coverage:.2f}, 0.82 to 0.97", 0.82 <= one.coverage <= 0.97),
        (f"false prompts {false_prompts:.2f} a day, at most 0.3", false_prompts <= 0.3),
        (
            "better than every other in every kind of person",
            all(kinds[OURS][kind] > max(kinds[name][kind] for name in kinds if name != OURS) for kind in KINDS),
        ),
    ]


def main() -> int:
    """Print the table; 1 if something wanted is not reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--days", type=int, default=280, help="simulated days of each set of people")
    parser.add_argument("--quick", action="store_true", help="a tenth of them")
    asked = parser.parse_args()
    days = asked.days // 10 if asked.quick else asked.days
    fitted, _ = table("People like those fitted on", list(run(read_people(HERE / "people.toml"), UNSEEN_PERSON, days)))
    judged, kinds = table("People who judge", list(run(judges(), 0, days)))
    gap = {name: getattr(judged[OURS], name) - getattr(fitted[OURS], name) for name in ("kappa", "bias", "mae")}
    between = f"kappa {gap['kappa']:+.3f}, bias {gap['bias']:+.1f}, MAE {gap['mae']:+.1f}"
    print(f"\ndifference of {OURS} between the two: {between}")
    reached = wanted(judged[OURS], kinds)
    for words, is_reached in reached:
        print(f"{'reached ' if is_reached else 'MISSED  '}{words}")
    return 0 if all(is_reached for _, is_reached in reached) else 1


if __name__ == "__main__":
    sys.exit(main())
