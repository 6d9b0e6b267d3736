"""The accuracy tables in the docs have the rows that the benchmark prints, and days are scored as documented."""

from __future__ import annotations

import importlib
from itertools import groupby
from types import ModuleType

import pytest

from support import PROJECT

MINUTE = 60.0


@pytest.fixture
def benchmark_module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the program `benchmarks/accuracy`."""
    monkeypatch.syspath_prepend(str(PROJECT / "benchmarks"))
    return importlib.import_module("accuracy.__main__")


def tables_in_the_docs() -> dict[str, list[str]]:
    """Return the rows of each table in the section on accuracy, by its head."""
    page = (PROJECT / "docs/how-it-judges.md").read_text(encoding="utf-8")
    section = page.split("\n## How accurate it is\n")[1].split("\n## ")[0]
    assert "on simulated\ndays" in section or "on simulated days" in section
    blocks = groupby(section.splitlines(), key=lambda line: line.startswith("    "))
    tables = [[line.removeprefix("    ") for line in lines] for indented, lines in blocks if indented]
    return {head: rows for head, *rows in tables}


@pytest.mark.parametrize(
    ("name_of_head", "first_rows"),
    [
        ("HEAD", ["slowrise"]),
        ("PROMPTS_HEAD", ["slowrise, relaxed", "slowrise, balanced", "slowrise, insistent"]),
    ],
)
def test_a_table_in_the_docs_has_the_columns_and_rows_of_the_benchmark(
    benchmark_module: ModuleType, name_of_head: str, first_rows: list[str]
) -> None:
    full_head = getattr(benchmark_module, name_of_head)
    (head,) = [head for head in tables_in_the_docs() if full_head.startswith(head)]
    rows = tables_in_the_docs()[head]
    others = {
        *(benchmark_module.ANSWERED, benchmark_module.UNANSWERED, benchmark_module.IN_CALLS),
        *benchmark_module.TIMEOUTS,
        *benchmark_module.PROGRAMS,
    }
    names = [row[:34].rstrip() for row in rows]
    assert names[: len(first_rows)] == first_rows
    assert len(names) >= len(first_rows) + 5
    assert others.issuperset(names[len(first_rows) :])
    assert {len(row) for row in rows} == {len(head)}


def test_the_first_rows_are_the_settings_of_the_benchmark(benchmark_module: ModuleType) -> None:
    assert benchmark_module.OURS == "slowrise"
    assert list(benchmark_module.EAGERNESS) == ["slowrise, relaxed", "slowrise, balanced", "slowrise, insistent"]


def test_the_docs_have_no_other_table_on_accuracy(benchmark_module: ModuleType) -> None:
    heads = (benchmark_module.HEAD, benchmark_module.PROMPTS_HEAD, benchmark_module.TRADE_OFF_HEAD)
    assert all(any(full.startswith(head) for full in heads) for head in tables_in_the_docs())


@pytest.mark.parametrize(("breaks", "longest", "inside"), [((1, 1), (1800, 1800), True), ((2, 3), (0, 1799), False)])
def test_a_range_is_scored_by_whether_it_contains_the_truth(
    benchmark_module: ModuleType, breaks: tuple[int, int], longest: tuple[float, float], inside: bool
) -> None:
    true = [(0.0, 1800.0), (2400.0, 3600.0)]
    found = benchmark_module.score(true, (0.0, 3600.0), true, longest=longest, breaks_of_2=breaks)
    assert (found.longest_inside, found.breaks_inside, found.inside) == (inside, inside, None)
    assert (found.kappa, found.bias_min) == (1.0, 0.0)


DAY = [(0.0, 50 * MINUTE), (51 * MINUTE, 90 * MINUTE), (100 * MINUTE, 140 * MINUTE)]
"""Two true sits: 90 min with a minute away in it, and 40 min after a break of 10."""


@pytest.mark.parametrize(
    ("minutes", "by", "never", "overdue_and_longest"),
    [
        ([], (0, 0, 0), 2, (49, 89)),  # minute 40 to 90 but for the minute away
        ([35], (1, 1, 1), 1, (15, 54)),  # overdue again from minute 75
        ([40, 80], (0, 1, 1), 1, (0, 40)),
        ([40.1, 80], (0, 0, 1), 1, (0.1, 40.1)),
        ([61, 139], (0, 1, 1), 0, (20, 60)),
        ([90, 100], (1, 1, 1), 1, (49, 89)),  # the end of a sit is not in it, its begin is
        ([80, 35], (1, 1, 1), 1, (5, 44)),  # in any order
    ],
)
def test_long_sits_are_scored_by_their_first_prompt_and_by_the_time_since_the_last(
    benchmark_module: ModuleType,
    minutes: list[float],
    by: tuple[int, int, int],
    never: int,
    overdue_and_longest: tuple[float, float],
) -> None:
    found = benchmark_module.score_prompts(DAY, [minute * MINUTE for minute in minutes])
    assert (found.long_sits, found.by, found.never) == (2, by, never)
    assert (found.overdue_min, found.longest_min) == pytest.approx(overdue_and_longest)


@pytest.mark.parametrize(
    ("minute", "early", "empty"),
    [(5, 0, 0), (55, 0, 0), (95, 0, 1), (117.9, 1, 0), (118, 0, 0), (150, 0, 1), (50.5, 0, 0)],
)
def test_a_prompt_is_early_soon_after_a_break_and_empty_outside_every_sit(
    benchmark_module: ModuleType, minute: float, early: int, empty: int
) -> None:
    found = benchmark_module.score_prompts(DAY, [minute * MINUTE], 3)
    assert (found.early, found.empty, found.prompts, found.notices) == (early, empty, 1, 3)


def test_scores_of_prompts_add_up_over_the_long_sits_and_the_days(benchmark_module: ModuleType) -> None:
    days = [benchmark_module.score_prompts(DAY, at, 4) for at in ([35 * MINUTE, 110 * MINUTE], [])]
    empty_day = benchmark_module.score_prompts([], [])
    found = benchmark_module.add_up_prompts([*days, empty_day, empty_day])
    assert (found.by_35, found.by_40, found.by_60, found.never) == (0.5, 0.5, 0.5, 0.5)
    assert (found.overdue, found.longest) == (pytest.approx((15 + 49) / 4), pytest.approx((54 + 89) / 4))
    assert (found.early, found.empty, found.false, found.prompts, found.notices) == (0.25, 0, 0.25, 0.5, 2)
