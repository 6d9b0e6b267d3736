"""Compare slowrise, plain time-outs and nine other programs on the same simulated days: the record and the prompts.

    python benchmarks/accuracy [--days N] [--quick]

For each set of days it prints a table of the record, kappa by kind of person, a table of the prompts to stand up, and
the trade-off of the three settings of `eagerness`. Then come days after a week of answers, and the required figures
for the people of a second author. It fails if a required figure is not reached.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from simulator.day import Interval
from simulator.trace import Day

from accuracy.competitors import PROGRAMS, TIMEOUTS, seen
from accuracy.days import DAYS_EACH, DaySet, Who, sets, true_sitting
from accuracy.prompting import PromptScore, PromptSum, add_up_prompts, score_prompts
from accuracy.scoring import EPOCH_S, Score, Sum, add_up, epochs, score
from slowrise.adapters.system.resources import weights
from slowrise.config.config import Config
from slowrise.config.parse import parse
from slowrise.core.model.events import Answered, Event, Was
from slowrise.core.model.spans import clip
from slowrise.core.prompts.due import Prompt
from slowrise.core.prompts.kinds import asks_to_stand_up
from slowrise.history.monitor import Monitor
from slowrise.history.replay import Replay, replay

OURS = "slowrise"
EAGERNESS = {f"slowrise, {setting}": setting for setting in ("relaxed", "balanced", "insistent")}
"""The settings of `eagerness` by their rows. The record does not depend on them."""
DEFAULT, INSISTENT = "slowrise, balanced", "slowrise, insistent"
IN_CALLS = "slowrise, in calls too"
"""The row of the default with prompts in calls. All other programs prompt in calls, so it is the fair comparison."""
SETTINGS = {
    **{name: f'eagerness = "{setting}"' for name, setting in EAGERNESS.items()},
    IN_CALLS: 'in_calls = "prompt"',
}
"""The `[notifications]` of each row of slowrise."""
WEEK = 5
ANSWERED, UNANSWERED = "slowrise, after a week of answers", "slowrise, the same days without"


class Scores(NamedTuple):
    """The scores of one day by program."""

    kind: str
    record: dict[str, Score]
    prompts: dict[str, PromptScore]
    notices: Counter[str]
    """The notices of slowrise by kind, in its default setting."""


# -- one day -----------------------------------------------------------------------------------------------------------


@cache
def config_with(setting: str) -> Config:
    """Return the defaults with this setting in `[notifications]`."""
    return parse(f"[notifications]\n{setting}\n")


def our_record(day: Day, true: list[Interval], result: Replay) -> Score:
    """Return the score of the record of slowrise on the day, which is the last day of the replay."""
    inside = clip(result.spans, day.label(day.observed[0]), day.label(day.observed[1]))
    spans = [(span.state, day.second(span.start), day.second(span.end), span.confidence) for span in inside]
    claimed = [(start, end) for state, start, end, _ in spans if state == "sitting"]
    p = np.zeros(len(epochs([], day.observed)))
    for state, start, end, confidence in spans:
        chance = confidence if state == "sitting" else 0.0 if state == "unobserved" else 1 - confidence
        first, last = (max(0, int(np.ceil((at - day.observed[0]) / EPOCH_S - 0.5))) for at in (start, end))
        p[first:last] = chance
    summary = result.summary
    assert summary is not None
    return score(
        true,
        day.observed,
        claimed,
        p=p,
        seconds=summary.sitting_seconds,
        interval=(summary.low, summary.high),
        longest=(summary.longest_low or 0.0, summary.longest_high or 0.0),
        breaks_of_2=(summary.ranges.breaks_low, summary.ranges.breaks_high),
    )


def our_notices(day: Day, result: Replay) -> list[tuple[float, str]]:
    """Return the time and the kind of the notices of the day, which is the last day of the replay."""
    shown = ((day.second(prompt.shown_at), prompt.kind) for prompt in result.prompts)
    return [(at, kind) for at, kind in shown if at >= day.observed[0]]


def our_prompts(true: list[Interval], notices: list[tuple[float, str]]) -> PromptScore:
    """Return the score of the prompts to stand up among the notices of a day."""
    return score_prompts(true, [at for at, kind in notices if asks_to_stand_up(kind)], len(notices))


def scores(days: DaySet, who: Who) -> Scores:
    """Return the scores of every program on one day."""
    day = days.day(*who)
    true, inputs = true_sitting(day), seen(day.reports)
    events = day.events()
    replays = {name: replay(events, weights(), config_with(setting)) for name, setting in SETTINGS.items()}
    notices = {name: our_notices(day, result) for name, result in replays.items()}
    record = {OURS: our_record(day, true, replays[DEFAULT])}
    prompts = {name: our_prompts(true, shown) for name, shown in notices.items()}
    for name, rule in (TIMEOUTS | PROGRAMS).items():
        verdict = rule(inputs)
        record[name] = score(true, day.observed, verdict.sitting)
        prompts[name] = score_prompts(true, verdict.prompts)
    return Scores(day.kind, record, prompts, Counter(kind for _, kind in notices[DEFAULT]))


def run(days: DaySet, number: int) -> list[Scores]:
    """Return the scores on about this many days."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(partial(scores, days), days.who(number), chunksize=4))


# -- days after a week of answers --------------------------------------------------------------------------------------


def after_answers(days: DaySet, person: tuple[str, int]) -> list[Scores]:
    """Return the scores on the days after a person's first week, with no question answered and with all answered."""
    week = [days.day(*person, number) for number in range(WEEK)]
    answered = with_answers(week)
    plain = [event for day in week for event in day.events()]
    found = []
    for number in range(WEEK, WEEK + DAYS_EACH):
        day = days.day(*person, number)
        one = Scores(day.kind, {}, {}, Counter())
        for name, before in ((UNANSWERED, plain), (ANSWERED, answered)):
            result, true = replay([*before, *day.events()], weights()), true_sitting(day)
            one.record[name] = our_record(day, true, result)
            one.prompts[name] = our_prompts(true, our_notices(day, result))
        found.append(one)
    return found


def with_answers(days: list[Day]) -> list[Event]:
    """Return the events of these days, with a true answer to every question."""
    monitor = Monitor.under(parse(""), weights())
    events: list[Event] = []
    for day in days:
        for event in day.events():
            events.append(event)
            for decided in monitor.handle(event):
                if isinstance(decided, Prompt) and decided.since is not None and decided.until is not None:
                    was = _was(day, decided.since, decided.until)
                    events.append(Answered(at=event.at, from_=decided.since, to=decided.until, was=was))
                    monitor.handle(events[-1])
    return events


def _was(day: Day, since: datetime, until: datetime) -> Was:
    """Return where the person really was for most of this time."""
    begin, end = day.second(since), day.second(until)
    sat = sum(max(0.0, min(end, stop) - max(begin, start)) for start, stop in true_sitting(day))
    return "sitting" if sat > (end - begin) / 2 else "away"


def run_after_answers(days: DaySet, number: int) -> list[Scores]:
    """Return the scores after a week of answers on about this many days."""
    with ProcessPoolExecutor(2) as pool:
        return [day for found in pool.map(partial(after_answers, days), days.persons(number)) for day in found]


# -- tables ------------------------------------------------------------------------------------------------------------

HEAD = (
    f"{'':34}{'kappa':>6}{'bias':>6}{'MAE':>5}  {'2 min':>9}  {'5 min':>9}"
    f"{'Brier':>7}{'longest':>8}{'W50':>5}  {'ranges':>14}"
)
PROMPTS_HEAD = (
    f"{'':34}{'by 35':>6}{'by 40':>6}{'by 60':>6}{'never':>6}{'overdue':>8}{'longest':>8}"
    f"{'early':>7}{'empty':>7}{'prompts':>8}{'notices':>8}"
)
TRADE_OFF_HEAD = (
    f"{'':34}{'by 40':>6}{'never':>6}{'overdue':>8}{'false':>7}    the other that is most often in time, no more false"
)


def line(name: str, one: Sum) -> str:
    """Return a row of the table of the record."""
    covered = (one.coverage, one.longest_coverage, one.breaks_coverage)
    ranges = "".join("" if share is None else f"{share:5.2f}" for share in covered)
    return (
        f"{name:34}{one.kappa:6.2f}{one.bias:+6.0f}{one.mae:5.0f}  {one.recall2:4.2f} {one.precision2:4.2f}"
        f"  {one.recall5:4.2f} {one.precision5:4.2f}"
        f"{one.brier:7.3f}{one.longest:8.0f}{one.w50:5.0f}{ranges}"
    )


def prompts_line(name: str, one: PromptSum) -> str:
    """Return a row of the table of prompts."""
    return (
        f"{name:34}{one.by_35:6.2f}{one.by_40:6.2f}{one.by_60:6.2f}{one.never:6.2f}{one.overdue:8.0f}{one.longest:8.0f}"
        f"{one.early:7.2f}{one.empty:7.2f}{one.prompts:8.1f}{one.notices:8.1f}"
    )


def table(title: str, found: Sequence[Scores]) -> dict[str, Sum]:
    """Print the table of the record on a set of days. Return the sums."""
    sums = {name: add_up([one.record[name] for one in found]) for name in found[0].record}
    print(
        f"\n{title}: {len(found)} simulated days; minutes a day; breaks as recall and precision; "
        f"days inside the ranges of sitting, longest sit and number of breaks\n{HEAD}"
    )
    for name, one in sums.items():
        print(line(name, one))
    return sums


def kappas(kinds: Sequence[str], found: Sequence[Scores]) -> None:
    """Print kappa by kind of person, with that of the best other program there."""
    print("\nkappa by kind" + " " * 21 + "".join(f"{kind:>15}" for kind in kinds))
    by_kind = []
    for kind in kinds:
        those = [one.record for one in found if one.kind == kind]
        by_kind.append({name: float(np.mean([one[name].kappa for one in those])) for name in those[0]})
    print(f"{OURS:34}" + "".join(f"{kappa.pop(OURS):15.2f}" for kappa in by_kind))
    print(f"{'the best other there':34}" + "".join(f"{max(kappa.values()):15.2f}" for kappa in by_kind))


def prompts_table(title: str, found: Sequence[Scores]) -> dict[str, PromptSum]:
    """Print the table of prompts on a set of days. Return the sums."""
    sums = {name: add_up_prompts([one.prompts[name] for one in found]) for name in found[0].prompts}
    print(
        f"\n{title}, prompts to stand up: of true sits of 40 min or more, first prompt by minute 35, 40, 60, or never; "
        "a day: minutes overdue, the longest minutes without a prompt, early and empty prompts, all prompts, "
        f"notices of any kind\n{PROMPTS_HEAD}"
    )
    for name, one in sums.items():
        print(prompts_line(name, one))
    return sums


def trade_off(sums: dict[str, PromptSum]) -> None:
    """Print what each setting gains and costs, with the best other program that has no more false prompts."""
    print(f"\ntrade-off: false prompts a day are early or empty\n{TRADE_OFF_HEAD}")
    for name in SETTINGS:
        one = sums[name]
        fair = {other: its for other, its in sums.items() if other not in SETTINGS and its.false <= one.false}
        best = max(fair, key=lambda other: fair[other].by_40, default="")
        other = f"{fair[best].by_40:.2f}, {fair[best].false:.2f} false: {best}" if best else "none"
        print(f"{name:34}{one.by_40:6.2f}{one.never:6.2f}{one.overdue:8.0f}{one.false:7.2f}    {other}")


def notices_by_kind(found: Sequence[Scores]) -> str:
    """Return the notices a day of each kind, the most frequent first."""
    total = sum((one.notices for one in found), Counter[str]())
    return ", ".join(f"{kind} {count / len(found):.2f}" for kind, count in total.most_common())


def requirements(one: Sum, default: PromptSum, insistent: PromptSum) -> Iterator[tuple[str, bool]]:
    """Yield each required figure, and whether slowrise reaches it."""
    assert one.coverage is not None
    for words, figure, least in (
        ("kappa", one.kappa, 0.79),
        ("breaks of 5 min found", one.recall5, 0.87),
        ("breaks of 5 min true", one.precision5, 0.87),
        ("long sits prompted by minute 40", default.by_40, 0.72),
        ("long sits prompted by minute 40, insistent", insistent.by_40, 0.85),
    ):
        yield f"{words} {figure:.3f}, at least {least:.2f}", figure >= least
    yield f"truth inside the range {one.coverage:.3f}, 0.85 to 0.95", 0.85 <= one.coverage <= 0.95
    for words, figure, most in (
        ("mean absolute error in minutes a day", one.mae, 15.0),
        ("long sits never prompted", default.never, 0.08),
        ("long sits never prompted, insistent", insistent.never, 0.03),
        ("overdue minutes a day", default.overdue, 26.0),
        ("early and empty prompts a day", default.false, 2.0),
        ("empty prompts a day", default.empty, 0.15),
        ("notices a day", default.notices, 12.0),
    ):
        yield f"{words} {figure:.3f}, at most {most:.2f}", figure <= most


def main() -> int:
    """Print the tables. Return 1 if a required figure is not reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--days", type=int, default=280, help="simulated days of each set")
    parser.add_argument("--quick", action="store_true", help="a tenth of them")
    options = parser.parse_args()
    number = options.days // 10 if options.quick else options.days
    fitted, held_out, second_author = sets()
    for days in (fitted, held_out, second_author):
        found = run(days, number)
        record = table(days.title, found)
        kappas(days.kinds, found)
        prompts = prompts_table(days.title, found)
        trade_off(prompts)
        print(f"\nnotices a day of {DEFAULT}: {notices_by_kind(found)}")
    weeks = run_after_answers(held_out, number // 4)
    after = f"{held_out.title} after a week"
    table(after, weeks)
    prompts_table(after, weeks)
    print(f"\n{second_author.title}, required figures")
    reached = list(requirements(record[OURS], prompts[DEFAULT], prompts[INSISTENT]))
    for words, is_reached in reached:
        print(f"{'reached ' if is_reached else 'MISSED  '}{words}")
    return 0 if all(is_reached for _, is_reached in reached) else 1


if __name__ == "__main__":
    sys.exit(main())
