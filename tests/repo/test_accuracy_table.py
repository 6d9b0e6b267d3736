"""The accuracy table in the docs has the rows that the benchmark prints, and ranges are scored as documented."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest

from support import PROJECT


@pytest.fixture
def benchmark_module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the program `benchmarks/accuracy`."""
    monkeypatch.syspath_prepend(str(PROJECT / "benchmarks"))
    return importlib.import_module("accuracy.__main__")


def test_the_table_in_the_docs_has_the_columns_and_rows_of_the_benchmark(benchmark_module: ModuleType) -> None:
    page = (PROJECT / "docs/how-it-judges.md").read_text(encoding="utf-8")
    section = page.split("\n## How accurate it is\n")[1].split("\n## ")[0]
    assert "on simulated\ndays" in section or "on simulated days" in section
    head, *rows = [line.removeprefix("    ") for line in section.splitlines() if line.startswith("    ")]
    assert benchmark_module.HEAD.startswith(head)
    names = {
        *(benchmark_module.OURS, benchmark_module.ANSWERED, benchmark_module.UNANSWERED),
        *benchmark_module.TIMEOUTS,
        *benchmark_module.PROGRAMS,
    }
    assert rows[0].startswith(benchmark_module.OURS)
    assert len(rows) == 10
    for row in rows:
        assert row[:34].rstrip() in names
        assert len(row) == len(head)


@pytest.mark.parametrize(("breaks", "longest", "inside"), [((1, 1), (1800, 1800), True), ((2, 3), (0, 1799), False)])
def test_a_range_is_scored_by_whether_it_contains_the_truth(
    benchmark_module: ModuleType, breaks: tuple[int, int], longest: tuple[float, float], inside: bool
) -> None:
    true = [(0.0, 1800.0), (2400.0, 3600.0)]
    found = benchmark_module.score(true, (0.0, 3600.0), true, [], longest=longest, breaks_of_2=breaks)
    assert (found.longest_inside, found.breaks_inside, found.inside) == (inside, inside, None)
    assert (found.kappa, found.bias_min) == (1.0, 0.0)
